"""The GLB container: accessors over arrays that are written to the file as they are, without a copy in between."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FLOAT, UNSIGNED_SHORT, UNSIGNED_INT = 5126, 5123, 5125
VERTICES, INDICES = 34962, 34963
_SHAPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
_SMOOTH = {"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071}
"""A sampler: linear with mip maps, held at the edges."""

_COMPONENTS = {"<f4": FLOAT, "<u2": UNSIGNED_SHORT, "<u4": UNSIGNED_INT}


@dataclass
class Document:
    """A glTF 2.0 document in the making: JSON objects on one side, arrays waiting to be written on the other.

    Source: Khronos, *glTF 2.0 Specification*, section 4.4 (GLB).
    """

    generator: str
    nodes: list[dict[str, Any]] = field(default_factory=list)
    meshes: list[dict[str, Any]] = field(default_factory=list)
    materials: list[dict[str, Any]] = field(default_factory=list)
    roots: list[int] = field(default_factory=list)
    extensions: dict[str, dict[str, Any]] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    images: list[dict[str, Any]] = field(default_factory=list)
    _accessors: list[dict[str, Any]] = field(default_factory=list)
    _views: list[dict[str, Any]] = field(default_factory=list)
    _arrays: list[NDArray[Any]] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _length: int = 0

    def accessor(self, array: NDArray[Any], target: int | None = None, *, bounds: bool = False) -> int:
        """Add an array and return the index of its accessor.

        Parameters
        ----------
        array : ndarray
            ``(n,)`` or ``(n, 2..4)`` of float32, uint16 (taken as normalised where it is no index) or uint32; rows
            must be a multiple of four bytes unless they are indices.
        target : int, optional
            ``VERTICES`` or ``INDICES``; none for the attributes of instances.
        bounds : bool
            Whether to state minimum and maximum, as positions must.
        """
        array = np.ascontiguousarray(array)
        component = _COMPONENTS[array.dtype.newbyteorder("<").str]
        view: dict[str, Any] = {"buffer": 0, "byteOffset": self._length, "byteLength": array.nbytes}
        if target is not None:
            view["target"] = target
        entry: dict[str, Any] = {
            "bufferView": len(self._views),
            "componentType": component,
            "count": len(array),
            "type": _SHAPES[array.shape[1] if array.ndim > 1 else 1],
        }
        if component == UNSIGNED_SHORT and target != INDICES:
            entry["normalized"] = True
        if bounds:
            entry["min"] = [float(column.min()) for column in array.T]
            entry["max"] = [float(column.max()) for column in array.T]
        self._views.append(view)
        self._arrays.append(array)
        self._length += array.nbytes + -array.nbytes % 4
        self._accessors.append(entry)
        return len(self._accessors) - 1

    def texture(self, name: str, png: bytes) -> int:
        """Add a PNG picture and return the index of its texture."""
        view = {"buffer": 0, "byteOffset": self._length, "byteLength": len(png)}
        self.images.append({"name": name, "mimeType": "image/png", "bufferView": len(self._views)})
        self._views.append(view)
        self._arrays.append(np.frombuffer(png, dtype=np.uint8))
        self._length += len(png) + -len(png) % 4
        return len(self.images) - 1

    def primitive(self, attributes: Mapping[str, NDArray[Any]], faces: NDArray[Any], material: int) -> dict[str, Any]:
        """Return a triangle primitive of named vertex attributes ``(n, ...)`` and faces ``(m, 3)``."""
        small = len(attributes["POSITION"]) <= 0xFFFF
        named = {k: self.accessor(a, VERTICES, bounds=k == "POSITION") for k, a in attributes.items()}
        index = self.accessor(faces.reshape(-1).astype(np.uint16 if small else np.uint32, copy=False), INDICES)
        return {"attributes": named, "indices": index, "material": material}

    def mesh(self, name: str, primitives: Iterable[dict[str, Any]]) -> int:
        """Add a mesh and return its index."""
        self.meshes.append({"name": name, "primitives": list(primitives)})
        return len(self.meshes) - 1

    def node(self, name: str, *, root: bool = False, **properties: Any) -> int:
        """Add a node and return its index; ``root`` puts it at the top of the scene.

        A name that is taken gets a number, because importers address nodes by name.
        """
        unique, number = name, 2
        while unique in self._names:
            unique, number = f"{name}_{number}", number + 1
        self._names.add(unique)
        self.nodes.append({"name": unique, **properties})
        if root:
            self.roots.append(len(self.nodes) - 1)
        return len(self.nodes) - 1

    def write(self, path: Path) -> None:
        """Write the file: header, JSON, then every array straight from memory."""
        text = json.dumps(self._json(), separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        binary = 8 + self._length if self._length else 0
        with path.open("wb") as file:
            file.write(struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + binary))
            file.write(struct.pack("<I4s", len(text), b"JSON"))
            file.write(text)
            if binary:
                file.write(struct.pack("<I4s", self._length, b"BIN\0"))
            for array in self._arrays:
                file.write(array.data if array.size else b"")
                file.write(b"\0" * (-array.nbytes % 4))

    def _json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"asset": {"version": "2.0", "generator": self.generator}}
        if self.extras:
            told["asset"]["extras"] = self.extras
        used = sorted(self.extensions.keys() | {e for n in self.nodes for e in n.get("extensions", {})})
        if used:
            told["extensionsUsed"] = used
        top = {name: content for name, content in self.extensions.items() if content}
        if top:
            told["extensions"] = top
        told |= {"scene": 0, "scenes": [{"name": "map", "nodes": self.roots}]}
        lists = {
            "nodes": self.nodes, "meshes": self.meshes, "materials": self.materials, "images": self.images,
            "textures": [{"source": k, "sampler": 0} for k in range(len(self.images))],
            "samplers": [_SMOOTH] if self.images else [],
            "accessors": self._accessors, "bufferViews": self._views,
            "buffers": [{"byteLength": self._length}] if self._length else [],
        }  # fmt: skip
        return told | {name: content for name, content in lists.items() if content}


def read_glb(path: Path) -> tuple[dict[str, Any], bytes]:
    """Return the JSON and the binary chunk of a GLB file.

    Raises
    ------
    ValueError
        It is no GLB file.
    """
    data = path.read_bytes()
    if len(data) < 20 or data[:4] != b"glTF":
        raise ValueError(f"'{path}' is no GLB file")
    (size,) = struct.unpack_from("<I", data, 12)
    return json.loads(data[20 : 20 + size]), data[28 + size :]
