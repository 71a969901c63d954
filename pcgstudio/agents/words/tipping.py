"""Where the end of a thing towards a side is: the region of a relation to it, and what it asks of a coast."""

from __future__ import annotations

from ...region import EndOf
from .demand import Demand, Link
from .meaning import is_water

END_OF = "end_of"
"""Kind of a link to a side of the thing itself: its target is the thing, its other end the side."""

TIP = 0.25
"""How much of a thing's extent is its end, where something must be found; it is built well within."""


def end_of(link: Link, share: float, reach_m: float) -> EndOf:
    """Return the ground of an end: of the thing itself, and the land near it where the thing is water.

    Parameters
    ----------
    link : Link
        The end.
    share : float
        How much of the thing's extent towards that side is its end.
    reach_m : float
        How far "near" reaches.
    """
    reach = reach_m if is_water(link.target) else 0.0
    return EndOf.model_validate({"feature": link.target, "side": link.other, "share": share, "reach_m": reach})


def pointed_to(demands: list[Demand]) -> str:
    """Return the side to which a peninsula must reach so that its end is there; empty where none is told."""
    ends = [ln for d in demands if not d.absent for ln in d.links if ln.kind == END_OF and ln.target == "peninsula"]
    return next((ln.other for ln in ends), "")
