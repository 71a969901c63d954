"""Low-poly models of the things that stand on a map, shared by the preview and the exporters.

Every model is one unit high, stands on z = 0 with z up, its front at +x. `footprint` tells its natural length and
width, so that `scaling` fits it to an instance's size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .building_models import BUILDINGS
from .errors import PCGError, did_you_mean
from .landmark_models import LANDMARKS
from .palette import Rgb, load_palette
from .prop_models import PROPS
from .world import FloatArray, OwnPart

Geometry = tuple[FloatArray, NDArray[np.int32]]
Pieces = list[tuple[str, Geometry]]


@dataclass(frozen=True)
class ModelPart:
    """A piece of a model in one material.

    Parameters
    ----------
    name : str
        Unique in the model.
    vertices : ndarray
        ``(n, 3) float32``; z in [0, 1].
    faces : ndarray
        ``(m, 3) int32``, counter-clockwise seen from outside; meant to be shaded flat.
    material : str
        A material of the palette.
    colour : tuple of int
        Its sRGB colour, 0 to 255.
    two_sided : bool
        Whether it is a leaf without thickness, seen from both sides.
    """

    name: str
    vertices: FloatArray
    faces: NDArray[np.int32]
    material: str
    colour: Rgb
    two_sided: bool = False


TWO_SIDED = frozenset({"palm_leaf", "grass", "flower"})
VARIANTS = 4
"""Different shapes a species comes in; a seed picks one."""


@cache
def _built(species: str, variant: int) -> tuple[ModelPart, ...]:
    rng = np.random.Generator(np.random.PCG64([variant, *species.encode()]))
    pieces = _BUILDERS[species](rng)
    low = min(float(g[0][:, 2].min()) for _, g in pieces)
    high = max(float(g[0][:, 2].max()) for _, g in pieces)
    merged: dict[str, list[Geometry]] = {}
    for material, geometry in pieces:
        merged.setdefault(material, []).append(geometry)
    parts = []
    for material, group in merged.items():
        vertices, faces = _join(group)
        vertices = ((vertices - np.array([0, 0, low])) / (high - low)).astype(np.float32)
        vertices.flags.writeable = faces.flags.writeable = False
        colour = load_palette().material(material)
        parts.append(ModelPart(material, vertices, faces, material, colour, material in TWO_SIDED))
    return tuple(parts)


def model(species: str, seed: int = 0) -> tuple[ModelPart, ...]:
    """Return the model of a species.

    Parameters
    ----------
    species : str
        One of `SPECIES`.
    seed : int
        Picks one of `VARIANTS` shapes.

    Raises
    ------
    PCGError
        There is no model of that species.
    """
    if species not in _BUILDERS:
        raise PCGError(f"there is no model of '{species}'{did_you_mean(species, _BUILDERS)}")
    return _built(species, int(seed) % VARIANTS)


def footprint(species: str, seed: int = 0) -> tuple[float, float]:
    """Return the natural length (along x) and width (along y) of a model of height 1."""
    points = np.concatenate([part.vertices for part in model(species, seed)])
    spread = np.ptp(points[:, :2], axis=0)
    return float(spread[0]), float(spread[1])


def scaling(species: str, size: FloatArray, seed: int = 0) -> FloatArray:
    """``(n, 3) float32`` factors along x, y, z that give the model the sizes ``(n, 3)`` length, width, height [m].

    A length or width of 0 keeps the natural proportion.
    """
    natural = np.array(footprint(species, seed), dtype=np.float32)
    flat = np.where(size[:, :2] > 0, size[:, :2] / natural, size[:, 2:3])
    return np.concatenate([flat, size[:, 2:3]], axis=1).astype(np.float32)


def own_scaling(parts: tuple[OwnPart, ...], size: FloatArray) -> FloatArray:
    """``(n, 3) float32`` factors that give a user's model the sizes ``(n, 3)`` length, width, height [m]."""
    spread = np.ptp(np.concatenate([part.vertices for part in parts])[:, :2], axis=0)
    natural = np.maximum(spread, 1e-3).astype(np.float32)  # a sheet stays one
    return np.concatenate([size[:, :2] / natural, size[:, 2:3]], axis=1).astype(np.float32)


