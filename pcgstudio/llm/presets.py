"""Endpoints that many people run: where they listen, how they start, what is odd about them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from ..errors import InputError, did_you_mean


class Preset(BaseModel):
    """One endpoint.

    Parameters
    ----------
    name, title : str
        As it is chosen, and as its makers write it.
    base_url : str
        Where it listens.
    key_from : str
        Environment variable of its key; empty where it knows none.
    needs_key : bool
        Whether it answers nobody without one.
    start : str
        How to start it, or how to get a key.
    fetch : str
        How to get a model that is not there; ``{model}`` stands for its name.
    longer_context : str
        How to make room for longer prompts.
    schema_in_prompt : bool
        Whether a schema only constrains the letters and the model has to be told it besides.
    quirks : tuple of str
        What is odd about it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    base_url: str
    key_from: str = ""
    needs_key: bool = False
    start: str
    fetch: str
    longer_context: str
    schema_in_prompt: bool
    quirks: tuple[str, ...] = ()


@cache
def presets() -> dict[str, Preset]:
    """Return every preset by name."""
    return {name: Preset(name=name, **told) for name, told in _data()["presets"].items()}


def get_preset(name: str) -> Preset:
    """Return one preset.

    Raises
    ------
    InputError
        There is none of that name.
    """
    wanted = name.lower().replace(" ", "").replace(".", "").replace("-", "").replace("_", "")
    if wanted not in presets():
        hint = did_you_mean(wanted, presets()) or f"; known: {', '.join(presets())}"
        raise InputError(f"'{name}' is no preset of an endpoint{hint}")
    return presets()[wanted]


def preset_at(base_url: str) -> Preset | None:
    """Return the preset that listens at an address, whatever this machine is called."""
    place = _place(base_url)
    return next((p for p in presets().values() if _place(p.base_url) == place), None)


def knows_pictures(model: str) -> bool | None:
    """Whether a model of that name takes pictures; None where the name does not tell."""
    name = model.lower()
    if any(part in name for part in _data()["sees_not"]):
        return False
    return True if any(part in name for part in _data()["sees"]) else None


def is_local(base_url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(base_url).hostname or ""
    return host in ("localhost", "::1", "0.0.0.0") or host.startswith("127.")


@cache
def _data() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((files("pcgstudio.assets") / "endpoints.json").read_text(encoding="utf-8"))
    return told


def _place(base_url: str) -> tuple[str, int | None]:
    parts = urlsplit(base_url)
    return "here" if is_local(base_url) else parts.hostname or "", parts.port
