"""Streets: lines along a tensor field that follows a plan, the slope and the shore."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pcgstudio.world import FloatArray

from .kernels.streets import meetings, owners, pave, trace, trimmed
from .town_kinds import Kind
from .town_site import Mask, Plot

STEP_M = 3.0
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Streets:
    """Streets on the lattice of a settlement.

    Parameters
    ----------
    points, starts : ndarray
        ``(n, 2)`` [m], street after street; where each begins, one more than streets.
    half : ndarray
        Half the width of each [m].
    """

    points: Doubles
    starts: Ints
    half: Doubles

    def __len__(self) -> int:
        return len(self.half)

    def line(self, number: int) -> Doubles:
        """``(m, 2)`` the points of a street."""
        return self.points[self.starts[number] : self.starts[number + 1]]

    def gap(self, plot: Plot, reach_m: float = 14.0) -> FloatArray:
        """``(rows, cols)`` distance from the nearest kerb [m], as far as ``reach_m``; negative on streets."""
        gap = np.full(plot.shape, reach_m, dtype=np.float32)
        pave(gap, self.points, self.starts, self.half, reach_m, plot.h)
        return gap


@dataclass(frozen=True)
class Field:
    """A tensor field as its double angle; ``(rows, cols) float32``. Source: Chen et al. 2008."""

    cos2: FloatArray
    sin2: FloatArray


def field_of(plot: Plot, layout: str, bend: float, dice: Doubles, radius_m: float) -> Field:
    """Return the field of a layout, turned along slopes and shores.

    Parameters
    ----------
    plot : Plot
        The ground.
    layout : str
        ``organic``, ``grid`` or ``radial``.
    bend : float
        How far streets wander [rad].
    dice : ndarray
        ``(8,)`` in [0, 1).
    radius_m : float
        Radius of the settlement [m].
    """
    x, y = plot.points()
    soft = gaussian_filter(plot.height, max(8.0 / plot.h, 1))
    gy, gx = np.gradient(soft, plot.h)
    steep = np.hypot(gx, gy)
    slope = np.minimum(steep / 0.12, 1) ** 1.5
    contour = np.arctan2(gy, gx) + np.pi / 2
    by, bx = np.gradient(gaussian_filter(np.minimum(plot.shore, 300), max(10.0 / plot.h, 1)), plot.h)
    bank = np.exp(-plot.shore / 45.0) * (np.hypot(bx, by) > 0.2)
    shore = np.arctan2(by, bx) + np.pi / 2
    near = plot.free & (np.hypot(x - plot.centre[0], y - plot.centre[1]) < radius_m)
    wide = max(16.0 / plot.h, 1)  # streets take no notice of every knoll
    pull = [gaussian_filter(slope * f(2 * contour), wide) + 1.4 * bank * f(2 * shore) for f in (np.cos, np.sin)]
    mean = [float(p[near].mean()) if near.any() else 0.0 for p in pull]
    base = 0.5 * np.arctan2(mean[1], mean[0]) if np.hypot(mean[0], mean[1]) > 0.12 else dice[0] * np.pi
    ring = np.arctan2(y - plot.centre[1], x - plot.centre[0]) + np.pi / 2
    own, heed = {"grid": (base, 0.0), "radial": (ring, 0.25), "round": (ring, 0.7)}.get(layout, (base, 1.0))
    wave = sum(
        np.cos((np.cos(t) * x + np.sin(t) * y) * (2 * np.pi / long) + 2 * np.pi * d)
        for t, d, long in zip(6.3 * dice[1:7:2], dice[2:8:2], (190.0, 130.0, 310.0), strict=True)
    )  # fmt: skip
    angle = own + bend * wave / 1.7
    weight = {"grid": 1.0, "radial": 1.0, "round": 0.9}.get(layout, 0.55)
    return Field(
        *((weight * f(2 * angle) + heed * p).astype(np.float32) for f, p in zip((np.cos, np.sin), pull, strict=True))
    )


def lay_streets(
    plot: Plot, kind: Kind, layout: str, field: Field, inside: Mask, radius_m: float, square: Doubles
) -> Streets:
    """Trace the streets of a settlement inside a mask; all hang together.

    ``square`` is ``(4, 2)`` the corners of the square, or empty.
    """
    main_apart, apart, across = kind.apart
    near = [np.full(plot.shape, 1e3, dtype=np.float32) for _ in range(2)]
    found: list[tuple[Doubles, Ints, float, bool]] = []
    middle = np.array([plot.centre])

    def run(
        seeds: Doubles, family: int, gap_m: float, width_m: float, longest: float, breed: bool, spare: bool
    ) -> Doubles:
        points, starts = trace(field.cos2, field.sin2, inside, near[family], seeds, family, gap_m, 0.62 * gap_m, STEP_M,
                               longest, min(0.55 * gap_m, 26.0), plot.h, breed)  # fmt: skip
        found.append((points, starts, width_m, spare))
        return points

    rays = _rays(plot, square, 5 if layout == "organic" else 8)
    if kind.dead_ends and layout == "organic":
        main = run(middle, 0, 30.0, kind.main_m, 2.4 * radius_m, False, True)
        order = np.argsort(np.hypot(*(main - plot.centre).T))
        lanes = run(main[order] if len(main) else middle, 1, across, kind.lane_m, 1.1 * radius_m, False, True)
        if radius_m > 1.1 * apart:
            hop = max(1, int(apart / STEP_M / 2))
            rows = run(lanes[::hop], 0, apart, kind.lane_m, 1.6 * radius_m, True, False)
            run(np.concatenate([rows[::hop], main[::hop]]), 1, 1.15 * across, kind.lane_m, 1.2 * radius_m, True, False)
    else:
        if layout == "grid":
            run(middle, 0, main_apart or 4 * apart, kind.main_m, 4 * radius_m, True, False)
            run(middle, 1, main_apart or 4 * apart, kind.main_m, 4 * radius_m, True, False)
        else:
            run(rays, 1, 16.0, kind.main_m, 1.6 * radius_m, False, True)
            if main_apart:
                run(rays, 0, main_apart, kind.main_m, 8 * radius_m, True, False)
        x, y = plot.points()
        spots = np.stack([x[inside], y[inside]], axis=1).astype(np.float64)
        spots = spots[np.argsort(np.hypot(*(spots - plot.centre).T), kind="stable")][
            :: max(1, int((0.4 * apart / plot.h) ** 2))
        ]
        run(np.concatenate([rays, spots]), 0, apart, kind.lane_m, 8 * radius_m, True, False)
        run(np.concatenate([rays, spots]), 1, across, kind.lane_m, 4 * radius_m, True, False)
    return _joined(plot, found, inside, max(apart, across), kind)


def _rays(plot: Plot, square: Doubles, many: int) -> Doubles:
    """``(many, 2)`` places around the centre where main streets begin."""
    out = 10.0 + (float(np.hypot(*(square - square.mean(axis=0)).T).max()) if len(square) else 6.0)
    angle = np.arange(many) * 2 * np.pi / many + 0.3
    return np.asarray(plot.centre) + out * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _joined(
    plot: Plot, found: list[tuple[Doubles, Ints, float, bool]], inside: Mask, ahead: float, kind: Kind
) -> Streets:
    """Close gaps, cut dangling ends, and keep the streets that hang together with the most others."""
    points = np.concatenate([p for p, _, _, _ in found])
    shift = np.cumsum([0] + [len(p) for p, _, _, _ in found])
    starts = np.concatenate([[0], *(s[1:] + o for (_, s, _, _), o in zip(found, shift, strict=False))]).astype(np.int64)
    half = np.concatenate([np.full(len(s) - 1, w / 2) for _, s, w, _ in found])
    keep = np.concatenate([np.full(len(s) - 1, spare) for _, s, _, spare in found]).astype(bool)
    if len(half) == 0:
        return Streets(points, starts, half)
    who = owners(points, starts, plot.shape, plot.h)
    points, starts, source = trimmed(points, starts, who, inside, 1.2 * ahead, STEP_M, plot.h, keep)
    half = half[source]
    links = meetings(points, starts, owners(points, starts, plot.shape, plot.h), plot.h)
    _, group = connected_components(coo_array(links), directed=False)
    long = np.diff(starts)
    best = int(np.argmax(np.bincount(group, weights=long))) if len(group) else 0
    return chosen(Streets(points, starts, half), group == best)


def chosen(streets: Streets, wanted: NDArray[np.bool_]) -> Streets:
    """Return some of the streets."""
    lines = [streets.line(int(k)) for k in np.flatnonzero(wanted)]
    starts = np.cumsum([0] + [len(n) for n in lines]).astype(np.int64)
    return Streets(np.concatenate(lines) if lines else np.empty((0, 2)), starts, streets.half[wanted])
