"""A GLB file of PCG Studio as arrays: meshes, and where they stand; needs nothing but numpy.

Only what `pcgstudio` writes is read: one buffer, triangles, EXT_mesh_gpu_instancing and KHR_lights_punctual. Positions
come back in the map's axes (x east, y north, z up) from glTF's (x, z, -y).
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_TYPES = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


class DamagedError(ValueError):
    """A file is not what it should be; the message is one sentence for the person."""


@dataclass(frozen=True)
class Look:
    """A material.

    Parameters
    ----------
    name : str
        Of the palette.
    colour : tuple of float
        Linear red, green, blue, alpha.
    roughness, metallic : float
        In [0, 1].
    blend : bool
        Whether it is seen through.
    """

    name: str
    colour: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    roughness: float = 0.9
    metallic: float = 0.0
    blend: bool = False


@dataclass(frozen=True)
class Shape:
    """A mesh: vertices of all its materials, one after the other.

    Parameters
    ----------
    name : str
        ``terrain``, ``water_sea``, ``tree_conifer_0`` ...
    points : ndarray
        ``(n, 3) float32`` [m].
    normals : ndarray
        ``(n, 3) float32``.
    colours : ndarray or None
        ``(n, 4) float32``, linear.
    faces : ndarray
        ``(m, 3) int32``.
    slots : ndarray
        ``(m,) int32`` index into `looks`.
    looks : tuple of Look
        The materials in use.
    """

    name: str
    points: Array
    normals: Array
    colours: Array | None
    faces: Array
    slots: Array
    looks: tuple[Look, ...]


@dataclass(frozen=True)
class Placement:
    """Where a shape stands.

    Parameters
    ----------
    shape : int
        Index of the shape.
    points : ndarray
        ``(n, 3) float32`` [m].
    turns : ndarray
        ``(n,) float32`` counter-clockwise about z [radians].
    scales : ndarray
        ``(n, 3) float32`` along x, y, z.
    """

    shape: int
    points: Array
    turns: Array
    scales: Array


@dataclass
class Model:
    """All of a file.

    Parameters
    ----------
    shapes : list of Shape
        Meshes.
    single : list of int
        Shapes that stand once, where they are.
    placed : list of Placement
        The others; one for each shape.
    lamps : ndarray
        ``(n, 3) float32`` points that shine [m].
    lamp_colour, lamp_candela
        How.
    """

    shapes: list[Shape]
    single: list[int] = field(default_factory=list)
    placed: list[Placement] = field(default_factory=list)
    lamps: Array = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    lamp_colour: tuple[float, float, float] = (1.0, 0.7, 0.4)
    lamp_candela: float = 150.0


def read(path: Path) -> Model:
    """Read a file.

    Raises
    ------
    DamagedError
        It is no GLB file, or cut short, or from something else.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DamagedError(f"'{path}' cannot be read ({error.strerror}); build the map again") from error
    try:
        return _File(data).model()
    except (ValueError, KeyError, IndexError, TypeError, struct.error) as error:
        raise DamagedError(f"'{path}' is no model of PCG Studio ({error}); build the map again") from error


