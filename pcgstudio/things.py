"""Instances as one mesh a model, with a baked colour per triangle, and as bumps that cast shadows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from . import stamps
from .building_models import BUILDINGS
from .landmark_models import LANDMARKS
from .models import SPECIES, VARIANTS, model, own_scaling, scaling
from .palette import load_palette
from .prop_models import PROPS
from .shading import KEY
from .world import FloatArray, Instances, MeshPart, World

Ints = NDArray[np.int64]
KX, KY, KZ = (np.float32(v) for v in KEY)
COOL, WARM = np.array([0.54, 0.58, 0.64], dtype=np.float32), np.array([1.14, 1.10, 0.98], dtype=np.float32)
"""``(3,)`` factors of a colour in the shade and in full sun."""

GROWN = frozenset({
    "conifer", "broadleaf", "palm", "dead", "shrub", "acacia", "cactus", "oak", "birch", "pine",
    "boulder", "slab", "tuft", "flowers",
})  # fmt: skip
"""Species that vary in colour."""

LOOSE = 1.8
"""How much larger a stone is than other things before it is drawn; smaller ones read as dirt."""

GLOW = 1.7
"""How much brighter embers are than what they stand beside."""

TREES = frozenset({"conifer", "broadleaf", "palm", "dead", "acacia", "oak", "birch", "pine"})
TREE_PIXELS, MOST_GROWTH = 11.0, 2.6
"""Height in pixels below which trees read as moss, and how much larger they are then drawn at most."""

OPEN, SLENDER = frozenset({"ruin", "grave"}), (0.6, 0.6, 1.0)
"""Props that shade no disc of ground, and how much of the length, breadth and height of the others casts a shadow."""

_INSIDE = [(i / 6, j / 6, (6 - i - j) / 6) for i in range(7) for j in range(7 - i)]
"""Weights of places all over a triangle."""

TRIANGLE_BUDGET = 2_000_000
"""Triangles of things in one picture; beyond it fewer are drawn, a little larger."""


@dataclass(frozen=True)
class Mesh:
    """Triangles with a colour each.

    Parameters
    ----------
    vertices : ndarray
        ``(n, 3) float32`` [m].
    faces : ndarray
        ``(m, 3) int32``, counter-clockwise seen from outside.
    colour : ndarray
        ``(m, 3) float32`` sRGB in [0, 1], light included.
    """

    vertices: FloatArray
    faces: NDArray[np.int32]
    colour: FloatArray


@dataclass(frozen=True)
class _Table:
    """All models in all variants end to end, for the kernel; leaves have a triangle for each side."""

    vertices: FloatArray
    faces: NDArray[np.int32]
    colour: FloatArray
    vertex_start: NDArray[np.int64]  # by model number, one more than models
    face_start: NDArray[np.int64]


@cache
def _table() -> _Table:
    vertices, faces, colours, vertex_start, face_start = [], [], [], [0], [0]
    for name in SPECIES:
        for variant in range(VARIANTS):
            count = 0
            for part in model(name, variant):
                own = np.concatenate([part.faces, part.faces[:, ::-1]]) if part.two_sided else part.faces
                faces.append(own + count)
                glow = GLOW if part.material == "ember" else 1.0
                colours.append(np.tile(np.array(part.colour, dtype=np.float32) * glow / 255, (len(own), 1)))
                vertices.append(part.vertices)
                count += len(part.vertices)
            vertex_start.append(vertex_start[-1] + count)
            face_start.append(sum(len(f) for f in faces))
    return _Table(
        np.concatenate(vertices), np.concatenate(faces).astype(np.int32), np.concatenate(colours).astype(np.float32),
        np.array(vertex_start), np.array(face_start),
    )  # fmt: skip


def drawable(world: World, smallest_m: float) -> list[tuple[str, Instances]]:
    """Return species and their instances that have a model and are at least ``smallest_m`` high or wide."""
    found = []
    for kind, placed in world.instances.items():
        if kind == "light" or not len(placed):
            continue
        large = placed.size.max(axis=1) >= smallest_m * (LOOSE if kind == "rock" else 1)
        for index, name in enumerate(placed.names):
            chosen = large & (placed.species == index)
            if (name in SPECIES or name in placed.models) and chosen.any():
                found.append((name, placed.keep(chosen)))
    return found


def legible(groups: list[tuple[str, Instances]], pixel_m: float) -> list[tuple[str, Instances]]:
    """Return the groups with trees that would be flecks from afar drawn larger and fewer, so that woods show crowns.

    Parameters
    ----------
    groups : list of (species, Instances)
        From `drawable`.
    pixel_m : float
        About what a pixel spans [m].
    """
    shown = []
    for name, placed in groups:
        usual = float(np.median(placed.size[:, 2])) if name in TREES else np.inf
        growth = float(np.clip(TREE_PIXELS * pixel_m / usual, 1, MOST_GROWTH))
        fewer = placed if growth == 1 else placed.keep(_thinned(len(placed), growth**-1.2))
        shown.append((name, fewer if growth == 1 else replace(fewer, size=fewer.size * np.float32(growth))))
    return shown


def canopy(
    groups: list[tuple[str, Instances]], ground: FloatArray, texel_m: float, parts: tuple[MeshPart, ...] = ()
) -> FloatArray:
    """``(rows, cols) float32``: tops of the things over the ground [m], domes and boxes; what casts their shadows.

    Of the parts, rocks are among them, at their own shape.
    """
    tops = ground.copy()
    for part in parts:
        if part.material == "rock" and len(part.faces):
            corners = part.vertices[part.faces]
            fine = np.concatenate([np.einsum("nkc,k->nc", corners, np.array(w, np.float32)) for w in _INSIDE])
            np.maximum.at(tops, _texels(fine, tops.shape, texel_m), fine[:, 2])
    for name, placed in groups:
        size = placed.size * np.array(SLENDER, dtype=np.float32) if name in PROPS else placed.size
        stamp = stamps.boxes if name in BUILDINGS or name in LANDMARKS else stamps.domes
        if name not in OPEN:
            stamp(tops, placed.placement, size, texel_m)
    return tops


def mesh(
    groups: list[tuple[str, Instances]], shadow: FloatArray, texel_m: float, ground: FloatArray | None = None
) -> Mesh:
    """Return all the things as one mesh with baked light.

    Parameters
    ----------
    groups : list of (species, Instances)
        From `drawable`.
    shadow : ndarray
        ``(rows, cols)`` shadow of the relief, 1 in the dark.
    texel_m : float
        Size of a texel of ``shadow`` [m].
    ground : ndarray, optional
        ``(rows, cols, 3)`` colour of the ground, which stones take on in part.
    """
    mine = [(name, placed) for name, placed in groups if name in placed.models]
    if mine:
        return _with_own(mesh([g for g in groups if g[0] not in g[1].models], shadow, texel_m, ground), mine)
    if not groups:
        return Mesh(np.empty((0, 3), np.float32), np.empty((0, 3), np.int32), np.empty((0, 3), np.float32))
    table = _table()
    full = sum(len(p) * sum(len(part.faces) for part in model(name)) for name, p in groups)
    share = min(1.0, TRIANGLE_BUDGET / max(full, 1))
    growth = np.float32(min(share**-0.25, 1.6))
    numbers, places, factors, tints = [], [], [], []
    for name, placed in groups:
        lot = placed if share == 1.0 else placed.keep(_thinned(len(placed), share))
        variant = np.arange(len(lot)) % VARIANTS
        sizes = np.empty((len(lot), 3), dtype=np.float32)
        for k in range(VARIANTS):
            sizes[variant == k] = scaling(name, lot.size[variant == k], k) * growth
        numbers.append(SPECIES.index(name) * VARIANTS + variant)
        places.append(lot.placement)
        factors.append(sizes)
        tints.append(_tints(name, len(lot)))
    number, placement = np.concatenate(numbers), np.concatenate(places)
    rows = np.clip(shadow.shape[0] - placement[:, 1] / texel_m, 0, shadow.shape[0] - 1).astype(np.intp)
    cols = np.clip(placement[:, 0] / texel_m, 0, shadow.shape[1] - 1).astype(np.intp)
    tint = np.concatenate(tints)
    if ground is not None:
        stony = number // VARIANTS >= SPECIES.index("boulder")
        stony &= number // VARIANTS <= SPECIES.index("slab")
        below = ground[rows[stony], cols[stony]]
        stone = np.array(load_palette().material("rock"), dtype=np.float32) / 255
        tint[stony] *= _stained(below) * _sandy(stone, below) / stone
    vertex_first = np.concatenate([[0], np.cumsum(np.diff(table.vertex_start)[number])])
    face_first = np.concatenate([[0], np.cumsum(np.diff(table.face_start)[number])])
    made = _place(
        number, placement, np.concatenate(factors), tint, shadow[rows, cols], vertex_first, face_first,
        table.vertices, table.faces, table.colour, table.vertex_start, table.face_start,
    )  # fmt: skip
    return Mesh(*made)


OWN_TRIANGLES = 400
"""Triangles to which a user's model is thinned in pictures."""


