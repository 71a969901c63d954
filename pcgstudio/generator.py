"""Generators: the pure functions that make layers, and the registry that finds them by entry point."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from .errors import InputError, did_you_mean
from .feature import Feature
from .params import Params, parameters
from .world import FloatArray, Grid, Instances, Layer, MeshPart, Path

Tick = Callable[[float, str], None]
"""``tick(fraction, text)`` reports progress in [0, 1] and raises ``Cancelled`` when the user stops."""

P = TypeVar("P", bound=Params)

STAGES = (
    "base", "mask", "landmass", "landform", "erosion", "surface", "terrace", "water", "river", "climate", "cover",
    "settlement", "road", "volume", "scatter", "interior", "role",
)  # fmt: skip
"""The natural order of steps in a recipe; a generator names its stage, an agent sorts by it.

On the ``surface`` stands what erosion would wash away: dunes, impact craters, the beds in a canyon's walls.
"""


@dataclass(frozen=True)
class Inputs:
    """What a generator may read: the layers it declared, the step's region, and nothing else.

    Parameters
    ----------
    grid : Grid
        The lattice to build on.
    layers : mapping of str to Layer
        The declared layers that exist; read-only arrays.
    mask : ndarray
        ``(rows, cols) float32`` in [0, 1]: the step's region.
    instances : mapping of str to Instances
        The declared instance kinds that exist, named ``instances:<kind>`` in ``reads``.
    folder : pathlib.Path
        Where the user's files lie that the parameters name (see `Params.files` and `files.user_file`).
    """

    grid: Grid
    layers: Mapping[str, Layer]
    mask: FloatArray
    instances: Mapping[str, Instances] = field(default_factory=lambda: MappingProxyType({}))
    folder: FilePath = FilePath()

    def get(self, name: str) -> NDArray[Any] | None:
        """Return the layer's array, or None where nobody wrote it yet."""
        layer = self.layers.get(name)
        return None if layer is None else layer.data

    def height(self) -> FloatArray:
        """``(rows, cols) float32`` ground height [m], flat 0 where nobody made any; a fresh copy."""
        data = self.get("height")
        return np.zeros(self.grid.shape, np.float32) if data is None else np.array(data, dtype=np.float32)

    def has(self, layer: str, *names: str) -> NDArray[np.bool_]:
        """``(rows, cols)`` where a categorical layer holds one of the named categories; nowhere if it is absent."""
        found = self.layers.get(layer)
        if found is None:
            return np.zeros(self.grid.shape, dtype=bool)
        return np.isin(found.data, [i for i, n in found.legend.items() if n in names])


@dataclass(frozen=True)
class Output:
    """What a generator made; the build merges it into the world inside the step's region."""

    layers: Mapping[str, Layer] = field(default_factory=dict)
    instances: Mapping[str, Instances] = field(default_factory=dict)
    parts: tuple[MeshPart, ...] = ()
    paths: tuple[Path, ...] = ()


Build = Callable[[Inputs, Any, np.random.Generator, Tick], Output]


@dataclass(frozen=True)
class Generator:
    """One installed generator.

    Parameters
    ----------
    name, family, stage, summary : str
        Identity, gallery family, place in the natural order, one sentence.
    params : type of Params
        Its parameters.
    build : callable
        ``build(inputs, params, rng, tick) -> Output``, pure.
    reads, writes : tuple of str
        Layers; ``instances:<kind>`` for placed things. A read that does not exist yet is simply absent.
    features : tuple of Feature
        What a person can ask it for.
    region : {"mask", "placement"}
        Whether the step's region bounds all it writes (the build enforces that), or only where its features begin
        (a river's springs) while their course may leave it.
    version : int
        Raised when the same parameters give another result.
    source : str
        Paper or textbook.
    """

    name: str
    family: str
    stage: str
    summary: str
    params: type[Params]
    build: Build
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    features: tuple[Feature, ...] = ()
    region: Literal["mask", "placement"] = "mask"
    version: int = 1
    source: str = ""

    def feature(self, name: str) -> Feature:
        """Return the declared feature of that name."""
        return next(f for f in self.features if f.name == name)


