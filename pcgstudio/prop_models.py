"""Low-poly models of what people leave in the open: crates, barrels, tents, wells, standing stones and ruins.

Drawn in metres with the front at +x, and scaled to one unit of height with the other models.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .building_models import Geometry, Pieces, box, column, extruded, oriented


def _moved(geometry: Geometry, x: float, y: float, z: float = 0.0, turn: float = 0.0) -> Geometry:
    points, faces = geometry
    cos, sin = np.cos(turn), np.sin(turn)
    turned = np.column_stack([points[:, 0] * cos - points[:, 1] * sin, points[:, 0] * sin + points[:, 1] * cos])
    return np.column_stack([turned + np.array([x, y]), points[:, 2] + z]).astype(np.float32), faces


def _crate(rng: np.random.Generator) -> Pieces:
    del rng
    bands = [box((-0.52, s * 0.46 - 0.06, 0.0), (0.52, s * 0.46 + 0.06, 1.0)) for s in (-1, 1)]
    return [("wood", box((-0.48, -0.48, 0.02), (0.48, 0.48, 0.98))), *(("timber", b) for b in bands)]


def _barrel(rng: np.random.Generator) -> Pieces:
    del rng
    hoop = [column(7, [(r, z), (r, z + 0.07)]) for r, z in ((0.375, 0.2), (0.375, 0.73))]
    return [
        ("wood", column(7, [(0.29, 0.0), (0.36, 0.25), (0.38, 0.5), (0.36, 0.75), (0.29, 1.0)])),
        *(("iron", h) for h in hoop),
    ]


def _tent(rng: np.random.Generator) -> Pieces:
    cloth = "cloth" if rng.random() < 0.4 else "plaster_warm"
    # A ridge tent: its gables stand at +x and -x, the flap open toward the front.
    roof = extruded([(-1.5, 0.0), (1.5, 0.0), (0.0, 2.0)], [(0, 1, 2)], -1.9, 1.9, along="x")
    flap = np.array([[1.92, -0.45, 0.02], [1.92, 0.45, 0.02], [1.92, 0.0, 1.35]], dtype=np.float32)
    pole = [_moved(column(5, [(0.05, 0.0), (0.05, 2.15)]), x, 0.0) for x in (-1.95, 1.97)]
    return [
        (cloth, roof), ("window", (flap, np.array([[0, 1, 2]], dtype=np.int32))), *(("timber", p) for p in pole),
    ]  # fmt: skip


def _campfire(rng: np.random.Generator) -> Pieces:
    stones = [
        (
            "stone",
            _moved(column(4, [(0.16, 0.0), (0.12, 0.2)]), 0.62 * np.cos(a), 0.62 * np.sin(a), 0, rng.uniform(0, 2)),
        )
        for a in np.arange(6) * np.pi / 3
    ]
    logs = [("wood", _moved(box((-0.5, -0.07, 0.04), (0.5, 0.07, 0.2)), 0, 0, 0.03 * k, k * 1.5)) for k in range(2)]
    return [*stones, *logs, ("ember", column(4, [(0.24, 0.15), (0.16, 0.45), (0.01, 0.75)]))]


def _well(rng: np.random.Generator) -> Pieces:
    del rng
    posts = [("timber", box((-0.08, y - 0.08, 0.0), (0.08, y + 0.08, 2.0))) for y in (-0.85, 0.85)]
    roof = extruded([(-0.95, 1.95), (0.95, 1.95), (0.0, 2.6)], [(0, 1, 2)], -1.15, 1.15)
    return [
        ("stone", column(10, [(0.95, 0.0), (0.9, 0.8)])), ("water", column(10, [(0.68, 0.78), (0.68, 0.82)])),
        *posts, ("timber", box((-0.05, -0.85, 1.55), (0.05, 0.85, 1.65))), ("roof_brown", roof),
    ]  # fmt: skip


def _haystack(rng: np.random.Generator) -> Pieces:
    lean = float(rng.uniform(-0.05, 0.05))
    body = column(9, [(0.95, 0.0), (1.05, 0.45), (0.85, 1.1), (0.4, 1.65), (0.06, 1.9)])
    return [("thatch", _moved(body, lean, 0)), ("timber", column(4, [(0.05, 1.7), (0.04, 2.15)]))]


def _cart(rng: np.random.Generator) -> Pieces:
    del rng
    wheels = [_wheel(y) for y in (-0.78, 0.78)]
    sides = [("wood", box((-1.1, s * 0.62 - 0.04, 0.72), (1.1, s * 0.62 + 0.04, 1.12))) for s in (-1, 1)]
    shafts = [("timber", box((1.1, s * 0.45 - 0.04, 0.62), (2.3, s * 0.45 + 0.04, 0.7))) for s in (-1, 1)]
    return [
        ("wood", box((-1.1, -0.66, 0.6), (1.1, 0.66, 0.74))), *sides,
        *shafts, *(("timber", w) for w in wheels),
    ]  # fmt: skip


def _wheel(y: float) -> Geometry:
    points, _ = disc = column(8, [(0.6, -0.05), (0.6, 0.05)])
    turned = np.column_stack([points[:, 0], points[:, 2] + y, points[:, 1] + 0.6])
    return oriented(turned.astype(np.float64), disc[1].astype(np.int64))


def _standing_stone(rng: np.random.Generator) -> Pieces:
    wide, deep = rng.uniform(0.42, 0.6), rng.uniform(0.26, 0.36)
    lean = rng.uniform(-0.07, 0.07, 2)
    rings = []
    for z, share in ((0.0, 1.0), (0.35, 0.96), (0.7, 0.86), (0.93, 0.7), (1.0, 0.4)):
        turn = np.arange(7) * 2 * np.pi / 7
        jitter = rng.uniform(0.88, 1.1, 7)
        ring = np.column_stack([deep * share * jitter * np.cos(turn), wide * share * jitter * np.sin(turn)])
        rings.append(np.column_stack([ring + lean * z, np.full(7, 2.6 * z + (0.08 * ring[:, 1] if z > 0.9 else 0.0))]))
    here, after = np.arange(7), (np.arange(7) + 1) % 7
    faces = []
    for k in range(len(rings) - 1):
        a, b = k * 7, (k + 1) * 7
        faces += [np.stack([a + here, a + after, b + after], 1), np.stack([a + here, b + after, b + here], 1)]
    fan = np.stack([np.zeros(5, int), np.arange(1, 6), np.arange(2, 7)], 1)
    return [("rock", oriented(np.concatenate(rings), np.concatenate([*faces, fan[:, ::-1], fan + 28])))]


def _grave(rng: np.random.Generator) -> Pieces:
    lean = float(rng.uniform(-0.08, 0.08))
    arch = [
        (-0.35, 0.0),
        (0.35, 0.0),
        (0.35 + lean, 0.75),
        (0.2 + lean, 0.98),
        (-0.2 + lean, 0.98),
        (-0.35 + lean, 0.75),
    ]
    stone = extruded(arch, [(0, 1, 2), (0, 2, 5), (2, 3, 4), (2, 4, 5)], -0.09, 0.09, along="x")
    return [("stone", stone), ("field_earth", _moved(box((0.12, -0.4, 0.0), (1.5, 0.4, 0.12)), 0, 0))]


def _statue(rng: np.random.Generator) -> Pieces:
    del rng
    return [
        ("stone", box((-0.6, -0.6, 0.0), (0.6, 0.6, 0.25))),
        ("slab_stone", box((-0.45, -0.45, 0.25), (0.45, 0.45, 1.0))),
        ("stone", column(6, [(0.34, 1.0), (0.3, 1.5), (0.2, 1.9), (0.33, 2.25), (0.14, 2.5)])),
        ("stone", column(5, [(0.1, 2.5), (0.17, 2.62), (0.16, 2.8), (0.05, 2.92)])),
    ]  # fmt: skip


def _ruin(rng: np.random.Generator) -> Pieces:
    """Two walls and the stumps of columns of what once was a house, broken off at different heights."""
    pieces: Pieces = []
    for length, at, turn in ((7.0, (-3.0, 0.0), np.pi / 2), (6.0, (0.0, -3.4), 0.0), (3.0, (1.8, 3.3), 0.0)):
        top = [(-length / 2, 0.0), (length / 2, 0.0)]
        steps = max(4, int(length))
        heights = np.clip(rng.uniform(0.5, 3.4, steps) * np.linspace(1.15, 0.5, steps), 0.4, 3.4)
        for k in range(steps - 1, -1, -1):
            x1, x0 = -length / 2 + length * (k + 1) / steps, -length / 2 + length * k / steps
            top += [(x1 - 0.02, float(heights[k])), (x0 + 0.02, float(heights[k]))]
        for (xa, za), (xb, _) in zip(top[2::2], top[3::2], strict=True):
            pieces.append(("stone", _moved(box((xb, -0.35, 0.0), (xa, 0.35, za)), *at, 0.0, float(turn))))
    for x, y in ((1.2, -1.6), (1.2, 1.4), (-1.0, 1.8)):
        high = float(rng.uniform(0.5, 2.8))
        pieces.append(("slab_stone", column(8, [(0.42, 0.0), (0.36, 0.15), (0.34, high)], x, y)))
    for _ in range(5):
        x, y = rng.uniform(-2.5, 3.0, 2)
        pieces.append(("stone", _moved(box((-0.35, -0.25, 0.0), (0.35, 0.25, 0.35)), x, y, 0.0, rng.uniform(0, 3))))
    return pieces


PROPS: dict[str, Callable[[np.random.Generator], Pieces]] = {
    "crate": _crate,
    "barrel": _barrel,
    "tent": _tent,
    "campfire": _campfire,
    "well": _well,
    "haystack": _haystack,
    "cart": _cart,
    "standing stone": _standing_stone,
    "grave": _grave,
    "statue": _statue,
    "ruin": _ruin,
}
"""Builders by species."""

SIZES_M: dict[str, tuple[float, float, float]] = {
    "crate": (1.0, 1.0, 0.95),
    "barrel": (0.8, 0.8, 1.0),
    "tent": (4.0, 3.0, 2.2),
    "campfire": (1.5, 1.5, 0.8),
    "well": (2.0, 2.3, 2.6),
    "haystack": (2.1, 2.1, 2.2),
    "cart": (3.4, 1.7, 1.2),
    "standing stone": (0.8, 1.3, 2.8),
    "grave": (1.8, 0.8, 1.0),
    "statue": (1.2, 1.2, 2.9),
    "ruin": (7.5, 7.5, 3.4),
}
"""Usual length, width and height [m]."""
