"""The part of the controller that offers variants: other dice or other values, built small in the background."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pcgstudio.errors import Cancelled, PCGError

from .desk import Desk, spoken
from .messages import Message
from .state import Variant, VariantKind, Variants
from .works import Bench, Ended, Stuck, Tick, thumbnail

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.recipe import Recipe

COUNT = 8
CELLS = 192
"""On the longer side of a map that is only seen as a thumbnail."""


@dataclass(frozen=True)
class _Plan:
    """Which variants are wanted, of what."""

    kind: VariantKind
    strength: float
    first: int
    recipe: Recipe
    folder: Path


class Choices(Desk):
    """Variants: one after the other, each as soon as it is built; the main lane goes first."""

    _plan: _Plan | None = None

    def make_variants(self, kind: VariantKind = "seeds", count: int = COUNT, strength: float = 0.3) -> None:
        """Begin to build variants of the map that is shown.

        Parameters
        ----------
        kind : {"seeds", "perturbations"}
            Other dice, or numbers shaken too; what is locked stays.
        count : int
        strength : float
            How far numbers are shaken; 1 halves or doubles them about as often as not.
        """
        here = self._history.here
        if here.recipe is None or not self._free():
            return
        here = self._history.here
        assert here.recipe is not None  # freeing may have ended a gesture, never taken the map away
        first = max(here.recipe.seed, self._plan.first + COUNT if self._again(kind) and self._plan else 0) + 1
        self._plan = _Plan(kind, strength, first, here.recipe, here.folder or Path())
        self._become(variants=Variants(kind, (None,) * count, True, here.id))
        self._idle()

    def cancel_variants(self) -> None:
        """Build no more of them; those that are there stay."""
        self._stop("variants")
        if self.state.variants is not None:
            self._become(variants=replace(self.state.variants, running=False))

    def close_variants(self) -> None:
        """Forget them."""
        self._stop("variants")
        self._become(variants=None)

    def pick_variant(self, number: int) -> None:
        """Make a variant the map: one undo step from the map that is shown."""
        given = self.state.variants
        chosen = given.slots[number] if given and 0 <= number < len(given.slots) else None
        if chosen is None or chosen.problem or not self._free():
            return
        self._change("variant", chosen.title, chosen.recipe)
        if self._history.here.recipe == chosen.recipe and chosen.thumbnail is not None:
            self._picture(self._history.current, chosen.thumbnail)

    def _again(self, kind: VariantKind) -> bool:
        given = self.state.variants
        return given is not None and given.kind == kind and given.of == self._history.current

    def _idle(self) -> None:
        super()._idle()
        given, plan = self.state.variants, self._plan
        if given is None or plan is None or not given.running or self._running("variants") or self._running("main"):
            return
        here = self._history.here
        if here.id != given.of and here.kind != "variant":  # the map went on: nobody asks for these any more
            self._become(variants=replace(given, running=False))
            return
        missing = tuple(i for i, slot in enumerate(given.slots) if slot is None)
        if missing:
            self._request("variants", partial(_varied, self._bench, plan, missing), self._take_variant)

    def _take_variant(self, item: object) -> None:
        given = self.state.variants
        if given is None:
            return
        match item:
            case Variant(number):
                slots = tuple(item if i == number else slot for i, slot in enumerate(given.slots))
                self._become(variants=replace(given, slots=slots, running=None in slots))
            case Stuck(error, _):
                self._become(variants=replace(given, running=False), problem=spoken(error))
            case Ended():
                self._become(variants=replace(given, running=False))


def _varied(bench: Bench, plan: _Plan, numbers: tuple[int, ...], tick: Tick) -> Iterator[Variant]:
    """Build the variants of these numbers, one after the other; what cannot be built says why."""
    from pcgstudio.build import build  # noqa: PLC0415 - see TYPE_CHECKING above

    for number in numbers:
        told = variant(plan.recipe, plan.kind, plan.first + number, plan.strength)
        made = replace(told, number=number)
        try:
            grid = made.recipe.grid(min(CELLS, made.recipe.resolution))
            world = build(made.recipe, grid, tick, bench.cache(small=True), plan.folder)
            yield replace(made, thumbnail=thumbnail(world))
        except Cancelled:
            raise
        except PCGError as error:
            yield replace(made, problem=spoken(str(error)))


def variant(recipe: Recipe, kind: VariantKind, seed: int, strength: float) -> Variant:
    """Return a variant of a recipe: the same for the same seed."""
    from pcgstudio.recipe import diff  # noqa: PLC0415 - see TYPE_CHECKING above

    from .edits import shaken, with_dice  # noqa: PLC0415

    seed %= 2**32
    if kind == "seeds" and any(s.locked is True for s in recipe.steps):  # the map's seed is the locked steps' dice too
        changed = recipe
        for step in recipe.steps:
            if step.locked is not True:
                changed = with_dice(changed, step.id, seed)[0]
        return Variant(0, Message("Dice %1", seed), (Message("dice: %1, but for what is locked", seed),), changed)
    if kind == "seeds":
        changed = recipe.model_copy(update={"seed": seed})
        return Variant(0, Message("Seed %1", seed), tuple(diff(recipe, changed)), changed)
    changed = shaken(recipe, strength, random.Random(seed))
    changes = tuple(diff(recipe, changed))
    return Variant(0, changes[0] if changes else Message("No free number"), changes, changed)
