"""The sheet that a map stands on: paper with the soft shadow of the block, as in the stored pictures."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pcgstudio.world import FloatArray

from ..scene import Piece, Scene

TEXELS = 192
AROUND = 0.45
"""Paper shown on each side of the map, as a share of its longer side; beyond it all is paper."""
ASIDE = 0.018
"""How far the shadow lies away from the light, as a share of the longer side."""
BLURS = ((0.012, 0.5), (0.06, 0.5))
"""Radius as a share of the sheet, and strength, of the sharp and of the soft shadow."""


def paper_of(scene: Scene, paper: tuple[int, int, int], dark: bool) -> Piece:
    """Return the sheet below a scene.

    Parameters
    ----------
    paper : tuple of int
        sRGB bytes of the background, which the sheet runs into.
    dark : bool
        Whether the theme is dark; a shadow on dark paper is weaker.
    """
    low, high = scene.bounds
    long = float((high - low)[:2].max())
    middle, half = (low + high)[:2] / 2, long * (0.5 + AROUND)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float32)
    below = low[2] - 0.002 * long
    vertices = np.column_stack([middle + corners * half, np.full(4, below)]).astype(np.float32)
    light = 1 - (0.42 if dark else 0.34) * shadow_of(scene)
    picture = np.asarray(np.array(paper) * light[..., None] + 0.5, dtype=np.uint8)
    faces = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)
    return Piece(vertices, faces, picture, ((corners + 1) / 2).astype(np.float32), part="cut")


def shadow_of(scene: Scene) -> FloatArray:
    """``(TEXELS, TEXELS)``: how much of its light the map takes from the sheet, in [0, 1]; remembered."""
    low, high = scene.bounds
    size = (high - low)[:2]
    wide, deep = (size / (size.max() * (1 + 2 * AROUND))).round(3).tolist()
    return _shadow(wide, deep)


@lru_cache(maxsize=8)
def _shadow(*share: float) -> FloatArray:
    """Return the shadow of a map that covers that share of the sheet, in the middle."""
    dark = np.zeros((TEXELS, TEXELS), dtype=np.float32)
    wide, high = (v * TEXELS / 2 for v in share)
    at = TEXELS / 2 + ASIDE * TEXELS / (1 + 2 * AROUND)
    for radius, strength in BLURS:
        image = Image.new("L", (TEXELS, TEXELS))
        ImageDraw.Draw(image).rectangle((at - wide, at - high, at + wide, at + high), fill=255)
        blurred = image.filter(ImageFilter.GaussianBlur(radius * TEXELS))
        dark += np.asarray(blurred, dtype=np.float32) / 255 * np.float32(strength)
    y, x = np.abs(np.mgrid[-1 : 1 : TEXELS * 1j, -1 : 1 : TEXELS * 1j])
    rim = np.clip((1 - np.maximum(x, y)) / 0.25, 0, 1)  # the edge of the sheet is not seen
    return np.asarray(dark * (rim * rim * (3 - 2 * rim)), dtype=np.float32)
