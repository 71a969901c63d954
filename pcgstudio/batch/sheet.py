"""The accepted maps at a glance: their previews in a grid, each with its number and seed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ..bundle import PREVIEW
from .folder import SHEET, Folder, atomic_file
from .select import Decision

MOST = 100
"""Pictures on the sheet; of more maps, so many evenly spaced ones."""

THUMB, GAP, CAPTION = (320, 180), 16, 26
PAPER, INK = (243, 240, 233), (74, 72, 68)


def write(folder: Folder, decisions: Sequence[Decision]) -> int:
    """Write ``contact_sheet.png`` and return how many maps it shows; none is written without maps."""
    taken = [d for d in decisions if d.status == "accepted"]
    if not taken:
        (folder.path / SHEET).unlink(missing_ok=True)
        return 0
    shown = [taken[i] for i in np.unique(np.linspace(0, len(taken) - 1, min(len(taken), MOST)).round().astype(int))]
    columns = max(1, math.ceil(math.sqrt(len(shown))))
    wide, high = THUMB[0] + GAP, THUMB[1] + CAPTION + GAP
    sheet = Image.new("RGB", (columns * wide + GAP, math.ceil(len(shown) / columns) * high + GAP), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for number, one in enumerate(shown):
        x, y = GAP + number % columns * wide, GAP + number // columns * high
        with Image.open(folder.place(one.record["id"]) / PREVIEW) as picture:
            sheet.paste(picture.convert("RGB").resize(THUMB, Image.Resampling.LANCZOS, reducing_gap=2.0), (x, y))
        draw.text((x + 2, y + THUMB[1] + 4), _caption(one), fill=INK, font=font)
    with atomic_file(folder.path / SHEET) as path:
        sheet.save(path, optimize=True)
    return len(shown)


def _caption(one: Decision) -> str:
    values = [f"{name.rpartition('.')[2]} {_number(v)}" for name, v in one.record["parameters"].items()]
    text = "  ".join([f"#{one.index}", f"seed {one.record['seed']}", *values])
    return text if len(text) <= 42 else f"{text[:41]}…"


def _number(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
