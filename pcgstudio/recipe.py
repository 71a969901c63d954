"""The recipe: the only truth about a map, one JSON file, loaded strictly and saved atomically."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
)

from .brief import Brief, Check
from .errors import InputError, RecipeError, did_you_mean
from .files import to_json, write_text
from .generator import get_generator
from .params import Params
from .region import EVERYWHERE, KINDS, Region
from .world import Grid

FORMAT = 1
SUFFIX = ".pcg.json"

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From an older format number to a function that rewrites its raw document to the next one."""


class Step(BaseModel):
    """One generator call.

    Parameters
    ----------
    id : str
        Unique in the recipe; the step's random stream hangs on it, so renaming a step changes its dice.
    generator : str
        Name of an installed generator.
    params : dict
        Its parameters; left-out ones keep their defaults.
    where : Region
        Where it works.
    enabled : bool
        Whether it is built.
    locked : bool or tuple of str
        True, or the parameters that no agent may change.
    purpose, expects : str
        The paper's objective and expected result.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    id: str = Field(min_length=1, max_length=80, pattern=r"^[\w][\w .:-]*$")
    generator: str
    params: dict[str, Any] = Field(default_factory=dict)
    where: Region = EVERYWHERE
    enabled: bool = True
    locked: bool | tuple[str, ...] = False
    purpose: str = ""
    expects: str = ""

    def parsed(self) -> Params:
        """Return the validated parameters.

        Raises
        ------
        RecipeError
            A parameter is unknown, of the wrong type or out of bounds.
        """
        model = get_generator(self.generator).params
        try:
            return model.model_validate(self.params)
        except ValidationError as error:
            raise RecipeError(f"step '{self.id}': {explain(error, model)}") from error

    def changed(self, **params: Any) -> Step:
        """Return the step with some parameters replaced."""
        return self.model_copy(update={"params": {**self.params, **params}})

    def locks(self, param: str) -> bool:
        """Whether no agent may change that parameter."""
        return self.locked if isinstance(self.locked, bool) else param in self.locked


class Recipe(BaseModel):
    """An ordered list of steps and what is needed to rebuild them bit for bit."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    format: int = FORMAT
    name: str = Field("map", min_length=1, max_length=200)
    seed: int = Field(0, ge=0, lt=2**32)
    extent_m: tuple[float, float] = (1024.0, 1024.0)
    resolution: int = Field(512, ge=16, le=16384)
    steps: tuple[Step, ...] = ()
    brief: Brief | None = None
    history: tuple[str, ...] = ()
    hold: Hold | None = None

    @model_serializer(mode="wrap")
    def _without_empty_hold(self, ordinary: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave ``hold`` out where nothing is held: most maps never hear of it."""
        told: dict[str, Any] = ordinary(self)
        if told.get("hold", 0) is None:
            del told["hold"]
        return told

    @field_validator("extent_m")
    @classmethod
    def _sensible(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not all(10 <= side <= 200_000 for side in value):
            raise ValueError("each side must lie between 10 m and 200,000 m")
        if max(value) > 16 * min(value):
            raise ValueError("the longer side may be at most 16 times the shorter")
        return value

    @field_validator("steps")
    @classmethod
    def _unique(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        ids = [s.id for s in steps]
        twice = next((i for i in ids if ids.count(i) > 1), None)
        if twice is not None:
            raise ValueError(f"two steps are called '{twice}'; give each its own id")
        return steps

    def grid(self, resolution: int | None = None) -> Grid:
        """Return the grid at a resolution, by default the recipe's own."""
        return Grid.over(self.extent_m, resolution or self.resolution)

    def step(self, step_id: str) -> Step:
        """Return the step of that id."""
        return next(s for s in self.steps if s.id == step_id)

    def with_step(self, step: Step) -> Recipe:
        """Return the recipe with the step of the same id replaced."""
        return self.model_copy(update={"steps": tuple(step if s.id == step.id else s for s in self.steps)})

    def validated(self) -> Recipe:
        """Return the recipe after checking every step against its generator.

        Raises
        ------
        InputError
            A generator is not installed, or a parameter does not fit.
        """
        for step in self.steps:
            step.parsed()
        if self.hold is not None:
            self.hold.recipe.validated()
        return self


class Hold(BaseModel):
    """Ground that stays, cell by cell, as an earlier recipe builds it (see `pcgstudio.hold`).

    Parameters
    ----------
    region : Region
        Where; it is evaluated on the earlier map.
    recipe : Recipe
        The earlier one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: Region
    recipe: Recipe


Recipe.model_rebuild()


def dumps(recipe: Recipe) -> str:
    """Return the recipe as the text of its file."""
    return to_json(recipe.model_dump(mode="json"))


def save(recipe: Recipe, path: Path) -> None:
    """Write the recipe atomically."""
    write_text(path, dumps(recipe))


def load(path: Path) -> Recipe:
    """Read a recipe file, or the one inside a bundle folder.

    Raises
    ------
    RecipeError
        It is missing, no JSON, of another version, or does not fit the schema.
    """
    if path.is_dir():
        path = path / f"recipe{SUFFIX}"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RecipeError(f"there is no recipe at '{path}'; make one with: pcgstudio generate") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"'{path}' cannot be read as text; name a {SUFFIX} file or a bundle folder") from error
    return loads(text, str(path))


def folder_of(file: Path) -> Path:
    """Return the folder that the files named in a recipe are looked for in: its own, or the bundle's."""
    return file if file.is_dir() else file.parent


def loads(text: str, name: str = "recipe") -> Recipe:
    """Parse and validate the text of a recipe.

    Raises
    ------
    RecipeError
        As `load`.
    """
    try:
        raw = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RecipeError(f"'{name}' is no valid JSON ({error}); restore it from a bundle or an autosave") from error
    if not isinstance(raw, dict):
        raise RecipeError(f"'{name}' is no recipe; it must be a JSON object with 'format' and 'steps'")
    raw = _migrated(raw, name)
    try:
        return Recipe.model_validate(raw).validated()
    except ValidationError as error:
        raise RecipeError(f"'{name}': {explain(error, Recipe)}") from error
    except InputError as error:
        raise RecipeError(f"'{name}': {error}") from error


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number")


def _migrated(raw: dict[str, Any], name: str) -> dict[str, Any]:
    version = raw.get("format")
    while isinstance(version, int) and version in MIGRATIONS:
        raw = MIGRATIONS[version](raw)
        version = raw.get("format")
    if version != FORMAT:
        raise RecipeError(f"'{name}' has format {version!r}, this program reads {FORMAT}; update pcgstudio")
    return raw


def explain(error: ValidationError, model: type[BaseModel]) -> str:
    """Turn the first problem of a validation into one sentence that names the value and the cure."""
    first = error.errors()[0]
    place = ".".join(str(p) for p in first["loc"]) or "the document"
    if first["type"] == "extra_forbidden":
        known = _known_keys(model, first["loc"])
        hint = did_you_mean(str(first["loc"][-1]), known) or f"; known: {', '.join(known)}"
        return f"unknown key '{place}'{hint}"
    value = repr(first["input"])
    value = value if len(value) <= 60 else value[:57] + "..."
    return f"{place} = {value}: {first['msg'].removeprefix('Value error, ')}"


def _known_keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys of the innermost part that the path of a problem leads into."""
    inner = next((_PARTS[str(part)] for part in reversed(loc[:-1]) if str(part) in _PARTS), model)
    return list(inner.model_fields)


_PARTS: dict[str, type[BaseModel]] = {
    "steps": Step,
    "brief": Brief,
    "checks": Check,
    "hold": Hold,
    "recipe": Recipe,
    **{kind.model_fields["kind"].default: kind for kind in KINDS},
}
"""By the words that stand in the path of a problem: the list it is in, or the kind of a region."""


def diff(old: Recipe, new: Recipe) -> list[str]:
    """Return the changes between two recipes, one plain line each; empty where they build the same map."""
    lines = [
        f"{key}: {getattr(old, key)} -> {getattr(new, key)}"
        for key in ("name", "seed", "extent_m", "resolution")
        if getattr(old, key) != getattr(new, key)
    ]
    before, after = ({s.id: s for s in r.steps} for r in (old, new))
    lines += [f"- {s.id} ({s.generator})" for s in old.steps if s.id not in after]
    for step in new.steps:
        if step.id not in before:
            told = ", ".join(f"{k} = {v}" for k, v in step.params.items())
            lines.append(f"+ {step.id} ({step.generator}){': ' + told if told else ''}")
        else:
            lines += _step_diff(before[step.id], step)
    if old.hold != new.hold:
        lines.append("held: " + ("nothing" if new.hold is None else json.dumps(_where(new.hold.region))))
    if [i for i in before if i in after] != [i for i in after if i in before]:
        lines.append("order: " + ", ".join(after))
    return lines


def _as_in_file(value: Any) -> Any:
    """Return a parameter as a file gives it back: tuples are lists there."""
    return [_as_in_file(v) for v in value] if isinstance(value, list | tuple) else value


def _where(region: Region) -> dict[str, Any]:
    return region.model_dump(exclude_defaults=True) or {"kind": region.kind}


def _step_diff(old: Step, new: Step) -> list[str]:
    lines = [
        f"{new.id}.{key}: {getattr(old, key)} -> {getattr(new, key)}"
        for key in ("generator", "enabled", "locked")
        if getattr(old, key) != getattr(new, key)
    ]
    if old.where != new.where:
        told = [json.dumps(_where(s.where)) for s in (old, new)]
        lines.append(f"{new.id}.where: {told[0]} -> {told[1]}")
    defaults = get_generator(new.generator).params.model_construct().model_dump()
    for key in dict.fromkeys([*old.params, *new.params]):
        was, now = (_as_in_file(s.params.get(key, defaults.get(key))) for s in (old, new))
        if was != now:
            lines.append(f"{new.id}.{key}: {was} -> {now}")
    return lines