class _File:
    def __init__(self, data: bytes) -> None:
        magic, _, total = struct.unpack_from("<4sII", data, 0)
        if magic != b"glTF" or total > len(data):
            raise ValueError("it is cut short" if magic == b"glTF" else "it does not begin with glTF")
        (size,) = struct.unpack_from("<I", data, 12)
        self.told = json.loads(data[20 : 20 + size])
        self.binary = memoryview(data)[28 + size :]

    def model(self) -> Model:
        told = self.told
        found = Model([self._shape(mesh) for mesh in told.get("meshes", ())])
        groups: dict[int, list[tuple[Array, Array, Array]]] = {}
        lamps = []
        for node in told.get("nodes", ()):
            extensions = node.get("extensions", {})
            if "KHR_lights_punctual" in extensions:
                lamps.append(node["translation"])
            elif "mesh" not in node:
                continue
            elif "EXT_mesh_gpu_instancing" in extensions:
                named = extensions["EXT_mesh_gpu_instancing"]["attributes"]
                arrays = tuple(self._array(named[k]) for k in ("TRANSLATION", "ROTATION", "SCALE"))
                groups.setdefault(node["mesh"], []).append(arrays)  # type: ignore[arg-type]  # three of them
            elif "translation" in node:
                one = tuple(np.array([node[k]], np.float32) for k in ("translation", "rotation", "scale"))
                groups.setdefault(node["mesh"], []).append(one)  # type: ignore[arg-type]  # three of them
            else:
                found.single.append(node["mesh"])
        found.placed = [_placement(mesh, parts) for mesh, parts in sorted(groups.items())]
        if lamps:
            light = told["extensions"]["KHR_lights_punctual"]["lights"][0]
            found.lamps = upright(np.array(lamps, np.float32))
            red, green, blue = light["color"]
            found.lamp_colour, found.lamp_candela = (red, green, blue), float(light["intensity"])
        return found

    def _shape(self, mesh: dict[str, Any]) -> Shape:
        points, normals, colours, faces, slots, looks = [], [], [], [], [], []
        base = 0
        any_colour = any("COLOR_0" in p["attributes"] for p in mesh["primitives"])
        for number, primitive in enumerate(mesh["primitives"]):
            named = primitive["attributes"]
            here = self._array(named["POSITION"])
            points.append(upright(here))
            normals.append(upright(self._array(named["NORMAL"])))
            if any_colour:
                white = np.ones((len(here), 4), np.float32)
                colours.append(self._array(named["COLOR_0"]) if "COLOR_0" in named else white)
            index = self._array(primitive["indices"]).reshape(-1, 3).astype(np.int32)
            faces.append(index + base)
            slots.append(np.full(len(index), number, np.int32))
            looks.append(self._look(primitive["material"]))
            base += len(here)
        joined = np.concatenate(faces)
        if len(joined) and (joined.min() < 0 or joined.max() >= base):
            raise ValueError(f"mesh '{mesh['name']}' names vertices that it does not have")
        return Shape(
            mesh["name"], np.concatenate(points), np.concatenate(normals),
            np.concatenate(colours) if any_colour else None, joined, np.concatenate(slots), tuple(looks),
        )  # fmt: skip

    def _look(self, number: int) -> Look:
        told = self.told["materials"][number]
        surface = told.get("pbrMetallicRoughness", {})
        red, green, blue, alpha = surface.get("baseColorFactor", (1.0, 1.0, 1.0, 1.0))
        return Look(
            told["name"], (red, green, blue, alpha), surface.get("roughnessFactor", 1.0),
            surface.get("metallicFactor", 1.0), told.get("alphaMode") == "BLEND",
        )  # fmt: skip

    def _array(self, number: int) -> Array:
        """Return ``(n, width)``, or ``(n,)`` for scalars; normalised integers as float32 in [0, 1]."""
        told = self.told["accessors"][number]
        view = self.told["bufferViews"][told["bufferView"]]
        kind, width = np.dtype(_TYPES[told["componentType"]]).newbyteorder("<"), _WIDTH[told["type"]]
        start = view.get("byteOffset", 0) + told.get("byteOffset", 0)
        flat = np.frombuffer(self.binary, kind, told["count"] * width, start)
        made: Array = flat.reshape(-1, width) if width > 1 else flat
        if told.get("normalized"):
            return np.asarray(made.astype(np.float32) / np.float32(2 ** (8 * kind.itemsize) - 1))
        return made


def upright(vectors: Array) -> Array:
    """``(n, 3) float32`` vectors of the map from glTF's: (x, y, z) becomes (x, -z, y)."""
    return np.stack([vectors[:, 0], -vectors[:, 2], vectors[:, 1]], axis=1).astype(np.float32)


def _placement(shape: int, parts: list[tuple[Array, Array, Array]]) -> Placement:
    move, turn, grow = (np.concatenate([part[k] for part in parts]) for k in range(3))
    angle = 2 * np.arctan2(turn[:, 1].astype(np.float64), turn[:, 3])  # a turn about glTF's +Y is one about the map's z
    scales = np.ascontiguousarray(grow[:, [0, 2, 1]], dtype=np.float32)
    return Placement(shape, upright(move), angle.astype(np.float32), scales)
