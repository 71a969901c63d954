"""Which language model to use: what the command line, the environment and a small file say, without any network."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_config_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import InputError, ModelGoneError
from ..files import to_json, write_text
from .keys import Key, find_key, how_to_store
from .presets import Preset, get_preset, is_local, preset_at, presets

FILE = "endpoint.json"
ANY_KEY = "PCGSTUDIO_API_KEY"


@dataclass(frozen=True)
class Settings:
    """One endpoint and, where it was named, one model.

    Parameters
    ----------
    base_url : str
        Where it listens, ending in the version: ``http://127.0.0.1:11434/v1``.
    model : str or None
        None lets the endpoint decide, which only one that serves a single model can.
    preset : Preset or None
        What is known of it.
    source : str
        What named it, in words: an option, a variable, a file.
    key : Key
        May be empty; never shown.
    timeout_s : float or None
        Longest single answer; None for the usual.
    """

    base_url: str
    model: str | None = None
    preset: Preset | None = None
    source: str = ""
    key: Key = field(default_factory=Key, compare=False)
    timeout_s: float | None = None

    @property
    def local(self) -> bool:
        """Whether it runs on this machine, and so costs nothing and needs no key."""
        return is_local(self.base_url)

    @property
    def host(self) -> str:
        """Name of the machine it runs on."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def key_variable(self) -> str:
        """Environment variable that its key is expected in."""
        return (self.preset and self.preset.key_from) or ANY_KEY

    @property
    def lacks_key(self) -> bool:
        """Whether it answers nobody without a key, and there is none."""
        return bool(self.preset and self.preset.needs_key and not self.key)

    @property
    def missing(self) -> str:
        """What has to be said before a run can begin, as one sentence; empty where nothing is missing."""
        if self.preset and self.lacks_key:
            return f"there is no key for {self.preset.title}; {how_to_store(self.key_variable, self.host)}"
        if not self.model and not self.local:
            return f"no model is named for {self.host}; use --model or set PCGSTUDIO_MODEL"
        return ""

    @property
    def ready(self) -> bool:
        """Whether a run can begin; ``--agent auto`` takes a model only then."""
        return not self.missing


