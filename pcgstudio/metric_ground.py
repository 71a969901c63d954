"""What the ground is like: heights, slopes, climate, extent."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .build import context_of
from .metric import EIGHT, Scene, metric


@metric("m", absolute=2, relative=0.05)
def height(scene: Scene, feature: str = "map") -> float | None:
    """Highest ground of the feature above the sea, or else the lowest ground; of rooms and mazes how tall walls are."""
    if feature not in ("map", "land") and scene.feature(feature).layer == "cell" and (walls := _walls(scene)):
        return walls
    inside = scene.mask(feature) & scene.region
    return float(scene.world["height"][inside].max()) if inside.any() else None


@metric("m", absolute=2, relative=0.15)
def drop(scene: Scene, feature: str) -> float | None:
    """How far the ground falls beside the feature: down the face of a cliff, from crest to trough of dunes."""
    inside = scene.mask(feature) & scene.region
    if not inside.any():
        return None
    world = scene.world
    surface = np.fmax(world["height"], world["water_level"])
    reach = float(np.clip(_BESIDE * max(world.grid.extent_m), 40.0, 120.0))
    cells = max(3, round(reach / world.grid.cell_size_m) | 1)
    fall = ndimage.maximum_filter(surface, cells) - ndimage.minimum_filter(surface, cells)
    return float(np.median(fall[inside]))


_BESIDE = 0.075
"""Within what share of the map's longer side the ground beside a cliff or a dune is compared."""


def _walls(scene: Scene) -> float | None:
    """Height [m] of the walls of an interior over its floor: the upper quarter, as cave walls are uneven."""
    parts = {p.name: p.vertices[:, 2] for p in scene.world.parts}
    tops = [z for name, z in parts.items() if name in ("wall_top", "cave_top")]
    floors = [z for name, z in parts.items() if name in ("floor", "corridor_floor", "cave_ground")]
    if not tops or not floors:
        return None
    return float(np.percentile(np.concatenate(tops), 75) - np.median(np.concatenate(floors)))


@metric("m", absolute=2, relative=0.1)
def lowest(scene: Scene, feature: str = "map") -> float | None:
    """Lowest ground of the feature."""
    inside = scene.mask(feature) & scene.region
    return float(scene.world["height"][inside].min()) if inside.any() else None


@metric("m", absolute=2, relative=0.1)
def mean_height(scene: Scene, feature: str = "map") -> float | None:
    """Mean ground height of the feature."""
    inside = scene.mask(feature) & scene.region
    return float(scene.world["height"][inside].mean(dtype=np.float64)) if inside.any() else None


@metric("m", absolute=2, relative=0.1)
def relief(scene: Scene, feature: str = "land") -> float | None:
    """Difference between the highest and the lowest ground of the feature."""
    inside = scene.mask(feature) & scene.region
    return float(np.ptp(scene.world["height"][inside])) if inside.any() else None


@metric("m", absolute=1, relative=0.1)
def depth(scene: Scene, feature: str) -> float | None:
    """Deepest water of the feature; for dry hollows, the drop from the ground around to the floor."""
    inside = scene.mask(feature) & scene.region
    if not inside.any():
        return None
    ground = scene.world["height"]
    if scene.feature(feature).layer == "water_kind":
        return float(np.nanmax(scene.world["water_level"][inside] - ground[inside]))
    rim = ndimage.binary_dilation(inside, EIGHT, iterations=2) & ~inside
    return float(np.median(ground[rim]) - np.percentile(ground[inside], 5)) if rim.any() else None


@metric("m", absolute=0.1, relative=0.1)
def wear(scene: Scene, feature: str = "erosion") -> float | None:
    """Mean depth that water or scree has taken off the land."""
    inside = scene.mask("land") & scene.region
    worn = scene.world.layers.get(scene.feature(feature).layer)
    return float(worn.data[inside].mean(dtype=np.float64)) if worn is not None and inside.any() else None


@metric("deg", absolute=3)
def steepness(scene: Scene, feature: str = "land") -> float | None:
    """Mean slope of the feature's ground."""
    inside = scene.mask(feature) & scene.region
    return float(scene.world["slope"][inside].mean(dtype=np.float64)) if inside.any() else None


