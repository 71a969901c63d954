"""What runs across the whole map between the things on its two sides, and through its middle."""

from __future__ import annotations

from ..words.demand import Link, Reading
from .cursor import opposite

_DIVIDING = ("river", "mountain range", "canyon", "valley")


def run_between(reading: Reading) -> None:
    """Let a river between hills in the north and a desert in the south run from west to east, or the other way."""
    for demand in [d for d in reading.demands if d.feature in _DIVIDING and not d.absent]:
        link = next((ln for ln in demand.links if ln.kind == "between" and ln.target != ln.other), None)
        if link is None or any(ln.kind in ("from", "to") for ln in demand.links):
            continue
        named = [{p.name for d in reading.demands if d.feature == name for p in d.places}
                 for name in (link.target, link.other)]  # fmt: skip
        facing = {side for side in named[0] | named[1] if opposite(side) in named[0] | named[1]}
        across = "west" if facing & {"north"} else "north" if facing & {"west"} else ""
        if across:  # what crosses the whole map is not built in the strip between two middles
            demand.links.remove(link)
            demand.links += [Link("from", across), Link("to", opposite(across))]
            demand.links += [Link("through", "centre")] if demand.feature == "river" else []


def run_through(reading: Reading) -> None:
    """Read "a range from west to east in the middle" as one that passes the middle: it does not fit in there."""
    for demand in reading.demands:
        ends = {ln.kind: ln.target for ln in demand.links if ln.kind in ("from", "to")}
        if demand.feature not in _DIVIDING or ends.get("to") != opposite(ends.get("from", "?")):
            continue
        middle = [p for p in demand.places if p.name == "centre"]
        demand.places = [p for p in demand.places if p.name != "centre"]
        passing = Link("through", "centre")
        if middle and demand.feature == "river" and passing not in demand.links:
            demand.links.append(passing)
