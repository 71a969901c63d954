"""What agents may not do, as one frozen value: enforced by the studio on every proposal, and shown to the agents.

Least privilege: an agent proposes data, and this decides whether it is built. It holds for the built-in agents and for
models alike, for fresh plans and for follow-ups, and nothing an agent answers can change it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .agents.protocol import Issue
from .errors import InputError, did_you_mean
from .generator import get_generator
from .recipe import Hold, Recipe, Step, explain
from .region import AnyOf, Region

DIMENSION = "policy"


class Policy(BaseModel):
    """What a person locked, allowed and is willing to spend.

    Parameters
    ----------
    locked : tuple of str
        Steps of the map that is changed, by id, or single parameters as ``step.parameter``.
    regions : tuple of Region
        Ground of the map that is changed on which every cell must stay as it is.
    allow : tuple of str or None
        Generators that may be used; None allows all that are installed.
    max_cells : int or None
        Cells of the finished grid.
    max_tokens, max_rounds, max_seconds : optional
        What a run may spend; each only ever lowers the run's own budget.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    locked: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    allow: tuple[str, ...] | None = None
    max_cells: int | None = Field(None, ge=256)
    max_tokens: int | None = Field(None, ge=0)
    max_rounds: int | None = Field(None, ge=1)
    max_seconds: float | None = Field(None, gt=0)

    def checked(self, base: Recipe | None) -> Policy:
        """Return the policy after making sure that everything it names exists.

        Raises
        ------
        InputError
            A generator is not installed, a step or parameter does not exist, or there is no map to lock anything of.
        """
        for name in self.allow or ():
            get_generator(name)
        if base is None and (self.locked or self.regions):
            raise InputError("there is no map yet to lock anything of; lock steps and regions in a follow-up")
        ids = {s.id: s for s in base.steps} if base else {}
        for lock in self.locked:
            step_id, parameter = _parts(lock, ids)
            if step_id not in ids:
                raise InputError(f"no step is called '{lock}'{did_you_mean(lock, ids) or _known(ids)}")
            known = get_generator(ids[step_id].generator).params.model_fields
            if parameter and parameter not in known:
                raise InputError(f"step '{step_id}' has no parameter '{parameter}'{did_you_mean(parameter, known)}")
        return self

    def sentences(self, base: Recipe | None) -> tuple[str, ...]:
        """Return the limits as agents read them."""
        return tuple(self._sentences(base))

    def _sentences(self, base: Recipe | None) -> Iterator[str]:
        if self.allow is not None:
            yield f"use only these generators: {', '.join(self.allow)}"
        for step in base.steps if base else ():
            held = self._held(step)
            if held is True:
                yield f"step '{step.id}' is locked: give it again exactly as it is"
            elif held:
                yield f"step '{step.id}': keep {', '.join(f'{p} = {_value(step, p)}' for p in held)}"
        if self.regions:
            yield f"{len(self.regions)} region(s) of the map are locked; nothing you plan will change them"
        if self.max_cells is not None:
            yield f"at most {self.max_cells} cells"

    def _held(self, step: Step) -> Literal[True] | tuple[str, ...]:
        """Return True, or the parameters of a step that may not change, by this policy and the recipe's own locks."""
        if step.locked is True or step.id in self.locked:
            return True
        mine = [lock.removeprefix(f"{step.id}.") for lock in self.locked if lock.startswith(f"{step.id}.")]
        own = step.locked if isinstance(step.locked, tuple) else ()
        return tuple(dict.fromkeys((*own, *mine)))

    def breaches(self, base: Recipe | None, proposed: Recipe) -> tuple[Issue, ...]:
        """Return why a proposal is refused; empty where it keeps to the policy."""
        return tuple(self._breaches(base, proposed))

    def _breaches(self, base: Recipe | None, proposed: Recipe) -> Iterator[Issue]:
        for step in proposed.steps:
            if self.allow is not None and step.generator not in self.allow and not _in(step, base):
                yield _issue(step.id, f"generator '{step.generator}' is not allowed", f"use {', '.join(self.allow)}")
        now = {s.id: s for s in proposed.steps}
        held = [(s, self._held(s)) for s in base.steps] if base else []
        for step, lock in held:
            if lock and step.id not in now:
                yield _issue(step.id, f"step '{step.id}' is locked and was left out", "put it back as it was")
            elif lock is True and _content(now[step.id]) != _content(step):
                yield _issue(step.id, f"step '{step.id}' is locked and was changed", "put it back as it was")
            elif lock and lock is not True:
                yield from self._changed(step, now[step.id], lock)
        if base is not None and any(lock for _, lock in held) and proposed.seed != base.seed:
            yield _issue("", "the seed may not change: it is the dice of the locked steps", f"keep seed {base.seed}")
        cells = proposed.grid().rows * proposed.grid().cols
        if self.max_cells is not None and cells > self.max_cells:
            yield _issue(
                "", f"the map would have {cells} cells, and {self.max_cells} are allowed", "a lower resolution"
            )

    def _changed(self, old: Step, new: Step, parameters: tuple[str, ...]) -> Iterator[Issue]:
        if new.generator != old.generator or not new.enabled:
            yield _issue(old.id, f"step '{old.id}' has locked parameters and was replaced", "put it back")
            return
        for name in parameters:
            if _value(old, name) != _value(new, name):
                yield _issue(old.id, f"parameter '{name}' of step '{old.id}' is locked", f"keep {_value(old, name)}")

    def restored(self, base: Recipe | None, proposed: Recipe) -> Recipe:
        """Return a proposal with everything taken back that is refused: what an agent that cannot learn gets."""
        steps = [s for s in proposed.steps if self.allow is None or s.generator in self.allow or _in(s, base)]
        update: dict[str, object] = {}
        for number, old in enumerate(base.steps if base else ()):
            lock = self._held(old)
            at = next((i for i, s in enumerate(steps) if s.id == old.id), None)
            if not lock:
                continue
            if at is None:
                steps.insert(min(number, len(steps)), old)
            elif lock is True or steps[at].generator != old.generator or not steps[at].enabled:
                steps[at] = old
            else:
                kept = {p: old.params[p] for p in lock if p in old.params}
                mine = {k: v for k, v in steps[at].params.items() if k not in lock}
                steps[at] = steps[at].model_copy(update={"params": {**mine, **kept}})
            update["seed"] = base.seed if base else proposed.seed
        resolution = proposed.resolution
        while self.max_cells is not None and _cells(proposed, resolution) > self.max_cells and resolution > 16:
            resolution = max(16, int(resolution * 0.98))
        return proposed.model_copy(update={**update, "steps": tuple(steps), "resolution": resolution})

    def stamped(self, base: Recipe | None, recipe: Recipe) -> Recipe:
        """Return the recipe with the policy's locks on its steps, as calibration respects them."""
        old = {s.id: self._held(s) for s in base.steps} if base else {}
        return recipe.model_copy(
            update={"steps": tuple(s.model_copy(update={"locked": old.get(s.id) or s.locked}) for s in recipe.steps)}
        )

    def held(self, base: Recipe | None, recipe: Recipe) -> Recipe:
        """Return the recipe with the locked regions held as they are in ``base``."""
        if base is None or not self.regions:
            return recipe
        region = self.regions[0] if len(self.regions) == 1 else AnyOf(regions=self.regions)
        if base.hold is not None and base.hold.region == region:
            return recipe.model_copy(update={"hold": base.hold})
        if base.hold is not None:  # what was locked before stays locked, as the earlier hold keeps it
            region = AnyOf(regions=(base.hold.region, *self.regions))
        return recipe.model_copy(update={"hold": Hold(region=region, recipe=base.model_copy(update={"brief": None}))})


