"""The built map: a grid, named layers, instances, paths and meshes.

Axes: arrays are ``(rows, cols)``; row 0 is north; x points east, y north, z up; all in metres. The origin is the
south-west corner of the map, at (0, 0). Samples sit at cell centres.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Kind = Literal["continuous", "mask", "categorical"]

WATER_KINDS = ("none", "sea", "lake", "river")
BIOMES = (
    "none", "ocean", "lake", "river", "beach", "grassland", "savanna", "shrubland", "forest", "rainforest", "taiga",
    "tundra", "desert", "badlands", "swamp", "rock", "snow", "volcanic", "farmland", "urban",
)  # fmt: skip
CELLS = ("none", "rock", "wall", "floor", "corridor", "door", "water", "stairs", "bridge")
ROLES = ("none", "entrance", "exit", "boss", "treasure", "key", "lock", "spawn")


@dataclass(frozen=True, slots=True)
class Grid:
    """A lattice of square cells.

    Parameters
    ----------
    rows, cols : int
        Cells from north to south and from west to east.
    cell_size_m : float
        Edge of a cell in metres.
    draft : bool
        Whether a rough answer is wanted at once: what runs on a lattice of its own takes fewer cells, and things stand
        wider apart. The steps, their dice and their parameters are the same.
    """

    rows: int
    cols: int
    cell_size_m: float
    draft: bool = False

    @classmethod
    def over(cls, extent_m: tuple[float, float], resolution: int) -> Grid:
        """Return the grid with ``resolution`` cells on the longer side of ``extent_m`` (east, north)."""
        cell = max(extent_m) / resolution
        cols, rows = (max(1, round(side / cell)) for side in extent_m)
        return cls(rows, cols, cell)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.cols

    @property
    def extent_m(self) -> tuple[float, float]:
        """East-west and north-south size in metres."""
        return self.cols * self.cell_size_m, self.rows * self.cell_size_m

    @property
    def cell_area_m2(self) -> float:
        """Area of a cell in square metres."""
        return self.cell_size_m**2

    def xs(self) -> FloatArray:
        """``(cols,)`` x of the cell centres [m]."""
        return ((np.arange(self.cols) + 0.5) * self.cell_size_m).astype(np.float32)

    def ys(self) -> FloatArray:
        """``(rows,)`` y of the cell centres [m]; falls with the row, because row 0 is north."""
        return ((self.rows - 0.5 - np.arange(self.rows)) * self.cell_size_m).astype(np.float32)

    def cells_of(self, points: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows and columns, clipped to the grid, of ``(n, >=2)`` points x, y [m]."""
        cols = np.clip(np.floor(points[:, 0] / self.cell_size_m), 0, self.cols - 1).astype(np.intp)
        rows = np.clip(self.rows - 1 - np.floor(points[:, 1] / self.cell_size_m), 0, self.rows - 1)
        return rows.astype(np.intp), cols

    def sample(self, data: NDArray[Any], points: NDArray[Any]) -> FloatArray:
        """Bilinear values of ``(rows, cols)`` data at ``(n, >=2)`` points x, y [m]; the border value outside."""
        u = np.clip(points[:, 0] / self.cell_size_m - 0.5, 0, self.cols - 1)
        v = np.clip(self.rows - 0.5 - points[:, 1] / self.cell_size_m, 0, self.rows - 1)
        c0 = np.minimum(u.astype(np.intp), max(self.cols - 2, 0))
        r0 = np.minimum(v.astype(np.intp), max(self.rows - 2, 0))
        c1, r1 = np.minimum(c0 + 1, self.cols - 1), np.minimum(r0 + 1, self.rows - 1)
        fu, fv = (u - c0), (v - r0)
        top = data[r0, c0] * (1 - fu) + data[r0, c1] * fu
        low = data[r1, c0] * (1 - fu) + data[r1, c1] * fu
        return np.asarray(top * (1 - fv) + low * fv, dtype=np.float32)


@dataclass(frozen=True)
class Layer:
    """One named field over the grid.

    Parameters
    ----------
    data : ndarray
        ``(rows, cols)``; float32 for continuous, uint8 for masks, uint8/int16/int32 for categories and ids. It is
        made read-only: a layer is shared between cached steps.
    unit : str
        Unit of the values, ``""`` where there is none.
    kind : {"continuous", "mask", "categorical"}
        How values mix: continuous ones blend, the others switch.
    legend : mapping of int to str
        Names of the categories; empty for ids and numbers.
    source : str
        Id of the step that wrote it.
    """

    data: NDArray[Any]
    unit: str = ""
    kind: Kind = "continuous"
    legend: Mapping[int, str] = field(default_factory=dict)
    source: str = ""

    def __post_init__(self) -> None:
        self.data.flags.writeable = False

    @cached_property
    def digest(self) -> str:
        """Hash of the content, on which the rebuild of later steps depends."""
        return array_digest(self.data)

    @classmethod
    def mask(cls, data: NDArray[Any]) -> Layer:
        """Make a 0/1 layer from anything truthy."""
        return cls((np.asarray(data) > 0).astype(np.uint8), kind="mask", legend={0: "no", 1: "yes"})

    @classmethod
    def named(cls, data: NDArray[Any], names: tuple[str, ...]) -> Layer:
        """Make a uint8 categorical layer whose ids index ``names``."""
        return cls(np.asarray(data, dtype=np.uint8), kind="categorical", legend=dict(enumerate(names)))