def _join(group: list[Geometry]) -> Geometry:
    starts = np.cumsum([0] + [len(v) for v, _ in group])
    faces = np.concatenate([f + s for (_, f), s in zip(group, starts, strict=False)])
    return np.concatenate([v for v, _ in group]).astype(np.float32), faces.astype(np.int32)


def _ring(sides: int, radius: float, z: float, turn: float = 0.0) -> NDArray[np.float64]:
    angle = turn + np.arange(sides) * (2 * np.pi / sides)
    return np.stack([np.cos(angle) * radius, np.sin(angle) * radius, np.full(sides, z)], axis=1)


def _moved(points: NDArray[np.float64], x: float, y: float, z: float) -> NDArray[np.float64]:
    return np.add(points, (x, y, z))


def _loft(rings: list[NDArray[np.float64]], bottom: bool = True, top: bool = True) -> Geometry:
    """Skin rings of equal size from the lowest to the highest, with flat ends where asked."""
    sides, vertices, faces = len(rings[0]), list(rings), []
    here = np.arange(sides)
    after = (here + 1) % sides
    for k in range(len(rings) - 1):
        a, b = k * sides, (k + 1) * sides
        faces += [np.stack([a + here, a + after, b + after], 1), np.stack([a + here, b + after, b + here], 1)]
    fan = np.stack([np.zeros(sides - 2, int), np.arange(1, sides - 1), np.arange(2, sides)], 1)
    if bottom:
        faces.append(fan[:, ::-1])
    if top:
        faces.append(fan + (len(rings) - 1) * sides)
    return np.concatenate(vertices).astype(np.float32), np.concatenate(faces).astype(np.int32)


def _cone(base: NDArray[np.float64], tip: tuple[float, float, float]) -> Geometry:
    """Return a pointed hat with a closed underside."""
    sides = len(base)
    here = np.arange(sides)
    after = (here + 1) % sides
    side = np.stack([here, after, np.full(sides, sides)], 1)
    under = np.stack([np.zeros(sides - 2, int), np.arange(2, sides), np.arange(1, sides - 1)], 1)
    return np.vstack([base, tip]).astype(np.float32), np.concatenate([side, under]).astype(np.int32)


def _box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Geometry:
    (x0, y0, z0), (x1, y1, z1) = low, high
    flat = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    return _loft([np.column_stack([flat, np.full(4, z)]) for z in (z0, z1)])


def _icosahedron() -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    g = (1 + 5**0.5) / 2
    points = np.array([[-1, g, 0], [1, g, 0], [-1, -g, 0], [1, -g, 0], [0, -1, g], [0, 1, g], [0, -1, -g], [0, 1, -g],
                       [g, 0, -1], [g, 0, 1], [-g, 0, -1], [-g, 0, 1]])  # fmt: skip
    faces = np.array([[0, 11, 5], [0, 5, 1], [0, 1, 7], [0, 7, 10], [0, 10, 11], [1, 5, 9], [5, 11, 4], [11, 10, 2],
                      [10, 7, 6], [7, 1, 8], [3, 9, 4], [3, 4, 2], [3, 2, 6], [3, 6, 8], [3, 8, 9], [4, 9, 5],
                      [2, 4, 11], [6, 2, 10], [8, 6, 7], [9, 8, 1]])  # fmt: skip
    return points / np.linalg.norm(points[0]), faces.astype(np.int32)


def _blob(
    rng: np.random.Generator, centre: tuple[float, float, float], radii: tuple[float, float, float], rough: float = 0.14
) -> Geometry:
    """Return a faceted lump: an icosahedron turned at random, each corner pushed in or out."""
    points, faces = _icosahedron()
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    points = points @ turn.T * (1 + rng.uniform(-rough, rough, (12, 1)))
    return (points * radii + centre).astype(np.float32), faces


