"""What names an endpoint, where its key comes from, and who never gets it."""

import copy
import json
import pickle
import subprocess
import sys
import types

import pytest

from pcgstudio.doctor import examine
from pcgstudio.errors import InputError, ModelGoneError
from pcgstudio.llm.endpoint import connect
from pcgstudio.llm.keys import Key, find_key, from_keyring
from pcgstudio.llm.presets import get_preset, preset_at, presets
from pcgstudio.llm.settings import choose, clean_url, configured, save_settings, settings_file

from .faulty_endpoint import FaultyEndpoint, status

SECRET = "zk-T0p-Secret-4711-abcdef"


@pytest.fixture(autouse=True)
def alone(loopback):
    return loopback


def test_nothing_is_configured_by_itself():
    assert configured() is None
    with pytest.raises(ModelGoneError, match="no language model is configured; use --base-url and --model, or set"):
        choose()


def test_deciding_needs_neither_the_network_nor_the_client():
    code = (
        "import os, socket, sys\n"
        "os.environ.update(PCGSTUDIO_PRESET='ollama')\n"
        "socket.socket.connect = None\n"
        "from pcgstudio.llm.settings import configured\n"
        "assert configured().ready\n"
        "import pcgstudio.llm.model, pcgstudio.llm.endpoint\n"
        "print([m for m in ('openai', 'numpy', 'keyring') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("environment", "base_url", "model", "ready"),
    [
        ({"PCGSTUDIO_PRESET": "ollama"}, "http://127.0.0.1:11434/v1", None, True),
        ({"PCGSTUDIO_PRESET": "LM Studio", "PCGSTUDIO_MODEL": "m"}, "http://127.0.0.1:1234/v1", "m", True),
        ({"PCGSTUDIO_BASE_URL": "http://box:8000"}, "http://box:8000/v1", None, False),
        ({"PCGSTUDIO_BASE_URL": "http://box:8000/v1/", "PCGSTUDIO_MODEL": "m"}, "http://box:8000/v1", "m", True),
        ({"OPENAI_API_KEY": SECRET}, "https://api.openai.com/v1", None, False),
        ({"OPENAI_API_KEY": SECRET, "PCGSTUDIO_MODEL": "m"}, "https://api.openai.com/v1", "m", True),
        ({"OPENAI_BASE_URL": "http://localhost:8080/v1"}, "http://localhost:8080/v1", None, True),
        ({"PCGSTUDIO_PRESET": "openrouter", "PCGSTUDIO_MODEL": "m"}, "https://openrouter.ai/api/v1", "m", False),
        ({"OPENAI_BASE_URL": "http://a/v1", "PCGSTUDIO_PRESET": "vllm"}, "http://127.0.0.1:8000/v1", None, True),
    ],
)
def test_the_environment_names_an_endpoint(monkeypatch, environment, base_url, model, ready):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = configured()
    assert (found.base_url, found.model, found.ready) == (base_url, model, ready)
    assert SECRET not in repr(found)


def test_the_file_stands_between_our_own_and_the_general_variables(monkeypatch):
    save_settings(preset="llamacpp", model="m", timeout_s=30)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere/v1")
    found = configured()
    assert (found.preset.name, found.model, found.timeout_s) == ("llamacpp", "m", 30)
    assert str(settings_file()) == found.source
    monkeypatch.setenv("PCGSTUDIO_PRESET", "ollama")
    assert configured().preset.name == "ollama"
    assert choose(base_url="lmstudio").preset.name == "lmstudio"


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"adress": 1}', '{"api_key": "zk-T0p-Secret-4711-abcdef"}', '{"preset": 3}']
)
def test_a_file_that_cannot_be_used_is_named(text):
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text(text)
    with pytest.raises(InputError, match=r"endpoint\.json' (cannot be used|holds a key; take it out)") as caught:
        configured()
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["localhost:11434", "ftp://x/v1", "http://", "http://u:p@host/v1", "http://host/v1?key=zk", "http://h:x/"],
)
def test_an_address_that_is_none_is_named(address):
    with pytest.raises(InputError, match=r"is no address|holds a password or a query") as caught:
        choose(address, "m")
    assert "u:p" not in str(caught.value)
    assert "key=zk" not in str(caught.value)


