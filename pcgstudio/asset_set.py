"""Asset sets: a folder of the user's own GLB models beside the recipe, with a small manifest that says what they are.

The manifest is called ``assets.json``::

    {"things": [
      {"file": "oak.glb", "kind": "tree", "species": "oak", "size_m": [9, 9, 12], "weight": 3},
      {"file": "hut.glb", "kind": "building", "species": "hut", "front": "+x", "tags": ["house"]}
    ]}

``size_m`` is length, width and height; left out, the model's own metres count. ``front`` is the side of the model that
faces the street, in glTF's axes; ``tags`` name the built-in species that the model stands in for: a building tagged
``house`` replaces houses, one without tags replaces whatever no other one does.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from .errors import BuildError
from .files import user_file
from .params import Params, param
from .world import FloatArray, Instances, OwnPart

MANIFEST = "assets.json"
MOST_BYTES, MOST_TRIANGLES = 64 << 20, 400_000
"""Largest file of a model, and most triangles in it."""

Kind = Literal["tree", "rock", "grass", "building", "gate", "tower", "bridge", "prop"]
Front = Literal["+x", "-x", "+z", "-z"]
_TURNS = {"+x": 0, "-z": 3, "-x": 2, "+z": 1}  # quarter turns that bring the front to +x
SIZED_BY_PLACE = frozenset({"building", "gate", "tower", "bridge"})
"""Kinds that fill the place they are given; the others have the size of their model."""


class Thing(BaseModel):
    """A line of the manifest; see the module."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    file: str = Field(pattern=r"\.glb$", max_length=200)
    kind: Kind
    species: str = Field(pattern=r"^[a-z][a-z0-9 _-]{0,40}$")
    size_m: tuple[float, float, float] | None = None
    front: Front = "+z"
    weight: float = Field(1.0, gt=0, le=1000)
    tags: tuple[str, ...] = ()

    @field_validator("size_m")
    @classmethod
    def _real(cls, value: tuple[float, float, float] | None) -> tuple[float, float, float] | None:
        if value is not None and not all(0.01 <= side <= 1000 for side in value):
            raise ValueError("length, width and height lie between 0.01 and 1000 m")
        return value


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str = ""
    things: tuple[Thing, ...] = Field(min_length=1, max_length=200)


class WithAssets(Params):
    """Parameters of a generator that places things."""

    assets: str = param(
        "", "Folder of your own models beside the recipe, with an assets.json that says what each is; empty: the "
        "models that come along.",
    )  # fmt: skip

    @field_validator("assets")
    @classmethod
    def _beside(cls, value: str) -> str:
        name = PurePosixPath(value.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in value or "\0" in value:
            raise ValueError("name a folder beside the recipe, without '..' and without a drive")
        return str(name) if value else ""

    def files(self) -> tuple[str, ...]:
        """Return the manifest."""
        return (f"{self.assets}/{MANIFEST}", *super().files()) if self.assets else super().files()

    def files_in(self, folder: Path) -> tuple[str, ...]:
        """Return the manifest and the models."""
        more = (f"{self.assets}/{t.file}" for t in things(folder, self.assets)) if self.assets else ()
        return (*self.files(), *more)


@dataclass(frozen=True)
class AssetSet:
    """A set of models, read.

    Parameters
    ----------
    things : tuple of Thing
        What there is.
    models : mapping of str to tuple of OwnPart
        By species.
    size_m : mapping of str to tuple of float
        Length, width and height by species.
    """

    things: tuple[Thing, ...]
    models: Mapping[str, tuple[OwnPart, ...]]
    size_m: Mapping[str, tuple[float, float, float]]

    def of(self, kind: str) -> tuple[Thing, ...]:
        """Return the things of a kind."""
        return tuple(t for t in self.things if t.kind == kind)


def things(folder: Path, name: str) -> tuple[Thing, ...]:
    """Read the manifest of the set called ``name`` in the recipe's folder.

    Raises
    ------
    BuildError
        It is missing or does not fit; the message says where.
    """
    path = user_file(folder, f"{name}/{MANIFEST}")
    try:
        told = _Manifest.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(p) for p in first["loc"])
        raise BuildError(f"'{name}/{MANIFEST}': {place}: {first['msg'].removeprefix('Value error, ')}") from error
    except (ValueError, OSError, RecursionError) as error:
        raise BuildError(f"'{name}/{MANIFEST}' is no valid JSON; it must be an object with 'things'") from error
    species = [t.species for t in told.things]
    twice = next((s for s in species if species.count(s) > 1), None)
    if twice is not None:
        raise BuildError(f"'{name}/{MANIFEST}' has two things of the species '{twice}'; give each its own")
    return told.things


def load_set(folder: Path, name: str) -> AssetSet:
    """Read a set with all its models.

    Raises
    ------
    BuildError
        The manifest or a model cannot be read; the message names the file.
    """
    found = things(folder, name)
    models, sizes = {}, {}
    for thing in found:
        parts, natural = read_model(user_file(folder, f"{name}/{thing.file}"), thing)
        models[thing.species], sizes[thing.species] = parts, thing.size_m or natural
    return AssetSet(found, models, sizes)


