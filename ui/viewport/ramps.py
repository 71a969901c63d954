"""Colours for values: one even ramp for numbers, the palette's own for biomes and other categories.

The ramp is the palette's, spaced anew so that equal steps of value are equal steps to the eye (in Oklab, Ottosson
2020). It runs from dark to light all the way, so that it reads in grey and with any colour vision.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pcgstudio.palette import Rgb, load_palette
from pcgstudio.world import BIOMES, FloatArray, Layer

SHADES = 256
NOTHING: Rgb = (230, 224, 212)
"""Where a layer has no value; `pcgstudio.tones.BLANK`."""
FEW = 14
"""Categories that a legend lists."""

_TO_CONES = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
])  # fmt: skip
_TO_LAB = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
])  # fmt: skip


def oklab(colours: NDArray[np.floating]) -> NDArray[np.float64]:
    """``(n, 3)``: lightness, green-red and blue-yellow of sRGB colours ``(n, 3)`` in [0, 1]."""
    colours = np.asarray(colours, dtype=np.float64)
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T)


@cache
def ramp() -> FloatArray:
    """``(SHADES, 3) float32`` sRGB in [0, 1], from low to high."""
    stops = np.array(load_palette().ramp, dtype=np.float64) / 255
    fine = np.linspace(0, len(stops) - 1, 2048)
    path = np.stack([np.interp(fine, np.arange(len(stops)), stops[:, k]) for k in range(3)], axis=1)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(oklab(path), axis=0), axis=1))])
    wanted = np.linspace(0, along[-1], SHADES)
    return np.stack([np.interp(wanted, along, path[:, k]) for k in range(3)], axis=1).astype(np.float32)


@dataclass(frozen=True)
class Entry:
    """A category in a legend: its name, its colour, and the share of the map that it covers."""

    name: str
    colour: Rgb
    share: float


@dataclass(frozen=True)
class Legend:
    """What the colours mean.

    Parameters
    ----------
    title, unit : str
    ticks : tuple of (float, str)
        Where on the ramp, 0 to 1, which value stands; empty for categories.
    entries : tuple of Entry
        The categories, the largest first; empty for numbers.
    """

    title: str
    unit: str = ""
    ticks: tuple[tuple[float, str], ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Scale:
    """Which value takes which place on the ramp."""

    low: float
    high: float
    logarithmic: bool = False

    def share(self, values: NDArray[np.floating]) -> FloatArray:
        """Return places in [0, 1], NaN where there is no value."""
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, values = np.log10(low), np.log10(high), np.log10(np.maximum(values, low))
        return np.asarray(np.clip((values - low) / max(high - low, 1e-12), 0, 1), dtype=np.float32)

    def ticks(self, factor: float = 1.0) -> tuple[tuple[float, str], ...]:
        """Return a few values with their places, round in a unit of which a value has ``factor`` times as many."""
        low, high = self.low * factor, self.high * factor
        if self.logarithmic:
            decades = 10.0 ** np.arange(np.ceil(np.log10(low)), np.floor(np.log10(high)) + 1)
            values = decades[:: max(1, -(-len(decades) // 5))]
        else:
            values = _round_values(low, high)
        return tuple((float(self.share(np.array([v / factor]))[0]), short(float(v))) for v in values)


def scale_of(layer: Layer) -> Scale:
    """Return the scale of a layer of numbers: most of its values, a logarithm where they span many powers of ten."""
    data = np.asarray(layer.data, dtype=np.float64)
    known = data[np.isfinite(data)]
    if not len(known):
        return Scale(0.0, 1.0)
    low, high = (float(v) for v in np.percentile(known, (0.5, 99.5)))
    if low >= 0 and high > 0 and np.percentile(known, 50) < high / 200:
        positive = known[known > 0]
        return Scale(max(float(np.percentile(positive, 2)), high * 1e-5), float(known.max()), logarithmic=True)
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    return Scale(low, high)


def _round_values(low: float, high: float) -> NDArray[np.float64]:
    step = 10.0 ** np.floor(np.log10((high - low) / 3))
    step *= next(k for k in (1, 2, 5, 10) if (high - low) / (step * k) <= 5)
    return np.asarray(np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step)


def short(value: float) -> str:
    """Return a number as it stands in a legend: 0.35, 12, 1 200, 3.4 M."""
    size = abs(value)
    value = value if size > 1e-12 else 0.0  # no -0
    if size >= 1e6:
        return f"{value / 1e6:.3g} M"
    if size >= 1000:
        return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{value:.3g}" if size >= 1e-3 or value == 0 else f"{value:.0e}"


def categories(layer: Layer) -> tuple[NDArray[np.int64], FloatArray, tuple[Entry, ...]]:
    """Return, for a layer of categories: the row of each cell in a table, the table ``(n, 3)``, and the legend."""
    ids, rows, counts = np.unique(layer.data, return_inverse=True, return_counts=True)
    palette, hues = load_palette(), 0
    colours: list[Rgb] = []
    names = [layer.legend.get(int(i), "none" if i <= 0 else f"{int(i)}") for i in ids]
    of_biomes = set(layer.legend.values()) <= set(BIOMES) and bool(layer.legend)
    for name, number in zip(names, ids, strict=True):
        if of_biomes and name in palette.biomes:
            colours.append(palette.biomes[name][0])
        elif name in ("none", "no") or number < 0:
            colours.append(NOTHING)
        else:
            colours.append(palette.categories[hues % len(palette.categories)])
            hues += 1
    order = np.argsort(-counts, kind="stable")
    share = counts / layer.data.size
    listed = [Entry(names[k].replace("_", " "), colours[k], float(share[k])) for k in order]
    table = np.asarray(np.array(colours) / 255, dtype=np.float32)
    return rows.reshape(layer.data.shape).astype(np.int64), table, tuple(listed[:FEW])
