"""A heightmap, or a mask, that the user brings along as a picture."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import PurePosixPath
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator
from scipy.ndimage import gaussian_filter

from pcgstudio.errors import BuildError
from pcgstudio.files import user_file
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import Blend, Params, param
from pcgstudio.world import FloatArray, Grid, Layer

from .kernels.lattice import ease, resample, smooth
from .mask_slots import LAYERS, Slot, region_of, written
from .pictures import SUFFIXES, read_picture
from .placement import blended

Use = Literal["height", "mask"]
Levels = Literal["full", "stretched", "metres"]
Extent = Literal["stretch", "fit", "cover"]
_EXACT = 64  # cells up to which the blur is worth its cost
_SAMPLE = "sample_height.png"
_RIM = 0.08  # share of the picture's shorter side over which its rim fades where it ends on the map


class HeightImage(Params):
    """Parameters of `height_image`."""

    path: str = param(
        "", f"Picture beside the recipe ({', '.join(s[1:] for s in SUFFIXES)}); empty: a sample that comes along."
    )
    use: Use = param("height", "Whether it is the ground, or a mask of where it is bright.")
    low_m: float = param(0, "Height of black.", unit="m", ge=-12000, le=12000)
    high_m: float = param(180, "Height of white.", unit="m", ge=-12000, le=12000, scales=True)
    levels: Levels = param(
        "full",
        "Black and white are the ends of what the format can hold (0 and 1 for floats), the darkest and brightest value"
        " there is, or the values are metres already.",
    )
    extent: Extent = param(
        "cover", "How it meets a map of another shape: stretched, wholly inside, or covering it and cut off."
    )
    smooth_m: float = param(0, "How far it is smoothed.", unit="m", ge=0, le=20000, scales=True)
    raw_cols: int | None = param(None, "Columns of a raw file that is not square.", ge=2, le=65536)
    threshold: float = param(0.5, "Brightness from which a mask is set.", ge=0, le=1, hints="0 black, 1 white")
    into: Slot = param("a", "The mask it is written into, where it is one.")
    blend: Blend = param("replace", "How the picture's height meets the ground that is already there.")

    @field_validator("path")
    @classmethod
    def _picture(cls, value: str) -> str:
        name = PurePosixPath(value.replace("\\", "/"))
        if value and (name.is_absolute() or ".." in name.parts or ":" in value or "\0" in value):
            raise ValueError("name a file in the recipe's own folder, without a drive, a leading slash or '..'")
        if value and name.suffix.lower() not in SUFFIXES:
            raise ValueError(f"only {', '.join(SUFFIXES)} can be read")
        return value

    def files(self) -> tuple[str, ...]:
        """Return the picture."""
        return (self.path,) if self.path else ()


@generator(
    family="terrain",
    stage="base",
    reads=("height",),
    writes=("height", *LAYERS),
    source="Keys, Cubic convolution interpolation for digital image processing (1981)",
)
def height_image(inputs: Inputs, params: HeightImage, rng: np.random.Generator, tick: Tick) -> Output:
    """Take the ground, or a mask, from a picture: a heightmap of 8, 16 or 32 bits."""
    region = region_of(inputs)
    tick(0.1, "reading the picture")
    picture = _picture(inputs, params)
    tick(0.4, "laying it over the map")
    data, there = _laid(picture, inputs.grid, params.extent)
    data = _smoothed(data, params.smooth_m / inputs.grid.cell_size_m)
    tick(0.8, "reading its heights")
    if params.use == "mask":
        bright = _levelled(picture, data, params)
        return written(params.into, (bright >= params.threshold) & (there > 0) & region)
    before = inputs.height()
    if params.levels == "metres":
        ground = data
    else:
        ground = params.low_m + (params.high_m - params.low_m) * _levelled(picture, data, params)
    new = blended(before, ground.astype(np.float32), params.blend)
    return Output({"height": Layer((before + (new - before) * there).astype(np.float32), "m")})


def _smoothed(data: FloatArray, cells: float) -> FloatArray:
    """Blur by a Gaussian, exactly up to many cells: the coarser way leaves a weave that shows on smooth ground."""
    if cells <= 0:
        return data
    if cells > _EXACT:
        return smooth(data, cells)
    return np.asarray(gaussian_filter(data, cells, mode="nearest", truncate=3), dtype=np.float32)


def _picture(inputs: Inputs, params: HeightImage) -> FloatArray:
    if params.path:
        return read_picture(user_file(inputs.folder, params.path), params.raw_cols)
    with as_file(files("pcgstudio.assets") / _SAMPLE) as path:
        return read_picture(path, None)


def _levelled(picture: FloatArray, data: NDArray[np.float32], params: HeightImage) -> FloatArray:
    """Return the data as shares between black and white."""
    if params.levels != "stretched":
        return data
    low, high = float(picture.min()), float(picture.max())
    if high <= low:
        raise BuildError(f"'{params.path}' is all of one brightness, so it cannot be stretched; choose levels 'full'")
    return np.asarray((data - low) / (high - low), dtype=np.float32)


def _laid(picture: FloatArray, grid: Grid, extent: Extent) -> tuple[FloatArray, FloatArray]:
    """Return the picture over the map, and how far it counts in [0, 1]; both ``(rows, cols) float32``."""
    rows, cols = picture.shape
    wide, tall = grid.cols / cols, grid.rows / rows
    if extent == "stretch" or abs(wide - tall) < 0.5 / max(rows, cols):
        return _bounded(resample(picture, grid.shape), picture), np.ones(grid.shape, np.float32)
    scale = max(wide, tall) if extent == "cover" else min(wide, tall)
    shape = max(1, round(rows * scale)), max(1, round(cols * scale))
    large = _bounded(resample(picture, shape), picture)
    if extent == "cover":
        top, left = (shape[0] - grid.rows) // 2, (shape[1] - grid.cols) // 2
        return np.array(large[top : top + grid.rows, left : left + grid.cols]), np.ones(grid.shape, np.float32)
    data, there = np.zeros(grid.shape, np.float32), np.zeros(grid.shape, np.float32)
    top, left = (grid.rows - shape[0]) // 2, (grid.cols - shape[1]) // 2
    at = slice(top, top + shape[0]), slice(left, left + shape[1])
    data[at], there[at] = large[: grid.rows, : grid.cols], _rim(shape, top > 0)
    return data, there


def _rim(shape: tuple[int, int], above: bool) -> FloatArray:
    """``shape`` rising from 0 at the two sides where a picture ends on the map to 1."""
    long = shape[0] if above else shape[1]
    place = np.arange(long, dtype=np.float32) + np.float32(0.5)
    inner = ease(np.minimum(place, long - place), 0.0, max(_RIM * min(shape), 1.0))
    return np.array(np.broadcast_to(inner[:, None] if above else inner[None, :], shape), dtype=np.float32)


def _bounded(data: FloatArray, picture: FloatArray) -> FloatArray:
    """Cut off what the cubic overshoots."""
    return np.clip(data, picture.min(), picture.max())
