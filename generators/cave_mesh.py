"""Cave geometry: uneven ground, rock walls with a foot and a rough top, still water, dripstones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray, MeshPart

from .cave_plan import Cave
from .contour_mesh import Faces, Outline, outline, sheet, solid
from .dungeon_lattice import Lattice
from .kernels.noise import noise_at

BELOW_M = 0.3
"""How far the walls reach into the ground, so that no gap shows on uneven terrain."""
GROUND_M, WATER_M = 0.05, 0.11
"""Heights of the cave's ground and of its water above the terrain it lies on."""
FOOT_M = 0.5
"""How far the foot of a wall comes forward, at most."""
CAP_M = 0.3
"""Thickness of the top of a wall."""
SHALLOWS = 0.16
"""How far the shallows reach into a pool, as a share of its radius."""
UNDER = 0.3
"""How far the ground reaches below the walls, in the units of the floor's field."""


def cave_parts(
    lattice: Lattice, cave: Cave, stones: NDArray[np.float64], floor_m: float, wall_height_m: float, seed: int,
    suffix: str,
) -> tuple[MeshPart, ...]:  # fmt: skip
    """Return the meshes of a cave.

    Parameters
    ----------
    stones : ndarray
        ``(n, 4)`` x, y, radius, height [m] of the dripstones.
    floor_m : float
        z of the ground it lies on.
    wall_height_m : float
        Usual top of the walls above it.
    suffix : str
        Makes the names unique in a world with several caves.
    """
    ground = outline(cave.floor + np.float32(UNDER), lattice)
    low = floor_m + GROUND_M + 0.04 * np.clip(_rough(ground, seed, 3.0), -1, 1)
    rock = outline(np.minimum(-cave.floor, cave.built), lattice)
    parts = [
        MeshPart("cave_ground", *sheet(ground, low), "cave_ground"),
        MeshPart("cave_wall", *_walls(rock, floor_m, wall_height_m, seed), "cave_wall", True),
        MeshPart("cave_top", *_tops(rock, floor_m, wall_height_m, seed), "cave_top", True),
    ]
    if (cave.pool > 0).any():
        shore = outline(np.minimum(cave.pool, cave.floor + np.float32(UNDER)), lattice)
        water = outline(np.minimum(cave.pool - np.float32(SHALLOWS), cave.floor + np.float32(UNDER)), lattice)
        parts.append(MeshPart("cave_shore", *sheet(shore, floor_m + WATER_M - 0.01), "shallows"))
        parts.append(MeshPart("cave_water", *sheet(water, floor_m + WATER_M), "water"))
    if len(stones):
        parts.append(MeshPart("dripstone", *_cones(stones, floor_m), "cave_wall", True))
    return tuple(
        MeshPart(f"{p.name}{suffix}", p.vertices, p.faces, p.material, p.watertight) for p in parts if len(p.faces)
    )


def _rough(flat: Outline, seed: int, feature_m: float) -> FloatArray:
    return noise_at(flat.points, seed=seed, feature_size_m=feature_m, octaves=2)


def _tops_m(rock: Outline, floor_m: float, wall_height_m: float, seed: int) -> NDArray[np.float64]:
    """``(n,)`` z [m] of the tops: uneven, never lower than two thirds."""
    swell = np.clip(_rough(rock, seed + 1, 6.0), -1.3, 1.3)
    return np.asarray(floor_m + wall_height_m * (1 + 0.16 * swell), dtype=np.float64)


def _walls(rock: Outline, floor_m: float, wall_height_m: float, seed: int) -> tuple[FloatArray, Faces]:
    top = _tops_m(rock, floor_m, wall_height_m, seed) - CAP_M
    low = np.full(len(top), floor_m - BELOW_M)
    out, rings = rock.outward, []
    for number, share in enumerate((0.0, 0.3, 0.68, 1.0)):
        knob = np.clip(_rough(rock, seed + 2 + number, 2.2), -1, 1)[:, None]
        reach = FOOT_M * (1 - share) ** 1.5 * (0.55 + 0.45 * knob)
        rings.append((out * reach, low + (top - low) * share))
    return solid(rock, rings)


def _tops(rock: Outline, floor_m: float, wall_height_m: float, seed: int) -> tuple[FloatArray, Faces]:
    top = _tops_m(rock, floor_m, wall_height_m, seed)
    still = np.zeros_like(rock.points)
    return solid(rock, [(still, top - CAP_M), (still, top)])


def _cones(stones: NDArray[np.float64], floor_m: float) -> tuple[FloatArray, Faces]:
    """Return closed cones of six sides, each turned another way, with a crook in the middle."""
    around = 6
    count = len(stones)
    turn = np.arange(count)[:, None] * 2.4 + np.arange(around)[None, :] * (2 * np.pi / around)
    rings = []
    for radius, high, lean in ((1.15, -0.05, 0.0), (0.6, 0.35, 0.12)):
        x = stones[:, :1] + stones[:, 2:3] * (radius * np.cos(turn) + lean * np.cos(turn[:, :1]))
        y = stones[:, 1:2] + stones[:, 2:3] * (radius * np.sin(turn) + lean * np.sin(turn[:, :1]))
        rings.append(np.stack([x, y, np.broadcast_to(floor_m + stones[:, 3:4] * high, x.shape)], axis=2))
    tips = np.column_stack([stones[:, :2], floor_m + stones[:, 3]])[:, None]
    vertices = np.concatenate([*rings, tips], axis=1)
    k = np.arange(around)
    ahead = (k + 1) % around
    side = [
        (k, ahead, ahead + around),
        (k, ahead + around, k + around),
        (k + around, ahead + around, k * 0 + 2 * around),
    ]
    faces = np.concatenate(
        [np.stack(s, axis=1) for s in side] + [np.array([[0, i + 1, i] for i in range(1, around - 1)])]
    )
    whole = faces[None] + (np.arange(count) * (2 * around + 1))[:, None, None]
    return vertices.reshape(-1, 3).astype(np.float32), whole.reshape(-1, 3).astype(np.int32)