def read_model(path: Path, thing: Thing) -> tuple[tuple[OwnPart, ...], tuple[float, float, float]]:
    """Read a GLB file: its parts, upright with the front at +x and of height 1, and its own size [m].

    Raises
    ------
    BuildError
        It is too large, no GLB, or holds no triangles.
    """
    import trimesh  # noqa: PLC0415 - half a second that only users' models need

    if path.stat().st_size > MOST_BYTES:
        raise BuildError(f"'{path.name}' has more than {MOST_BYTES >> 20} MB; export a lighter model")
    try:
        scene: Any = trimesh.load(io.BytesIO(path.read_bytes()), file_type="glb", force="scene")
        pieces = [p for p in scene.dump() if isinstance(p, trimesh.Trimesh) and len(p.faces)]
    except Exception as error:  # a reader of foreign files may raise anything
        raise BuildError(f"'{path.name}' cannot be read as a GLB model; export it again as binary glTF") from error
    if not pieces:
        raise BuildError(f"'{path.name}' holds no triangles; export the model with its meshes")
    if sum(len(p.faces) for p in pieces) > MOST_TRIANGLES:
        raise BuildError(f"'{path.name}' has more than {MOST_TRIANGLES} triangles; export a lighter model")
    turned = [_upright(np.asarray(p.vertices, dtype=np.float64), thing.front) for p in pieces]
    every = np.concatenate(turned)
    low, high = every.min(axis=0), every.max(axis=0)
    if not np.isfinite(every).all() or high[2] - low[2] < 1e-6:
        raise BuildError(f"'{path.name}' has no height; a model stands upright on its base")
    middle = np.array([*(low + high)[:2] / 2, low[2]])
    parts = tuple(
        _part(piece, ((points - middle) / (high[2] - low[2])).astype(np.float32), thing.species, number)
        for number, (piece, points) in enumerate(zip(pieces, turned, strict=True))
    )
    length, width, height = (float(v) for v in high - low)
    return parts, (max(length, 0.01), max(width, 0.01), height)


def _upright(points: NDArray[np.float64], front: str) -> NDArray[np.float64]:
    """Return glTF's points in map axes, turned so that the front looks along +x."""
    x, y = points[:, 0], -points[:, 2]
    for _ in range(_TURNS[front]):
        x, y = -y, x
    return np.stack([x, y, points[:, 1]], axis=1)


def _part(piece: Any, vertices: FloatArray, species: str, number: int) -> OwnPart:
    colour, texture, two_sided = _look(piece)
    uv = getattr(piece.visual, "uv", None)
    coordinates = None
    if texture and uv is not None and len(uv) == len(vertices):
        coordinates = np.asarray(uv, dtype=np.float32) * np.array([1, -1], np.float32) + np.array([0, 1], np.float32)
    faces = np.asarray(piece.faces, dtype=np.int32)
    name = f"own {species} {number}"
    return OwnPart(name, vertices, faces, name, colour, coordinates, texture if coordinates is not None else b"",
                   two_sided)  # fmt: skip


def _look(piece: Any) -> tuple[tuple[int, int, int], bytes, bool]:
    """Colour, texture as PNG and whether both sides show, of a mesh as trimesh read it."""
    material = getattr(piece.visual, "material", None)
    image = getattr(material, "baseColorTexture", None)
    factor = getattr(material, "baseColorFactor", None)
    if factor is None:
        factor = material.main_color if material is not None else piece.visual.main_color
    plain = np.asarray(factor, dtype=np.float64).ravel()[:3]
    if plain.max(initial=0) <= 1.0 and np.asarray(factor).dtype.kind == "f":
        plain = plain * 255
    texture = b""
    if image is not None:
        kept = image.convert("RGBA")
        kept.thumbnail((2048, 2048))
        written = io.BytesIO()
        kept.save(written, format="PNG")
        texture = written.getvalue()
        plain = plain * np.asarray(kept.resize((8, 8)), dtype=np.float64)[..., :3].mean(axis=(0, 1)) / 255
    red, green, blue = (int(v) for v in np.clip(np.round(plain), 0, 255))
    return (red, green, blue), texture, bool(getattr(material, "doubleSided", False))


def dressed(placed: Mapping[str, Instances], own: AssetSet | None, seed: int) -> dict[str, Instances]:
    """Return what was placed with the user's models in place of the built-in ones that they stand in for."""
    if own is None:
        return dict(placed)
    return {kind: _dressed(one, own.of(kind), own, seed) for kind, one in placed.items()}


def _dressed(placed: Instances, mine: Iterable[Thing], own: AssetSet, seed: int) -> Instances:
    mine = tuple(mine)
    if not mine or not len(placed):
        return placed
    names = placed.names + tuple(t.species for t in mine if t.species not in placed.names)
    species, size = placed.species.copy(), placed.size.copy()
    dice = np.random.Generator(np.random.PCG64(seed))
    luck = dice.random(len(placed))
    replaced: dict[str, list[str]] = {}
    for number, name in enumerate(placed.names):
        fitting = [t for t in mine if name in t.tags or t.species == name] or [t for t in mine if not t.tags]
        here = np.flatnonzero(placed.species == number)
        if not fitting or not len(here):
            continue
        steps = np.cumsum([t.weight for t in fitting])
        chosen = np.searchsorted(steps / steps[-1], luck[here], side="right").clip(0, len(fitting) - 1)
        for k, thing in enumerate(fitting):
            at = here[chosen == k]
            species[at] = names.index(thing.species)
            if len(at):
                replaced.setdefault(thing.species, []).append(name)
            if thing.kind not in SIZED_BY_PLACE:
                size[at] = np.array(own.size_m[thing.species], np.float32) * placed.placement[at, 4:5]
    models = {t.species: own.models[t.species] for t in mine}
    stands_for = {**placed.stands_for, **{sort: tuple(theirs) for sort, theirs in replaced.items()}}
    models = {**placed.models, **models}
    return replace(placed, species=species, size=size, names=names, models=models, stands_for=stands_for)
