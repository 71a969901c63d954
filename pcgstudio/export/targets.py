"""Targets: what a world can be written to, each with its options, found by entry point.

A target is data about itself (name, text, options) and two functions: one that estimates the bytes and one that writes
files into an empty folder. Staging, the manifest and the swap into place are the same for all and live here.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from pcgstudio.errors import InputError, did_you_mean
from pcgstudio.files import atomic_folder, check_replaceable
from pcgstudio.generator import Tick
from pcgstudio.params import Params
from pcgstudio.recipe import Recipe, explain
from pcgstudio.world import World

from . import manifest

Facts = Mapping[str, Any]
"""What a target says about its files, for the manifest; ``notes`` is a list of sentences for the person."""


def quiet(_fraction: float, _text: str) -> None:
    """Do nothing: the tick of an export nobody watches."""


@dataclass(frozen=True)
class Job:
    """What a target's function is given.

    Parameters
    ----------
    world : World
        What to write.
    recipe : Recipe
        What built it.
    options : Params
        The target's own model.
    folder : Path
        An empty folder; everything the function leaves in it is the export.
    stem : str
        What companions of the main file are named after; letters, digits, ``-`` and ``_`` only.
    name : str
        Name of the main file as the person wrote it, empty for a folder.
    tick : callable
        Progress and cancellation.
    """

    world: World
    recipe: Recipe
    options: Any
    folder: Path
    stem: str
    name: str = ""
    tick: Tick = quiet

    @property
    def main(self) -> Path:
        """The path of the main file."""
        return self.folder / self.name

    @property
    def suffix(self) -> str:
        """Suffix of the main file, empty for a folder."""
        return self.main.suffix if self.name else ""

    def path(self, suffix: str) -> Path:
        """Return the path of the companion ``<stem><suffix>``."""
        return self.folder / f"{self.stem}{suffix}"


class Written(list[Path]):
    """The paths that an export left, the main one first, and what the person should know about them."""

    def __init__(self, paths: Iterable[Path], notes: Iterable[str] = ()) -> None:
        super().__init__(paths)
        self.notes = tuple(notes)


def anything(_world: World) -> str:
    """Return no objection: the target takes every map."""
    return ""


@dataclass(frozen=True)
class Target:
    """One thing that a world can be written to.

    Parameters
    ----------
    name, title, text : str
        Word of the command line, title for people, one sentence.
    is_folder : bool
        Whether the export is a folder; otherwise a file, with companions named after it beside it.
    suffix : str
        Suffix of the main file, with its dot; empty for a folder.
    options : type of Params
        The options, described as a generator's parameters are.
    sized : callable
        ``sized(world, options) -> bytes``, a good guess.
    made : callable
        ``made(job) -> facts``: writes into ``job.folder``.
    unfit : callable
        ``unfit(world) -> str``: why the map cannot be written to this target; empty where it can.
    also : mapping of str to mapping
        Further suffixes that a file may have, and the options that each of them means.
    marker : str
        The file by which an earlier export of this kind is known, so that it may be replaced as a whole.
    """

    name: str
    title: str
    text: str
    is_folder: bool
    suffix: str
    options: type[Params]
    sized: Callable[[World, Any], int] = field(repr=False)
    made: Callable[[Job], Facts] = field(repr=False)
    unfit: Callable[[World], str] = field(default=anything, repr=False)
    also: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    marker: str = manifest.NAME

    def suffix_of(self, options: Params) -> str:
        """Return the suffix of the main file with these options."""
        fitting = (s for s, meant in self.also.items() if all(getattr(options, k) == v for k, v in meant.items()))
        return next((s for s in fitting if self.also[s]), self.suffix)

    def parsed(self, told: Mapping[str, Any], path: Path | None = None) -> Params:
        """Return the options of names and values, as typed or as a form has them; the path's suffix may mean some.

        Raises
        ------
        InputError
            An option is unknown or its value out of range.
        """
        known = self.options.model_fields
        for name in told:
            if name not in known:
                hint = did_you_mean(name, known) or f"; it knows: {', '.join(known) or 'none'}"
                raise InputError(f"target '{self.name}' has no option '{name}'{hint}")
        meant = self.also.get(path.suffix.lower(), {}) if path else {}
        try:
            return self.options.model_validate({**meant, **told})
        except ValidationError as error:
            raise InputError(f"target '{self.name}', option {explain(error, self.options)}") from error

    def estimate(self, world: World, options: Params) -> int:
        """Return about how many bytes the export takes."""
        return self.sized(world, options)

    def check(self, path: Path, options: Params) -> None:
        """Refuse early a path that the export could not be written to.

        Raises
        ------
        InputError
            It is something else, or cannot be written.
        """
        if self.is_folder:
            check_replaceable(path, self.marker)
            return
        if path.is_dir():
            raise InputError(f"'{path}' is a folder; name a file such as '{path / f'map{self.suffix}'}' with -o")
        wanted = self.suffix_of(options)
        meant = self.also.get(path.suffix.lower(), None if path.suffix.lower() != self.suffix else {})
        if meant is None or any(getattr(options, k) != v for k, v in meant.items()):
            raise InputError(f"'{path}' does not end in {wanted}; write '{path.with_suffix(wanted).name}' after -o")
        check_replaceable(path / "x", "")

    def write(self, world: World, recipe: Recipe, path: Path, options: Params, tick: Tick = quiet) -> Written:
        """Write the export with its manifest, complete or not at all.

        Parameters
        ----------
        world, recipe
            The map and what built it.
        path : Path
            A folder, or a file with the target's suffix, as `is_folder` says.
        options : Params
            From `parsed`.
        tick : callable
            Progress and cancellation.

        Returns
        -------
        Written
            The paths, the main one first.

        Raises
        ------
        InputError
            The map does not fit the target, or the path cannot be written.
        Cancelled
            ``tick`` raised it.
        """
        if reason := self.unfit(world):
            raise InputError(reason)
        self.check(path, options)
        if self.is_folder:
            with atomic_folder(path, self.marker) as folder:
                facts = self._fill(Job(world, recipe, options, folder, safe(recipe.name), "", tick))
            return Written([path, *sorted(p for p in path.rglob("*") if p.is_file())], facts.get("notes", ()))
        return self._beside(world, recipe, path, options, tick)

    def _fill(self, job: Job) -> Facts:
        facts = self.made(job)
        if self.marker == manifest.NAME:
            name = manifest.NAME if self.is_folder else manifest.beside(job.name)
            manifest.write(job.folder / name, manifest.document(self.name, job.world, job.recipe, job.options, facts))
        job.tick(1.0, "written")
        return facts

    def _beside(self, world: World, recipe: Recipe, path: Path, options: Params, tick: Tick) -> Written:
        """Write a main file and its companions into a folder beside the place, then move them there together."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as work:
                stage = Path(work) / "new"
                stage.mkdir()
                facts = self._fill(Job(world, recipe, options, stage, safe(path.stem), path.name, tick))
                names = sorted(p.name for p in stage.iterdir())
                _swapped(stage, names, path, Path(work) / "old")
        except OSError as error:
            raise InputError(f"cannot write '{path}': {error.strerror}; choose another place with -o") from error
        placed = [path.parent / name for name in names]
        return Written(sorted(placed, key=lambda p: (p != path, p)), facts.get("notes", ()))


