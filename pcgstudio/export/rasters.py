"""Writing numbers as pictures, in the formats that engines and geographers read; heights never below 16 bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray


def png(path: Path, data: NDArray[Any]) -> None:
    """Write ``(rows, cols)`` of uint8 or uint16, or ``(rows, cols, 3..4) uint8``, as PNG."""
    from PIL import Image  # noqa: PLC0415 - loads only where a picture is written

    Image.fromarray(np.ascontiguousarray(data)).save(path, compress_level=4)


def raw16(path: Path, data: NDArray[Any]) -> None:
    """Write 16-bit values without a header, little-endian, row by row."""
    np.ascontiguousarray(data, dtype="<u2").tofile(path)


def tiff32(path: Path, data: FloatArray, extratags: tuple[Any, ...] = ()) -> None:
    """Write ``(rows, cols) float32`` as TIFF, with further tags as tifffile takes them."""
    import tifffile  # noqa: PLC0415 - see `png`

    tifffile.imwrite(
        path, np.ascontiguousarray(data, dtype=np.float32), photometric="minisblack", software="pcgstudio",
        metadata=None, extratags=extratags,
    )  # fmt: skip


def exr(path: Path, channels: dict[str, FloatArray]) -> None:
    """Write named ``(rows, cols) float32`` channels as OpenEXR, scan lines with ZIP."""
    import OpenEXR  # type: ignore[import-not-found]  # noqa: PLC0415 - no stubs are published; see `png`

    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    lines = {name: np.ascontiguousarray(data, dtype=np.float32) for name, data in channels.items()}
    with OpenEXR.File(header, lines) as file:
        file.write(str(path))


def exr_rgb(path: Path, data: FloatArray) -> None:
    """Write one field three times as R, G and B, which is what readers without a luminance channel want."""
    exr(path, {"R": data, "G": data, "B": data})


def npy(path: Path, data: NDArray[Any]) -> None:
    """Write an array as numpy stores it."""
    np.save(path, data, allow_pickle=False)


def stretched(picture: FloatArray, size: tuple[int, int]) -> FloatArray:
    """``(height, width, k) float32``: a picture ``(rows, cols, k)`` at a size of width and height."""
    from pcgstudio.shading import resized  # noqa: PLC0415 - see `png`

    shape = (size[1], size[0])
    return np.stack([resized(picture[..., k], shape) for k in range(picture.shape[-1])], axis=-1)