@dataclass(frozen=True)
class OwnPart:
    """A piece of a user's own model, of height 1, standing on z = 0 with its front at +x.

    Parameters
    ----------
    name : str
        Unique in the model.
    vertices, faces : ndarray
        ``(n, 3) float32`` and ``(m, 3) int32``, counter-clockwise seen from outside.
    material : str
        Unique among all models.
    colour : tuple of int
        sRGB, 0 to 255; the texture's mean where it has one.
    uv : ndarray, optional
        ``(n, 2) float32`` texture coordinates as glTF counts them, from the upper left.
    texture : bytes
        A PNG file; empty without one.
    two_sided : bool
        Whether it is seen from both sides.
    """

    name: str
    vertices: FloatArray
    faces: NDArray[np.int32]
    material: str
    colour: tuple[int, int, int]
    uv: FloatArray | None = None
    texture: bytes = b""
    two_sided: bool = False


@dataclass(frozen=True)
class Instances:
    """Things placed many times.

    Parameters
    ----------
    placement : ndarray
        ``(n, 5) float32`` x, y, z [m], yaw [degrees, counter-clockwise from +x], scale.
    species : ndarray
        ``(n,) int32`` index into ``names``.
    size : ndarray
        ``(n, 3) float32`` length, width, height [m].
    names : tuple of str
        The species.
    source : str
        Id of the step that placed them.
    models : mapping of str to tuple of OwnPart
        Models of species that the user brought along.
    stands_for : mapping of str to tuple of str
        The built-in species that a user's species replaced, as which it counts.
    """

    placement: FloatArray
    species: NDArray[np.int32]
    size: FloatArray
    names: tuple[str, ...]
    source: str = ""
    models: Mapping[str, tuple[OwnPart, ...]] = field(default_factory=dict)
    stands_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for array in (self.placement, self.species, self.size):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.placement)

    @cached_property
    def digest(self) -> str:
        """Hash of the content."""
        return array_digest(self.placement, self.species, self.size)

    def keep(self, wanted: NDArray[np.bool_]) -> Instances:
        """Return the instances where ``wanted`` ``(n,)`` holds."""
        placement, species, size = self.placement[wanted], self.species[wanted], self.size[wanted]
        return replace(self, placement=placement, species=species, size=size)

    def joined(self, other: Instances) -> Instances:
        """Return both together, species tables merged by name."""
        names = self.names + tuple(n for n in other.names if n not in self.names)
        remap = np.array([names.index(n) for n in other.names], dtype=np.int32)
        theirs = remap[other.species] if len(other) else other.species
        return Instances(
            np.concatenate([self.placement, other.placement]),
            np.concatenate([self.species, theirs]).astype(np.int32),
            np.concatenate([self.size, other.size]),
            names,
            self.source or other.source,
            {**self.models, **other.models},
            {**self.stands_for, **other.stands_for},
        )


@dataclass(frozen=True)
class MeshPart:
    """A named piece of geometry in map coordinates (z up, metres).

    Parameters
    ----------
    name : str
        Node name in exports, unique within a world.
    vertices : ndarray
        ``(n, 3) float32``.
    faces : ndarray
        ``(m, 3) int32``, counter-clockwise seen from outside.
    material : str
        A name of the palette (``wall``, ``floor``, ``door`` ...).
    watertight : bool
        Whether the part claims to be closed; structural checks hold it to that.
    """

    name: str
    vertices: FloatArray
    faces: NDArray[np.int32]
    material: str
    watertight: bool = False
    source: str = ""


@dataclass(frozen=True)
class Path:
    """A line on the map, such as a river from its source to its mouth.

    Parameters
    ----------
    kind : str
        ``river``, ``corridor`` ...
    points : ndarray
        ``(n, 3) float32`` x, y, z [m] in the direction of travel or flow.
    width_m : ndarray
        ``(n,) float32`` full width at each point.
    """

    kind: str
    points: FloatArray
    width_m: FloatArray
    source: str = ""


@dataclass(frozen=True)
class World:
    """Everything that a recipe builds; immutable.

    ``datum_m`` is how much all heights were lowered to put z = 0 on the lowest ground of a map without a sea.
    """

    grid: Grid
    layers: Mapping[str, Layer] = field(default_factory=lambda: MappingProxyType({}))
    instances: Mapping[str, Instances] = field(default_factory=lambda: MappingProxyType({}))
    parts: tuple[MeshPart, ...] = ()
    paths: tuple[Path, ...] = ()
    datum_m: float = 0.0

    def __contains__(self, layer: str) -> bool:
        return layer in self.layers

    def __getitem__(self, layer: str) -> NDArray[Any]:
        return self.layers[layer].data

    def category(self, layer: str, name: str) -> NDArray[np.bool_]:
        """``(rows, cols)`` where a categorical layer holds the category called ``name``; nowhere if it has none."""
        found = self.layers.get(layer)
        ids = [i for i, n in found.legend.items() if n == name] if found else []
        if not found or not ids:
            return np.zeros(self.grid.shape, dtype=bool)
        return np.isin(found.data, ids)


def array_digest(*arrays: NDArray[Any]) -> str:
    """Hash of dtypes, shapes and bytes; equal for equal content on one platform."""
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
