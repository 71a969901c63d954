"""Arrays as pictures of Qt, which hold their own memory: an array may be gone before its picture is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPixmap

FORMATS = {3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBA8888}


def as_image(pixels: NDArray[np.uint8]) -> QImage:
    """Return ``(rows, cols, 3 or 4) uint8`` as an image of its own memory."""
    rows, cols, channels = pixels.shape
    shared = np.ascontiguousarray(pixels)
    return QImage(shared.data, cols, rows, channels * cols, FORMATS[channels]).copy()


def as_pixmap(pixels: Any) -> QPixmap:
    """Return ``(rows, cols, 3 or 4) uint8`` as a picture; an empty one for None."""
    return QPixmap() if pixels is None else QPixmap.fromImage(as_image(pixels))