def _swapped(stage: Path, names: Iterable[str], path: Path, aside: Path) -> None:
    """Move staged files and folders beside ``path``; where one cannot be moved, all is as it was before."""
    mine = {path.name, manifest.beside(path.name), *manifest.files_of(path.parent / manifest.beside(path.name))}
    for name in names:
        if (path.parent / name).exists() and name not in mine:
            raise InputError(
                f"'{path.parent / name}' is in the way and not from an earlier export; move it or rename -o"
            )
    aside.mkdir()
    done: list[str] = []
    kept: list[str] = []
    try:
        for name in mine:
            if (path.parent / name).exists():
                os.replace(path.parent / name, aside / name)
                kept.append(name)
        for name in names:
            os.replace(stage / name, path.parent / name)
            done.append(name)
    except BaseException:
        for name in done:
            there = path.parent / name
            shutil.rmtree(there) if there.is_dir() else there.unlink()
        for name in kept:
            os.replace(aside / name, path.parent / name)
        raise


def safe(name: str) -> str:
    """Return a name that every engine and file system takes: ASCII letters, digits, ``-`` and ``_``."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")[:64] or "map"


@cache
def load_targets() -> Mapping[str, Target]:
    """Return every target by name: the built-in ones, and those of the entry-point group ``pcgstudio.exports``.

    An entry point names a module; every `Target` among its attributes is taken.

    Raises
    ------
    InputError
        Two packages give the same name.
    """
    from . import builtin  # noqa: PLC0415 - the built-in targets import this module

    found = {target.name: target for target in builtin.TARGETS}
    for point in entry_points(group="pcgstudio.exports"):
        for item in vars(point.load()).values():
            if isinstance(item, Target):
                if found.get(item.name, item) is not item:
                    raise InputError(f"two installed packages both give a target '{item.name}'; remove one of them")
                found[item.name] = item
    return MappingProxyType(found)


def get_target(name: str) -> Target:
    """Return the target of that name.

    Raises
    ------
    InputError
        There is none; the message names the nearest.
    """
    known = load_targets()
    if name not in known:
        hint = did_you_mean(name, known) or f"; known: {', '.join(known)}"
        raise InputError(f"no export target is called '{name}'{hint}")
    return known[name]
