"""What a person prefers, kept between sessions: validated, and set aside where the file is broken."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

from platformdirs import user_config_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pcgstudio.errors import InputError
from pcgstudio.files import to_json, write_text

from .messages import Message

FILE = "preferences.json"
UNREADABLE = "The preferences '%1' cannot be read (%2); the usual ones are used."
RECENT = 12
"""Files that are remembered."""

PRIVACY = (
    "Your sentences, the recipe and pictures of the map are sent to the endpoint that you chose, and to nobody else. "
    "With the built-in agents nothing leaves this machine."
)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Agents(_Part):
    """Who plans and who judges.

    Parameters
    ----------
    use : {"builtin", "model"}
    preset : str
        Name of an endpoint's preset; empty where ``base_url`` names the endpoint.
    base_url, model : str
        Empty: as the preset says, and as the endpoint decides.
    protocol : {"studio", "paper"}
    """

    use: Literal["builtin", "model"] = "builtin"
    preset: str = ""
    base_url: str = ""
    model: str = ""
    protocol: Literal["studio", "paper"] = "studio"


class Budgets(_Part):
    """What one instruction may spend; None leaves it to the studio."""

    rounds: int | None = Field(None, ge=1, le=10)
    seconds: float | None = Field(None, ge=1, le=86_400)
    tokens: int | None = Field(None, ge=0)


class Tiers(_Part):
    """Cells on the longer side of the map.

    Parameters
    ----------
    drag : int
        Of the draft while a hand drags.
    work : int
        Of new maps, and at most what is built while editing.
    final : int or None
        What an export is built at; None for the recipe's own.
    """

    drag: int = Field(96, ge=64, le=1024)
    work: int = Field(512, ge=64, le=4096)
    final: int | None = Field(None, ge=64, le=16_384)


class Preferences(_Part):
    """All of it; there is no key in it, keys lie in the system's keyring."""

    agents: Agents = Agents()
    budgets: Budgets = Budgets()
    tiers: Tiers = Tiers()
    units: Literal["metric", "imperial"] = "metric"
    theme: Literal["system", "light", "dark"] = "system"
    ask_before_keeping: bool = Field(True, description="Whether a follow-up is offered before it is kept.")
    recent: tuple[Path, ...] = Field((), max_length=RECENT)


def preferences_file() -> Path:
    """Return where they are kept."""
    return user_config_path("pcgstudio") / FILE


def load_preferences(file: Path | None = None) -> tuple[Preferences, str]:
    """Return the preferences, and a sentence where the file could not be used and was set aside."""
    file = file or preferences_file()
    try:
        return Preferences.model_validate_json(file.read_text(encoding="utf-8")), ""
    except FileNotFoundError:
        return Preferences(), ""
    except OSError as error:
        return Preferences(), Message(UNREADABLE, file, error.strerror)
    except (ValidationError, ValueError):
        return Preferences(), _set_aside(file)


def _set_aside(file: Path) -> str:
    aside = file.with_name(f"{file.stem}.broken-{time.strftime('%Y%m%d-%H%M%S')}{file.suffix}")
    try:
        file.replace(aside)
    except OSError:
        return Message("The preferences '%1' cannot be used; the usual ones are used.", file)
    return Message("The preferences could not be used and lie in '%1' now; the usual ones are used.", aside)


def save_preferences(preferences: Preferences, file: Path | None = None) -> None:
    """Write them atomically.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    file = file or preferences_file()
    try:
        write_text(file, to_json(preferences.model_dump(mode="json")))
    except InputError as error:
        raise InputError(f"the preferences cannot be kept in '{file.parent}'; make it writable") from error
