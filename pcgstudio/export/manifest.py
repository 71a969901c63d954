"""The manifest beside every export: what the files are, in metres, and how they came about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from pcgstudio import recipe as recipes
from pcgstudio.files import to_json
from pcgstudio.params import Params
from pcgstudio.recipe import Recipe
from pcgstudio.world import WATER_KINDS, World

NAME = "pcgstudio-export.json"
"""Of the manifest inside an exported folder; beside a single file it is named after that file."""

NORTH_FIRST = "row 0 is the north edge, column 0 the west edge"
SOUTH_FIRST = "row 0 is the south edge, column 0 the west edge"
MAP_AXES = "x east, y north, z up; right-handed; origin in the south-west corner"


def beside(name: str) -> str:
    """Return the name of the manifest of a single file."""
    return f"{name}.json"


def document(target: str, world: World, recipe: Recipe, options: Params, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a manifest, without its files: the same text for the same map and options.

    Parameters
    ----------
    target : str
        Name of the target.
    world, recipe
        The map and what built it.
    options : Params
        The target's options.
    facts : mapping
        What the target itself says: ``axes``, ``rows``, ``resampling`` and more.
    """
    height, grid = world["height"], world.grid
    sea = bool((world["water_kind"] == WATER_KINDS.index("sea")).any()) if "water_kind" in world else False
    told = {
        "format": 1,
        "program": f"pcgstudio {version('pcgstudio')}",
        "target": target,
        "name": recipe.name,
        "seed": recipe.seed,
        "recipe_sha256": recipe_hash(recipe),
        "options": options.model_dump(mode="json"),
        "units": "m",
        "extent_m": list(grid.extent_m),
        "minimum_m": float(np.min(height)),
        "maximum_m": float(np.max(height)),
        "sea_level_m": 0.0 if sea else None,
        "grid": {"rows": grid.rows, "cols": grid.cols, "cell_size_m": grid.cell_size_m},
        "axes": MAP_AXES,
    }
    return told | dict(facts)


def recipe_hash(recipe: Recipe) -> str:
    """SHA-256 of the recipe as the text of its file."""
    return hashlib.sha256(recipes.dumps(recipe).encode()).hexdigest()


def write(path: Path, told: dict[str, Any]) -> None:
    """Write a manifest with the size and SHA-256 of every other file that lies in its folder or below."""
    files = sorted(p for p in path.parent.rglob("*") if p.is_file() and p != path)
    listed = [{"path": p.relative_to(path.parent).as_posix(), "bytes": p.stat().st_size, "sha256": _sha256(p)}
              for p in files]  # fmt: skip
    path.write_text(to_json(told | {"files": listed}), encoding="utf-8", newline="\n")


def files_of(path: Path) -> set[str]:
    """Return the names that lie beside an earlier manifest and belong to it; none where there is no manifest."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {str(one["path"]).split("/")[0] for one in told["files"]} if told["program"] else set()
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
