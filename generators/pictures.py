"""Reading the user's heightmaps: PNG and TIFF of 8, 16 or 32 bits, OpenEXR, and raw values."""

from __future__ import annotations

from math import isqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pcgstudio.errors import BuildError

from .exr import read_exr

Floats = NDArray[np.float32]

SUFFIXES = (".png", ".tif", ".tiff", ".exr", ".r16", ".r32", ".raw")
_RAW = {".r16": ("<u2",), ".r32": ("<f4",), ".raw": ("<u2", "u1")}
_FULL = {"<u2": 65535.0, "u1": 255.0, "<f4": 1.0}
_WHOLE = {"L": 255.0, "I;16": 65535.0, "I;16B": 65535.0, "I": 65535.0}


def read_picture(path: Path, raw_cols: int | None) -> Floats:
    """Read a picture as brightness.

    Parameters
    ----------
    path : pathlib.Path
        One of `SUFFIXES`.
    raw_cols : int or None
        Columns of a raw file; None where it is square.

    Returns
    -------
    ndarray
        ``(rows, cols) float32``, the top row first; 0 to 1 for whole-number formats, as stored for floats.

    Raises
    ------
    BuildError
        It cannot be read as such a picture, or holds values that are no numbers.
    """
    try:
        data = _read(path, raw_cols)
    except (OSError, ValueError, KeyError, IndexError, SyntaxError, Image.DecompressionBombError) as error:
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BuildError(f"'{path.name}' cannot be read as a heightmap: {told[:120]}") from error
    except Exception as error:  # struct.error and zlib.error have no common root with the others
        raise BuildError(f"'{path.name}' cannot be read as a heightmap: it is damaged or cut off") from error
    if min(data.shape) < 2:
        raise BuildError(f"'{path.name}' has {data.shape[0]} x {data.shape[1]} values; a heightmap needs two by two")
    if not np.isfinite(data).all():
        raise BuildError(f"'{path.name}' holds values that are no numbers; fill its gaps first")
    return data


def _read(path: Path, raw_cols: int | None) -> Floats:
    suffix = path.suffix.lower()
    if suffix == ".exr":
        return read_exr(path.read_bytes())
    if suffix in (".r16", ".r32", ".raw"):
        return _raw(path.read_bytes(), suffix, raw_cols)
    with Image.open(path) as image:
        image.load()
        if image.mode == "F":
            return np.array(image, dtype=np.float32)
        grey = image if image.mode in _WHOLE else image.convert("L")
        return np.array(grey, dtype=np.float32) / np.float32(_WHOLE[grey.mode])


def _raw(data: bytes, suffix: str, cols: int | None) -> Floats:
    """Values row after row, little-endian; ``.raw`` holds 16 bits where the size allows it, otherwise 8."""
    for kind in _RAW[suffix]:
        count, rest = divmod(len(data), np.dtype(kind).itemsize)
        width = cols or isqrt(count)
        if rest == 0 and width >= 2 and count % width == 0 and (cols or width * width == count):
            values = np.frombuffer(data, np.dtype(kind)).reshape(-1, width)
            return np.asarray(values, dtype=np.float32) / np.float32(_FULL[kind])
    shape = "not square" if cols is None else f"no multiple of {cols} columns"
    raise ValueError(f"its {len(data)} bytes are {shape}; give its number of columns")
