"""A cave in a mountain is a hole in a hillside, not a floor plan: what some words mean where the map is a landscape."""

from __future__ import annotations

from ...generator import load_features, load_generators
from ..words.demand import Reading

OUTDOORS = {"cave": "hillside cave"}
"""By the feature that a word means alone, what it means in a landscape."""

_LAND = ("landmass", "landform", "surface")


def outdoors(reading: Reading) -> Reading:
    """Return the reading with such demands turned, where it asks for landforms and for no other interior."""
    asked = {demand.feature for demand in reading.demands}
    if not asked & OUTDOORS.keys() or not asked & _features(_LAND, "") or asked & _features((), "interiors"):
        return reading
    for demand in reading.demands:
        turned = OUTDOORS.get(demand.feature, "")
        demand.feature = turned if turned in load_features() else demand.feature
    return reading


def _features(stages: tuple[str, ...], family: str) -> set[str]:
    """Names of the features that generators of some stages, or of a family, declare; `OUTDOORS` left out."""
    makers = [g for g in load_generators().values() if g.stage in stages or g.family == family]
    return {feature.name for one in makers for feature in one.features} - OUTDOORS.keys()
