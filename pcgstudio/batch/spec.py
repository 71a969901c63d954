"""The file that names a batch: sources, seeds, sweeps, resolution, exports and what counts as a wanted map."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ..errors import InputError, did_you_mean

Method = Literal["grid", "random", "latin_hypercube", "sobol"]
Value = bool | int | float | str

SEEDS = 2**32
_SPAN = re.compile(r"(\d+)\s*\.\.\s*(\d+)")
_MOST = 1_000_000
"""Seeds one spec may list; a longer batch is several specs."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Span(_Part):
    """A range of values, both ends included.

    Parameters
    ----------
    low, high : float
        The ends, in the parameter's unit.
    steps : int, optional
        Values that a grid takes from it; other methods draw their own.
    """

    low: float
    high: float
    steps: int | None = Field(None, ge=2, le=10_000)

    @model_validator(mode="after")
    def _rising(self) -> Span:
        if self.low >= self.high:
            raise ValueError(f"'low' ({self.low:g}) must be less than 'high' ({self.high:g})")
        return self


class Sweep(_Part):
    """How parameters vary.

    Parameters
    ----------
    method : {"grid", "random", "latin_hypercube", "sobol"}
        Every combination, or so many points spread over the ranges.
    samples : int, optional
        Points; a grid has as many as its values give.
    seed : int
        Dice of the points.
    parameters : mapping of str to list or Span
        ``STEP.PARAMETER`` to its values or its range.
    """

    method: Method = "grid"
    samples: int | None = Field(None, ge=1, le=1_000_000)
    seed: int = Field(0, ge=0, lt=SEEDS)
    parameters: dict[str, Span | tuple[Value, ...]] = Field(min_length=1)

    @field_validator("parameters", mode="before")
    @classmethod
    def _lists_or_ranges(cls, value: Any) -> Any:
        for name, told in value.items() if isinstance(value, dict) else ():
            if not isinstance(told, list | tuple | dict | Span) or not told:
                raise ValueError(f"'{name}' is {told!r}; write a list of values, or low and high")
            if isinstance(told, list | tuple) and len({repr(v) for v in told}) < len(told):
                raise ValueError(f"'{name}' lists a value twice; leave one out")
        return value

    @model_validator(mode="after")
    def _fits_its_method(self) -> Sweep:
        spans = {n: s for n, s in self.parameters.items() if isinstance(s, Span)}
        if self.method == "grid":
            if self.samples is not None:
                raise ValueError("a grid takes every combination; leave out 'samples', or name another method")
            for name, span in spans.items():
                if span.steps is None:
                    raise ValueError(f"a grid needs 'steps' for the range of '{name}', such as steps: 5")
        else:
            if self.samples is None:
                raise ValueError(f"'{self.method}' needs 'samples', such as samples: 64")
            for name, span in spans.items():
                if span.steps is not None:
                    raise ValueError(f"'{self.method}' draws its own values; leave out 'steps' of '{name}'")
        return self


class Accept(_Part):
    """When a map counts, and how many shall.

    Parameters
    ----------
    count : int
        Maps that are wanted; more seeds than the listed ones are tried until there are so many.
    satisfied : bool
        Whether a map must satisfy its whole brief.
    distinct : float
        Least distance to every map taken before it (see `traits.distance`); 0 takes near-duplicates too.
    limit : int, optional
        Items that are tried at most; by default ten for every wanted map, and at least the listed ones.
    """

    count: int = Field(ge=1, le=_MOST)
    satisfied: bool = True
    distinct: float = Field(0.04, ge=0, le=1)
    limit: int | None = Field(None, ge=1, le=_MOST)

    @model_validator(mode="after")
    def _reachable(self) -> Accept:
        if self.limit is not None and self.limit < self.count:
            raise ValueError(f"limit = {self.limit} tries cannot give count = {self.count} maps; raise the limit")
        return self


