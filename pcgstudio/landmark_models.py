"""Low-poly models of what stands alone and is seen from afar: towers, lighthouses, windmills, temples, inns."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from .building_models import Pieces, box, column, gabled, hipped, panel, windows


def _watchtower(rng: np.random.Generator) -> Pieces:
    del rng
    pieces: Pieces = [
        ("stone", column(8, [(3.2, 0.0), (2.8, 1.5), (2.6, 10.0)])),
        ("timber", column(8, [(3.4, 10.0), (3.4, 12.6)])),
    ]
    return [
        *pieces,
        ("roof_dark", column(8, [(3.9, 12.6), (0.25, 16.0)])),
        ("door", panel("+x", 3.0, (-0.6, 0.0), (0.6, 2.2))),
    ]


def _lighthouse(rng: np.random.Generator) -> Pieces:
    del rng
    pieces: Pieces = [("stone", column(8, [(3.6, 0.0), (3.6, 1.0)]))]
    rings = [(2.9, 1.0), (2.5, 6.0), (2.15, 11.0), (1.8, 16.0)]
    for k, ((r0, z0), (r1, z1)) in enumerate(pairwise(rings)):
        pieces.append(("plaster" if k % 2 == 0 else "roof", column(8, [(r0, z0), (r1, z1)])))
    pieces += [("stone", column(8, [(2.5, 16.0), (2.5, 16.4)])), ("glass", column(8, [(1.3, 16.4), (1.3, 18.4)]))]
    return [
        *pieces,
        ("roof_dark", column(8, [(1.7, 18.4), (0.12, 20.2)])),
        ("door", panel("+x", 3.3, (-0.6, 0.0), (0.6, 2.2))),
    ]


def _windmill(rng: np.random.Generator) -> Pieces:
    del rng
    pieces: Pieces = [
        ("stone", column(8, [(3.4, 0.0), (3.3, 2.4)])),
        ("timber", column(8, [(3.2, 2.4), (2.2, 9.6)])),
        ("roof_dark", column(8, [(2.6, 9.6), (0.25, 12.4)])),
        ("timber", box((2.0, -0.2, 9.2), (3.6, 0.2, 9.6))),
    ]
    for y0, y1, z0, z1 in (
        (-0.55, 0.55, 9.9, 15.2),
        (-0.55, 0.55, 3.6, 8.9),
        (0.5, 5.8, 8.9, 9.9),
        (-5.8, -0.5, 8.9, 9.9),
    ):
        pieces.append(("plaster", box((3.3, y0, z0), (3.45, y1, z1))))
    return [*pieces, ("door", panel("+x", 3.2, (-0.6, 0.0), (0.6, 2.1)))]


def _temple(rng: np.random.Generator) -> Pieces:
    del rng
    pieces: Pieces = [
        ("stone", box((-7.0, -4.6, 0.0), (7.0, 4.6, 0.5))),
        ("stone", box((-6.4, -4.0, 0.5), (6.4, 4.0, 0.9))),
    ]
    pieces.append(("plaster", box((-4.4, -2.4, 0.9), (4.4, 2.4, 5.6))))
    for x in np.linspace(-5.8, 5.8, 5):
        pieces += [("slab_stone", column(6, [(0.42, 0.9), (0.34, 5.6)], float(x), y)) for y in (-3.4, 3.4)]
    pieces += gabled(6.4, 4.0, 5.7, 8.0, 0.3, along="x", wall="stone", roof="roof", base=5.6)
    return [*pieces, ("door", panel("+x", 4.4, (-0.8, 0.9), (0.8, 3.6)))]


def _inn(rng: np.random.Generator) -> Pieces:
    del rng
    pieces = gabled(5.0, 8.0, 5.8, 10.2, 0.6, wall="plaster", roof="roof")
    pieces += [*windows(5.0, 8.0, (1.0, 3.8), 5, 3), ("door", panel("+x", 5.0, (-0.8, 0.0), (0.8, 2.3)))]
    pieces += [("brick", box((-0.5, 5.4, 6.0), (0.5, 6.4, 11.6))), ("timber", box((5.0, 2.0, 3.0), (6.6, 2.2, 3.2)))]
    return [
        *pieces,
        ("timber", box((5.7, 2.05, 1.9), (6.5, 2.15, 2.9))),
        ("stone", box((5.0, -1.4, 0.0), (6.2, 1.4, 0.3))),
    ]


def _fountain(rng: np.random.Generator) -> Pieces:
    del rng
    return [
        ("stone", column(10, [(2.4, 0.0), (2.4, 0.8)])),
        ("water", column(10, [(2.1, 0.78), (2.1, 0.86)])),
        ("stone", column(8, [(0.3, 0.8), (0.25, 2.0)])),
        ("stone", column(8, [(0.3, 2.0), (1.0, 2.4)])),
        ("water", column(8, [(0.85, 2.38), (0.85, 2.46)])),
    ]


def _obelisk(rng: np.random.Generator) -> Pieces:
    del rng
    return [
        ("stone", box((-1.4, -1.4, 0.0), (1.4, 1.4, 0.6))),
        ("slab_stone", column(4, [(1.0, 0.6), (0.6, 7.6), (0.08, 8.6)])),
    ]


def _shed(rng: np.random.Generator) -> Pieces:
    del rng
    return [("timber", box((-2.4, -3.4, 0.0), (2.4, 3.4, 3.0))), ("roof_dark", hipped(2.4, 3.4, 2.95, 4.8)),
            ("door", panel("+x", 2.4, (-0.8, 0.0), (0.8, 2.3)))]  # fmt: skip


LANDMARKS: dict[str, Callable[[np.random.Generator], Pieces]] = {
    "watchtower": _watchtower,
    "lighthouse": _lighthouse,
    "windmill": _windmill,
    "temple": _temple,
    "inn": _inn,
    "fountain": _fountain,
    "obelisk": _obelisk,
    "smithy": _shed,
}
"""Builders of the models by species."""

LANDMARK_SIZES_M = {
    "watchtower": (7.8, 7.8, 16.0),
    "lighthouse": (7.2, 7.2, 20.2),
    "windmill": (8.0, 11.6, 15.2),
    "temple": (14.0, 9.2, 8.2),
    "inn": (12.0, 17.0, 11.6),
    "fountain": (4.8, 4.8, 2.5),
    "obelisk": (2.8, 2.8, 8.6),
    "smithy": (5.7, 7.7, 4.8),
}
"""Length, width and height [m]."""
