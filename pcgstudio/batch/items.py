"""What a batch tries, in order: every item is known by the hash of all that its map depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files import user_file
from ..recipe import Recipe, dumps, folder_of, load
from .spec import SEEDS, Spec
from .sweep import Point, points


@dataclass(frozen=True)
class Source:
    """Where maps come from.

    Parameters
    ----------
    name : str
        The recipe's file or the instruction, as the spec writes it.
    instruction : str
        Empty for a recipe.
    recipe : str
        Text of the recipe file; empty for an instruction, which is planned for every seed.
    folder : str
        Where the files lie that the recipe names.
    digest : str
        Hash of all of it and of those files.
    """

    name: str
    instruction: str = ""
    recipe: str = ""
    folder: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Item:
    """One map to try; plain data, so that it travels to any worker.

    Parameters
    ----------
    index : int
        Place in the order of the batch; no part of the identity.
    source : Source
        Where it comes from.
    seed : int
        Its dice.
    point : dict
        Values of the swept parameters.
    resolution, size_m, exports
        As in the spec.
    version : str
        Of the program whose maps these are.
    """

    index: int
    source: Source
    seed: int
    point: Point
    resolution: int | None
    size_m: tuple[float, float] | None
    exports: tuple[str, ...]
    version: str

    @property
    def id(self) -> str:
        """Twenty hexadecimal digits: equal for equal content, wherever it is computed."""
        told = {"source": self.source.digest, **asdict(self)}
        return _digest({k: v for k, v in told.items() if k != "index"} | {"source": self.source.digest})


def sources(spec: Spec, folder: Path) -> tuple[Source, ...]:
    """Read what the spec names.

    Parameters
    ----------
    spec : Spec
        The batch.
    folder : Path
        Where the spec lies.

    Raises
    ------
    InputError
        A recipe cannot be read, or a file that it names is missing.
    """
    found = []
    for name in spec.recipes:
        file = folder / name
        recipe = load(file)
        text, place = dumps(recipe), folder_of(file).resolve()
        used = [user_file(place, f).read_bytes() for s in recipe.steps if s.enabled for f in s.parsed().files_in(place)]
        digest = _digest([text, *(hashlib.blake2b(content).hexdigest() for content in used)])
        found.append(Source(name, recipe=text, folder=str(place), digest=digest))
    found += [Source(told, instruction=told, digest=_digest(["instruction", told])) for told in spec.instructions]
    return tuple(found)


def plan_of(source: Source, spec: Spec) -> Recipe:
    """Return the recipe of a source: the file's, or what the built-in agents plan first for the instruction.

    Raises
    ------
    InputError
        The instruction describes no map.
    """
    from ..recipe import loads  # noqa: PLC0415 - kept beside its only use
    from ..studio import run  # noqa: PLC0415 - loads the agents

    if source.recipe:
        return loads(source.recipe, source.name)
    from ..events import Failed, Proposed  # noqa: PLC0415 - see above

    for event in run(source.instruction, actor="builtin", critic="builtin", seed=spec.seeds[0], extent_m=spec.size_m,
                     resolution=spec.resolution):  # fmt: skip
        if isinstance(event, Proposed):
            return event.proposal.recipe
        if isinstance(event, Failed):
            raise InputError(event.error)
    raise InputError(f"'{source.instruction[:60]}' gave no plan; try it with: pcgstudio generate")


@dataclass(frozen=True)
class Order:
    """The items of a batch: seeds, then sources, then points of the sweep.

    Parameters
    ----------
    spec : Spec
        The batch.
    sources : tuple of Source
        What `sources` read.
    points : tuple of tuple of Point
        For each source.
    """

    spec: Spec
    sources: tuple[Source, ...]
    points: tuple[tuple[Point, ...], ...]

    @classmethod
    def of(cls, spec: Spec, folder: Path) -> Order:
        """Read the sources and lay out the sweep; everything that can be refused is refused here.

        Raises
        ------
        InputError
            A source, a step, a parameter or a value does not fit.
        """
        if spec.exports:
            from ..export.targets import get_target  # noqa: PLC0415 - most batches export nothing

            for name in spec.exports:
                get_target(name)
        found = sources(spec, folder)
        plans = [plan_of(s, spec) if spec.sweep or s.instruction else None for s in found]
        return cls(spec, found, tuple(points(spec.sweep, plan) for plan in plans))

    @property
    def listed(self) -> int:
        """Items that the spec names, before more seeds are tried."""
        return len(self.spec.seeds) * sum(map(len, self.points))

    @property
    def limit(self) -> int:
        """Items that are tried at most."""
        accept = self.spec.accept
        if accept is None:
            return self.listed
        return accept.limit if accept.limit is not None else max(10 * accept.count, self.listed)

    @property
    def most_cells(self) -> int:
        """Cells on the longer side of the largest map."""
        if self.spec.resolution is not None:
            return self.spec.resolution
        return max(json.loads(s.recipe)["resolution"] if s.recipe else 512 for s in self.sources)

    @property
    def fingerprint(self) -> dict[str, Any]:
        """What must be the same for a batch to be gone on with."""
        told = self.spec.model_dump(mode="json")
        return {**told, "sources": [s.digest for s in self.sources], "version": version("pcgstudio")}

    def items(self) -> Iterator[Item]:
        """Yield the items in their order, at most `limit`: the listed seeds first, then the ones that follow."""
        spec, release = self.spec, version("pcgstudio")
        index = 0
        following = range(max(spec.seeds) + 1, SEEDS) if spec.accept else ()
        for seed in chain(spec.seeds, following):
            for source, swept in zip(self.sources, self.points, strict=True):
                for point in swept:
                    if index >= self.limit:
                        return
                    yield Item(index, source, seed, point, spec.resolution, spec.size_m, spec.exports, release)
                    index += 1


def _digest(told: Any) -> str:
    return hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=10).hexdigest()
