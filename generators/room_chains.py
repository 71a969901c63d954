"""Rooms laid out one after another: in a row, in a ring, on the squares of a grid, or in two rows along a corridor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .room_layout import BoolArray, Room, Sizes

Pairs = list[tuple[int, int]]

_SHARES = (1.0, 0.6, 0.3, 0.0)
"""Upper ends of the sizes that are tried, from roomy to tight, as shares of their span."""


def laid_out(
    domain: BoolArray, count: int, sizes: Sizes, layout: str, spacing: float, rng: np.random.Generator
) -> list[Room]:
    """Return ``count`` rooms in the order of their chain, or as many as fit if that is less.

    Parameters
    ----------
    domain : ndarray
        ``(rows, cols) bool`` connected nodes that may be used.
    layout : {"row", "ring", "grid", "corridor"}
        A row is straight where the ground is long enough, and runs to and fro where it is not. Along a corridor rooms
        are alike, in two rows with one line of nodes between them.
    spacing : float
        Widest usual distance between rooms in nodes.
    """
    gap = max(1, round(spacing))
    if layout == "ring":
        return _round(domain, count, sizes, gap, rng) or _on_rim(domain, count, sizes, rng)
    if layout == "corridor":
        return _along_hall(domain, count, sizes)
    if layout == "row":
        straight = _straight(domain, count, sizes, gap, rng)
        if straight:
            return straight
    return _on_squares(domain, count, sizes, gap if layout == "grid" else 1, rng, to_and_fro=layout == "row")


def chained(count: int, layout: str) -> Pairs:
    """Return which rooms, numbered from 1, a row or a ring joins."""
    pairs = [(k, k + 1) for k in range(1, count)]
    return [*pairs, (count, 1)] if layout == "ring" else pairs


def neighbours(rooms: list[Room]) -> Pairs:
    """Return which rooms of a grid, numbered from 1, lie beside each other in a row or a column of it."""
    box = np.array([[r.top, r.left, r.top + r.height, r.left + r.width] for r in rooms])
    pairs: Pairs = []
    for a in range(len(rooms)):
        for side, (low, high) in ((0, (1, 3)), (1, (0, 2))):
            level = (box[:, low] < box[a, high]) & (box[:, high] > box[a, low]) & (box[:, side] >= box[a, side + 2])
            if level.any():
                pairs.append((a + 1, int(np.argmin(np.where(level, box[:, side], np.iinfo(np.int64).max))) + 1))
    return pairs


def _along_hall(domain: BoolArray, count: int, sizes: Sizes) -> list[Room]:
    """Lay alike rooms wall to wall in two rows, the largest size that fits, or as many of the smallest as do."""
    rows, cols = np.nonzero(domain)
    turned = bool(np.ptp(rows) > np.ptp(cols))
    for fewer in range(count, 0, -1):
        for side in range(max(sizes.least, (sizes.least + sizes.most) // 2), sizes.least - 1, -1):
            for down in (turned, not turned):
                line = _two_rows(domain.T if down else domain, fewer, side)
                if line:
                    return [Room(r.left, r.top, r.width, r.height) for r in line] if down else line
    return []


def _two_rows(domain: BoolArray, count: int, side: int) -> list[Room]:
    """Return square rooms north and south of one row of nodes, the nearest to the middle where all fit."""
    length = -(-count // 2) * side
    rows, cols = np.nonzero(domain)
    axis, middle = int(rows.min() + rows.max() + 1) // 2, int(cols.min() + cols.max() + 1 - length) // 2
    for off in sorted(range(-domain.shape[0], domain.shape[0]), key=abs):
        for shift in (0, -2, 2, -5, 5, -9, 9):
            line = axis + off
            tops = [line - side if k % 2 == 0 else line + 1 for k in range(count)]
            rooms = [Room(top, middle + shift + k // 2 * side, side, side) for k, top in enumerate(tops)]
            if all(_holds(domain, one) for one in (*rooms, Room(line, middle + shift, 1, length))):
                return rooms
    return []


def _drawn(sizes: Sizes, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """``(count, 2)`` heights and widths, never longer than twice the other side."""
    sides = rng.integers(sizes.least, sizes.most + 1, (count, 2))
    return np.asarray(np.minimum(sides, 2 * sides[:, ::-1]))


def _straight(domain: BoolArray, count: int, sizes: Sizes, gap: int, rng: np.random.Generator) -> list[Room]:
    """Lay rooms on one line along the longer side of the ground, then along the other, or return none."""
    rows, cols = np.nonzero(domain)
    down = np.ptp(rows) > np.ptp(cols)
    for share in _SHARES:
        sides = _drawn(sizes.shrunk(share), count, rng)
        for turned in (down, not down):
            for wide in dict.fromkeys((gap, (gap + 1) // 2, 1)):
                ground, own = (domain.T, sides[:, ::-1]) if turned else (domain, sides)
                line = _on_line(ground, own, wide)
                if line:
                    return [Room(r.left, r.top, r.width, r.height) for r in line] if turned else line
    return []


def _on_line(domain: BoolArray, sides: NDArray[np.int64], gap: int) -> list[Room]:
    """Return rooms from west to east about one row of nodes, the nearest to the middle where all fit."""
    starts = np.concatenate([[0], np.cumsum(sides[:-1, 1] + gap)])
    length = int(starts[-1] + sides[-1, 1])
    rows, cols = np.nonzero(domain)
    axis, middle = (rows.min() + rows.max() + 1) // 2, (cols.min() + cols.max() + 1 - length) // 2
    if length > domain.shape[1]:
        return []
    for off in sorted(range(-domain.shape[0], domain.shape[0]), key=abs):
        for shift in (0, -2, 2, -5, 5, -9, 9):
            line = [
                Room(int(axis + off - h // 2), int(middle + shift + s), int(h), int(w))
                for s, (h, w) in zip(starts, sides, strict=True)
            ]
            if all(_holds(domain, room) for room in line):
                return line
    return []


def _holds(domain: BoolArray, room: Room) -> bool:
    bottom, right = room.top + room.height, room.left + room.width
    within = room.top >= 0 and room.left >= 0 and bottom <= domain.shape[0] and right <= domain.shape[1]
    return within and bool(domain[room.nodes].all())


def _round(domain: BoolArray, count: int, sizes: Sizes, gap: int, rng: np.random.Generator) -> list[Room]:
    """Lay rooms on an ellipse about the middle of the ground, no larger than the gaps ask, or return none."""
    rows, cols = np.nonzero(domain)
    middle = np.array([rows.min() + rows.max(), cols.min() + cols.max()]) / 2
    most = np.array([np.ptp(rows), np.ptp(cols)]) / 2
    turn = rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(count) / count
    for share in _SHARES:
        sides = _drawn(sizes.shrunk(share), count, rng)
        wanted = (float(sides.mean()) + gap) * count / (2 * np.pi)
        for scale in (1.0, 1.2, 1.45, 1.8, 2.5, 4.0):
            reach = np.minimum(scale * wanted, most - sides.max() / 2)
            spots = middle + reach * np.stack([np.sin(turn), np.cos(turn)], axis=1)
            corners = np.round(spots - (sides - 1) / 2).astype(int)
            ring = [Room(int(r), int(c), int(h), int(w)) for (r, c), (h, w) in zip(corners, sides, strict=True)]
            if (reach > 0).all() and all(_holds(domain, one) for one in ring) and _apart(domain, ring):
                return ring
    return []


def _apart(domain: BoolArray, rooms: list[Room]) -> bool:
    """Whether a node or more lies between any two rooms, corners included."""
    taken = np.zeros(domain.shape, dtype=np.int16)
    for room in rooms:
        around = (slice(max(room.top - 1, 0), room.top + room.height + 1),
                  slice(max(room.left - 1, 0), room.left + room.width + 1))  # fmt: skip
        if taken[around].any():
            return False
        taken[room.nodes] = 1
    return True


def _on_rim(domain: BoolArray, count: int, sizes: Sizes, rng: np.random.Generator) -> list[Room]:
    """Lay rooms of the smallest size along the rim of the ground, evenly; fewer where it is too short."""
    squares, shape = _squares(domain, sizes.least + 1, sizes.least)
    whole = np.zeros(shape, dtype=bool)
    whole[tuple(np.array(list(squares)).reshape(-1, 2).T)] = True
    whole = ndimage.binary_opening(whole, np.ones((2, 2)))
    rim = whole & ~ndimage.binary_erosion(whole, np.ones((3, 3)))
    at = np.argwhere(rim)
    if len(at) < 3:
        return []
    off = at - (np.array(shape) - 1) / 2
    order = np.argsort(np.arctan2(off[:, 0], off[:, 1]), kind="stable")
    start = int(rng.integers(len(order)))
    taken = np.roll(order, start)[
        np.floor(np.arange(min(count, len(order))) * len(order) / min(count, len(order))).astype(int)
    ]
    return [Room(*squares[(int(r), int(c))], sizes.least, sizes.least) for r, c in at[taken]]


def _on_squares(
    domain: BoolArray, count: int, sizes: Sizes, gap: int, rng: np.random.Generator, *, to_and_fro: bool
) -> list[Room]:
    """Lay a room on each square of a lattice, the widest that has enough; fewer rooms where none has."""
    widest = min(sizes.most + gap, max(domain.shape))
    for pitch in range(widest, sizes.least, -1):
        squares, _ = _squares(domain, pitch, sizes.least)
        order = sorted(squares, key=lambda at: (at[0], at[1] if at[0] % 2 == 0 or not to_and_fro else -at[1]))
        if len(order) < count and pitch > sizes.least + 1:
            continue
        first = 0 if not to_and_fro else (len(order) - count) // 2
        chosen = order[max(first, 0) :][:count] if to_and_fro else _block(order, count)
        sides = np.minimum(_drawn(sizes, len(chosen), rng), pitch - 1)
        rooms = [
            _in_square(domain, squares[at], pitch - 1, side, sizes.least)
            for at, side in zip(chosen, sides, strict=True)
        ]
        return _centred(domain, rooms)
    return []


def _in_square(domain: BoolArray, node: tuple[int, int], inner: int, side: NDArray[np.int64], least: int) -> Room:
    """Return a room in the middle of a square, or one of the smallest size at its corner where ground is missing."""
    height, width = side.tolist()
    room = Room(node[0] + (inner - height) // 2, node[1] + (inner - width) // 2, height, width)
    return room if _holds(domain, room) else Room(*node, least, least)


def _centred(domain: BoolArray, rooms: list[Room]) -> list[Room]:
    """Move all rooms together to the middle of the ground, if it holds them there."""
    if not rooms:
        return rooms
    ends = np.array([[r.top, r.left, r.top + r.height - 1, r.left + r.width - 1] for r in rooms])
    rows, cols = np.nonzero(domain)
    down = (int(rows.min() + rows.max()) - int(ends[:, 0].min() + ends[:, 2].max())) // 2
    across = (int(cols.min() + cols.max()) - int(ends[:, 1].min() + ends[:, 3].max())) // 2
    moved = [Room(r.top + down, r.left + across, r.height, r.width) for r in rooms]
    return moved if all(_holds(domain, room) for room in moved) else rooms


def _squares(
    domain: BoolArray, pitch: int, least: int
) -> tuple[dict[tuple[int, int], tuple[int, int]], tuple[int, int]]:
    """Return the squares of a lattice that hold a room of the smallest size, with their first node, and its shape."""
    rows, cols = np.nonzero(domain)
    tall, wide = np.ptp(rows) + 2, np.ptp(cols) + 2
    shape = int(tall // pitch), int(wide // pitch)
    top, left = int(rows.min() + (tall % pitch) // 2), int(cols.min() + (wide % pitch) // 2)
    squares = {(r, c): (top + r * pitch, left + c * pitch) for r in range(shape[0]) for c in range(shape[1])}
    return {at: node for at, node in squares.items() if _holds(domain, Room(*node, least, least))}, shape


def _block(order: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """Return the squares of the most nearly square block of a lattice, row by row."""
    if len(order) <= count:
        return order
    at = np.array(order)
    across = int(np.ceil(np.sqrt(count)))
    middle = (at.min(axis=0) + at.max(axis=0)) / 2
    down = int(np.ceil(count / across))
    for wide in range(across, int(np.ptp(at[:, 1])) + 2):
        down = int(np.ceil(count / wide))
        corner = np.floor(middle - (np.array([down, wide]) - 1) / 2).astype(int)
        inside = ((at >= corner) & (at < corner + np.array([down, wide]))).all(axis=1)
        if inside.sum() >= count:
            return [order[k] for k in np.flatnonzero(inside)[:count]]
    return order[:count]
