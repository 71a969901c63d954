"""Parameters: one pydantic field says everything about a value, and five readers use it.

``param`` writes the field; ``Parameter`` is the neutral record that documentation, forms, agents, calibration and
the manual read back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticUndefined

Blend = Literal["replace", "add", "max", "min", "mix"]
REFERENCE_EXTENT_M = 1024.0
"""Map size for which the adjectives of a parameter with ``scales=True`` are stated."""


class Params(BaseModel):
    """Base of every generator's parameters: unknown keys, NaN and infinities are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def files(self) -> tuple[str, ...]:
        """Return the user's files that the parameters name, relative to the recipe; their content counts too."""
        return ()

    def files_in(self, folder: Path) -> tuple[str, ...]:
        """Return all of the user's files that the step reads: those it names, and those that they name in turn.

        Parameters
        ----------
        folder : pathlib.Path
            The recipe's folder.
        """
        del folder
        return self.files()


def param(
    default: Any,
    text: str,
    *,
    unit: str = "",
    ge: float | None = None,
    le: float | None = None,
    log: bool = False,
    aspect: str = "",
    feature: str = "",
    direction: int = 1,
    adjectives: Mapping[str, float] | None = None,
    choices: Mapping[str, tuple[str, ...]] | None = None,
    scales: bool = False,
    hints: str = "",
) -> Any:
    """Describe a parameter once, for the form, the documentation, validation, the agents and calibration.

    Parameters
    ----------
    default : Any
        Value of a step that says nothing about it.
    text : str
        One plain sentence: what a person would see change.
    unit : str
        ``m``, ``deg``, ``share``, ``per ha`` ... ; empty for counts and choices.
    ge, le : float, optional
        Bounds, both included.
    log : bool
        Whether a slider should be logarithmic.
    aspect : str
        The metric that the parameter drives, named as in ``measure.py``: ``count``, ``share``, ``height``, ``width``,
        ``depth``, ``length``, ``steepness``, ``roughness``, ``density`` ...
    feature : str
        The feature it drives the metric of; empty: whichever feature of the generator is asked for.
    direction : {1, -1}
        Whether the metric grows or falls with the parameter.
    adjectives : mapping of str to float
        Words to values, with ``""`` for the unmarked one: ``{"low": 80, "": 180, "high": 320}``. A word asks for the
        value and is checked against a quantile of what the generator makes between the lowest and the highest of
        them, or against the middle between neighbours where it was not sampled.
    choices : mapping of str to tuple of str
        For a choice: option to the words that ask for it.
    scales : bool
        Whether the value is a length that grows with the map; adjectives and default are stated for
        ``REFERENCE_EXTENT_M``.
    hints : str
        What ranges look like, for agents: ``"0.3-0.4 scattered islands, 0.5 one continent"``.

    Returns
    -------
    Any
        A pydantic ``Field``.
    """
    extra: dict[str, Any] = {
        "unit": unit, "log": log, "aspect": aspect, "feature": feature, "direction": direction, "scales": scales,
        "adjectives": dict(adjectives or {}), "hints": hints,
        "choices": {k: list(v) for k, v in (choices or {}).items()},
    }  # fmt: skip
    return Field(default, ge=ge, le=le, description=text, json_schema_extra={"pcg": extra})


class HeightParams(Params):
    """Parameters of a generator that writes height."""

    blend: Blend = param("add", "How the new height meets the ground that is already there.")


@dataclass(frozen=True)
class Parameter:
    """Everything a reader needs to know about one parameter."""

    name: str
    type: str
    default: Any
    text: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    log: bool = False
    aspect: str = ""
    feature: str = ""
    direction: int = 1
    scales: bool = False
    adjectives: Mapping[str, float] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    hints: str = ""


def parameters(model: type[Params]) -> tuple[Parameter, ...]:
    """Return the records of a model's fields, in order."""
    return tuple(_record(name, info) for name, info in model.model_fields.items())


def _record(name: str, info: Any) -> Parameter:
    extra = (info.json_schema_extra or {}).get("pcg", {})
    low = next((getattr(m, "ge", getattr(m, "gt", None)) for m in info.metadata if isinstance(m, Ge | Gt)), None)
    high = next((getattr(m, "le", getattr(m, "lt", None)) for m in info.metadata if isinstance(m, Le | Lt)), None)
    annotation = info.annotation
    options = tuple(str(a) for a in get_args(annotation)) if get_origin(annotation) is Literal else ()
    return Parameter(
        name=name,
        type="choice" if options else getattr(annotation, "__name__", str(annotation)),
        default=None if info.default is PydanticUndefined else info.default,
        text=info.description or "",
        minimum=low,
        maximum=high,
        options=options,
        **{k: v for k, v in extra.items() if k != "choices"},
        choices={k: tuple(v) for k, v in extra.get("choices", {}).items()},
    )
