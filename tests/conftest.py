"""What holds for every test: nobody reaches the network, and what is learnt of endpoints is not the user's."""

import socket

import pytest

_ON_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}
_allowed = set()
"""Hosts that the running test may reach; empty but under the fixture `loopback`."""


@pytest.fixture(scope="session", autouse=True)
def no_network():
    """Refuse every connection but those to a socket file on this machine (an X display, a child process)."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _only_local(getattr(socket.socket, name)))
        yield


@pytest.fixture
def loopback(no_network, monkeypatch, tmp_path):
    """Let this test reach servers on this machine; endpoints, their keys and settings are those of the test alone."""
    for name in ("PRESET", "BASE_URL", "MODEL", "API_KEY", "TIMEOUT_S"):
        monkeypatch.delenv(f"PCGSTUDIO_{name}", raising=False)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENROUTER_API_KEY", "VLLM_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pcgstudio.llm.capability.user_cache_path", lambda *_: tmp_path / "cache")
    monkeypatch.setattr("pcgstudio.llm.settings.user_config_path", lambda *_: tmp_path / "config")
    monkeypatch.setattr("pcgstudio.llm.keys.from_keyring", lambda _host: None)
    _allowed.update(_ON_THIS_MACHINE)
    yield tmp_path
    _allowed.clear()


@pytest.fixture(scope="module")
def usual_generators():
    """Have the usual generators installed alone, so that what a test tells does not hang on how many there are."""
    from .many import USUAL, installed

    with installed(len(USUAL)):
        yield


def _only_local(connect):
    def guarded(self, address):
        if self.family == getattr(socket, "AF_UNIX", None) or (isinstance(address, tuple) and address[0] in _allowed):
            return connect(self, address)
        raise ConnectionRefusedError(f"tests may not reach the network: {address}")

    return guarded