def _with_own(mesh: Mesh, groups: list[tuple[str, Instances]]) -> Mesh:
    """Return the things together with those that have the user's own models, simplified and lit in the same way."""
    vertices, faces, colours = [mesh.vertices], [mesh.faces], [mesh.colour]
    start = len(mesh.vertices)
    for name, placed in groups:
        grown = own_scaling(placed.models[name], placed.size)
        yaw = np.radians(placed.placement[:, 3])[:, None]
        for part in placed.models[name]:
            points, corners = simplified(part.vertices, part.faces, OWN_TRIANGLES // len(placed.models[name]))
            if part.two_sided:
                corners = np.concatenate([corners, corners[:, ::-1]])
            x, y, z = (points[:, k] * grown[:, k, None] for k in range(3))
            at = [x * np.cos(yaw) - y * np.sin(yaw), x * np.sin(yaw) + y * np.cos(yaw), z]
            world = (np.stack(at, axis=-1) + placed.placement[:, None, :3]).astype(np.float32)
            a, b, c = (world[:, corners[:, k]] for k in range(3))
            normal = np.cross(b - a, c - a)
            facing = normal @ KEY / (np.linalg.norm(normal, axis=-1) + 1e-12)
            light = np.clip((0.45 + 0.55 * facing) * (0.62 + 0.38 * points[corners, 2].mean(axis=1)), 0, 1)[..., None]
            tone = np.array(part.colour) / 255
            first = start + np.arange(len(placed))[:, None, None] * len(points)
            vertices.append(world.reshape(-1, 3))
            faces.append((first + corners).reshape(-1, 3))
            colours.append((tone * (COOL + (WARM - COOL) * light)).astype(np.float32).reshape(-1, 3))
            start += len(points) * len(placed)
    return Mesh(np.concatenate(vertices), np.concatenate(faces).astype(np.int32), np.concatenate(colours))


def simplified(vertices: FloatArray, faces: NDArray[np.int32], most: int) -> tuple[FloatArray, NDArray[np.int32]]:
    """Return a mesh with about ``most`` triangles at most, by quadric error (Garland & Heckbert 1997)."""
    if len(faces) <= max(most, 12):
        return vertices, faces
    import pyvista as pv  # noqa: PLC0415 - a second that only heavy models need

    thin = pv.PolyData.from_regular_faces(vertices.astype(float), faces.astype(int)).clean().triangulate()
    thin = thin.decimate(max(0.0, 1 - max(most, 12) / max(thin.n_cells, 1)))
    return np.asarray(thin.points, dtype=np.float32), np.asarray(thin.regular_faces, dtype=np.int32)


SANDSTONE, BEDS, BED_TONE = np.float32(0.48), 14, 0.13
"""How far stone on sand is of its colour; beds of a rock from foot to top, and by how much they differ in lightness."""

UNDERGROUND, DIM_OVER_M = 0.16, 5.0
"""Light that is left deep under the ground, and the depth over which it falls to about a third [m]."""


def with_parts(
    mesh: Mesh | None,
    parts: tuple[MeshPart, ...],
    ground: FloatArray | None = None,
    texel_m: float = 1.0,
    colour: FloatArray | None = None,
) -> Mesh:
    """Return the things together with the built parts of a world, lit in the same way; darker under the ground.

    Parameters
    ----------
    mesh : Mesh, optional
        The things.
    parts : tuple of MeshPart
        What was built.
    ground : ndarray, optional
        ``(rows, cols)`` height of the terrain on texels [m].
    texel_m : float
        Size of a texel [m].
    colour : ndarray, optional
        ``(rows, cols, 3)`` colour of the ground, which rock takes on in part.
    """
    palette = load_palette()
    vertices, faces, colours = ([mesh.vertices], [mesh.faces], [mesh.colour]) if mesh else ([], [], [])
    start = len(mesh.vertices) if mesh else 0
    for part in parts:
        a, b, c = (part.vertices[part.faces[:, k]] for k in range(3))
        normal = np.cross(b - a, c - a)
        facing = normal @ KEY / (np.linalg.norm(normal, axis=1) + 1e-12)
        light = np.clip(0.45 + 0.55 * facing, 0, 1)[:, None]
        tone = np.array(palette.materials.get(part.material, palette.materials["stone"]), np.float32)
        tone /= np.float32(255)
        day = np.ones_like(light)
        if ground is not None:
            middle = ((a + b + c) / 3).astype(np.float32)
            day = _daylight(middle, ground, texel_m)[:, None]
            if colour is not None and part.material == "rock":
                below = colour[_texels(middle, ground.shape, texel_m)]
                tone = np.asarray(_sandy(tone, below) * _stained(below) * _bedded(middle[:, 2])[:, None])
        vertices.append(part.vertices)
        faces.append(part.faces + start)
        dim = np.minimum(day / UNDERGROUND, 1)  # the sky does not reach in either
        colours.append((tone * (COOL + (WARM - COOL) * light * day) * dim).astype(np.float32))
        start += len(part.vertices)
    return Mesh(np.concatenate(vertices), np.concatenate(faces).astype(np.int32), np.concatenate(colours))


def _daylight(middle: FloatArray, ground: FloatArray, texel_m: float) -> FloatArray:
    """``(n,) float32``: share of daylight at places x, y, z ``(n, 3)`` [m]; 1 over the ground."""
    under = np.maximum(ground[_texels(middle, ground.shape, texel_m)] - middle[:, 2] - 1.0, 0)
    return np.asarray(np.exp(-under / DIM_OVER_M), dtype=np.float32)


def _texels(places: FloatArray, shape: tuple[int, ...], texel_m: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the texels of places x, y ``(n, >=2)`` [m]."""
    rows = np.clip(shape[0] - places[:, 1] / texel_m, 0, shape[0] - 1).astype(np.intp)
    return rows, np.clip(places[:, 0] / texel_m, 0, shape[1] - 1).astype(np.intp)


def _stained(below: FloatArray) -> FloatArray:
    """``(n, 3)``: factors by which stone takes on the colour of the ground it lies on."""
    bright = np.maximum(below.mean(axis=1, keepdims=True), 0.05)
    return np.asarray((0.4 + 0.6 * below / bright) * np.clip(0.55 + 0.95 * bright, 0.8, 1.45), dtype=np.float32)


def _sandy(tone: NDArray[np.floating], below: FloatArray) -> FloatArray:
    """``(n, 3)``: the tone of stone, as far as it stands on sand that of sandstone."""
    sand = np.clip((below[:, :1] - below[:, 1:2] - np.float32(0.04)) / np.float32(0.08), 0, 1)  # redder than green
    return np.asarray(tone + (np.array(load_palette().biomes["badlands"][0]) / 255 - tone) * (SANDSTONE * sand))


def _bedded(height: FloatArray) -> FloatArray:
    """``(n,)``: lightness of the beds of a rock at heights [m], thin and thick ones in turn."""
    span = max(float(np.ptp(height)), 1e-3)
    place = (height - height.min()) / span * BEDS
    place = place + np.float32(0.35) * np.sin(np.float32(2.1) * place)
    bed = np.floor(place).astype(np.int64)
    share = np.clip((place - bed - 0.3) / 0.4, 0, 1)  # an edge between two tones would show the triangles
    here, above = (((k * 7919) % 31) / 15 - 1 for k in (bed, bed + 1))
    return np.asarray(1 + BED_TONE * (here + (above - here) * share), dtype=np.float32)


def _thinned(count: int, share: float) -> NDArray[np.bool_]:
    """Pick a share of the things, evenly and always the same ones."""
    turns = (np.arange(count) * 0.6180339887) % 1.0
    return np.asarray(turns < share)


def _tints(name: str, count: int) -> FloatArray:
    """``(count, 3)`` factors that make no two trees alike: lighter or darker, warmer or cooler."""
    if name not in GROWN:
        return np.ones((count, 3), dtype=np.float32)
    dice = np.random.Generator(np.random.PCG64([count, *name.encode()]))
    warmth = dice.normal(0, 0.035, (count, 1)) * np.array([[1.0, 0.25, -0.6]])
    return np.asarray(1 + dice.normal(0, 0.05, (count, 1)) + warmth, dtype=np.float32)


@njit(parallel=True, cache=True)
def _place(
    number: Ints, placement: FloatArray, factors: FloatArray, tint: FloatArray, shadow: FloatArray, vertex_first: Ints,
    face_first: Ints, all_vertices: FloatArray, all_faces: NDArray[np.int32], all_colours: FloatArray,
    vertex_start: Ints, face_start: Ints,
) -> tuple[FloatArray, NDArray[np.int32], FloatArray]:  # fmt: skip
    vertices = np.empty((vertex_first[-1], 3), dtype=np.float32)
    faces = np.empty((face_first[-1], 3), dtype=np.int32)
    colour = np.empty((face_first[-1], 3), dtype=np.float32)
    one = np.float32(1.0)
    for i in prange(len(number)):
        yaw = np.radians(placement[i, 3])
        cos, sin = np.cos(yaw), np.sin(yaw)
        v0, v1, at = vertex_start[number[i]], vertex_start[number[i] + 1], vertex_first[i]
        for k in range(v1 - v0):
            x, y = all_vertices[v0 + k, 0] * factors[i, 0], all_vertices[v0 + k, 1] * factors[i, 1]
            vertices[at + k, 0] = placement[i, 0] + cos * x - sin * y
            vertices[at + k, 1] = placement[i, 1] + sin * x + cos * y
            vertices[at + k, 2] = placement[i, 2] + all_vertices[v0 + k, 2] * factors[i, 2]
        f0, f1 = face_start[number[i]], face_start[number[i] + 1]
        for f in range(f1 - f0):
            out, la, lb, lc = face_first[i] + f, all_faces[f0 + f, 0], all_faces[f0 + f, 1], all_faces[f0 + f, 2]
            a, b, c = at + la, at + lb, at + lc
            u0, u1, u2 = (
                vertices[b, 0] - vertices[a, 0],
                vertices[b, 1] - vertices[a, 1],
                vertices[b, 2] - vertices[a, 2],
            )
            w0, w1, w2 = (
                vertices[c, 0] - vertices[a, 0],
                vertices[c, 1] - vertices[a, 1],
                vertices[c, 2] - vertices[a, 2],
            )
            nx, ny, nz = u1 * w2 - u2 * w1, u2 * w0 - u0 * w2, u0 * w1 - u1 * w0
            length = np.sqrt(nx * nx + ny * ny + nz * nz) + np.float32(1e-12)
            facing = (nx * KX + ny * KY + nz * KZ) / length
            high = (all_vertices[v0 + la, 2] + all_vertices[v0 + lb, 2] + all_vertices[v0 + lc, 2]) / np.float32(3.0)
            light = np.float32(0.45) + np.float32(0.55) * facing
            light *= (one - np.float32(0.55) * shadow[i]) * (np.float32(0.62) + np.float32(0.38) * high)
            light = min(max(light, np.float32(0.0)), one)
            faces[out, 0], faces[out, 1], faces[out, 2] = a, b, c
            for k in range(3):
                colour[out, k] = all_colours[f0 + f, k] * tint[i, k] * (COOL[k] + (WARM[k] - COOL[k]) * light)
    return vertices, faces, colour
