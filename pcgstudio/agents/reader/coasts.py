"""What stands in the sea has an island to stand on."""

from __future__ import annotations

from dataclasses import replace

from ..words.demand import Amount, Demand, Reading
from .cursor import RELIEF

_LAND = ("island", "archipelago", "continent", "peninsula", "coast", "land", "lake island")
_STANDING = (*RELIEF, "castle", "lighthouse", "temple", "watchtower", "village", "town")
_IN = ("in", "on", "middle", "surrounded")


def out_of_the_sea(reading: Reading) -> None:
    """Read "a volcano rising out of the sea" as one on an island of its own, where no other land is spoken of."""
    if any(d.feature in _LAND and not d.absent for d in reading.demands):
        return
    for demand in [d for d in reading.demands if d.feature in _STANDING and not d.absent]:
        at_sea = [ln for ln in demand.links if ln.target == "sea" and ln.kind in _IN]
        if not at_sea:
            continue
        demand.links = [replace(ln, kind="on", target="island") if ln in at_sea else ln for ln in demand.links]
        if not any(d.feature == "island" for d in reading.demands):
            island = Demand("island", demand.quote, count=Amount.exactly(1), implied=True, aside=True)
            reading.demands.append(island)
            reading.interpretations.append(f"read '{reading.quoted(demand)}' as standing on an island")