def test_an_address_is_read_as_people_copy_it():
    assert clean_url(" https://api.openai.com/v1/chat/completions ") == "https://api.openai.com/v1"
    assert clean_url("http://127.0.0.1:11434") == "http://127.0.0.1:11434/v1"


def test_presets_are_complete():
    assert list(presets()) == ["openai", "ollama", "lmstudio", "llamacpp", "vllm", "openrouter"]
    for one in presets().values():
        assert clean_url(one.base_url) == one.base_url
        assert one.fetch.format(model="m")
        assert one.longer_context.format(model="m")
    assert preset_at("http://localhost:11434/v1").name == "ollama"
    assert preset_at("http://example.org:11434/v1") is None
    with pytest.raises(InputError, match="did you mean 'ollama'"):
        get_preset("olama")


# -- keys --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "base_url", "source"),
    [
        ({"OPENAI_API_KEY": SECRET}, "https://api.openai.com/v1", "OPENAI_API_KEY"),
        ({"OPENAI_API_KEY": SECRET}, "https://openrouter.ai/api/v1", "none"),
        ({"OPENAI_API_KEY": SECRET}, "http://127.0.0.1:11434/v1", "none"),
        ({"OPENAI_API_KEY": SECRET, "OPENAI_BASE_URL": "https://gate.example/v1"}, "https://gate.example/v1",
         "OPENAI_API_KEY"),
        ({"OPENROUTER_API_KEY": SECRET}, "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        ({"PCGSTUDIO_API_KEY": SECRET}, "https://any.example/v1", "PCGSTUDIO_API_KEY"),
        ({"PCGSTUDIO_API_KEY": SECRET, "PCGSTUDIO_BASE_URL": "https://a.example/v1"}, "https://any.example/v1", "none"),
    ],
)  # fmt: skip
def test_a_key_goes_only_where_it_belongs(monkeypatch, environment, base_url, source):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert choose(base_url, "m").key.source == source


def test_the_keyring_is_asked_last_and_only_where_a_key_is_needed(monkeypatch):
    asked = []
    monkeypatch.setattr("pcgstudio.llm.keys.from_keyring", lambda host: asked.append(host) or SECRET)
    assert choose("openai", "m").key.source == "the keyring"
    choose("ollama", "m")
    assert asked == ["api.openai.com"]
    monkeypatch.setenv("OPENAI_API_KEY", "zk-other-key")
    assert choose("openai", "m").key.source == "OPENAI_API_KEY"


def test_a_machine_without_a_keyring_has_no_key(monkeypatch):
    errors = types.ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})
    broken = types.ModuleType("keyring")
    broken.errors = errors

    def fails(*_):
        raise errors.KeyringError("no backend")

    broken.get_password = fails
    monkeypatch.setitem(sys.modules, "keyring", broken)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert from_keyring("api.openai.com") is None
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert from_keyring("api.openai.com") is None


def test_a_missing_key_says_both_ways_of_giving_it():
    with pytest.raises(ModelGoneError, match=r"no key for OpenAI; set OPENAI_API_KEY, or "
                                             r"run: keyring set pcgstudio api\.openai\.com"):  # fmt: skip
        connect("openai", "gpt-5")


@pytest.mark.parametrize("odd", ["two words", "zk-ключ-key", "a\x00b"])
def test_what_is_no_key_is_not_sent(odd):
    with pytest.raises(InputError, match=r"what the keyring holds is no key") as caught:
        find_key([], "host", lambda _host: odd)
    assert odd not in str(caught.value)


