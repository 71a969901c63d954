"""A world as a picture, off screen: for previews, thumbnails and the visual critic.

The picture is drawn by this package's own rasteriser (`raster`), so that it is the same on every machine and needs
neither a display nor a GL driver.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from . import things
from .aspect import ELEVATION_DEG, FOV_DEG, azimuth
from .block import Block, block_of, cut_colours, resolve
from .errors import InputError, did_you_mean
from .gl import gl_works
from .ground import Ground, painted, relief
from .palette import Rgb, load_palette
from .raster import Camera, Canvas, look
from .shading import resized
from .things import Mesh
from .world import FloatArray, World

__all__ = ["cutout", "gl_works", "render", "save_png"]

ImageArray = NDArray[np.uint8]
View = Literal["three_quarter", "top"]
Theme = Literal["light", "dark"]

VIEWS = ("three_quarter", "top")
MARGIN = 0.06
SAMPLES = 2
"""Sub-pixels along each side of a pixel."""

CLOSE = 1.12
"""Width of the place of a storey, in its own: storeys stand close, so that one sees how they belong together."""

MIST, VIGNETTE = 0.16, 0.03
"""Share of haze at the far end of the map, and of darkening in the corners."""


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
        From the south-west at 36 degrees, or from where caves, canyons and cliffs show if they do not from there; or
        straight down with north up.
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
    return _finished(_picture(world, size, view, colour_by, theme))


def cutout(world: World, *, size: tuple[int, int]) -> ImageArray:
    """Draw a world without the paper below it, to be laid on any ground.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels.

    Returns
    -------
    ndarray
        ``(height, width, 4) uint8``, the last one opacity.
    """
    _check(world, size, "three_quarter", "biome", "light")
    return np.asarray(_picture(world, size, "three_quarter", "biome", None) * 255 + np.float32(0.5), dtype=np.uint8)


def _picture(world: World, size: tuple[int, int], view: str, colour_by: str, theme: Theme | None) -> FloatArray:
    """``(h, w, 3)`` on the paper of a theme, or ``(h, w, 4)`` on none."""
    if colour_by == "biome" and "cell" in world:
        from . import interior_view  # noqa: PLC0415 - 0.3 s of imports that a landscape does not need

        if interior_view.is_interior(world):
            return _storeys(world, size, view, theme)
    texels = int(np.clip(1.15 * max(size), 192, 2048))
    heights, texel = relief(world, texels)
    seen_m = max(world.grid.extent_m) / max(size)  # about a pixel
    groups = things.legible(things.drawable(world, 1.5 * seen_m), seen_m) if colour_by == "biome" else []
    parts = world.parts if colour_by == "biome" else ()
    tops = things.canopy(groups, heights, texel, parts) if groups or parts else None
    ground = painted(world, texels, tops, colour_by)
    mesh = things.mesh(groups, ground.shadow, ground.texel_m, ground.colour) if groups else None
    if parts:
        mesh = things.with_parts(mesh, parts, heights, texel, ground.colour)
    return _compose(ground, mesh, size, view, theme, azimuth(world))


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


def _camera(block: Block, mesh: Mesh | None, size: tuple[int, int], view: str, azimuth_deg: float) -> Camera:
    """Return the camera that shows the whole block, and whatever stands up beyond the picture's edge."""
    step = max(1, len(block.vertices) // 20_000)
    framed = np.concatenate([block.vertices[::step], block.foot])
    if view == "top":
        framed = framed * np.array([1, 1, 0], dtype=np.float32)
        return look(0, 90, 0, framed, size, MARGIN)
    camera = look(azimuth_deg, ELEVATION_DEG, FOV_DEG, framed, size, MARGIN)
    if mesh is None:
        return camera
    x, y = camera.project(mesh.vertices)[:, :2].T
    beyond = (x < 0) | (y < 0) | (x > size[0]) | (y > size[1])
    if not beyond.any():
        return camera
    framed = np.concatenate([framed, mesh.vertices[beyond]])
    return look(azimuth_deg, ELEVATION_DEG, FOV_DEG, framed, size, MARGIN)


def _compose(
    ground: Ground, mesh: Mesh | None, size: tuple[int, int], view: str, theme: Theme | None, azimuth_deg: float
) -> FloatArray:
    block = block_of(ground)
    fine = (size[0] * SAMPLES, size[1] * SAMPLES)
    camera = _camera(block, mesh, fine, view, azimuth_deg)
    canvas = Canvas(fine)
    starts = np.cumsum([len(block.faces), *block.side_counts]).astype(np.int32)
    canvas.draw(camera.project(block.vertices), block.faces, 0)
    if view != "top":
        canvas.draw(camera.project(block.side_vertices), block.side_faces, int(starts[0]))
    if mesh is not None:
        canvas.draw(camera.project(mesh.vertices), mesh.faces, int(starts[4]))
    drawn = canvas.depth[::7, ::7][canvas.ids[::7, ::7] >= 0]
    nearest, farthest = (float(drawn.min()), float(drawn.max())) if len(drawn) else (0.0, 1.0)

    def laid_on(backdrop: FloatArray) -> FloatArray:
        return resolve(
            canvas.depth, canvas.ids, camera.inverse, starts, ground.colour, ground.bed, ground.surface,
            ground.texel_m, mesh.colour if mesh else np.zeros((1, 3), np.float32), cut_colours(),
            MIST if view != "top" and theme else 0.0, as_float(load_palette().haze[theme or "light"]), nearest,
            farthest, backdrop, SAMPLES,
        )  # fmt: skip

    return _on_paper(laid_on, camera, block.foot, size, theme)


def _on_paper(
    laid_on: Callable[[FloatArray], FloatArray], camera: Camera, foot: FloatArray, size: tuple[int, int],
    theme: Theme | None,
) -> FloatArray:  # fmt: skip
    """Lay a picture on paper; where there shall be none, find out by black and by white paper what it covers."""
    if theme is not None:
        return laid_on(_backdrop(camera, foot, size, theme))
    black, white = (laid_on(np.full((size[1], size[0], 3), tone, np.float32)) for tone in (0.0, 1.0))
    cover = np.clip(1 - (white - black).mean(axis=2, keepdims=True), 0, 1)
    return np.concatenate([np.clip(black / np.maximum(cover, np.float32(1 / 255)), 0, 1), cover], axis=2)


def _storeys(world: World, size: tuple[int, int], view: str, theme: Theme | None) -> FloatArray:
    """``(h, w, 3 or 4)``: the storeys of an interior beside each other at one scale, the ground floor first."""
    from . import interior_view, storey_links, storeys  # noqa: PLC0415 - 0.3 s of imports that a landscape does not need

    floors = storeys.split(world)
    everything = tuple(part for floor in floors for part in floor.parts)
    east, north = np.ptp(np.concatenate([part.vertices[:, :2] for part in everything]), axis=0)
    seen = (east + 0.15 * north, 0.85 * north + 0.15 * east)  # about what a storey takes up of the picture
    columns = range(1, len(floors) + 1)
    across = max(columns, key=lambda n: min(size[0] / n / seen[0], size[1] / -(-len(floors) // n) / seen[1]))
    down = -(-len(floors) // across)
    high = size[1] // down
    wide = min(size[0] // across, round(CLOSE * high * seen[0] / seen[1]))
    margin = (size[0] - across * wide) // 2
    picture = np.zeros((size[1], size[0], 3 if theme else 4), dtype=np.float32)
    if theme:
        picture[:] = as_float(load_palette().background[theme])
    cameras = []
    for k, floor in enumerate(floors):
        row, left_over = k // across, across * down - len(floors)
        x = margin + k % across * wide + (left_over * wide // 2 if row == down - 1 else 0)  # last row: in the middle
        y = row * high
        within = (wide, size[1] - y if row == down - 1 else high)  # the last row takes the pixels that division left
        camera, foot, fine = interior_view.drawn(floor, within, view, SAMPLES, everything)
        picture[y : y + within[1], x : x + within[0]] = _interior(camera, foot, fine, within, theme)
        cameras.append((camera, (x, y)))
    if len(floors) > 1:
        storey_links.drawn_over(picture, world, cameras, SAMPLES)
    return picture


def _interior(
    camera: Camera, foot: FloatArray, fine: FloatArray, size: tuple[int, int], theme: Theme | None
) -> FloatArray:
    """``(h, w, 3 or 4)``: a picture with sub-pixels, NaN where nothing is, averaged and laid on paper."""
    blocks = fine.reshape(size[1], SAMPLES, size[0], SAMPLES, 3)

    def laid_on(backdrop: FloatArray) -> FloatArray:
        total = np.zeros((size[1], size[0], 3), dtype=np.float32)
        for part in (blocks[:, i, :, k] for i in range(SAMPLES) for k in range(SAMPLES)):
            total += np.where(np.isnan(part), backdrop, part)
        return np.asarray(total / np.float32(SAMPLES**2))

    return _on_paper(laid_on, camera, foot, size, theme)


def as_float(colour: Rgb) -> FloatArray:
    """``(3,) float32``: a colour in [0, 1]."""
    return np.asarray(np.array(colour, dtype=np.float32) / np.float32(255))


def _backdrop(camera: Camera, foot: FloatArray, size: tuple[int, int], theme: str) -> FloatArray:
    """``(h, w, 3)``: paper with the soft shadow of what stands on the four corners ``foot`` ``(4, 3)``."""
    paper = as_float(load_palette().background[theme])
    small = (max(8, size[0] // 4), max(8, size[1] // 4))
    corners = camera.project(foot)[:, :2] / (SAMPLES * 4)
    corners += np.array([0.004, 0.008], dtype=np.float32) * small[0]  # away from the light
    shadow = np.zeros((small[1], small[0]), dtype=np.float32)
    for radius, strength in ((max(small[0] / 120, 2.0), 0.55), (small[0] / 26, 0.45)):  # sharper would show its steps
        image = Image.new("L", small)
        ImageDraw.Draw(image).polygon([(float(x), float(y)) for x, y in corners], fill=255)
        blurred = image.filter(ImageFilter.GaussianBlur(radius))
        shadow += np.asarray(blurred, dtype=np.float32) / 255 * np.float32(strength)
    wide = resized(shadow, (size[1], size[0]))[..., None]
    tone = np.array([0.36, 0.34, 0.30] if theme == "light" else [0.45, 0.45, 0.45], dtype=np.float32)
    return np.asarray(paper * (1 - tone * wide), dtype=np.float32)


def _finished(picture: FloatArray) -> ImageArray:
    """Add the vignette and go to bytes."""
    rows, cols = picture.shape[:2]
    y = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, cols, dtype=np.float32)[None, :]
    fall = np.maximum(x * x + y * y - np.float32(0.5), 0) * np.float32(VIGNETTE)
    return np.asarray(np.clip(picture * (1 - fall)[..., None] * 255 + np.float32(0.5), 0, 255), dtype=np.uint8)
