"""The part of the controller that changes the recipe by hand: steps, parameters, the map's own numbers."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcgstudio.errors import InputError

from .building import built, dragged, warmed
from .desk import Desk, spoken
from .messages import Message
from .state import Activity, EntryKind
from .units import Length
from .works import Drawn, Ended, Stuck

if TYPE_CHECKING:  # the window opens before the core is loaded
    from pcgstudio.recipe import Recipe, Step
    from pcgstudio.region import Region


@dataclass
class _Drag:
    """A hand that drags: the newest it asked for, what of that was begun to be built, and whether wholly."""

    step: str
    name: str
    newest: Recipe
    begun: Recipe | None = None
    whole: bool = False


class Steps(Desk):
    """Changes of the recipe; each is one undo step, and one gesture of a slider is one."""

    _drag: _Drag | None = None
    _warm: Recipe | None = None  # whose steps are in the cache of quick answers
    dice_of: random.Random | None = None
    """Where dice fall; replaced in tests."""

    def select(self, step_id: str) -> None:
        """Show the form of a step; an empty id shows none."""
        self._become(selected=step_id if step_id == "" or self._step(step_id) else self.state.selected)

    def add_step(self, generator: str, index: int | None = None) -> None:
        """Add a step, by default at its natural place, and select it; without a map it is the first of a new one."""
        from .edits import with_added  # noqa: PLC0415 - see TYPE_CHECKING above

        def edit(recipe: Recipe) -> tuple[Recipe, str]:
            changed, step = with_added(recipe, generator, index)
            return changed, step.id

        self._edit(Message("Add %1", generator), edit)

    def remove_step(self, step_id: str) -> None:
        """Take a step out."""
        from .edits import without  # noqa: PLC0415 - see TYPE_CHECKING above

        self._edit_step(step_id, Message("Remove %1", step_id), lambda recipe, _step: without(recipe, step_id))

    def move_step(self, step_id: str, index: int) -> None:
        """Put a step at another place; ``index`` counts without it."""
        from .edits import with_moved  # noqa: PLC0415 - see TYPE_CHECKING above

        self._edit_step(step_id, Message("Move %1", step_id), lambda recipe, _step: with_moved(recipe, step_id, index))

    def enable_step(self, step_id: str, on: bool) -> None:
        """Build a step, or leave it out."""
        title = Message("Enable %1" if on else "Disable %1", step_id)
        self._edit_step(step_id, title, lambda r, s: r.with_step(s.model_copy(update={"enabled": on})))

    def lock_step(self, step_id: str, param: str | None = None, on: bool | None = None) -> None:
        """Keep agents, dice and variants from a step, or from one parameter; None turns the lock over."""
        from .edits import with_lock  # noqa: PLC0415 - see TYPE_CHECKING above

        title = Message("Lock of %1", _of(step_id, param))
        self._edit_step(step_id, title, lambda r, s: r.with_step(with_lock(s, param, on)))

    def duplicate_step(self, step_id: str) -> None:
        """Put a step's twin after it, and select it."""
        from .edits import with_copy  # noqa: PLC0415 - see TYPE_CHECKING above

        def edit(recipe: Recipe) -> tuple[Recipe, str]:
            changed, twin = with_copy(recipe, step_id)
            return changed, twin.id

        if self._step(step_id):
            self._edit(Message("Duplicate %1", step_id), edit)

    def rename_step(self, step_id: str, name: str) -> None:
        """Give a step another name; its dice hang on the name, so they fall anew."""
        from .edits import with_renamed  # noqa: PLC0415 - see TYPE_CHECKING above

        if self._step(step_id) and name != step_id:
            told = Message("A step's dice hang on its name: they fell anew.")
            title = Message("Rename %1 to %2", step_id, name)
            self._edit(title, lambda r: (with_renamed(r, step_id, name), name), notice=told)

    def describe_step(self, step_id: str, purpose: str) -> None:
        """Say what a step is for; the map stays as it is."""
        words = " ".join(purpose.split())
        title = Message("Describe %1", step_id)
        self._edit_step(step_id, title, lambda r, s: r.with_step(s.model_copy(update={"purpose": words})))

    def reset_param(self, step_id: str, name: str | None = None) -> None:
        """Give a parameter, or all of a step's, the usual value."""
        from .edits import without_params  # noqa: PLC0415 - see TYPE_CHECKING above

        names = (name,) if name else ()
        title = Message("Reset %1", _of(step_id, name))
        self._edit_step(step_id, title, lambda r, s: r.with_step(without_params(s, *names)))

    def dice(self, step_id: str, param: str | None = None) -> None:
        """Throw dice for a parameter, or for all of a step's; what is locked stays."""
        from .edits import thrown  # noqa: PLC0415 - see TYPE_CHECKING above

        falls = self.dice_of or random.Random()
        title = Message("Dice for %1", _of(step_id, param))
        self._edit_step(step_id, title, lambda r, s: r.with_step(thrown(r, s, param, falls)))

    def reroll_step(self, step_id: str) -> None:
        """Throw the dice of one step alone anew: the same numbers, other places and shapes."""
        from .edits import with_dice  # noqa: PLC0415 - see TYPE_CHECKING above

        number = (self.dice_of or random.Random()).randint(1, 9999)
        if self._step(step_id):
            self._edit(Message("Other dice for %1", step_id), lambda r: with_dice(r, step_id, number))

    def set_where(self, step_id: str, region: Region) -> None:
        """Say where a step works."""
        title = Message("Place of %1", step_id)
        self._edit_step(step_id, title, lambda r, s: r.with_step(s.model_copy(update={"where": region})))

    def set_seed(self, seed: int) -> None:
        """Throw all dice of the map anew."""
        self._edit_map(Message("Seed %1", seed), seed=seed)

    def set_extent(self, extent_m: tuple[float, float]) -> None:
        """Make the map larger or smaller; east and north [m]."""
        self._edit_map(Message("Size %1 x %2", *map(Length, extent_m)), extent_m=extent_m)

    def set_resolution(self, cells: int) -> None:
        """Make the map finer or coarser; cells on its longer side."""
        self._edit_map(Message("Resolution %1", cells), resolution=cells)

    def rename_map(self, name: str) -> None:
        """Give the map another name."""
        self._edit_map(Message("Name %1", name), name=" ".join(name.split()))

    # -- sliders -------------------------------------------------------------------------------------------------------

    def set_param(self, step_id: str, name: str, value: Any, resting: bool = True) -> None:
        """Set a parameter.

        While a hand drags (``resting`` is false), every call shows the value at once, and a draft of the newest value's
        map follows; what came in between is dropped. At rest the gesture becomes one undo step, and the map is built
        wholly and measured.
        """
        step = self._step(step_id)
        busy = self.state.activity is not None and self.state.activity.kind == "instruct"
        if step is None or busy:
            self._free()
            return
        if self._drag is not None and (self._drag.step, self._drag.name) != (step_id, name):
            self._let_go()
        recipe = self._checked(lambda r: r.with_step(r.step(step_id).changed(**{name: _plain(value)})))
        if recipe is None:
            return
        if resting and self._drag is None:
            self._free()
            self._set("edit", step_id, name, recipe)
        elif resting and self._drag is not None:
            self._drag.newest = recipe
            self._let_go()
        else:
            if self._drag is None:
                self._grab(step_id, name, recipe)
            self._drag_to(recipe)

    def refine(self) -> None:
        """Build the value under a hand that pauses wholly, without ending its gesture."""
        drag, here = self._drag, self._history.here
        if drag is not None and not self._running("main"):
            drag.whole = True
            work = partial(
                built, self._bench, drag.newest, here.folder or Path(), self.preferences.tiers,
                preview=False, measured=False,
            )  # fmt: skip
            self._become(activity=Activity("build", f"{drag.step}.{drag.name}", since=time.monotonic()))
            self._request("main", work, self._follow)

    def _grab(self, step_id: str, name: str, recipe: Recipe) -> None:
        """Begin a gesture: the build under way, if any, makes room."""
        self._keep_offer()
        self._begin()
        self._drag = _Drag(step_id, name, recipe)

    def _drag_to(self, recipe: Recipe) -> None:
        """Show a value at once; the newest is built as soon as the answer before it is there.

        A draft is never broken off, or a hand that moves on and on would never see one.
        """
        drag = self._drag
        if drag is None:
            return
        drag.newest = recipe
        self._become(recipe=recipe, problem="", problem_step="")
        if drag.whole or not self._running("main"):
            self._quick()

    def _quick(self) -> None:
        """Answer the newest value with a draft of its map, unless that is done."""
        drag, here = self._drag, self._history.here
        if drag is None:
            return
        if drag.begun == drag.newest:
            self._become(activity=None)
            return
        drag.begun, drag.whole = drag.newest, False
        work = partial(
            dragged, self._bench, drag.newest, drag.step, here.folder or Path(), self.preferences.tiers.drag
        )  # fmt: skip
        self._become(activity=Activity("build", f"{drag.step}.{drag.name}", since=time.monotonic(), coarse=True))
        self._request("main", work, self._follow)

    def _follow(self, item: object) -> None:
        """Take a quick answer, and go on with what the hand asks for by then."""
        match item:
            case Drawn():
                shown = item.shown(self._history.current)
                self._become(shown=replace(shown, handles=shown.handles or self.state.handles))
            case Stuck(error, step):
                self._become(problem=spoken(error), problem_step=step)
                self._quick()
            case Ended():
                self._quick()

    def _let_go(self) -> None:
        """End the gesture: one undo step, and the whole map."""
        drag, self._drag = self._drag, None
        if drag is None:
            return
        self._stop("main")
        if drag.newest == self._history.here.recipe:
            self._become(activity=None)
            self._show_current()
        else:
            self._set("slider", drag.step, drag.name, drag.newest, preview=False)

    def _set(self, kind: EntryKind, step_id: str, name: str, recipe: Recipe, preview: bool = True) -> None:
        """Make a parameter's new value one undo step: of a slider only where a hand dragged it."""
        step = self._step(step_id)
        if step is not None:
            old, new = step.parsed(), recipe.step(step_id).parsed()
            title = f"{step_id}.{name}: {getattr(old, name)} -> {getattr(new, name)}"
            self._change(kind, title, recipe, preview=preview)

    def _abandon(self) -> bool:
        drag, self._drag = self._drag, None
        if drag is None:
            return False
        self._stop("main")
        self._become(activity=None, notice=Message("The value is as it was before."))
        self._show_current()
        return True

    def _idle(self) -> None:
        super()._idle()
        here = self._history.here
        if here.recipe is not None and not here.problem and here.recipe is not self._warm:
            self._warm = here.recipe
            work = partial(
                warmed, self._bench, here.recipe, here.folder or Path(), self.preferences.tiers.drag
            )  # fmt: skip
            self._request("warm", work, lambda _item: None)

    # -- what all of them share ----------------------------------------------------------------------------------------

    def _free(self) -> bool:
        self._let_go()
        return super()._free()

    def _step(self, step_id: str) -> Step | None:
        recipe = self._history.here.recipe
        return next((s for s in recipe.steps if s.id == step_id), None) if recipe else None

    def _edit_step(self, step_id: str, title: str, edit: Callable[[Recipe, Step], Recipe]) -> None:
        if self._step(step_id) is not None:
            self._edit(title, lambda r: (edit(r, r.step(step_id)), None))

    def _edit_map(self, title: str, **told: Any) -> None:
        from pcgstudio.recipe import Recipe  # noqa: PLC0415 - see TYPE_CHECKING above

        if self._history.here.recipe is not None:
            self._edit(title, lambda r: (Recipe.model_validate({**dict(r), **told}), None))

    def _edit(
        self,
        title: str,
        edit: Callable[[Recipe], tuple[Recipe, str | None]],
        kind: EntryKind = "edit",
        notice: str = "",
    ) -> None:
        """Make one undo step of an edit, and select a step where it names one."""
        if not self._free():
            return
        selected: list[str | None] = []

        def changed(recipe: Recipe) -> Recipe:
            after, step_id = edit(recipe)
            selected.append(step_id)
            return after

        recipe = self._checked(changed)
        if recipe is None:
            return
        if selected[0] is not None:
            self.state = replace(self.state, selected=selected[0])
        self._change(kind, title, recipe, notice=notice)

    def _checked(self, edit: Callable[[Recipe], Recipe]) -> Recipe | None:
        """Return the edited recipe if it is one; otherwise say why not."""
        from pydantic import ValidationError  # noqa: PLC0415 - see TYPE_CHECKING above

        from pcgstudio.recipe import Recipe, explain  # noqa: PLC0415

        old = self._history.here.recipe or Recipe(resolution=self.preferences.tiers.work)
        try:
            return edit(old).validated()
        except InputError as error:
            self._become(problem=spoken(str(error)))
        except ValidationError as error:
            self._become(problem=spoken(explain(error, Recipe)))
        return None


def _of(step_id: str, param: str | None) -> str:
    """Return how a step or one of its parameters is called in a title."""
    return f"{step_id}.{param}" if param else step_id


def _plain(value: Any) -> Any:
    """Return a value as a recipe's file holds it: tuples are lists there."""
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value
