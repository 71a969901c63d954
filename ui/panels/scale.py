"""How far a slider reaches, and where on it a value lies: without Qt, so that it can be tested bare."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pcgstudio.params import Parameter

STEPS = 1000
WIDE = 8.0
"""A slider reaches this many times the usual value; what lies beyond is typed."""


@dataclass(frozen=True)
class Scale:
    """A slider's reach.

    Parameters
    ----------
    low, high : float
        Values at its ends.
    log : bool
        Whether equal ways are equal factors.
    whole : bool
        Whether only whole numbers are meant.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def position(self, value: float) -> int:
        """Return the place of a value, 0 to `STEPS`; values beyond an end stand at it."""
        at = min(max(value, self.low), self.high)
        if self.log:
            share = math.log(at / self.low) / math.log(self.high / self.low)
        else:
            share = (at - self.low) / (self.high - self.low)
        return round(share * STEPS)

    def value(self, position: int) -> float:
        """Return the value at a place, in three figures that a person would write."""
        share = position / STEPS
        if position in (0, STEPS):
            found = self.high if position else self.low
        elif self.log:
            found = self.low * (self.high / self.low) ** share
        else:
            found = self.low + (self.high - self.low) * share
        if self.whole:
            return float(round(found))
        digits = 2 - math.floor(math.log10(max(self.high - self.low, 1e-9))) if not self.log else 0
        return float(f"{found:.3g}") if self.log else round(found, max(0, digits))


def scale_of(one: Parameter) -> Scale | None:
    """Return the reach of a parameter's slider: its bounds where they are near, else round what is usual; None if open.

    Examples
    --------
    >>> from pcgstudio.params import Parameter
    >>> scale_of(Parameter("count", "int", 3, "", minimum=1, maximum=120))
    Scale(low=1, high=24, log=False, whole=True)
    """
    if one.minimum is None or one.maximum is None or one.maximum <= one.minimum:
        return None
    low, high = one.minimum, one.maximum
    usual = [abs(float(v)) for v in (*one.adjectives.values(), one.default) if isinstance(v, int | float) and v]
    whole = one.type.startswith("int")
    if one.log and low > 0:
        if usual:
            low, high = max(low, min(usual) / 20), min(high, max(usual) * 20)
        return Scale(low, high, log=True, whole=whole)
    reach = max(usual, default=0.0) * WIDE
    if reach and high - low > 3 * reach:
        high = min(high, reach)
        low = low if low >= 0 else max(low, -reach)
    elif not usual and high - low > 10_000:
        low, high = max(low, -1000.0), min(high, 1000.0)
    return Scale(low, high, log=False, whole=whole)


def decimals(one: Parameter, scale: Scale | None) -> int:
    """Return how many places after the point a number is shown with."""
    if one.type.startswith("int"):
        return 0
    if scale is None:
        return 3
    least = scale.low if scale.log else (scale.high - scale.low) / 100
    return min(4, max(0, -math.floor(math.log10(max(least, 1e-4)))))