def _conifer(rng: np.random.Generator) -> Pieces:
    trunk = _loft([_ring(5, 0.032, 0.0), _ring(5, 0.022, 0.3)], bottom=True, top=False)
    tiers: Pieces = [("trunk", trunk)]
    for low, high, radius in ((0.13, 0.56, 0.215), (0.36, 0.79, 0.165), (0.6, 1.0, 0.115)):
        base = _ring(7, radius, low, rng.uniform(0, 1)) * rng.uniform([0.88, 0.88, 1], [1.1, 1.1, 1], (7, 3))
        base[:, 2] += rng.uniform(-0.02, 0.02, 7)
        lean = rng.uniform(-0.012, 0.012, 2)
        tiers.append(("conifer", _cone(base, (float(lean[0]), float(lean[1]), high))))
    return tiers


def _broadleaf(rng: np.random.Generator) -> Pieces:
    trunk = _loft([_ring(5, 0.05, 0.0), _ring(5, 0.034, 0.45)], bottom=True, top=False)
    side, turn = rng.uniform(0.12, 0.16), rng.uniform(0, 2 * np.pi)
    x, y = float(np.cos(turn) * side), float(np.sin(turn) * side)
    return [
        ("trunk", trunk),
        ("broadleaf", _blob(rng, (0.0, 0.0, 0.68), (0.29, 0.29, 0.31))),
        ("broadleaf", _blob(rng, (x, y, 0.55), (0.23, 0.23, 0.21))),
        ("broadleaf", _blob(rng, (-x, -y, 0.5), (0.2, 0.2, 0.18))),
    ]


def _palm(rng: np.random.Generator) -> Pieces:
    bend = rng.uniform(0.06, 0.13)
    heights = np.array([0.0, 0.3, 0.6, 0.86])
    rings = [_moved(_ring(4, 0.04 - 0.02 * h, h), bend * h * h, 0, 0) for h in heights]
    crown = np.array([bend * 0.86**2, 0, 0.86])
    pieces: Pieces = [("palm_trunk", _loft(rings, top=False))]
    fronds = 8
    for k in range(fronds):
        angle = (k + rng.uniform(-0.25, 0.25)) * 2 * np.pi / fronds
        out = np.array([np.cos(angle), np.sin(angle), 0])
        side = np.array([-out[1], out[0], 0]) * 0.06
        reach, up = rng.uniform(0.28, 0.36), rng.uniform(0.06, 0.14)
        middle = crown + out * reach * 0.5 + [0, 0, up]
        tip = crown + out * reach + [0, 0, up - rng.uniform(0.16, 0.26)]
        low = np.array([0, 0, -0.03])
        corners = np.array([crown, middle + side + low, middle, middle - side + low, tip], dtype=np.float32)
        faces = np.array([[0, 2, 1], [0, 3, 2], [1, 2, 4], [2, 3, 4]], dtype=np.int32)
        pieces.append(("palm_leaf", (corners, faces)))
    return pieces


def _dead(rng: np.random.Generator) -> Pieces:
    lean = rng.uniform(-0.05, 0.05, 2)
    rings = [_moved(_ring(5, r, z), lean[0] * z, lean[1] * z, 0) for z, r in ((0.0, 0.05), (0.45, 0.034), (0.8, 0.018))]
    pieces: Pieces = [("deadwood", _loft(rings, top=False))]
    pieces.append(("deadwood", _cone(rings[-1], (float(lean[0]) * 1.6, float(lean[1]) * 1.6, 1.0))))
    for z in (0.34, 0.5, 0.62, 0.74):
        angle, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.13, 0.22) * (1.2 - z * 0.6)
        base = _moved(_ring(3, 0.017, 0.0, rng.uniform(0, 2)), lean[0] * z, lean[1] * z, z)
        tip = (float(np.cos(angle) * reach), float(np.sin(angle) * reach), z + rng.uniform(0.1, 0.18))
        pieces.append(("deadwood", _cone(base, tip)))
    return pieces


