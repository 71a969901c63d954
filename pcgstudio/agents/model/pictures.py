"""The map from above for a model that can see, with the ground outlined that a missed check is about."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from ...brief import Check, Report
from ...build import context_of
from ...feature import feature_mask
from ...generator import load_features
from ...ground import painted
from ...region import Everywhere
from ...world import World

LONGEST = 512
"""Pixels on the longer side: four tiles at the high detail of an endpoint that counts by tiles."""

RED = (225, 30, 40)
DOTS = {"tree": (28, 66, 36), "rock": (96, 92, 88), "grass": (120, 150, 60)}
OTHER_DOT = (200, 120, 20)
OUTLINED = 3
"""Missed checks that are outlined; more would hide the map."""


def missed_ground(world: World, report: Report) -> NDArray[np.bool_]:
    """``(rows, cols, k)`` where the first few missed checks look: their region, else the feature they are about."""
    masks = [_ground(world, row.check) for row in report.checks if not row.passed]
    shown = [m for m in masks if m.any() and not m.all()][:OUTLINED]
    return np.stack(shown, axis=-1) if shown else np.zeros((*world.grid.shape, 0), dtype=bool)


def _ground(world: World, check: Check) -> NDArray[np.bool_]:
    if not isinstance(check.region, Everywhere):
        return check.region.evaluate(context_of(world)) >= 0.5
    feature = load_features().get(str(check.arguments.get("feature", "")))
    if feature is None:
        return np.zeros(world.grid.shape, dtype=bool)
    return feature_mask(feature, world.grid, world.layers, world.instances)


def outlined(world: World, report: Report) -> bytes:
    """Return a PNG of the map from above, north up, with what is missed outlined in red."""
    ground = painted(world, LONGEST, colour_by="cell" if "cell" in world and not _grows(world) else "biome")
    picture = np.clip(ground.colour * 255, 0, 255).astype(np.uint8)
    rows, cols = picture.shape[:2]
    for kind, placed in world.instances.items():
        x, y = placed.placement[:, 0] / world.grid.extent_m[0], placed.placement[:, 1] / world.grid.extent_m[1]
        c, r = np.clip(x * cols, 0, cols - 1).astype(int), np.clip((1 - y) * rows, 0, rows - 1).astype(int)
        for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
            picture[np.minimum(r + down, rows - 1), np.minimum(c + right, cols - 1)] = DOTS.get(kind, OTHER_DOT)
    missed = missed_ground(world, report)
    r = np.arange(rows) * world.grid.rows // rows
    c = np.arange(cols) * world.grid.cols // cols
    for number in range(missed.shape[-1]):
        mask = missed[..., number][r[:, None], c[None, :]]
        picture[mask & ~ndimage.binary_erosion(mask, iterations=2)] = RED
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def _grows(world: World) -> bool:
    """Whether anything of a landscape is there: relief beyond that of a floor, or biomes."""
    return "biome" in world or float(np.ptp(world["height"])) > 0.05 * min(world.grid.extent_m)