class Spec(_Part):
    """A whole batch.

    Parameters
    ----------
    recipes : tuple of str
        Recipe files or bundles, relative to the spec.
    instructions : tuple of str
        Sentences, planned by the built-in agents for every seed anew.
    seeds : tuple of int
        Written as a list, as ``1..200``, or as one number.
    sweep : Sweep, optional
        Parameters that vary.
    resolution : int, optional
        Cells on the longer side; a recipe's own, or what its instruction needs, by default.
    size_m : (float, float), optional
        East and north size of the maps of instructions.
    exports : tuple of str
        Targets of ``pcgstudio export`` written beside every bundle.
    accept : Accept, optional
        Without it every listed item is wanted, whatever it measures.
    keep_rejects : bool
        Whether the bundles of maps that were not taken stay.
    """

    recipes: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (0,)
    sweep: Sweep | None = None
    resolution: int | None = Field(None, ge=16, le=16384)
    size_m: tuple[float, float] | None = None
    exports: tuple[str, ...] = ()
    accept: Accept | None = None
    keep_rejects: bool = True

    @field_validator("seeds", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        if isinstance(value, str):
            if (span := _SPAN.fullmatch(value.strip())) is None:
                raise ValueError("write a list, or first..last such as 1..200")
            first, last = map(int, span.groups())
            if first > last:
                raise ValueError(f"the first seed ({first}) lies behind the last ({last})")
            if last - first >= _MOST:
                raise ValueError(f"that is more than {_MOST} seeds; make several batches")
            return tuple(range(first, last + 1))
        return (value,) if isinstance(value, int) else value

    @field_validator("seeds")
    @classmethod
    def _each_once(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value:
            raise ValueError("name at least one seed")
        if len(set(value)) < len(value):
            raise ValueError("a seed is listed twice; leave one out")
        if not (min(value) >= 0 and max(value) < SEEDS):
            raise ValueError(f"seeds lie between 0 and {SEEDS - 1}")
        return value

    @field_validator("recipes", "instructions", "exports")
    @classmethod
    def _no_twins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) < len(value):
            raise ValueError("one entry is listed twice; leave one out")
        return value

    @model_validator(mode="after")
    def _has_sources(self) -> Spec:
        if not (self.recipes or self.instructions):
            raise ValueError("name at least one map to make under 'recipes' or 'instructions'")
        if self.size_m is not None and not self.instructions:
            raise ValueError("'size_m' sets the size of maps made from instructions; a recipe has its own")
        if self.size_m is not None and not all(10 <= side <= 200_000 for side in self.size_m):
            raise ValueError("each side of 'size_m' must lie between 10 and 200000 metres")
        return self


def load_spec(path: Path, seeds: str | None = None) -> Spec:
    """Read and check a spec.

    Parameters
    ----------
    path : Path
        A YAML (or JSON) file.
    seeds : str, optional
        ``first..last`` in place of the file's seeds: one file serves every task of a farm.

    Raises
    ------
    InputError
        It is missing, no YAML, or says something that cannot be used; the sentence names the place.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"there is no spec at '{path}'; write one as docs/batch.md shows") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"'{path}' cannot be read as text; name a YAML file") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"'{path}' is no valid YAML: {_first_line(error)}") from error
    if not isinstance(raw, dict):
        raise InputError(f"'{path}' is no spec; it must say what to make, as 'recipes:' or 'instructions:' do")
    if seeds is not None:
        raw = {**raw, "seeds": seeds}
    try:
        return Spec.model_validate(raw)
    except ValidationError as error:
        raise InputError(f"'{path}': {_explain(error)}") from error


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    told = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"line {mark.line + 1}: {told}" if mark is not None else told


def _explain(error: ValidationError) -> str:
    """Turn the first problem into one sentence that names the place, the value and the cure."""
    found = error.errors()
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])  # a typo is missed elsewhere too
    loc = [str(p) for p in first["loc"] if not _NOISE.match(str(p))]
    place = ".".join(loc) or "the spec"
    if first["type"] == "extra_forbidden":
        known = _known_keys(loc[:-1])
        return f"unknown key '{place}'" + (did_you_mean(loc[-1], known) or f"; known: {', '.join(known)}")
    if first["type"] == "missing":
        return f"{place} is missing; known: {', '.join(_known_keys(loc[:-1]))}"
    told = first["msg"].removeprefix("Value error, ")
    value = repr(first["input"])
    if first["type"] == "value_error" and (isinstance(first["input"], dict) or not loc):
        return f"{place}: {told}" if loc else told
    hint = _near_choice(first)
    return f"{place} = {value if len(value) <= 60 else value[:57] + '...'}: {told}{hint}"


_NOISE = re.compile(r"(bool|int|float|str|tuple\[.*|function-\w+\[.*)$")
"""What pydantic adds to the place of a problem inside a choice of types."""


def _near_choice(problem: Any) -> str:
    if problem["type"] != "literal_error":
        return ""
    return did_you_mean(str(problem["input"]), get_args(Method))


def _known_keys(inside: list[str]) -> list[str]:
    """Return the keys of the part that a place leads into."""
    parts: dict[str, type[BaseModel]] = {"": Spec, "sweep": Sweep, "accept": Accept}
    model = parts.get(".".join(inside), Span)
    return list(model.model_fields)
