"""Summits in a row, a ring or an arc: places that follow a line, as large as fit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError

from .placement import Site, crowded

Doubles = NDArray[np.float64]

FORMATION_WORDS: dict[str, tuple[str, ...]] = {
    "ring": ("ring", "in a ring", "ring shaped", "circle", "in a circle", "circular", "encircling"),
    "arc": ("arc", "in an arc", "arc shaped", "crescent", "crescent shaped", "horseshoe", "horseshoe shaped",
            "semicircle", "half circle", "curved"),
}  # fmt: skip

LEAST_RING = 3
"""Summits without which nothing looks like a ring or an arc."""

_ARC = 1.15 * np.pi  # angle that an arc spans
_INNER = 1.75  # least radius of a ring against its summits': room for a clear interior
_TIGHT = 1.08
_SHRINK = 0.92


def row(
    rng: np.random.Generator,
    site: Site,
    count: int,
    wanted: float,
    least: float,
    apart: float,
    direction_deg: float | None,
    what: str,
) -> tuple[Doubles, float]:
    """Lay summits along a bent line through the middle of the region.

    Parameters
    ----------
    wanted, least : float
        Largest and smallest radius of a summit's foot [m].
    apart : float
        Distance of neighbours as a multiple of the radius.
    direction_deg : float, optional
        Direction of the line: 0 runs east-west; None: as it falls.
    what : str
        Plural name for the error.

    Returns
    -------
    tuple
        ``(count, 2)`` x, y [m] and the radius [m] that fits.

    Raises
    ------
    BuildError
        Not even the smallest fit.
    """
    turns = [rng.uniform(0, np.pi)]
    if direction_deg is not None:
        turns = [np.radians(direction_deg)]
    else:
        turns += [turns[0] + k * np.pi / 6 for k in range(1, 6)]
    bend, jitter = rng.uniform(-0.12, 0.12), rng.uniform(-1, 1, (count, 2)) * (0.05, 0.13)
    places = hearts(site)
    radius, most = wanted, 0
    while True:
        for turn in turns:
            for heart in places:
                spots = _line(heart, turn, count, apart * radius * _TIGHT, bend, jitter)
                free = _free(site, spots, radius)
                if free.all():
                    return spots, radius
                most = max(most, int(free.sum()))
        if radius <= least:
            raise crowded(count, most, f"{what} in a row")
        radius = max(radius * _SHRINK, least)


def around(
    rng: np.random.Generator, site: Site, count: int, wanted: float, least: float, apart: float, shape: str, what: str
) -> tuple[Doubles, float]:
    """Lay summits on a circle about the middle of the region, all around (``ring``) or half around (``arc``).

    Parameters and result are those of `row`; a ring's interior stays clear.

    Raises
    ------
    BuildError
        Fewer than three are asked for, or not even the smallest fit.
    """
    if count < LEAST_RING:
        raise BuildError(f"{count} {what} make no {shape}; ask for {LEAST_RING} or more")
    start = rng.uniform(0, 2 * np.pi)
    jitter = rng.uniform(-1, 1, (count, 2)) * (0.1, 0.05)
    turns = start + np.arange(1 if shape == "ring" else 8) * np.pi / 4
    places = hearts(site)[: 1 if shape == "ring" else 25]
    radius, most = wanted, 0
    while True:
        for turn in turns.tolist():
            for heart in places:
                spots = _circle(heart, turn, count, apart * radius * _TIGHT, _INNER * radius, jitter, shape)
                free = _free(site, spots, radius)
                if free.all():
                    return spots, radius
                most = max(most, int(free.sum()))
        if radius <= least:
            raise crowded(count, most, f"{what} in {'an arc' if shape == 'arc' else 'a ring'}")
        radius = max(radius * _SHRINK, least)


def _free(site: Site, spots: Doubles, radius: float) -> NDArray[np.bool_]:
    """``(n,)`` which spots lie on the map with room for most of a summit."""
    inside = ((spots >= 0) & (spots <= site.grid.extent_m)).all(axis=1)
    return np.asarray(inside & (site.grid.sample(site.room_m, spots) >= 0.7 * radius))


def _line(heart: Doubles, turn: float, count: int, step: float, bend: float, jitter: Doubles) -> Doubles:
    along = (np.arange(count) - (count - 1) / 2) * step
    half = max(float(along[-1]), step)
    across = bend * 2 * half * (1 - (along / half) ** 2)
    along, across = along + jitter[:, 0] * step, across + jitter[:, 1] * step
    way, side = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    return np.asarray(heart + along[:, None] * way + across[:, None] * side)


def _circle(heart: Doubles, turn: float, count: int, step: float, least: float, jitter: Doubles, shape: str) -> Doubles:
    """``(count, 2)`` places on a circle at least ``least`` wide [m], an arc's about its own middle."""
    between = 2 * np.pi / count if shape == "ring" else _ARC / (count - 1)
    # A little wider than the step asks, for neighbours that lean toward each other.
    reach = max(1.06 * step / (2 * np.sin(between / 2)), least)
    angle = turn + (np.arange(count) - (0 if shape == "ring" else (count - 1) / 2)) * between
    out = reach * (1 + jitter[:, 1] * min(1.0, step / reach))
    angle = angle + jitter[:, 0] * between * 0.4
    spots = np.column_stack([out * np.cos(angle), out * np.sin(angle)])
    if shape == "arc":
        spots -= 0.5 * reach * np.array([np.cos(turn), np.sin(turn)])
    return np.asarray(heart + spots)


def hearts(site: Site) -> Doubles:
    """Points of the region to centre something on, the middle first [m]: ``(n, 2)``."""
    rows, cols = np.nonzero(site.open)
    xs, ys = site.grid.xs(), site.grid.ys()
    middle = np.array([(xs[cols.min()] + xs[cols.max()]) / 2, (ys[rows.min()] + ys[rows.max()]) / 2])
    u, v = np.meshgrid(np.linspace(0.1, 0.9, 9), np.linspace(0.1, 0.9, 9))
    rest = np.column_stack([u.ravel(), v.ravel()]) * site.grid.extent_m
    rest = rest[np.argsort(np.hypot(*(rest - middle).T), kind="stable")]
    return np.vstack([middle, rest])
