"""Which tiles fit beside each other, by a sample: tile sets with matching rims, and patterns of a picture."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError, did_you_mean
from pcgstudio.world import BIOMES, CELLS

Rows = tuple[str, ...]

MEANINGS = (*CELLS[1:], *BIOMES[1:], "path", "house", "tree")
"""What a sign may stand for."""
INDOORS = frozenset(CELLS[1:]) - {"rock", "water", "stairs", "bridge"}
"""Meanings that make a sample an interior."""
WALKED = frozenset({"floor", "corridor", "door", "stairs", "bridge", "path"})
"""Meanings that one walks on, which all hang together where that is asked for."""
MOST_TILES = 1000
"""Tiles and patterns that a model may have."""


@dataclass(frozen=True)
class TileModel:
    """Tiles and which of them fit beside each other.

    Parameters
    ----------
    tiles : tuple
        Each a small picture, all of one size.
    names : tuple of str
        The tile each is a turned copy of; for patterns the sign at their corner.
    weights : ndarray
        ``(n,)`` how often each is wanted.
    fits : ndarray
        ``(4, n, n) bool`` whether the second may lie to the east, south, west or north of the first.
    step : int
        Signs from one tile to the next.
    signs : mapping of str to str
        What each sign stands for.
    blank : str
        Name of the tile around the others.
    hearts : tuple of str
        Names of tiles of which some are laid first, so that a map has several of what they are the middle of.
    pitch : float
        Tiles from one of them to the next, about.
    """

    tiles: tuple[Rows, ...]
    names: tuple[str, ...]
    weights: NDArray[np.float64]
    fits: NDArray[np.bool_]
    step: int
    signs: Mapping[str, str]
    blank: str
    hearts: tuple[str, ...] = ()
    pitch: float = 12.0

    @property
    def indoors(self) -> bool:
        """Whether it makes an interior."""
        return any(meaning in INDOORS for meaning in self.signs.values())

    def sides(self) -> NDArray[np.bool_]:
        """``(5, n) bool`` whether a walkable sign lies at the east, south, west and north of each tile, or anywhere."""
        walked = {s for s, meaning in self.signs.items() if meaning in WALKED}
        out = np.zeros((5, len(self.tiles)), dtype=bool)
        for k, rows in enumerate(self.tiles):
            if self.step == 1:  # a pattern stands for its corner
                out[:, k] = rows[0][0] in walked
                continue
            for way, rim in enumerate((_column(rows, -1), rows[-1], _column(rows, 0), rows[0])):
                out[way, k] = bool(walked & set(rim))
            out[4, k] = bool(walked & set("".join(rows)))
        return out

    def lists(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return what fits as one list and where each tile's part of it starts; see `kernels.collapse.collapse`."""
        flat = self.fits.reshape(-1, len(self.tiles))
        starts = np.concatenate([[0], np.cumsum(flat.sum(axis=1))]).astype(np.int64)
        return np.nonzero(flat)[1].astype(np.int64), starts


def _column(rows: Rows, k: int) -> str:
    return "".join(r[k] for r in rows)


def _turned(rows: Rows) -> Rows:
    return tuple("".join(column) for column in zip(*rows[::-1], strict=True))


def variants(rows: Rows, symmetry: int) -> list[Rows]:
    """Return a picture and its turned and mirrored copies, each once: 1 none, 2 mirrored, 4 turned, 8 both."""
    found = [rows]
    if symmetry >= 4:
        for _ in range(3):
            found.append(_turned(found[-1]))
    if symmetry in (2, 8):
        found += [tuple(r[::-1] for r in one) for one in found]
    return list(dict.fromkeys(found))


@cache
def samples() -> Mapping[str, Any]:
    """Return the samples of the assets by name."""
    raw = json.loads((files("pcgstudio.assets") / "tile_samples.json").read_text(encoding="utf-8"))
    return dict(raw["samples"])


def model_of(told: Mapping[str, Any], size: int, symmetry: int, periodic: bool) -> TileModel:
    """Return the model of a sample.

    Parameters
    ----------
    told : mapping
        As in the assets: ``model``, ``signs``, ``blank``, and ``tiles`` or ``rows``.
    size : int
        Side of the patterns of an overlapping model.
    symmetry : int
        See `variants`.
    periodic : bool
        Whether a picture goes on at its other side.

    Raises
    ------
    BuildError
        The sample is not whole.
    """
    signs = dict(told.get("signs", {}))
    for sign, meaning in signs.items():
        if len(sign) != 1 or meaning not in MEANINGS:
            raise BuildError(
                f"the sign '{sign}' stands for '{meaning}', which is nothing{did_you_mean(meaning, MEANINGS)}"
            )
    pictures = [tuple(t["rows"]) for t in told["tiles"]] if told.get("model") == "tiled" else [tuple(told["rows"])]
    for rows in pictures:
        if not rows or len({len(r) for r in rows}) > 1 or not rows[0]:
            raise BuildError("the rows of a sample must be of one length; write the same number of signs in each")
        unknown = sorted(set("".join(rows)) - set(signs))
        if unknown:
            raise BuildError(f"the sample uses the sign '{unknown[0]}' without saying in 'signs' what it stands for")
    if told.get("model") == "tiled":
        return _tiled(told, pictures, signs, symmetry)
    return _overlapping(told, pictures[0], signs, size, symmetry, periodic)