def generator(
    *,
    family: str,
    stage: str,
    reads: Iterable[str] = (),
    writes: Iterable[str] = (),
    features: Iterable[Feature] = (),
    region: Literal["mask", "placement"] = "mask",
    version: int = 1,
    source: str = "",
) -> Callable[[Callable[[Inputs, P, np.random.Generator, Tick], Output]], Generator]:
    """Turn ``build(inputs, params, rng, tick)`` into a `Generator` named after the function.

    The parameter model is taken from the annotation of ``params``; the summary is the docstring's first line.
    """
    if stage not in STAGES:
        raise ValueError(f"stage '{stage}' is not one of {', '.join(STAGES)}")

    def wrap(build: Callable[[Inputs, P, np.random.Generator, Tick], Output]) -> Generator:
        import typing  # noqa: PLC0415 - resolving annotations is needed once per generator, not by every import

        return Generator(
            name=build.__name__,
            family=family,
            stage=stage,
            summary=(build.__doc__ or "").strip().split("\n")[0],
            params=typing.get_type_hints(build)["params"],
            build=build,
            reads=tuple(reads),
            writes=tuple(writes),
            features=tuple(features),
            region=region,
            version=version,
            source=source,
        )

    return wrap


@cache
def load_generators() -> Mapping[str, Generator]:
    """Return every installed generator by name, found through the entry-point group ``pcgstudio.generators``.

    An entry point names a module; every `Generator` among its attributes is taken.

    Raises
    ------
    InputError
        Two packages give the same name.
    """
    found: dict[str, Generator] = {}
    for point in entry_points(group="pcgstudio.generators"):
        for item in vars(point.load()).values():
            if isinstance(item, Generator):
                if found.get(item.name, item) is not item:
                    raise InputError(f"two installed packages both give a generator '{item.name}'; remove one of them")
                found[item.name] = item
    return MappingProxyType(dict(sorted(found.items(), key=lambda kv: (STAGES.index(kv[1].stage), kv[0]))))


def get_generator(name: str) -> Generator:
    """Return the installed generator of that name.

    Raises
    ------
    InputError
        There is none; the message names the nearest.
    """
    known = load_generators()
    if name not in known:
        raise InputError(f"no generator is called '{name}'{did_you_mean(name, known) or '; see: pcgstudio generators'}")
    return known[name]


@cache
def load_features() -> Mapping[str, Feature]:
    """Return every feature that an installed generator declares, by name; the first declaration counts."""
    found: dict[str, Feature] = {}
    for made_by in load_generators().values():
        for feature in made_by.features:
            found.setdefault(feature.name, feature)
    return MappingProxyType(found)


def document(one: Generator) -> str:
    """Return the compact typed form of a generator's documentation, the same for people and for models."""
    lines = [f"{one.name} ({one.family}): {one.summary}"]
    for p in parameters(one.params):
        span = "|".join(p.options) if p.options else p.type
        if p.minimum is not None or p.maximum is not None:
            span += (
                f" [{'' if p.minimum is None else f'{p.minimum:g}'}, {'' if p.maximum is None else f'{p.maximum:g}'}]"
            )
        words = ", ".join(f"{w or 'usual'} {v:g}" for w, v in p.adjectives.items())
        notes = "; ".join(t for t in (p.hints, words) if t)
        unit = f" {p.unit}" if p.unit else ""
        lines.append(f"  {p.name}: {span} = {p.default}{unit} - {p.text}{f' ({notes})' if notes else ''}")
    lines.append(f"  reads {', '.join(one.reads) or 'nothing'}; writes {', '.join(one.writes) or 'nothing'}")
    if one.source:
        lines.append(f"  source: {one.source}")
    return "\n".join(lines)