def _shrub(rng: np.random.Generator) -> Pieces:
    turn = rng.uniform(0, 2 * np.pi)
    x, y = float(np.cos(turn) * 0.34), float(np.sin(turn) * 0.34)
    return [
        ("shrub", _blob(rng, (-x * 0.4, -y * 0.4, 0.5), (0.5, 0.5, 0.5))),
        ("shrub", _blob(rng, (x, y, 0.36), (0.36, 0.36, 0.36))),
    ]


def _oak(rng: np.random.Generator) -> Pieces:
    """Return a short, stout trunk under a wide, heavy crown."""
    turn = rng.uniform(0, 2 * np.pi)
    pieces: Pieces = [("trunk", _loft([_ring(6, 0.07, 0.0), _ring(6, 0.045, 0.36)], top=False))]
    for k in range(3):
        angle = turn + k * 2 * np.pi / 3
        x, y = float(np.cos(angle) * 0.24), float(np.sin(angle) * 0.24)
        pieces.append(("oak", _blob(rng, (x, y, 0.52 + 0.04 * k), (0.27, 0.27, 0.22))))
    pieces.append(("oak", _blob(rng, (0.0, 0.0, 0.74), (0.34, 0.34, 0.26))))
    return pieces


def _birch(rng: np.random.Generator) -> Pieces:
    """Return a slender white trunk with a narrow, airy crown."""
    x, y = (float(v) for v in rng.uniform(-0.05, 0.05, 2))
    return [
        ("birch_trunk", _loft([_ring(5, 0.03, 0.0), _ring(5, 0.018, 0.6)], top=False)),
        ("birch", _blob(rng, (0.0, 0.0, 0.76), (0.2, 0.2, 0.24))),
        ("birch", _blob(rng, (x, y, 0.52), (0.24, 0.24, 0.2))),
    ]


def _pine(rng: np.random.Generator) -> Pieces:
    """Return a bare, reddish trunk with its needles in tufts at the top."""
    lean = rng.uniform(-0.04, 0.04, 2)
    rings = [_moved(_ring(5, r, z), lean[0] * z, lean[1] * z, 0) for z, r in ((0.0, 0.04), (0.8, 0.022))]
    pieces: Pieces = [("pine_trunk", _loft(rings, top=False))]
    for z, wide in ((0.6, 0.26), (0.76, 0.24), (0.9, 0.16)):
        x, y = (float(v) for v in rng.uniform(-0.07, 0.07, 2) + lean * z)
        pieces.append(("pine", _blob(rng, (x, y, z), (wide, wide, 0.1))))
    return pieces


def _acacia(rng: np.random.Generator) -> Pieces:
    """Return a forked trunk under a flat, wide crown."""
    lean, turn = rng.uniform(0.05, 0.09), rng.uniform(0, 2 * np.pi)
    pieces: Pieces = [("trunk", _loft([_ring(5, 0.035, 0.0), _ring(5, 0.026, 0.34)], top=False))]
    for side in (0.0, np.pi):
        out = np.array([np.cos(turn + side), np.sin(turn + side)])
        x, y = out * (0.16 + lean)
        rings = [_ring(4, 0.024, 0.32), _moved(_ring(4, 0.016, 0.8), float(x), float(y), 0)]
        pieces.append(("trunk", _loft(rings, top=False)))
        high = 0.85 + 0.05 * np.cos(side)
        pieces.append(("acacia", _blob(rng, (float(x), float(y), high), (0.3, 0.3, 0.1))))
    pieces.append(("acacia", _blob(rng, (0.0, 0.0, 0.9), (0.27, 0.27, 0.1))))
    return pieces