def _tiled(told: Mapping[str, Any], pictures: list[Rows], signs: Mapping[str, str], symmetry: int) -> TileModel:
    if len({(len(p), len(p[0])) for p in pictures}) > 1 or len(pictures[0]) != len(pictures[0][0]):
        raise BuildError("the tiles of a sample must be squares of one size")
    tiles, names, weights = list[Rows](), list[str](), list[float]()
    for one, rows in zip(told["tiles"], pictures, strict=True):
        copies = [v for v in variants(rows, symmetry) if v not in tiles]
        tiles += copies
        names += [str(one["name"])] * len(copies)
        weights += [float(one.get("weight", 1.0)) / len(copies)] * len(copies)
    like = str.maketrans(dict(told.get("like", {})))
    rims = [
        [r.translate(like) for r in (_column(t, -1), t[-1], _column(t, 0), t[0])] for t in tiles
    ]  # fmt: skip
    fits = np.array([[[a[way] == b[(way + 2) % 4] for b in rims] for a in rims] for way in range(4)])
    blank = str(told.get("blank", names[0]))
    return TileModel(tuple(tiles), tuple(names), np.array(weights), fits, len(pictures[0]), signs, blank)


def _overlapping(
    told: Mapping[str, Any], rows: Rows, signs: Mapping[str, str], size: int, symmetry: int, periodic: bool
) -> TileModel:
    high, wide = len(rows), len(rows[0])
    reach = 0 if periodic else size - 1
    if min(high, wide) < size:
        raise BuildError(f"a sample of {wide} x {high} signs holds no pattern of {size}; make it larger")
    if size < 3:  # too small to tell the signs of one meaning apart
        first = {meaning: sign for sign, meaning in reversed(list(signs.items()))}
        alike = str.maketrans({sign: first[meaning] for sign, meaning in signs.items()})
        rows = tuple(r.translate(alike) for r in rows)
    found: Counter[Rows] = Counter()
    for r in range(high - reach):
        for c in range(wide - reach):
            seen = tuple("".join(rows[(r + i) % high][(c + j) % wide] for j in range(size)) for i in range(size))
            found.update(variants(seen, symmetry))
    if len(found) > MOST_TILES:
        raise BuildError(f"the sample has {len(found)} patterns of {size} signs; use pattern 2 or a plainer sample")
    tiles = sorted(found)
    fits = np.array([_overlaps(tiles, way) for way in range(4)])
    blank = str(told.get("blank", rows[0][0]))
    weights = np.array([found[t] for t in tiles], dtype=np.float64)
    hearts = tuple(str(h) for h in told.get("hearts", ())) if size > 2 else ()  # patterns of 2 keep no room whole
    names = tuple(t[0][0] for t in tiles)
    return TileModel(tuple(tiles), names, weights, fits, 1, signs, blank, hearts, float(told.get("pitch", 12)))


def _overlaps(tiles: list[Rows], way: int) -> list[list[bool]]:
    """``(n, n)`` whether the second pattern, one sign to a side of the first, shows the same where both lie."""
    mine, theirs = [_without(t, way) for t in tiles], [_without(t, (way + 2) % 4) for t in tiles]
    return [[a == b for b in theirs] for a in mine]


def _without(rows: Rows, way: int) -> Rows:
    """Return what a pattern shares with its neighbour to the east, south, west or north."""
    if way == 0:
        return tuple(r[1:] for r in rows)
    if way == 2:
        return tuple(r[:-1] for r in rows)
    return rows[1:] if way == 1 else rows[:-1]


def own_sample(text: str) -> Mapping[str, Any]:
    """Read a sample that a user wrote: JSON as in the assets, or rows of the signs ``# . , + ~ g s p t h``.

    Raises
    ------
    BuildError
        It cannot be read.
    """
    if text.lstrip().startswith("{"):
        try:
            told = json.loads(text)
        except json.JSONDecodeError as error:
            raise BuildError(f"the sample is no JSON: {error}; see the samples in the assets") from error
        if not isinstance(told, dict) or not ("rows" in told or "tiles" in told):
            raise BuildError("the sample needs 'tiles' or 'rows'; see the samples in the assets")
        return told
    rows = [r.strip() for r in text.replace("/", "\n").strip().splitlines() if r.strip()]
    usual = {
        "#": "rock", ".": "floor", ",": "corridor", "+": "door", "~": "water", "g": "grassland", "s": "beach",
        "p": "path", "t": "tree", "h": "house", "w": "lake", "d": "desert", "f": "forest",
    }  # fmt: skip
    return {"model": "overlapping", "signs": usual, "rows": rows, "blank": rows[0][0] if rows else ""}


def numbers(text: str, what: str, known: Iterable[str]) -> dict[str, str]:
    """Read ``name = value`` pairs parted by commas or semicolons.

    Raises
    ------
    BuildError
        A pair has no value, or the name of no tile.
    """
    known, out = set(known), {}
    for pair in filter(None, (p.strip() for p in text.replace(";", ",").split(","))):
        name, _, value = (p.strip() for p in pair.partition("="))
        if name not in known or not value:
            raise BuildError(f"{what} says '{pair}'; write name = value with one of: {', '.join(sorted(known))}")
        out[name] = value
    return out
