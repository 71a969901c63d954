"""What an endpoint can do for one model: found out once with tiny questions, remembered in the user's cache.

The file holds addresses, names of models and what they can do; no keys, no prompts, no answers.
"""

from __future__ import annotations

import io
import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from platformdirs import user_cache_path
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ..errors import InputError
from ..files import to_json, write_text
from .schema import Schema

Mode = Literal["json_schema", "json_object_schema", "json_object", "tool", "text"]
LADDER: tuple[Mode, ...] = get_args(Mode)
"""From the strictest to none: a schema that constrains every letter, a schema beside JSON mode (llama-cpp-python), JSON
mode, a forced function call, and plain text that is searched for JSON."""
FILE = "endpoints.json"
KEPT_S = 30 * 86_400
"""Servers and models are updated: what is older is asked again."""


@dataclass(frozen=True)
class Capability:
    """What is known of one model at one endpoint.

    Parameters
    ----------
    mode : str
        How it is asked for JSON; empty until it was tried.
    fails : tuple of str
        The ways that were tried and do not work.
    sees : bool or None
        Whether it takes pictures; None until somebody wants to know.
    tokens_field : str
        What it calls the length of an answer.
    temperature, system : bool
        Whether it takes a temperature, and a system message.
    tool_choice : str
        "named" or, where it takes only words, "required".
    thinks : bool
        Whether it reasons before it answers, which needs room.
    asked_at : float
        When this was found out [s since 1970].
    """

    mode: Mode | Literal[""] = ""
    fails: tuple[Mode, ...] = ()
    sees: bool | None = None
    tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True
    system: bool = True
    tool_choice: Literal["named", "required"] = "named"
    thinks: bool = False
    asked_at: float = 0.0

    def below(self, mode: Mode) -> Mode:
        """Return the next gentler way to ask that is not known to fail; text is the last."""
        return next((m for m in LADDER[LADDER.index(mode) + 1 :] if m not in self.fails), "text")

    @property
    def works(self) -> tuple[Mode, ...]:
        """The ways that are not known to fail."""
        return tuple(m for m in LADDER if m not in self.fails)


_ENTRY = TypeAdapter(Capability)


def recall(base_url: str, model: str, folder: Path | None = None) -> Capability:
    """Return what is remembered; nothing known where there is nothing, or it is old, or the file is damaged."""
    entry = _all(folder).get(_name(base_url, model))
    try:
        known = _ENTRY.validate_python(entry)
    except ValidationError:
        return Capability()
    return known if 0 <= time.time() - known.asked_at < KEPT_S else Capability()


def remember(base_url: str, model: str, known: Capability, folder: Path | None = None) -> None:
    """Keep what was found out; a cache that cannot be written is asked again next time."""
    entries = _all(folder)
    entries[_name(base_url, model)] = asdict(known)
    with suppress(InputError):
        write_text(_place(folder), to_json(entries))


def _all(folder: Path | None) -> dict[str, Any]:
    try:
        told = json.loads(_place(folder).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _place(folder: Path | None) -> Path:
    return (folder or user_cache_path("pcgstudio")) / FILE


def _name(base_url: str, model: str) -> str:
    return f"{base_url} {model}"


# -- the questions -----------------------------------------------------------------------------------------------------


class Paws(BaseModel):
    """The answer to the test question; no model would choose this name by itself."""

    model_config = ConfigDict(extra="forbid")

    paws_on_ground: int


class Halves(BaseModel):
    """What a model sees in `picture`."""

    model_config = ConfigDict(extra="ignore")

    left: str
    right: str


PROBE_SYSTEM = "This is a test of the connection."
PROBE = "How many legs has a cat?"
"""Prose answers it well: only what constrains the answer makes JSON of it, and only a schema the odd name."""
PROBE_TOKENS = 1000
"""Room for a model that reasons first; the answer itself takes ten."""
LOOK = (
    'Name the colour of the left and of the right half of the picture as JSON: {"left": "...", "right": "..."}. '
    "Write none for both where you see no picture."
)


def probe_text(mode: Mode) -> str:
    """Return the test question for a mode; JSON modes refuse a prompt without that word."""
    return f"{PROBE} Answer in JSON." if mode in ("json_object", "json_object_schema") else PROBE


def passes(mode: Mode, found: Any) -> bool:
    """Whether an answer to the test question shows that the mode constrains."""
    if mode == "json_object":
        return isinstance(found, dict)
    return isinstance(found, dict) and "paws_on_ground" in found


def picture() -> bytes:
    """Return a small PNG, green on the left and black on the right: no blind guess names both."""
    from PIL import Image  # noqa: PLC0415 - only where somebody wants to know

    image = Image.new("RGB", (96, 64), (0, 170, 0))
    image.paste((0, 0, 0), (48, 0, 96, 64))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def saw(found: Halves) -> bool:
    """Whether an answer names both colours."""
    return "green" in found.left.lower() and "black" in found.right.lower()


# -- asking in a mode --------------------------------------------------------------------------------------------------


def shape(mode: Mode, name: str, strict: Schema, natural: Schema, tool_choice: str) -> dict[str, Any]:
    """Return the part of a request that asks for JSON.

    Parameters
    ----------
    mode : str
        How.
    name : str
        Of the schema or function.
    strict, natural : dict
        The schema in both forms.
    tool_choice : str
        "named" or "required".
    """
    if mode == "json_schema":
        form = {"name": name, "strict": True, "schema": strict}
        return {"response_format": {"type": "json_schema", "json_schema": form}}
    if mode == "json_object_schema":
        return {"response_format": {"type": "json_object", "schema": strict}}
    if mode == "json_object":
        return {"response_format": {"type": "json_object"}}
    if mode == "tool":
        function = {"name": name, "description": "Gives the answer.", "parameters": natural}
        named = {"type": "function", "function": {"name": name}}
        return {
            "tools": [{"type": "function", "function": function}],
            "tool_choice": named if tool_choice == "named" else "required",
        }
    return {}
