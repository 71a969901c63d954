"""What a bundle of PCG Studio holds, checked and sorted into the collections of a scene; needs nothing but numpy."""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from . import glb
from .glb import Array, DamagedError, Model, Shape

RECIPE, GLB, LAYERS, LEGEND = "recipe.pcg.json", "map.glb", "layers.npz", "layers.json"
SURFACE_LAYERS = ("biome", "slope", "forest", "water_kind", "room", "district")
"""Layers that the terrain's vertices carry as attributes, for materials and geometry nodes."""


@dataclass(frozen=True)
class Group:
    """Things of one shape, to be made as instances.

    Parameters
    ----------
    kind : str
        ``tree``, ``building`` ...: the collection.
    placement : glb.Placement
        Where they stand.
    """

    kind: str
    placement: glb.Placement


@dataclass
class Bundle:
    """A map, ready to be made into a scene.

    Parameters
    ----------
    folder : Path
        Where it came from.
    name : str
        Of the recipe.
    extent_m : (float, float)
        East and north size.
    grid : (int, int, float)
        Rows, columns, and the size of a cell [m].
    model : glb.Model
        Shapes and places.
    groups : list of Group
        Placed things by shape.
    parts : dict of str to list of int
        Shapes that stand once by collection: ``terrain``, ``water``, ``building`` ...
    surface : dict of str to ndarray
        Layers for the terrain's vertices: ``(rows, cols)``.
    counts : dict of str to int
        How many things of each kind `layers.json` names.
    sea : bool
        Whether z = 0 is a sea.
    """

    folder: Path
    name: str
    extent_m: tuple[float, float]
    grid: tuple[int, int, float]
    model: Model
    groups: list[Group] = field(default_factory=list)
    parts: dict[str, list[int]] = field(default_factory=dict)
    surface: dict[str, Array] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    sea: bool = False

    @property
    def terrain(self) -> Shape:
        """The ground."""
        return self.model.shapes[self.parts["terrain"][0]]


def read(folder: Path) -> Bundle:
    """Read a bundle.

    Raises
    ------
    DamagedError
        It is no bundle, or one of its files is damaged; the message is one sentence.
    """
    folder = Path(folder)
    if not (folder / LEGEND).is_file():
        raise DamagedError(f"'{folder}' is no bundle: it has no {LEGEND}; choose a folder that pcgstudio made")
    told, recipe = (_json(folder / name) for name in (LEGEND, RECIPE))
    try:
        grid = told["grid"]
        east, north = grid["extent_m"]
        lattice = (int(grid["rows"]), int(grid["cols"]), float(grid["cell_size_m"]))
        kinds = {kind: int(one["count"]) for kind, one in told["instances"].items()}
        model = glb.read(folder / GLB)
        made = Bundle(folder, str(recipe.get("name", "map")), (float(east), float(north)), lattice, model, counts=kinds)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, DamagedError):
            raise
        raise DamagedError(f"'{folder / LEGEND}' is damaged ({error}); build the map again") from error
    _sort(made)
    made.surface = _surface(folder, lattice[:2])
    sea = [int(n) for n, text in told["layers"].get("water_kind", {}).get("legend", {}).items() if text == "sea"]
    made.sea = bool(np.isin(made.surface.get("water_kind", np.zeros(1)), sea).any())
    return made


def _json(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedError(f"'{path}' cannot be read ({error}); build the map again") from error
    if not isinstance(told, dict):
        raise DamagedError(f"'{path}' is damaged; build the map again")
    return told


def _sort(made: Bundle) -> None:
    """Sort shapes into collections, and see that every thing is there."""
    shapes = made.model.shapes
    for number in made.model.single:
        name = shapes[number].name
        kind = "terrain" if name == "terrain" else "water" if name.startswith("water_") else "structures"
        made.parts.setdefault(kind, []).append(number)
    if "terrain" not in made.parts:
        raise DamagedError(f"'{made.folder / GLB}' has no terrain; build the map again")
    found: dict[str, int] = {}
    for placement in made.model.placed:
        kind = kind_of(shapes[placement.shape].name, made.counts)
        made.groups.append(Group(kind, placement))
        found[kind] = found.get(kind, 0) + len(placement.points)
    if len(made.model.lamps):
        found["light"] = len(made.model.lamps)
    for kind, count in made.counts.items():
        if found.get(kind, 0) != count:
            raise DamagedError(
                f"'{made.folder}' names {count} things of kind '{kind}' and its model has {found.get(kind, 0)}; "
                "build the map again"
            )


def kind_of(name: str, kinds: dict[str, int]) -> str:
    """Return the kind of a shape's name, ``tree`` of ``tree_conifer_0``: the longest known one that it begins with."""
    fitting = [kind for kind in kinds if name.startswith(f"{kind}_")]
    return max(fitting, key=len) if fitting else name.partition("_")[0]


def _surface(folder: Path, shape: tuple[int, int]) -> dict[str, Array]:
    """Return the layers for the terrain that the bundle has."""
    try:
        with np.load(folder / LAYERS, allow_pickle=False) as archive:
            found = {name: archive[name] for name in SURFACE_LAYERS if name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DamagedError(f"'{folder / LAYERS}' cannot be read ({error}); build the map again") from error
    for name, data in found.items():
        if data.shape != shape:
            raise DamagedError(f"layer '{name}' in '{folder / LAYERS}' is {data.shape}, not {shape}; build it again")
    return found


def at_points(layer: Array, points: Array, cell_m: float) -> Array:
    """``(n,)`` values of a ``(rows, cols)`` layer, row 0 north, in the cells of ``(n, >=2)`` points x, y [m]."""
    rows, cols = layer.shape
    col = np.clip((points[:, 0] / cell_m).astype(np.int64), 0, cols - 1)
    row = np.clip(rows - 1 - np.floor(points[:, 1] / cell_m).astype(np.int64), 0, rows - 1)
    return np.asarray(layer[row, col])
