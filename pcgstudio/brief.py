"""What was asked, as checks; what was measured, as a report."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from .region import EVERYWHERE, Region

Relation = Literal["equal", "at_least", "at_most", "between", "present", "absent", "more_than", "less_than"]


class Check(BaseModel):
    """One demand of the instruction, measured on the built world.

    Parameters
    ----------
    metric : str
        Name in the metric vocabulary.
    arguments : dict
        What the metric is taken of, such as ``{"feature": "lake"}``.
    region : Region
        Where it is taken.
    relation : str
        How the measured value must stand to ``value``; ``present`` and ``absent`` compare with 0.
    value : float or (float, float)
        The demand, in ``unit``; a pair for ``between``. For ``more_than`` and ``less_than`` the value of the other
        place or of the earlier map.
    tolerance : float
        Absolute slack in ``unit`` within which the check passes.
    quote : str
        The piece of the instruction it came from.
    weight : float
        1 for a demand, less for a wish ("maybe", "would be nice"); a wish never decides over done.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    metric: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    region: Region = EVERYWHERE
    relation: Relation = "equal"
    value: float | tuple[float, float] = Field(0.0, validate_default=True)
    tolerance: float = Field(0.0, ge=0)
    unit: str = ""
    quote: str = ""
    weight: float = Field(1.0, gt=0, le=1)

    @field_validator("value")
    @classmethod
    def _ordered_pair(cls, value: float | tuple[float, float], info: ValidationInfo) -> float | tuple[float, float]:
        if info.data.get("relation") == "between" and not (isinstance(value, tuple) and value[0] <= value[1]):
            raise ValueError("'between' needs two numbers, the lower one first, such as (3, 5)")
        return value

    @property
    def demanded(self) -> bool:
        """Whether failing it makes the map a best effort."""
        return self.weight >= 1

    def bounds(self) -> tuple[float, float]:
        """Return the closed interval of values that pass."""
        low, high = self.value if isinstance(self.value, tuple) else (self.value, self.value)
        match self.relation:
            case "equal" | "between":
                return low - self.tolerance, high + self.tolerance
            case "at_least":
                return low - self.tolerance, math.inf
            case "at_most":
                return -math.inf, high + self.tolerance
            case "present":
                return math.nextafter(0, 1), math.inf
            case "absent":
                return -math.inf, self.tolerance
            case "more_than":
                return math.nextafter(high + self.tolerance, math.inf), math.inf
            case "less_than":
                return -math.inf, math.nextafter(low - self.tolerance, -math.inf)

    def passes(self, measured: float | None) -> bool:
        """Whether a measured value meets the demand; None and NaN never do."""
        if measured is None or math.isnan(measured):
            return False
        low, high = self.bounds()
        return low <= measured <= high

    def score(self, measured: float | None) -> float:
        """Soft score: 1 inside the bounds, falling to 0 over the size of the demand outside (a trapezoid)."""
        if measured is None or math.isnan(measured):
            return 0.0
        if self.relation == "present":  # nothing there is no near miss, however small the smallest number that passes
            return float(self.passes(measured))
        low, high = self.bounds()
        gap = max(low - measured, measured - high, 0.0)
        finite = [abs(b) for b in (low, high) if math.isfinite(b)]
        return max(0.0, 1.0 - gap / max(*finite, self.tolerance, 1e-9)) if gap else 1.0


class Brief(BaseModel):
    """The instruction as a tester reads it, written before any plan."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    instruction: str = ""
    checks: tuple[Check, ...] = ()
    not_understood: tuple[str, ...] = Field((), description="Words no rule could use; any of them forces best effort.")
    not_measurable: tuple[str, ...] = Field((), description="Demands that no installed metric or generator reaches.")
    contradictions: tuple[str, ...] = Field((), description="Sentences naming demands that exclude each other.")
    atmosphere: tuple[str, ...] = Field((), description="Mood and story; free for the maker, never counted as done.")
    interpretations: tuple[str, ...] = Field((), description="How open words were read.")

    @property
    def complete(self) -> bool:
        """Whether every demand of the instruction became a check."""
        return not (self.not_understood or self.not_measurable or self.contradictions)


class Measured(BaseModel):
    """A check beside what the world shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: Check
    measured: float | None
    passed: bool
    score: float


class Structural(BaseModel):
    """A property every map must have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    passed: bool
    detail: str


class Report(BaseModel):
    """Asked against measured, and the structural checks that always run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    checks: tuple[Measured, ...] = ()
    structural: tuple[Structural, ...] = ()

    @property
    def passed(self) -> bool:
        """Strict pass: every demand and every structural check holds."""
        return all(m.passed for m in self.checks if m.check.demanded) and all(s.passed for s in self.structural)

    @property
    def score(self) -> float:
        """Weighted mean of the soft scores, 1 without checks."""
        total = sum(m.check.weight for m in self.checks)
        return sum(m.score * m.check.weight for m in self.checks) / total if total else 1.0
