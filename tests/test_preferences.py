"""Preferences: kept at once, validated, set aside where they are broken; keys never lie in them."""

import pytest

from pcgstudio.ui.preferences import Agents, Preferences, Tiers, load_preferences, save_preferences

from .desks import Desk

KEY = "sk-secret-1234567890"


class Ring:
    """Stands in for the system's keyring."""

    def __init__(self):
        self.held = {}

    def set_password(self, service, user, password):
        self.held[service, user] = password

    def delete_password(self, service, user):
        del self.held[service, user]


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def test_what_is_preferred_is_there_the_next_time(desk, tmp_path):
    desk.does.prefer(
        theme="dark", units="imperial", tiers=Tiers(work=1024), agents=Agents(use="model", preset="ollama")
    )
    again = Desk(tmp_path)
    assert again.state.preferences == desk.state.preferences
    assert again.state.preferences.tiers.work == 1024
    again.close()


@pytest.mark.parametrize(
    "changes", [{"theme": "pink"}, {"tiers": {"work": 3}}, {"budgets": {"rounds": 0}}, {"colour": "red"}]
)
def test_what_cannot_be_preferred_is_said_and_not_kept(desk, changes):
    desk.does.prefer(**changes)
    assert "cannot be used" in desk.state.problem
    assert desk.state.preferences == Preferences()


@pytest.mark.parametrize("content", ["{", '{"theme": "pink"}', '{"api_key": "x"}', "[]", "\x00"])
def test_a_broken_file_is_set_aside_with_one_sentence(tmp_path, content):
    file = tmp_path / "config" / "preferences.json"
    file.parent.mkdir()
    file.write_text(content)
    desk = Desk(tmp_path)
    assert desk.state.preferences == Preferences()
    assert "the usual ones are used" in desk.state.problem
    (aside,) = file.parent.glob("preferences.broken-*.json")
    assert aside.read_text() == content
    assert load_preferences(file) == (Preferences(), "")
    desk.close()


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "config").write_text("a file")
    desk = Desk(tmp_path)
    desk.does.prefer(theme="dark")
    assert "cannot be kept" in desk.state.problem
    assert desk.state.preferences.theme == "dark"  # for this session
    desk.close()


def test_they_come_back_from_their_file(tmp_path):
    told = Preferences(recent=(tmp_path / "a",), theme="light")
    save_preferences(told, tmp_path / "p.json")
    assert load_preferences(tmp_path / "p.json") == (told, "")


def test_a_key_goes_to_the_keyring_and_nowhere_else(desk, tmp_path, monkeypatch):
    ring = Ring()
    monkeypatch.setattr("keyring.set_password", ring.set_password)
    monkeypatch.setattr("keyring.delete_password", ring.delete_password)
    desk.does.prefer(agents=Agents(use="model", preset="openrouter"))
    host = desk.does.key_host()
    assert host == "openrouter.ai"
    desk.does.store_key(host, f" {KEY} ")
    assert ring.held == {("pcgstudio", host): KEY}
    assert desk.state.notice == f"The key for {host} is in the keyring."
    desk.does._autosave.write()
    for file in (f for f in tmp_path.rglob("*") if f.is_file()):
        assert KEY not in file.read_text()
    assert KEY not in repr(desk.states)
    desk.does.forget_key(host)
    assert ring.held == {}


@pytest.mark.parametrize("key", ["", "  ", "two words", "sk-ümlaut"])
def test_what_cannot_be_a_key_is_not_stored(desk, monkeypatch, key):
    monkeypatch.setattr("keyring.set_password", lambda *_: pytest.fail("stored"))
    desk.does.store_key("openrouter.ai", key)
    assert "no key" in desk.state.problem


def test_a_machine_without_a_keyring_says_what_to_do(desk, monkeypatch):
    from keyring.errors import NoKeyringError

    def none(*_told):
        raise NoKeyringError(KEY)

    monkeypatch.setattr("keyring.set_password", none)
    desk.does.store_key("openrouter.ai", KEY)
    assert "PCGSTUDIO_API_KEY" in desk.state.problem
    assert KEY not in desk.state.problem


def test_the_built_in_agents_need_no_test(desk):
    desk.run("test_agents")
    assert (desk.state.agent_test.good, desk.state.agent_test.running) == (True, False)


def test_an_endpoint_that_does_not_answer_is_a_sentence(desk, loopback):
    desk.does.prefer(agents=Agents(use="model", base_url="http://127.0.0.1:9/v1", model="some"))
    desk.run("test_agents")
    assert not desk.state.agent_test.good
    assert "127.0.0.1" in desk.state.agent_test.text
