"""The part of the controller for files: recipes, bundles, heightmaps, the gallery, and exports."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcgstudio.errors import InputError

from .building import opened
from .desk import Desk, spoken
from .messages import Message
from .preferences import RECENT, Preferences, load_preferences, save_preferences
from .state import Activity, Entry, Exporting, PresetMap, Turn
from .works import Bench, Drawn, Ended, Loaded, Progress, Saved, Stuck, Tick

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.export.targets import Target
    from pcgstudio.recipe import Recipe
    from pcgstudio.world import World

PICTURES = (".png", ".tif", ".tiff", ".exr", ".raw", ".r16", ".r32", ".jpg", ".jpeg")
"""Files that are taken for heightmaps."""


class Documents(Desk):
    """Opening, saving, exporting."""

    def open(self, file: Path) -> None:
        """Open a recipe, a bundle or a heightmap; it takes the place of the map, which undo brings back."""
        if not self._free():
            return
        if file.suffix.lower() in PICTURES:
            self._drop(file)
            return
        self._begin()
        opening = Activity("open", Message("opening %1", file.name), since=time.monotonic())
        self._become(activity=opening, problem="", problem_step="")
        self._request("main", partial(opened, self._bench, file, self.preferences.tiers), partial(self._opened, file))

    def new_map(self) -> None:
        """Put the map aside; the next sentence makes a new one, and undo brings this one back."""
        if self._history.here.recipe is not None and self._free():
            self._begin()
            self._commit("new", Message("New map"), None, folder=None, fresh=True)
            self._settle(activity=None, offer=None, here=None, draft=None, variants=None, file=None)

    def clear(self) -> None:
        """Do as `new_map`."""
        self.new_map()

    def save(self, folder: Path) -> None:
        """Write the bundle of the map."""
        here = self._ready()
        if here is None or here.recipe is None:
            return
        said = self._history.turns()
        work = partial(
            _bundled, self._bench, here.recipe, here.folder or Path(), folder, said[-1] if said else None,
            self._world(here.recipe),
        )  # fmt: skip
        self._become(exporting=Exporting("bundle", folder, running=True))
        self._request("export", work, partial(self._wrote, here.id))

    def save_recipe(self, file: Path) -> None:
        """Write the recipe alone, with the pictures that it names beside it."""
        from pcgstudio.bundle import take_along  # noqa: PLC0415 - see TYPE_CHECKING above
        from pcgstudio.recipe import save  # noqa: PLC0415

        here = self._history.here
        if here.recipe is None or not self._free():
            return
        here = self._history.here
        try:
            if here.recipe is not None:
                take_along(here.recipe, here.folder or Path(), file.parent)
                save(here.recipe, file)
        except (InputError, OSError) as error:
            self._become(problem=spoken(str(error)))
            return
        self._saved = here.id
        self._remember(file)
        self._settle(file=file, notice=Message("Saved to %1.", file))

    # -- exports -------------------------------------------------------------------------------------------------------

    @staticmethod
    def targets() -> Mapping[str, Target]:
        """Return what a map can be exported to, by name."""
        from pcgstudio.export.targets import load_targets  # noqa: PLC0415 - see TYPE_CHECKING above

        return load_targets()

    def estimate_export(self, target: str, options: Mapping[str, Any] | None = None) -> None:
        """Say how many bytes an export will take."""
        recipe, world = self._history.here.recipe, self.state.world
        if recipe is None or world is None or self._running("export"):
            return
        self._become(exporting=Exporting(target))
        cells = self.preferences.tiers.final or recipe.resolution
        work = partial(_estimated, world, cells, target, dict(options or {}))
        self._request("estimate", work, self._estimated, aside=True)

    def export(self, target: str, path: Path, options: Mapping[str, Any] | None = None) -> None:
        """Write the map for another program, at the resolution preferred for that."""
        here = self._ready()
        if here is None or here.recipe is None:
            return
        final = self.preferences.tiers.final
        recipe = here.recipe.model_copy(update={"resolution": final}) if final else here.recipe
        work = partial(
            _exported, self._bench, recipe, here.folder or Path(), target, path, dict(options or {}),
            self._world(recipe),
        )  # fmt: skip
        before = self.state.exporting
        estimate = before.estimate if before and before.target == target else None
        self._become(exporting=Exporting(target, path, estimate, True, text=Message("waiting for the map")))
        self._request("export", work, partial(self._wrote, None))

    def cancel_export(self) -> None:
        """Stop an export; nothing of it is left."""
        if self._running("export"):
            self._stop("export")
            self._become(exporting=None, notice=Message("The export was cancelled; nothing was written."))

    def close_export(self) -> None:
        """Forget an export that ended."""
        if not self._running("export"):
            self._stop("estimate")
            self._become(exporting=None)

    def command_line(self, target: str, path: Path, options: Mapping[str, Any] | None = None) -> str:
        """Return the command that does the same without a window."""
        from pcgstudio.params import parameters  # noqa: PLC0415 - see TYPE_CHECKING above

        usual = {p.name: p.default for p in parameters(self.targets()[target].options)}
        told = ["pcgstudio", "export", str(self.state.file or "map.pcg.json"), "--to", target, "-o", str(path)]
        for name, value in (options or {}).items():
            if value != usual.get(name):
                told += ["--option", f"{name}={str(value).lower() if isinstance(value, bool) else value}"]
        final, recipe = self.preferences.tiers.final, self._history.here.recipe
        if final and recipe and final != recipe.resolution:
            told += ["--resolution", str(final)]
        return shlex.join(told)

    # -- the gallery, files of before ----------------------------------------------------------------------------------

    def refresh_presets(self) -> None:
        """Look what the gallery holds."""
        self._request("gallery", _gallery, self._take_gallery, aside=True)

    def _remember(self, file: Path) -> None:
        """Put a file first among the recent ones."""
        recent = (file.absolute(), *self.preferences.recent)
        self._prefer(self.preferences.model_copy(update={"recent": recent}))

    def _prefer(self, preferences: Preferences) -> None:
        """Take preferences and keep them; files that another window opened since stay among the recent ones."""
        others = load_preferences(self._preferences_file)[0].recent
        recent = tuple(dict.fromkeys((*preferences.recent, *others)))[:RECENT]
        preferences = preferences.model_copy(update={"recent": recent})
        self._become(preferences=preferences, recent=recent)
        try:
            save_preferences(preferences, self._preferences_file)
        except InputError as error:
            self._become(problem=spoken(str(error)))

    # -- what comes back -----------------------------------------------------------------------------------------------

    def _opened(self, file: Path, item: object) -> None:
        match item:
            case Loaded(recipe, folder):
                words = (recipe.name, *recipe.history)  # its first sentence, then those that changed it
                turns = tuple(Turn(w, "kept", agent="none", brief=recipe.brief) for w in words)
                entry = self._commit(
                    "open", Message("Open %1", file.name), recipe, folder=folder, fresh=True, report=None, turns=turns
                )
                self._unbuilt.add(entry.id)
                preset = any(p.path == file for p in self.state.presets)
                if not preset:  # those of the gallery are to be used, not to be written over
                    self._remember(file)
                self._settle(file=None if preset else file, here=None, draft=None)
            case Drawn(coarse=False):
                self._saved = self._history.current
                self._take(item)
            case Stuck(error, _) if self._history.current == self._back:  # it could not even be read
                self._settle(activity=None, problem=spoken(error))
                self._idle()
            case _:
                self._take(item)

    def _drop(self, picture: Path) -> None:
        """Make a map of a heightmap: a recipe of one step, whose picture lies beside it."""
        from pcgstudio.recipe import Recipe, Step  # noqa: PLC0415 - see TYPE_CHECKING above

        step = Step(
            id="heightmap", generator="height_image", params={"path": picture.name, "levels": "stretched"},
            purpose=f"the ground of {picture.name}",
        )  # fmt: skip
        try:
            recipe = Recipe(name=picture.stem[:200] or "map", resolution=self.preferences.tiers.work, steps=(step,))
            recipe = recipe.validated()
        except (InputError, ValueError) as error:
            self._become(problem=spoken(str(error)))
            return
        self._begin()
        entry = self._commit(
            "open", Message("Open %1", picture.name), recipe, folder=picture.parent.absolute(), fresh=True
        )
        self._unbuilt.add(entry.id)
        self._settle(file=None, here=None, draft=None, selected=step.id)
        self._build("open", Message("opening %1", picture.name))

    def _estimated(self, item: object) -> None:
        now = self.state.exporting
        if now is None or now.running:
            return
        match item:
            case int():
                self._become(exporting=replace(now, estimate=item))
            case Stuck(error, _):
                self._become(exporting=replace(now, problem=spoken(error)))

    def _wrote(self, saved: int | None, item: object) -> None:
        """Take what an export or a bundle brought; a bundle holds the entry ``saved``."""
        now = self.state.exporting
        if now is None:
            return
        match item:
            case Progress(fraction, text):
                self._become(exporting=replace(now, fraction=fraction, text=text))
            case Saved(files, notes):
                self._become(exporting=replace(now, files=files, notes=notes), notice=Message("Saved to %1.", files[0]))
                if saved is not None:
                    self._saved = saved
                    self._remember(files[0])
                    self._become(file=files[0], unsaved=self._history.current != saved)
            case Stuck(error, _):
                told = spoken(error)
                self._become(exporting=replace(now, running=False, problem=told), problem=told)
            case Ended():
                self._become(exporting=replace(now, running=False, fraction=1.0, text=""))

    def _take_gallery(self, item: object) -> None:
        if isinstance(item, PresetMap):
            self._become(presets=(*(p for p in self.state.presets if p.name != item.name), item))

    # -- what is written -----------------------------------------------------------------------------------------------

    def _ready(self) -> Entry | None:
        """Return the entry to write, or say why nothing can be written now."""
        if self._history.here.recipe is None or not self._free():
            return None
        if self._running("export"):
            self._become(notice=Message("Another export is under way; wait for it or cancel it."))
            return None
        return self._history.here

    def _world(self, recipe: Recipe) -> World | None:
        """Return the world of a recipe where it is in the view already, as fine as it is wanted."""
        shown = self._kept.get(self._history.current)
        return shown.world if shown is not None and shown.world.grid == recipe.grid() else None


def _bundled(
    bench: Bench, recipe: Recipe, folder: Path, target: Path, turn: Turn | None, world: World | None, tick: Tick
) -> Iterator[Saved]:
    """Write a bundle: measured anew, as it is what others will rely on."""
    from pcgstudio.brief import Brief  # noqa: PLC0415 - see TYPE_CHECKING above
    from pcgstudio.build import build  # noqa: PLC0415
    from pcgstudio.bundle import Run, check_target, write_bundle  # noqa: PLC0415
    from pcgstudio.measure import assess  # noqa: PLC0415

    check_target(target)
    world = world or build(recipe, None, tick, bench.cache(), folder)
    tick(0.9, Message("writing %1", target.name))
    brief = recipe.brief or Brief()
    report = assess(world, brief)
    done = report.passed and brief.complete and bool(brief.checks)
    run = Run(status="done" if done else "best_effort")
    if turn is not None:
        run = replace(
            run, instruction=turn.sentence, rounds=turn.rounds, agent=turn.agent or "none", model=turn.model or None,
            tokens=turn.meter.tokens, seconds=turn.meter.seconds, notes=turn.notes,
        )  # fmt: skip
    write_bundle(target, recipe, world, brief, report, run, turn.log if turn else (), beside=folder)
    yield Saved((target,))


def _exported(
    bench: Bench, recipe: Recipe, folder: Path, target: str, path: Path, options: Mapping[str, Any],
    world: World | None, tick: Tick,
) -> Iterator[Saved]:  # fmt: skip
    from pcgstudio.build import build  # noqa: PLC0415 - see TYPE_CHECKING above
    from pcgstudio.export.targets import get_target  # noqa: PLC0415

    chosen = get_target(target)
    parsed = chosen.parsed(options, path)
    chosen.check(path, parsed)
    world = world or build(recipe, None, lambda done, text: tick(0.6 * done, text), bench.cache(), folder)
    written = chosen.write(world, recipe, path, parsed, lambda done, text: tick(0.6 + 0.4 * done, text))
    yield Saved(tuple(written), tuple(getattr(written, "notes", ())))


def _estimated(world: World, cells: int, target: str, options: Mapping[str, Any], _tick: Tick) -> Iterator[int]:
    """Guess from the map that is shown; one of more cells takes so many times more."""
    from pcgstudio.export.targets import get_target  # noqa: PLC0415 - see TYPE_CHECKING above

    chosen = get_target(target)
    factor = (cells / max(world.grid.shape)) ** 2
    yield int(chosen.estimate(world, chosen.parsed(options)) * max(factor, 1.0))


def _gallery(_tick: Tick) -> Iterator[PresetMap]:
    from pcgstudio.presets import preset_recipes  # noqa: PLC0415 - see TYPE_CHECKING above

    for one in preset_recipes():
        yield PresetMap(one.name, one.load().name, one.path, one.picture if one.picture.is_file() else None)
