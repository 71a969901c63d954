"""What holds for every test: nobody reaches the network."""

import socket

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_network():
    """Refuse every connection but those to a socket file on this machine (an X display, a child process)."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _only_local(getattr(socket.socket, name)))
        yield


def _only_local(connect):
    def guarded(self, address):
        if self.family == getattr(socket, "AF_UNIX", None):
            return connect(self, address)
        raise ConnectionRefusedError(f"tests may not reach the network: {address}")

    return guarded