def _cactus(rng: np.random.Generator) -> Pieces:
    """Return a column with one arm or two."""
    pieces: Pieces = [("cactus", _loft([_ring(6, 0.17, 0.0), _ring(6, 0.2, 0.55), _ring(6, 0.13, 0.96)]))]
    turn = rng.uniform(0, 2 * np.pi)
    for k in range(int(rng.integers(1, 3))):
        angle, low = turn + k * np.pi, rng.uniform(0.3, 0.5)
        x, y = float(np.cos(angle) * 0.38), float(np.sin(angle) * 0.38)
        arm = [_ring(5, 0.08, low), _moved(_ring(5, 0.09, low + 0.04), 0.8 * x, 0.8 * y, 0)]
        pieces.append(("cactus", _loft(arm)))
        rise = [_moved(_ring(5, 0.1, z), x, y, 0) for z in (low, low + 0.34)]
        pieces.append(("cactus", _loft(rise)))
    return pieces


def _boulder(rng: np.random.Generator) -> Pieces:
    vertices, faces = _blob(rng, (0.0, 0.0, 0.42), (0.7, 0.56, 0.55), 0.2)
    vertices[:, 2] = np.where(vertices[:, 2] < 0.12, 0.12 * vertices[:, 2], vertices[:, 2])
    return [("rock", (vertices, faces))]


def _slab(rng: np.random.Generator) -> Pieces:
    wide = np.array([1.3, 0.85, 1.0])
    rings = [_ring(7, r, z, 0.3) * wide for z, r in ((0.0, 1.0), (0.62, 0.94), (1.0, 0.7))]
    jitter = rng.uniform(0.82, 1.12, (7, 1))
    for ring in rings:
        ring[:, :2] *= jitter
        ring[:, 2] += 0.16 * ring[:, 0] * (ring[:, 2] > 0)
    return [("slab", _loft(rings))]


def _tuft(rng: np.random.Generator) -> Pieces:
    pieces: Pieces = []
    for k in range(9):
        angle = (k + rng.uniform(-0.3, 0.3)) * 2 * np.pi / 9
        out = np.array([np.cos(angle), np.sin(angle), 0])
        side = np.array([-out[1], out[0], 0]) * 0.09
        height, reach = rng.uniform(0.65, 1.0), rng.uniform(0.25, 0.5)
        foot, knee, tip = out * 0.08, out * reach * 0.5 + [0, 0, height * 0.62], out * reach + [0, 0, height]
        corners = np.array([foot - side, foot + side, knee + side * 0.7, knee - side * 0.7, tip], dtype=np.float32)
        pieces.append(("grass", (corners, np.array([[0, 1, 2], [0, 2, 3], [3, 2, 4]], dtype=np.int32))))
    return pieces


def _flowers(rng: np.random.Generator) -> Pieces:
    pieces = [("grass", geometry) for _, geometry in _tuft(rng)[::2]]
    for k in range(5):
        angle, reach = (k + rng.uniform(-0.3, 0.3)) * 2 * np.pi / 5, rng.uniform(0.15, 0.45)
        top = np.array([np.cos(angle) * reach, np.sin(angle) * reach, rng.uniform(0.75, 1.0)])
        petals = _ring(5, 0.12, 0.03) + top
        pieces.append(("flower", _cone(petals[::-1], (float(top[0]), float(top[1]), float(top[2]) - 0.05))))
    return pieces


def _chest(rng: np.random.Generator) -> Pieces:
    del rng
    arch = [(-0.45, 0.6), (-0.36, 0.86), (-0.13, 1.0), (0.13, 1.0), (0.36, 0.86), (0.45, 0.6)]
    lid = [np.array([[x, y, z] for x, z in arch]) for y in (0.7, -0.7)]
    return [
        ("wood", _box((-0.45, -0.7, 0.0), (0.45, 0.7, 0.56))),
        ("iron", _box((-0.47, -0.72, 0.54), (0.47, 0.72, 0.62))),
        ("wood", _loft(lid)),
        ("gold", _box((0.42, -0.12, 0.42), (0.52, 0.12, 0.7))),
    ]