def test_a_key_cannot_be_shown_copied_into_a_file_or_pickled():
    key = Key(SECRET, "a test")
    assert SECRET not in f"{key} {key!r} {[key]}"
    for write in (pickle.dumps, json.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            write(key)


@pytest.mark.parametrize(
    "text",
    [f"x{SECRET}y", "Incorrect API key: sk-proj-********abcd.", "Authorization: Bearer abcdefghij", "gsk_abcdefgh1"],
)
def test_what_looks_like_a_key_is_hidden(text):
    assert "[key]" in Key(SECRET).hide(text)
    assert not any(part in Key(SECRET).hide(text) for part in (SECRET, "abcd", "abcdefgh"))


def test_words_that_only_resemble_keys_stay():
    text = "a sky-high peak; skeleton; the bearer of news; risk-taking"
    assert Key(SECRET).hide(text) == text


# -- the doctor --------------------------------------------------------------------------------------------------------


@pytest.fixture
def finding(monkeypatch):
    """The doctor's line for the endpoint."""
    for part in ("_generators", "_noise", "_memory", "_gl", "_qt", "_blender"):
        monkeypatch.setattr(f"pcgstudio.doctor.{part}", lambda: None)
    return lambda base_url=None: examine(base_url)[-1]


def test_the_doctor_says_that_none_is_needed(finding):
    assert (finding().works, finding().detail) == (True, "none configured; the built-in agents need none")


def test_the_doctor_says_how_a_model_can_be_asked(finding, monkeypatch):
    with FaultyEndpoint(refuses=["json_object"], sees=True) as server:
        told = finding(server.base_url)
        assert (told.works, told.cure) == (True, "")
        assert told.detail.startswith(
            "127.0.0.1: tiny answers; JSON by schema, schema beside JSON mode, function call, text; sees pictures; "
        )
        asked = len(server.probes)
        monkeypatch.setenv("PCGSTUDIO_BASE_URL", server.base_url)
        monkeypatch.setenv("PCGSTUDIO_MODEL", "tiny")
        assert finding().works
        assert len(server.probes) > asked, "the doctor looks again"


@pytest.mark.parametrize(
    ("about", "model", "detail", "cure"),
    [
        ({"key": SECRET}, "tiny", "wants a key (401)", "set PCGSTUDIO_API_KEY, or run: keyring set"),
        ({"models": ()}, None, "serves no model", "load one there"),
        ({"models": ("a", "b")}, None, "serves 2 models", "choose one with --model: a, b"),
    ],
)
def test_the_doctor_names_the_cure(finding, monkeypatch, about, model, detail, cure):
    if model:
        monkeypatch.setenv("PCGSTUDIO_MODEL", model)
    with FaultyEndpoint(**about) as server:
        told = finding(server.base_url)
    assert not told.works
    assert detail in told.detail
    assert told.cure.startswith(cure)


def test_the_doctor_knows_a_model_by_half_its_name(finding, monkeypatch):
    monkeypatch.setenv("PCGSTUDIO_MODEL", "lama3.2")
    with FaultyEndpoint(models=["llama3.2"]) as server:
        monkeypatch.setattr(server, "_tested", lambda *_: status(404, "model 'lama3.2' not found"))
        told = finding(server.base_url)
    assert not told.works
    assert told.cure.endswith("did you mean 'llama3.2'?")


def test_the_doctor_says_how_to_start_what_does_not_run(finding, monkeypatch):
    told = finding("http://127.0.0.1:9/v1")
    assert (told.works, told.cure) == (False, "start the server, or correct --base-url")
    here = {**presets(), "ollama": presets()["ollama"].model_copy(update={"base_url": "http://127.0.0.1:9/v1"})}
    monkeypatch.setattr("pcgstudio.llm.presets.presets", lambda: here)
    assert finding("http://127.0.0.1:9/v1").cure == "start Ollama: ollama serve"


def test_the_doctor_names_what_is_not_said(finding, monkeypatch):
    monkeypatch.setenv("PCGSTUDIO_PRESET", "openai")
    told = finding()
    assert not told.works
    assert "no key for OpenAI" in told.detail + told.cure
