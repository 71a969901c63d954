"""Ground as a 16-bit height image and the recipe that builds a map from it; needs nothing but numpy."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from .glb import Array

IMAGE = "terrain.png"
FULL = 65535


def write(folder: Path, name: str, heights: Array, extent_m: tuple[float, float], sea: bool) -> Path:
    """Write a height image and a recipe beside it, and return the recipe's path.

    Parameters
    ----------
    folder : Path
        Where; it is made.
    name : str
        Of the map.
    heights : ndarray
        ``(rows, cols)`` [m], row 0 north, samples at cell centres.
    extent_m : (float, float)
        East and north size.
    sea : bool
        Whether ground below 0 lies under a sea.
    """
    folder.mkdir(parents=True, exist_ok=True)
    low, high = float(heights.min()), float(heights.max())
    high = max(high, low + 1.0)  # a plain: any range holds it
    levels = np.round((heights.astype(np.float64) - low) / (high - low) * FULL).astype(np.uint16)
    (folder / IMAGE).write_bytes(png16(levels))
    path = folder / f"{_file_name(name)}.pcg.json"
    told = recipe(name, extent_m, max(heights.shape), (low, high), sea)
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8", newline="\n")
    return path


def recipe(
    name: str, extent_m: tuple[float, float], resolution: int, span_m: tuple[float, float], sea: bool
) -> dict[str, Any]:
    """Return the recipe of a map whose ground is the image."""
    low, high = (round(v, 4) for v in span_m)
    params = {"path": IMAGE, "low_m": low, "high_m": high, "extent": "stretch"}
    steps = [{"id": "terrain", "generator": "height_image", "params": params,
              "purpose": "the ground as it was modelled in Blender"}]  # fmt: skip
    if sea and low < 0:
        steps.append({"id": "sea", "generator": "sea_level", "params": {"mode": "level", "level_m": 0.0}})
    return {
        "format": 1, "name": name, "seed": 0, "extent_m": list(extent_m),
        "resolution": min(max(resolution, 16), 16384), "steps": steps, "history": ["ground from Blender"],
    }  # fmt: skip


def png16(levels: Array) -> bytes:
    """Return a 16-bit grey PNG of ``(rows, cols) uint16``. Source: W3C, *PNG Specification*, third edition."""
    rows, cols = levels.shape
    lines = np.zeros((rows, 1 + 2 * cols), dtype=np.uint8)  # each line begins with its filter: none
    lines[:, 1:] = levels.astype(">u2").view(np.uint8).reshape(rows, 2 * cols)
    head = struct.pack(">IIBBBBB", cols, rows, 16, 0, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _file_name(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in "-_" else "_" for c in name).strip("_")
    return kept[:60] or "terrain"


def cell_means(corners: Array) -> Array:
    """``(rows, cols) float32`` heights at cell centres from ``(rows + 1, cols + 1)`` at their corners."""
    means = (corners[:-1, :-1] + corners[:-1, 1:] + corners[1:, :-1] + corners[1:, 1:]) / 4
    return np.asarray(means, dtype=np.float32)