class _File(BaseModel):
    """The settings file; it holds no key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    preset: str | None = None
    base_url: str | None = None
    model: str | None = None
    timeout_s: float | None = Field(None, gt=0, le=86_400)


def settings_file() -> Path:
    """Return where the settings are kept."""
    return user_config_path("pcgstudio") / FILE


def save_settings(
    *, preset: str | None = None, base_url: str | None = None, model: str | None = None, timeout_s: float | None = None
) -> Path:
    """Keep a choice for later runs; keys are not part of it.

    Raises
    ------
    InputError
        The preset or the address cannot be used, or the folder cannot be written.
    """
    kept = _File(preset=preset, base_url=base_url, model=model, timeout_s=timeout_s)
    if preset:
        get_preset(preset)
    if base_url:
        clean_url(base_url)
    write_text(settings_file(), to_json(kept.model_dump(exclude_none=True)))
    return settings_file()


def configured() -> Settings | None:
    """Return the endpoint that the environment or the settings file names; None where neither does.

    First ``PCGSTUDIO_PRESET`` and ``PCGSTUDIO_BASE_URL``, then the file, then ``OPENAI_BASE_URL`` and
    ``OPENAI_API_KEY``. ``PCGSTUDIO_MODEL`` goes with any of them. No network is asked.

    Raises
    ------
    InputError
        One of them cannot be used.
    """
    return _chosen(None, None, None)


def choose(base_url: str | None = None, model: str | None = None, preset: str | None = None) -> Settings:
    """Return the endpoint that the arguments name, filled up with what is configured.

    Raises
    ------
    InputError
        Something named cannot be used.
    ModelGoneError
        Nothing is named and nothing configured.
    """
    found = _chosen(base_url, model, preset)
    if found is None:
        raise ModelGoneError(
            "no language model is configured; use --base-url and --model, or set PCGSTUDIO_PRESET to one of "
            f"{', '.join(presets())} and PCGSTUDIO_MODEL to a model's name"
        )
    return found


def clean_url(base_url: str) -> str:
    """Return an address as the client needs it.

    Raises
    ------
    InputError
        It is none.
    """
    text = base_url.strip().rstrip("/")
    for tail in ("/chat/completions", "/completions", "/models"):
        text = text.removesuffix(tail)
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise InputError(f"'{shown(text)}' is no address of an endpoint; write it like http://127.0.0.1:11434/v1")
    if parts.username or parts.password or parts.query:
        raise InputError(f"the address of {parts.hostname} holds a password or a query; give the key by {ANY_KEY}")
    return text if parts.path else f"{text}/v1"


def shown(base_url: str) -> str:
    """Return an address without anything that could be a secret."""
    return base_url.partition("?")[0].rpartition("@")[2][:120]


def _chosen(base_url: str | None, model: str | None, preset: str | None) -> Settings | None:
    if base_url and base_url.lower() in presets():  # --base-url ollama
        base_url, preset = None, preset or base_url
    if base_url or preset:
        told = _File(preset=preset, base_url=base_url)
        return _filled(told, "--base-url", model or os.environ.get("PCGSTUDIO_MODEL"))
    named = _File(preset=os.environ.get("PCGSTUDIO_PRESET") or None,
                  base_url=os.environ.get("PCGSTUDIO_BASE_URL") or None)  # fmt: skip
    model = model or os.environ.get("PCGSTUDIO_MODEL") or None
    if named.preset or named.base_url:
        return _filled(named, "PCGSTUDIO_BASE_URL" if named.base_url else "PCGSTUDIO_PRESET", model)
    kept = _kept()
    model = model or kept.model
    if kept.preset or kept.base_url:
        return _filled(kept, str(settings_file()), model)
    if address := os.environ.get("OPENAI_BASE_URL"):
        return _filled(_File(base_url=address), "OPENAI_BASE_URL", model)
    if os.environ.get("OPENAI_API_KEY"):
        return _filled(_File(preset="openai"), "OPENAI_API_KEY", model)
    return None


def _filled(told: _File, source: str, model: str | None) -> Settings:
    known = get_preset(told.preset) if told.preset else None
    base_url = clean_url(told.base_url or (known.base_url if known else ""))
    known = known or preset_at(base_url)
    wanted = known.needs_key if known else not is_local(base_url)
    key = find_key(_variables(base_url, known), urlsplit(base_url).hostname or "", None if wanted else _nothing_stored)
    return Settings(base_url, model or None, known, source, key, told.timeout_s or _timeout())


def _variables(base_url: str, known: Preset | None) -> list[str]:
    """Name where a key for that address may come from, so that nobody gets the key of somebody else."""
    names = [known.key_from] if known and known.key_from else []
    if _same_host(os.environ.get("OPENAI_BASE_URL", ""), base_url):
        names.append("OPENAI_API_KEY")
    ours = os.environ.get("PCGSTUDIO_BASE_URL", "")
    return [*names, ANY_KEY] if not ours or _same_host(ours, base_url) else names


def _same_host(one: str, other: str) -> bool:
    return bool(one) and urlsplit(one).hostname == urlsplit(other).hostname


def _nothing_stored(_host: str) -> None:
    """Stand in for the keyring where no key is needed: some ask for a password to open."""


def _timeout() -> float | None:
    text = os.environ.get("PCGSTUDIO_TIMEOUT_S", "")
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= 86_400:
        raise InputError(f"PCGSTUDIO_TIMEOUT_S = {text!r} is no number of seconds between 0 and 86400")
    return seconds


def _kept() -> _File:
    place = settings_file()
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return _File()
    try:
        raw = json.loads(text)
        if isinstance(raw, dict) and any("key" in str(name).lower() for name in raw):
            raise InputError(f"'{place}' holds a key; take it out and set {ANY_KEY} instead")
        return _File.model_validate(raw)
    except (ValidationError, ValueError, RecursionError) as error:
        # ValidationError repeats what it read; a slip may have put a secret there
        raise InputError(f"'{place}' cannot be used ({type(error).__name__}); it may hold preset, base_url, model and "
                         "timeout_s") from None  # fmt: skip