def _altar(rng: np.random.Generator) -> Pieces:
    del rng
    return [
        ("stone", _box((-0.62, -1.12, 0.0), (0.62, 1.12, 0.16))),
        ("altar", _box((-0.36, -0.8, 0.16), (0.36, 0.8, 0.8))),
        ("stone", _box((-0.5, -1.0, 0.8), (0.5, 1.0, 0.95))),
        ("cloth", _box((-0.52, -0.34, 0.45), (0.52, 0.34, 0.98))),
        ("gold", _box((-0.12, -0.12, 0.98), (0.12, 0.12, 1.0))),
    ]


def _pillar(rng: np.random.Generator) -> Pieces:
    turn = float(rng.uniform(0, 0.4))
    return [
        ("stone", _box((-0.15, -0.15, 0.0), (0.15, 0.15, 0.08))),
        ("stone", _loft([_ring(8, 0.115, 0.08, turn), _ring(8, 0.095, 0.9, turn)], bottom=False, top=False)),
        ("stone", _box((-0.14, -0.14, 0.9), (0.14, 0.14, 1.0))),
    ]


def _brazier(rng: np.random.Generator) -> Pieces:
    flame = _ring(5, 0.2, 0.62, rng.uniform(0, 1))
    return [
        ("iron", _loft([_ring(6, 0.2, 0.0), _ring(6, 0.07, 0.1), _ring(6, 0.07, 0.45)], top=False)),
        ("iron", _loft([_ring(6, 0.1, 0.42), _ring(6, 0.34, 0.64)])),
        ("ember", _cone(flame, (float(rng.uniform(-0.05, 0.05)), 0.03, 1.0))),
    ]


def _key(rng: np.random.Generator) -> Pieces:
    del rng
    turned = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], dtype=np.float32)  # a ring lying flat, stood up
    outer, inner = _ring(8, 0.22, 0.0), _ring(8, 0.12, 0.0)
    rings = [_moved(r, 0, 0, z) for r, z in ((inner, -0.05), (outer, -0.05), (outer, 0.05), (inner, 0.05))]
    vertices, faces = _loft([*rings, rings[0]], bottom=False, top=False)
    return [
        ("gold", ((vertices @ turned + [0, 0, 0.78]).astype(np.float32), faces)),
        ("gold", _box((-0.05, -0.05, 0.0), (0.05, 0.05, 0.58))),
        ("gold", _box((-0.04, 0.05, 0.03), (0.04, 0.22, 0.12))),
        ("gold", _box((-0.04, 0.05, 0.18), (0.04, 0.17, 0.26))),
    ]


def _stairs(rng: np.random.Generator) -> Pieces:
    del rng
    steps = 5
    return [
        ("stairs", _box((0.8 - 1.6 * (k + 1) / steps, -0.6, 0.0), (0.8 - 1.6 * k / steps, 0.6, (k + 1) / steps)))
        for k in range(steps)
    ]


_BUILDERS: dict[str, Callable[[np.random.Generator], Pieces]] = {
    "conifer": _conifer,
    "broadleaf": _broadleaf,
    "palm": _palm,
    "dead": _dead,
    "shrub": _shrub,
    "acacia": _acacia,
    "cactus": _cactus,
    "oak": _oak,
    "birch": _birch,
    "pine": _pine,
    "boulder": _boulder,
    "slab": _slab,
    "tuft": _tuft,
    "flowers": _flowers,
    "chest": _chest,
    "altar": _altar,
    "pillar": _pillar,
    "brazier": _brazier,
    "key": _key,
    "stairs": _stairs,
    **BUILDINGS,
    **PROPS,
    **LANDMARKS,
}

SPECIES = tuple(_BUILDERS)
"""Every species that has a model."""