@metric("deg", absolute=3)
def rim_steepness(scene: Scene, feature: str, part: float = 0.5) -> float | None:
    """Steepest slope met on the way down from a raised feature: what a part of its outline, half or all, reaches."""
    inside = scene.mask(feature) & scene.region
    if not inside.any():
        return None
    rim = ndimage.binary_dilation(inside, EIGHT, iterations=2) & ~ndimage.binary_erosion(inside, EIGHT, iterations=2)
    steepest = ndimage.maximum_filter(scene.world["slope"], 5)
    return float(np.quantile(steepest[rim], 1 - part)) if rim.any() else None


@metric("share", absolute=0.05)
def flat_share(scene: Scene, feature: str = "land", below_deg: float = 6.0) -> float | None:
    """Share of the feature's ground that is flatter than a slope."""
    inside = scene.mask(feature) & scene.region
    return float((scene.world["slope"][inside] < below_deg).mean()) if inside.any() else None


@metric("m", relative=0.2)
def roughness(scene: Scene, feature: str = "land", over_m: float = 40.0) -> float | None:
    """How far the ground departs from its mean over a neighbourhood (standard deviation)."""
    inside = scene.mask(feature) & scene.region
    if not inside.any():
        return None
    ground = scene.world["height"].astype(np.float64)
    smooth = ndimage.uniform_filter(ground, max(3, round(over_m / scene.world.grid.cell_size_m)))
    return float((ground - smooth)[inside].std())


@metric("")
def highest_inside(scene: Scene, feature: str = "land") -> float | None:
    """1 where the highest ground of a feature lies in the region."""
    mask = scene.mask(feature)
    if not mask.any():
        return None
    ground = np.where(mask, scene.world["height"], -np.inf)
    return float(scene.region[ground >= ground.max() - 0.02 * abs(np.ptp(scene.world["height"][mask]))].any())


@metric("", absolute=0.1)
def trend(scene: Scene, feature: str, along: str) -> float | None:
    """From -1 to 1: how much more of the feature lies in the upper half of the land along height or a compass side."""
    land = scene.mask("land") & scene.region
    if not land.any():
        return None
    if along == "height":
        value = scene.world["height"]
    else:
        u, v = context_of(scene.world).normalised()
        axes = {"north": v - 0 * u, "south": -v - 0 * u, "east": u - 0 * v, "west": -u - 0 * v}
        value = axes[along]
    middle = np.median(value[land])
    mask = scene.mask(feature) & land
    upper, lower = (
        float((mask & half).sum() / max((land & half).sum(), 1)) for half in (value > middle, value <= middle)
    )
    return (upper - lower) / (upper + lower) if upper + lower else None


@metric("°C", absolute=1)
def temperature(scene: Scene) -> float | None:
    """Mean yearly temperature of the land."""
    land = scene.mask("land") & scene.region
    if not land.any() or "temperature" not in scene.world:
        return None
    return float(scene.world["temperature"][land].mean(dtype=np.float64))


@metric("°C", absolute=1)
def warmer_by(scene: Scene) -> float | None:
    """How much warmer the land in the region is than the rest of the land, in the yearly mean."""
    land = scene.mask("land")
    here, rest = land & scene.region, land & ~scene.region
    if not (here.any() and rest.any()) or "temperature" not in scene.world:
        return None
    warmth = scene.world["temperature"]
    return float(warmth[here].mean(dtype=np.float64) - warmth[rest].mean(dtype=np.float64))


@metric("share", absolute=0.05)
def moisture(scene: Scene) -> float | None:
    """Mean moisture of the land, from 0 (arid) to 1 (wet)."""
    land = scene.mask("land") & scene.region
    if not land.any() or "moisture" not in scene.world:
        return None
    return float(scene.world["moisture"][land].mean(dtype=np.float64))


@metric("m", absolute=1, relative=0.01)
def extent(scene: Scene, side: str = "longer") -> float:
    """Size of the map: its longer, shorter, east-west (``east``) or north-south (``north``) side."""
    east, north = scene.world.grid.extent_m
    return {"east": east, "north": north, "shorter": min(east, north)}.get(side, max(east, north))


@metric("", absolute=0)
def sides_touched(scene: Scene, feature: str) -> float:
    """How many of the four sides of the map the feature touches."""
    mask = scene.mask(feature)
    return float(sum(bool(edge.any()) for edge in (mask[0], mask[-1], mask[:, 0], mask[:, -1])))
