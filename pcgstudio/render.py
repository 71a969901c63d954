"""A world as a picture, off screen: for previews, thumbnails and the visual critic.

The picture is drawn by this package's own rasteriser (`raster`), so that it is the same on every machine and needs
neither a display nor a GL driver.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numba as nb
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from . import things
from .errors import InputError, did_you_mean
from .ground import Ground, painted, relief
from .palette import load_palette
from .raster import Camera, Canvas, Matrix, look
from .world import FloatArray, World

ImageArray = NDArray[np.uint8]
View = Literal["three_quarter", "top"]
Theme = Literal["light", "dark"]

VIEWS = ("three_quarter", "top")
MARGIN = 0.06
SAMPLES = 2
"""Sub-pixels along each side of a pixel."""

AZIMUTH_DEG, ELEVATION_DEG, FOV_DEG = -26.0, 36.0, 20.0
THICKNESS = 0.045
"""Soil shown below the lowest ground, as a share of the longer side."""

MESH_CELLS = 640
"""Quads on the longer side of the drawn surface; the picture on it is finer."""


def render(
    world: World,
    *,
    size: tuple[int, int] = (1280, 720),
    view: View = "three_quarter",
    colour_by: str = "biome",
    theme: Theme = "light",
) -> ImageArray:
    """Draw a world.

    Parameters
    ----------
    world : World
        What to draw; needs the layer ``height`` (see `build.complete`).
    size : tuple of int
        Width and height of the image in pixels.
    view : {"three_quarter", "top"}
        From the south-west at 38 degrees, or straight down with north up.
    colour_by : str
        ``biome`` for the natural look, or the name of a layer to show as colour over the relief.
    theme : {"light", "dark"}
        Background.

    Returns
    -------
    ndarray
        ``(height, width, 3) uint8``.

    Raises
    ------
    InputError
        The view, theme, size or layer does not exist.
    """
    _check(world, size, view, colour_by, theme)
    texels = int(np.clip(1.15 * max(size), 192, 2048))
    heights, texel = relief(world, texels)
    seen_m = max(world.grid.extent_m) / max(size)  # about a pixel
    groups = things.drawable(world, 1.5 * seen_m) if colour_by == "biome" else []
    ground = painted(world, texels, things.canopy(groups, heights, texel) if groups else None)
    mesh = things.mesh(groups, ground.shadow, ground.texel_m) if groups else None
    return _compose(ground, mesh, size, view, theme)


def save_png(image: ImageArray, path: Path | str) -> None:
    """Write an image as PNG."""
    Image.fromarray(image).save(path, optimize=False, compress_level=6)


def _check(world: World, size: tuple[int, int], view: str, colour_by: str, theme: str) -> None:
    if view not in VIEWS:
        raise InputError(f"there is no view '{view}'; choose three_quarter or top")
    if theme not in load_palette().background:
        raise InputError(f"there is no theme '{theme}'; choose light or dark")
    if not all(16 <= side <= 8192 for side in size):
        raise InputError(f"an image of {size[0]} x {size[1]} pixels cannot be drawn; use 16 to 8192 a side")
    if colour_by != "biome" and colour_by not in world:
        known = ", ".join(sorted(world.layers))
        raise InputError(f"the map has no layer '{colour_by}'{did_you_mean(colour_by, world.layers)}; it has: {known}")


@dataclass(frozen=True)
class Block:
    """The cut block of ground: its top as a mesh and its four sides.

    Parameters
    ----------
    top : tuple of ndarray
        Vertices ``(n, 3)`` and faces of the surface.
    sides : tuple of ndarray
        The same of the walls; side k (south, east, north, west) owns an equal share of the faces, in turn.
    base_m : float
        Height of the underside.
    """

    top: tuple[FloatArray, NDArray[np.int32]]
    sides: tuple[FloatArray, NDArray[np.int32]]
    base_m: float


def block_of(ground: Ground) -> Block:
    """Return the block of a painted ground."""
    rows, cols = ground.surface.shape
    shrink = min(1.0, MESH_CELLS / max(rows, cols))
    nr, nc = max(2, round(rows * shrink)), max(2, round(cols * shrink))
    east, north = ground.extent_m
    xs = np.linspace(0, east, nc + 1, dtype=np.float32)
    ys = np.linspace(north, 0, nr + 1, dtype=np.float32)
    z = _at_corners(ground.surface, nr, nc)
    vertices = np.empty((nr + 1, nc + 1, 3), dtype=np.float32)
    vertices[..., 0], vertices[..., 1], vertices[..., 2] = xs[None, :], ys[:, None], z
    base = float(ground.bed.min()) - THICKNESS * max(ground.extent_m)
    return Block((vertices.reshape(-1, 3), _grid_faces(nr, nc)), _walls(vertices, base), base)


@nb.njit(cache=True)
def _at_corners(field, nr, nc):  # type: ignore[no-untyped-def]  # numba infers
    """``(nr + 1, nc + 1)`` values at the corners of a coarser lattice over the same ground, bilinear."""
    rows, cols = field.shape
    out = np.empty((nr + 1, nc + 1), dtype=np.float32)
    for i in range(nr + 1):
        v = min(max(i * rows / nr - 0.5, 0.0), rows - 1.001)
        for j in range(nc + 1):
            u = min(max(j * cols / nc - 0.5, 0.0), cols - 1.001)
            r, c = int(v), int(u)
            fv, fu = v - r, u - c
            high = field[r, c] * (1 - fu) + field[r, c + 1] * fu
            low = field[r + 1, c] * (1 - fu) + field[r + 1, c + 1] * fu
            out[i, j] = high * (1 - fv) + low * fv
    return out


@nb.njit(cache=True)
def _grid_faces(nr, nc):  # type: ignore[no-untyped-def]  # numba infers
    """``(2 nr nc, 3) int32`` triangles of a lattice of vertices, row 0 in the north."""
    out = np.empty((2 * nr * nc, 3), dtype=np.int32)
    for i in range(nr):
        for j in range(nc):
            a = i * (nc + 1) + j
            b, k = a + nc + 1, 2 * (i * nc + j)
            out[k] = (a, b, b + 1)
            out[k + 1] = (a, b + 1, a + 1)
    return out


def _walls(top: FloatArray, base: float) -> tuple[FloatArray, NDArray[np.int32]]:
    edges = (top[-1], top[::-1, -1], top[0, ::-1], top[:, 0])  # south, east, north, west; counter-clockwise from above
    vertices, faces, start = [], [], 0
    for edge in edges:
        under = edge.copy()
        under[:, 2] = base
        n = len(edge)
        k = np.arange(n - 1) + start
        vertices += [edge, under]
        faces.append(np.stack([k, k + n, k + n + 1, k, k + n + 1, k + 1], axis=1).reshape(-1, 3))
        start += 2 * n
    return np.concatenate(vertices), np.concatenate(faces).astype(np.int32)


def _camera(ground: Ground, block: Block, size: tuple[int, int], view: str) -> Camera:
    east, north = ground.extent_m
    step = max(1, len(block.top[0]) // 20_000)
    foot = np.array([[x, y, block.base_m] for x in (0, east) for y in (0, north)], dtype=np.float32)
    framed = np.concatenate([block.top[0][::step], foot])
    if view == "top":
        framed = framed * np.array([1, 1, 0], dtype=np.float32)
        return look(0, 90, 0, framed, size, MARGIN)
    return look(AZIMUTH_DEG, ELEVATION_DEG, FOV_DEG, framed, size, MARGIN)


def _compose(ground: Ground, mesh: things.Mesh | None, size: tuple[int, int], view: str, theme: str) -> ImageArray:
    block = block_of(ground)
    fine = (size[0] * SAMPLES, size[1] * SAMPLES)
    camera = _camera(ground, block, fine, view)
    canvas = Canvas(fine)
    canvas.draw(camera.project(block.top[0]), block.top[1], 0)
    first_side = len(block.top[1])
    first = first_side
    if view != "top":
        canvas.draw(camera.project(block.sides[0]), block.sides[1], first)
    first += len(block.sides[1])
    if mesh is not None:
        canvas.draw(camera.project(mesh.vertices), mesh.faces, first)
    palette = load_palette()
    backdrop = _backdrop(camera, ground, block, size, view, theme)
    soil = np.array([palette.soil[n] for n in ("top", "line", "middle", "seam", "bottom")], dtype=np.float32)
    sea = np.array([palette.water[n] for n in ("side_top", "side_bottom")], dtype=np.float32)
    haze = np.array(palette.haze[theme], dtype=np.float32) / np.float32(255)
    picture = _resolve(
        canvas.depth, canvas.ids, camera.inverse, first_side, first, len(block.sides[1]) // 4,
        ground.colour, ground.bed, ground.surface, np.float32(ground.texel_m), mesh.colour if mesh else np.zeros((1, 3), np.float32),
        np.concatenate([soil, sea]) / np.float32(255), np.float32(0.16 if view != "top" else 0), haze, _depth_range(canvas.depth),
        backdrop, SAMPLES,
    )  # fmt: skip
    return _finished(picture, view)


def _depth_range(depth: FloatArray) -> FloatArray:
    drawn = depth[::7, ::7][np.isfinite(depth[::7, ::7])]
    return np.array([drawn.min(), drawn.max()] if len(drawn) else [0, 1], dtype=np.float32)


def _backdrop(camera: Camera, ground: Ground, block: Block, size: tuple[int, int], view: str, theme: str) -> FloatArray:
    """``(h, w, 3)``: paper with the soft shadow of the block lying on it."""
    paper = np.array(load_palette().background[theme], dtype=np.float32) / np.float32(255)
    small = (max(8, size[0] // 4), max(8, size[1] // 4))
    east, north = ground.extent_m
    foot = np.array([[0, 0], [east, 0], [east, north], [0, north]], dtype=np.float32)
    if view == "top":
        foot += np.array([0.006, -0.008], dtype=np.float32) * max(east, north)
    corners = camera.project(np.column_stack([foot, np.full(4, block.base_m)]))[:, :2] / (SAMPLES * 4)
    shadow = np.zeros((small[1], small[0]), dtype=np.float32)
    for radius, strength in ((small[0] / 120, 0.55), (small[0] / 26, 0.45)):
        image = Image.new("L", small)
        ImageDraw.Draw(image).polygon([(float(x), float(y)) for x, y in corners], fill=255)
        blurred = image.filter(ImageFilter.GaussianBlur(radius))
        shadow += np.asarray(blurred, dtype=np.float32) / 255 * np.float32(strength)
    wide = np.asarray(Image.fromarray(shadow).resize(size, Image.Resampling.BICUBIC), dtype=np.float32)[..., None]
    tone = np.array([0.36, 0.34, 0.30] if theme == "light" else [0.45, 0.45, 0.45], dtype=np.float32)
    return np.asarray(paper * (1 - tone * wide), dtype=np.float32)


@nb.njit(parallel=True, cache=True)
def _resolve(
    depth,
    ids,
    inverse,
    first_side,
    first_thing,
    side_faces,
    colour,
    bed,
    surface,
    texel,
    face_colour,
    soil,
    mistiness,
    haze,
    near_far,
    backdrop,
    samples,
):  # type: ignore[no-untyped-def]  # noqa: E501  # numba infers
    """Turn depth and triangle numbers into colour, averaging the sub-pixels."""
    out = backdrop.copy()
    rows, cols = depth.shape[0] // samples, depth.shape[1] // samples
    tr, tc = bed.shape
    share = np.float32(1.0 / (samples * samples))
    dim = np.array([0.80, 0.72, 0.7, 0.98], dtype=np.float32)  # how much light the four sides get
    thickness = np.float32(max(tr, tc) * texel * THICKNESS)
    for r in nb.prange(rows):
        value = np.empty(3, dtype=np.float32)
        for c in range(cols):
            total0, total1, total2 = np.float32(0.0), np.float32(0.0), np.float32(0.0)
            for s in range(samples * samples):
                pr, pc = r * samples + s // samples, c * samples + s % samples
                face, z = ids[pr, pc], depth[pr, pc]
                if face < 0:
                    value[:] = backdrop[r, c]
                elif face >= first_thing:
                    value[:] = face_colour[face - first_thing]
                else:
                    px, py = pc + 0.5, pr + 0.5
                    w = inverse[3, 0] * px + inverse[3, 1] * py + inverse[3, 2] * z + inverse[3, 3]
                    x = (inverse[0, 0] * px + inverse[0, 1] * py + inverse[0, 2] * z + inverse[0, 3]) / w
                    y = (inverse[1, 0] * px + inverse[1, 1] * py + inverse[1, 2] * z + inverse[1, 3]) / w
                    u = min(max(x / texel - 0.5, 0.0), tc - 1.001)
                    v = min(max(tr - y / texel - 0.5, 0.0), tr - 1.001)
                    r0, c0 = int(v), int(u)
                    fv, fu = np.float32(v - r0), np.float32(u - c0)
                    for k in range(3):
                        high = colour[r0, c0, k] * (1 - fu) + colour[r0, c0 + 1, k] * fu
                        low = colour[r0 + 1, c0, k] * (1 - fu) + colour[r0 + 1, c0 + 1, k] * fu
                        value[k] = high * (1 - fv) + low * fv
                    if face >= first_side:
                        side = min((face - first_side) // side_faces, 3)
                        height = (inverse[2, 0] * px + inverse[2, 1] * py + inverse[2, 2] * z + inverse[2, 3]) / w
                        _strata(
                            value, np.float32(height), bed[r0, c0], surface[r0, c0], np.float32(x + y), thickness, soil
                        )
                        value *= dim[side]
                if face >= 0:
                    far = (z - near_far[0]) / (near_far[1] - near_far[0] + np.float32(1e-9))
                    mist = mistiness * max(far, np.float32(0.0)) ** 2
                    value += (haze - value) * mist
                total0 += value[0] * share
                total1 += value[1] * share
                total2 += value[2] * share
            out[r, c, 0], out[r, c, 1], out[r, c, 2] = total0, total1, total2
    return out


@nb.njit(cache=True)
def _strata(value, height, bed, surface, along, thickness, soil):  # type: ignore[no-untyped-def]  # numba infers
    """Colour of the cut: water over the bed, then turf, top soil, a dark line, and lighter to darker layers below."""
    if surface > bed and height > bed:
        share = min((surface - height) / (np.float32(1.6) * thickness), np.float32(1.0))
        share = np.sqrt(max(share, np.float32(0.0)))
        for k in range(3):
            value[k] = soil[5, k] + (soil[6, k] - soil[5, k]) * share
        return
    wave = np.sin(along / thickness * np.float32(0.35)) + np.float32(0.5) * np.sin(along / thickness * np.float32(0.93))
    deep = (bed - height) / thickness
    layer = deep * np.float32(1.0 - 0.0) + np.float32(0.04) * wave
    if deep < np.float32(0.05):
        for k in range(3):
            value[k] = value[k] * np.float32(0.82)
    elif deep < np.float32(0.22):
        value[:] = soil[0]
    elif deep < np.float32(0.26):
        value[:] = soil[1]
    elif layer < np.float32(0.5):
        value[:] = soil[2]
    elif layer < np.float32(0.6):
        value[:] = soil[3]
    elif layer < np.float32(0.9):
        value[:] = soil[2]
    else:
        value[:] = soil[4]


def _finished(picture: FloatArray, view: str) -> ImageArray:
    """Add the vignette and go to bytes."""
    rows, cols = picture.shape[:2]
    y = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, cols, dtype=np.float32)[None, :]
    fall = np.maximum(x * x + y * y - 0.5, 0) * np.float32(0.03)
    return np.asarray(np.clip(picture * (1 - fall)[..., None] * 255 + 0.5, 0, 255), dtype=np.uint8)
