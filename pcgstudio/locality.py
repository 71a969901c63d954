"""How much of a map an edit changed, inside and outside the region it was about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .build import context_of
from .feature import feature_mask
from .generator import get_generator, load_features
from .recipe import Recipe, Step
from .region import Everywhere
from .world import World

HEIGHT_M = 0.25
"""Smallest change of the ground that counts: less cannot be seen on a map of any size this program draws."""

MUCH = 0.1
"""Share of the map outside the region of an edit above which its change is worth a remark."""

_IGNORED = frozenset({"slope", "flow", "erosion", "deposition", "moisture", "temperature"})
"""By-products: they follow from the others and differ everywhere by rounding."""


@dataclass(frozen=True)
class Locality:
    """Shares of cells that changed.

    Parameters
    ----------
    inside : float
        Of the region the edit was about.
    outside : float
        Of the rest of the map.
    """

    inside: float
    outside: float

    @property
    def told(self) -> str:
        """Both shares in a sentence, with the remark in a line of its own."""
        said = f"{self.inside:.1%} of the asked region and {self.outside:.1%} of the map outside it changed"
        return f"{said}\nnote: {self.remark}" if self.remark else said

    @property
    def remark(self) -> str:
        """What an edit did to places it was not about, in a sentence; empty where that is little."""
        if self.outside <= MUCH:
            return ""
        return (
            f"{self.outside:.0%} of the rest of the map changed too: later steps follow the new ground; hold what must "
            "stay with --hold"
        )


def locality(before: World, after: World, old: Recipe, new: Recipe) -> Locality:
    """Compare two worlds of one grid; the region is where the changed steps work and what they made."""
    if before.grid != after.grid:
        return Locality(1.0, 1.0)
    changed = changed_cells(before, after)
    region = _region(before, after, old, new)
    share = [float(changed[part].mean()) if part.any() else 0.0 for part in (region, ~region)]
    return Locality(share[0], share[1])


def changed_cells(before: World, after: World) -> NDArray[np.bool_]:
    """``(rows, cols)`` where the ground moved or any mask or category switched."""
    moved = after["height"] + np.float32(after.datum_m) - before["height"] - np.float32(before.datum_m)
    changed: NDArray[np.bool_] = np.abs(moved) > HEIGHT_M
    for name in (set(before.layers) | set(after.layers)) - _IGNORED:
        old, new = before.layers.get(name), after.layers.get(name)
        if old is None or new is None:
            changed |= (new or old).data > 0  # type: ignore[union-attr] # one of them exists, or the name would not
        elif old.kind != "continuous":
            changed |= old.data != new.data
    return changed


def _region(before: World, after: World, old: Recipe, new: Recipe) -> NDArray[np.bool_]:
    earlier, later = ({s.id: s for s in r.steps} for r in (old, new))
    touched = [s for i, s in later.items() if earlier.get(i) != s] + [s for i, s in earlier.items() if i not in later]
    region = np.zeros(before.grid.shape, dtype=bool)
    for step in touched:
        for world in (before, after):
            region |= _extent_of(step, world)
    reach = max(1, round(0.05 * max(before.grid.shape)))
    if not region.any():
        return region
    near: NDArray[np.bool_] = ndimage.distance_transform_edt(~region) <= reach
    return near


def _extent_of(step: Step, world: World) -> NDArray[np.bool_]:
    """Where a step's features are, or its region where it makes nothing that can be seen."""
    masks = [
        feature_mask(f, world.grid, world.layers, world.instances)
        for f in get_generator(step.generator).features
        if f.name in load_features() and f.layer not in ("", "height")
    ]
    made = np.any(masks, axis=0) if masks else np.zeros(world.grid.shape, dtype=bool)
    if made.any() or isinstance(step.where, Everywhere):
        return made if made.any() else np.ones(world.grid.shape, dtype=bool)
    return step.where.evaluate(context_of(world)) > 0