def load_policy(path: Path) -> Policy:
    """Read a policy from a JSON file.

    Raises
    ------
    InputError
        It is missing, no JSON, or does not fit.
    """
    try:
        return Policy.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the policy '{path}' cannot be read; name a JSON file") from error
    except ValidationError as error:
        raise InputError(f"the policy '{path}': {explain(error, Policy)}") from error


def _parts(lock: str, ids: dict[str, Step]) -> tuple[str, str]:
    """Split ``step.parameter``; the ids of steps may hold points themselves."""
    if lock in ids or "." not in lock:
        return lock, ""
    step_id, _, parameter = lock.rpartition(".")
    return step_id, parameter


def _known(ids: dict[str, Step]) -> str:
    return f"; the map has: {', '.join(ids)}"


def _content(step: Step) -> tuple[object, ...]:
    return step.generator, _parsed(step), step.where, step.enabled


def _parsed(step: Step) -> object:
    """Return the parameters with their defaults, or as they stand where they do not fit, which another check tells."""
    try:
        return step.parsed()
    except InputError:
        return step.params


def _value(step: Step, parameter: str) -> object:
    return getattr(_parsed(step), parameter, step.params.get(parameter))


def _in(step: Step, base: Recipe | None) -> bool:
    """Whether a step stands in the base as it is: what a person has is theirs to keep."""
    return base is not None and step in base.steps


def _cells(recipe: Recipe, resolution: int) -> int:
    grid = recipe.grid(resolution)
    return grid.rows * grid.cols


def _issue(step: str, message: str, fix: str) -> Issue:
    return Issue(dimension=DIMENSION, step=step, message=message, fix=fix)
