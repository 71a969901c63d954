"""What worked on this machine: instructions whose every demand was met, kept as worked examples for later ones.

They stay in the user's data directory and reach a model only as quoted data of a prompt. ``PCGSTUDIO_MEMORY=off``
turns it off; a folder there instead of ``off`` is used instead of the usual one.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from platformdirs import user_data_path
from pydantic import ValidationError

from ...brief import Brief
from ...errors import InputError, RecipeError
from ...files import write_text
from ...recipe import Recipe, loads
from .answers import as_plan
from .examples import ALIKE, Example, likeness

VARIABLE = "PCGSTUDIO_MEMORY"
FILE = "worked.jsonl"
MOST_KEPT = 200
OFFERED = 2


class Memory:
    """Accepted pairs of brief and recipe in one file, the newest last.

    Parameters
    ----------
    folder : Path
        Where the file lies; made when something is first kept.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def keep(self, brief: Brief, recipe: Recipe) -> None:
        """Keep a pair; an older one of the same instruction goes, and the oldest where there are too many.

        Raises
        ------
        InputError
            The folder cannot be written.
        """
        others = [line for line in self._lines() if json.loads(line)["instruction"] != brief.instruction]
        told = {
            "instruction": brief.instruction,
            "brief": brief.model_dump(mode="json"),
            "recipe": recipe.model_copy(update={"brief": None, "hold": None}).model_dump(mode="json"),
        }
        lines = [*others, json.dumps(told, ensure_ascii=False)][-MOST_KEPT:]
        write_text(self.path, "\n".join(lines) + "\n")

    def examples(self, instruction: str) -> tuple[Example, ...]:
        """Return the kept plans whose instructions are most alike; those that no longer fit are left out."""
        near = sorted(
            ((likeness(instruction, told["instruction"]), told) for told in map(json.loads, self._lines())),
            key=lambda pair: -pair[0],
        )
        found: list[Example] = []
        for alike, told in near:
            if alike < ALIKE or len(found) == OFFERED:
                break
            try:
                recipe = loads(json.dumps(told["recipe"]), FILE)
            except (RecipeError, InputError, KeyError):
                continue
            found.append(Example(told["instruction"], {"summary": "it met every check", **as_plan(recipe)}))
        return tuple(found)

    def _lines(self) -> list[str]:
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []
        return [line for line in lines if _usable(line)]


def _usable(line: str) -> bool:
    try:
        told = json.loads(line)
        Brief.model_validate(told["brief"])
    except (ValueError, KeyError, TypeError, ValidationError):
        return False
    return isinstance(told.get("instruction"), str) and isinstance(told.get("recipe"), dict)


def users_memory() -> Memory | None:
    """Return the memory of this user, or None where it is turned off."""
    told = os.environ.get(VARIABLE, "").strip()
    if told.lower() in ("off", "0", "no", "false"):
        return None
    return Memory(Path(told) if told else user_data_path("pcgstudio"))
