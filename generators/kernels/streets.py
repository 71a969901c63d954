"""Kernels of settlements on a small lattice: walking cost, streets along a tensor field, lots along streets.

The lattice of a settlement has row 0 in the south: point ``(x, y)`` lies in cell ``int(y / h), int(x / h)``.
"""

from __future__ import annotations

import heapq

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pcgstudio.world import FloatArray

Bools = NDArray[np.bool_]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

_REACH = np.array(
    [(0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1),
     (1, 2), (1, -2), (-1, 2), (-1, -2), (2, 1), (2, -1), (-2, 1), (-2, -1)], dtype=np.int64,
)  # fmt: skip


@njit(cache=True)
def walking_cost(starts: Bools, free: Bools, price: FloatArray, h: float) -> FloatArray:
    """``(rows, cols) float32``: cost of the cheapest walk from any start over free cells; infinite elsewhere."""
    rows, cols = free.shape
    cost = np.full((rows, cols), np.float32(np.inf))
    heap = [(np.float32(0.0), np.int64(-1))]
    heap.pop()
    for r in range(rows):
        for c in range(cols):
            if starts[r, c] and free[r, c]:
                cost[r, c] = 0
                heapq.heappush(heap, (np.float32(0.0), np.int64(r * cols + c)))
    while len(heap) > 0:
        so_far, node = heapq.heappop(heap)
        r, c = node // cols, node % cols
        if so_far > cost[r, c]:
            continue
        for k in range(16):
            i, j = r + _REACH[k, 0], c + _REACH[k, 1]
            if i < 0 or j < 0 or i >= rows or j >= cols or not free[i, j]:
                continue
            if k >= 8 and not free[r + _REACH[k, 0] // 2, c + _REACH[k, 1] // 2]:
                continue
            away = h * np.sqrt(float(_REACH[k, 0] ** 2 + _REACH[k, 1] ** 2))
            total = np.float32(so_far + away * 0.5 * (price[r, c] + price[i, j]))
            if total < cost[i, j]:
                cost[i, j] = total
                heapq.heappush(heap, (total, np.int64(i * cols + j)))
    return cost


@njit(cache=True)
def _sampled(data: FloatArray, x: float, y: float, h: float) -> float:
    """Bilinear value of lattice data; the border value outside."""
    rows, cols = data.shape
    u = min(max(x / h - 0.5, 0.0), cols - 1.001)
    v = min(max(y / h - 0.5, 0.0), rows - 1.001)
    c, r = int(u), int(v)
    fu, fv = u - c, v - r
    low = data[r, c] * (1 - fu) + data[r, c + 1] * fu
    high = data[r + 1, c] * (1 - fu) + data[r + 1, c + 1] * fu
    return float(low * (1 - fv) + high * fv)


@njit(cache=True)
def _inside(mask: Bools, x: float, y: float, h: float) -> bool:
    r, c = int(np.floor(y / h)), int(np.floor(x / h))
    return 0 <= r < mask.shape[0] and 0 <= c < mask.shape[1] and bool(mask[r, c])


@njit(cache=True)
def _along(cos2: FloatArray, sin2: FloatArray, x: float, y: float, h: float, family: int) -> tuple[float, float]:
    """Direction of a family's streets at a point."""
    angle = 0.5 * np.arctan2(_sampled(sin2, x, y, h), _sampled(cos2, x, y, h)) + family * np.pi / 2
    return np.cos(angle), np.sin(angle)


@njit(cache=True)
def _mark(near: FloatArray, x: float, y: float, reach: float, h: float) -> None:
    rows, cols = near.shape
    for r in range(max(0, int((y - reach) / h)), min(rows, int((y + reach) / h) + 1)):
        for c in range(max(0, int((x - reach) / h)), min(cols, int((x + reach) / h) + 1)):
            far = np.sqrt(((c + 0.5) * h - x) ** 2 + ((r + 0.5) * h - y) ** 2)
            near[r, c] = min(near[r, c], np.float32(far))


@njit(cache=True)
def _walked(
    line: Doubles, first: int, last: int, way: int, cos2: FloatArray, sin2: FloatArray, inside: Bools,
    near: FloatArray, family: int, test: float, step: float, h: float,
) -> tuple[int, int, bool]:  # fmt: skip
    """Carry a line on from its seed, forward (``way`` 0) or back; returns its ends and whether it closed to a ring."""
    half = len(line) // 2 - 2
    x0, y0 = line[half, 0], line[half, 1]
    x, y = x0, y0
    dx, dy = _along(cos2, sin2, x, y, h, family)
    if way == 1:
        dx, dy = -dx, -dy
    for _ in range(half):
        ex, ey = _along(cos2, sin2, x + 0.5 * step * dx, y + 0.5 * step * dy, h, family)
        if ex * dx + ey * dy < 0:
            ex, ey = -ex, -ey
        if ex * dx + ey * dy < 0.3:
            break
        dx, dy = ex, ey
        x, y = x + step * dx, y + step * dy
        if not _inside(inside, x, y, h) or _sampled(near, x, y, h) < test:
            break
        back = _returned(line, first, last, way, x, y, test, step)
        if way == 0:
            last += 1
            line[last, 0], line[last, 1] = x, y
        else:
            first -= 1
            line[first, 0], line[first, 1] = x, y
        if back >= 0:
            return first, last, back == half
        if way == 0 and last - half > 12 and (x - x0) ** 2 + (y - y0) ** 2 < (1.1 * step) ** 2:
            return first, last, True
    return first, last, False


@njit(cache=True)
def _returned(line: Doubles, first: int, last: int, way: int, x: float, y: float, test: float, step: float) -> int:
    """Return the point of its own that a line has come back to, -1 where it has not."""
    for k in range(first, last + 1):
        gone = abs((last if way == 0 else first) - k) * step
        if gone > 3 * test and (line[k, 0] - x) ** 2 + (line[k, 1] - y) ** 2 < (0.8 * test) ** 2:
            return k
    return -1


@njit(cache=True)
def _bred(
    queue: Doubles, queued: int, line: Doubles, first: int, last: int, cos2: FloatArray, sin2: FloatArray, family: int,
    apart: float, step: float, h: float,
) -> int:  # fmt: skip
    """Add seeds beside a line to the queue; returns its new length."""
    for k in range(first, last + 1, max(1, int(apart / (4 * step)))):
        dx, dy = _along(cos2, sin2, line[k, 0], line[k, 1], h, family)
        for side in (-1.0, 1.0):
            if queued < len(queue):
                queue[queued, 0] = line[k, 0] - side * dy * apart * 1.01
                queue[queued, 1] = line[k, 1] + side * dx * apart * 1.01
                queued += 1
    return queued


@njit(cache=True)
def trace(
    cos2: FloatArray, sin2: FloatArray, inside: Bools, near: FloatArray, seeds: Doubles, family: int, apart: float,
    test: float, step: float, longest: float, shortest: float, h: float, breed: bool,
) -> tuple[Doubles, Ints]:  # fmt: skip
    """Trace streets along a tensor field, evenly apart (Jobard & Lefer 1997; Chen et al. 2008).

    Parameters
    ----------
    cos2, sin2 : ndarray
        ``(rows, cols) float32`` the field as the double angle.
    inside : ndarray of bool
        Where streets may run.
    near : ndarray
        ``(rows, cols) float32`` distance to streets of this family [m]; new ones are entered.
    seeds : ndarray
        ``(n, 2)`` places to begin at, in order.
    family : int
        0 along the field, 1 across.
    apart, test, step, longest, shortest : float
        Distance of new streets from others of the family, at which they stop, of points, and lengths kept [m].
    h : float
        Size of a lattice cell [m].
    breed : bool
        Whether every street seeds others beside it.

    Returns
    -------
    points : ndarray
        ``(m, 2)``, street after street.
    starts : ndarray
        Where each begins, one more than streets.
    """
    limit = 200_000
    points = np.empty((limit, 2))
    starts = np.zeros(4000, dtype=np.int64)
    queue = np.empty((60_000, 2))
    queued, head, streets, used = 0, 0, 0, 0
    line = np.empty((2 * int(longest / step) + 4, 2))
    half = int(longest / step)
    stride = max(1, int(apart / (8 * step)))
    at_seed = 0
    while True:
        if head < queued:
            x0, y0 = queue[head, 0], queue[head, 1]
            head += 1
        elif at_seed < len(seeds):
            x0, y0 = seeds[at_seed, 0], seeds[at_seed, 1]
            at_seed += 1
        else:
            break
        if not _inside(inside, x0, y0, h) or _sampled(near, x0, y0, h) < 0.96 * apart:
            continue
        line[half, 0], line[half, 1] = x0, y0
        first, last, closed = _walked(line, half, half, 0, cos2, sin2, inside, near, family, test, step, h)
        if not closed:
            first, last, _ = _walked(line, first, last, 1, cos2, sin2, inside, near, family, test, step, h)
        count = last - first + 1
        if (count - 1) * step < shortest or used + count > limit or streets >= 3998:
            continue
        for k in range(first, last + 1):
            points[used, 0], points[used, 1] = line[k, 0], line[k, 1]
            if (k - first) % stride == 0 or k == last:
                _mark(near, line[k, 0], line[k, 1], apart, h)
            used += 1
        streets += 1
        starts[streets] = used
        if not breed:
            continue
        queued = _bred(queue, queued, line, first, last, cos2, sin2, family, apart, step, h)
    return points[:used], starts[: streets + 1]


@njit(cache=True)
def owners(points: Doubles, starts: Ints, shape: tuple[int, int], h: float) -> Ints:
    """``shape`` the number of the street that crosses each cell, from 1; the first counts."""
    who = np.zeros(shape, dtype=np.int64)
    for s in range(len(starts) - 1):
        for i in range(starts[s], starts[s + 1]):
            last = i if i == starts[s] else i - 1
            for k in range(4):
                x = points[last, 0] + (points[i, 0] - points[last, 0]) * k / 4
                y = points[last, 1] + (points[i, 1] - points[last, 1]) * k / 4
                r, c = int(y / h), int(x / h)
                if 0 <= r < shape[0] and 0 <= c < shape[1] and who[r, c] == 0:
                    who[r, c] = s + 1
    return who


@njit(cache=True)
def met(who: Ints, x: float, y: float, own: int, h: float) -> int:
    """Return the number of another street within a cell of a point, 0 where there is none."""
    r0, c0 = int(np.floor(y / h)), int(np.floor(x / h))
    for r in range(max(0, r0 - 1), min(who.shape[0], r0 + 2)):
        for c in range(max(0, c0 - 1), min(who.shape[1], c0 + 2)):
            if who[r, c] != 0 and who[r, c] != own:
                return int(who[r, c])
    return 0


@njit(cache=True)
def trimmed(
    points: Doubles, starts: Ints, who: Ints, inside: Bools, ahead: float, step: float, h: float, keep: Bools
) -> tuple[Doubles, Ints, Ints]:
    """Carry dangling ends on to the next street, or cut them back to the last one; ``keep`` spares a street.

    Returns
    -------
    points, starts, source : ndarray
        The streets that are left, and which ones they were.
    """
    streets = len(starts) - 1
    out = np.empty((len(points) + streets * (2 * int(ahead / step) + 4), 2))
    begins = np.zeros(streets + 1, dtype=np.int64)
    source = np.zeros(streets, dtype=np.int64)
    used, made = 0, 0
    for s in range(streets):
        a, b = starts[s], starts[s + 1]
        first, last = -1, -1
        for i in range(a, b):
            if met(who, points[i, 0], points[i, 1], s + 1, h):
                first = i if first < 0 else first
                last = i
        if keep[s]:
            first, last = a, b - 1
        lead, tail = np.empty((0, 2)), np.empty((0, 2))
        if not keep[s]:
            found, extra = _onward(points, a + 1, a, who, inside, ahead, step, h, s + 1)
            if found:
                lead, first = extra, a
                last = max(last, a)
            found, extra = _onward(points, b - 2, b - 1, who, inside, ahead, step, h, s + 1)
            if found:
                tail, last = extra, b - 1
                first = b - 1 if first < 0 else first
        if first < 0 or last - first < 3:
            continue
        for k in range(len(lead) - 1, -1, -1):
            out[used] = lead[k]
            used += 1
        for i in range(first, last + 1):
            out[used] = points[i]
            used += 1
        for k in range(len(tail)):
            out[used] = tail[k]
            used += 1
        source[made] = s
        made += 1
        begins[made] = used
    return out[:used], begins[: made + 1], source[:made]


@njit(cache=True)
def meetings(points: Doubles, starts: Ints, who: Ints, h: float) -> Bools:
    """``(n, n)`` which streets meet, by the cells that each crosses; see `owners`."""
    streets = len(starts) - 1
    links = np.zeros((streets, streets), dtype=np.bool_)
    for s in range(streets):
        for i in range(starts[s], starts[s + 1]):
            other = met(who, points[i, 0], points[i, 1], s + 1, h)
            if other:
                links[s, other - 1] = links[other - 1, s] = True
    return links


@njit(cache=True)
def _onward(
    points: Doubles, before: int, end: int, who: Ints, inside: Bools, ahead: float, step: float, h: float, own: int
) -> tuple[int, Doubles]:
    """Go straight on from an end; returns the street met, 0 for none, and the points there."""
    dx, dy = points[end, 0] - points[before, 0], points[end, 1] - points[before, 1]
    long = max(np.sqrt(dx * dx + dy * dy), 1e-9)
    dx, dy = dx / long, dy / long
    many = int(ahead / step)
    extra = np.empty((many, 2))
    for k in range(many):
        x, y = points[end, 0] + dx * step * (k + 1), points[end, 1] + dy * step * (k + 1)
        if not _inside(inside, x, y, h):
            return 0, extra[:0]
        extra[k, 0], extra[k, 1] = x, y
        other = met(who, x, y, own, h)
        if other:
            return other, extra[: k + 1]
    return 0, extra[:0]


@njit(cache=True)
def pave(gap: FloatArray, points: Doubles, starts: Ints, half: Doubles, reach: float, h: float) -> None:
    """Lower ``gap`` to the distance [m] from the kerb of streets; negative on them."""
    rows, cols = gap.shape
    for s in range(len(starts) - 1):
        out = half[s] + reach
        for i in range(starts[s], starts[s + 1] - 1):
            ux, uy = points[i + 1, 0] - points[i, 0], points[i + 1, 1] - points[i, 1]
            square = max(ux * ux + uy * uy, 1e-9)
            x0, x1 = min(points[i, 0], points[i + 1, 0]) - out, max(points[i, 0], points[i + 1, 0]) + out
            y0, y1 = min(points[i, 1], points[i + 1, 1]) - out, max(points[i, 1], points[i + 1, 1]) + out
            for r in range(max(0, int(y0 / h)), min(rows, int(y1 / h) + 1)):
                for c in range(max(0, int(x0 / h)), min(cols, int(x1 / h) + 1)):
                    px, py = (c + 0.5) * h - points[i, 0], (r + 0.5) * h - points[i, 1]
                    t = min(max((px * ux + py * uy) / square, 0.0), 1.0)
                    far = np.sqrt((px - t * ux) ** 2 + (py - t * uy) ** 2) - half[s]
                    gap[r, c] = min(gap[r, c], np.float32(far))


@njit(cache=True)
def dice(seed: int, a: int, b: int) -> float:
    """Return a number in [0, 1) that depends on the three, evenly spread."""
    v = (np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)) ^ (np.uint64(a) * np.uint64(0xBF58476D1CE4E5B9))
    v ^= np.uint64(b) * np.uint64(0x94D049BB133111EB)
    v ^= v >> np.uint64(29)
    v *= np.uint64(0xBF58476D1CE4E5B9)
    v ^= v >> np.uint64(32)
    v *= np.uint64(0x94D049BB133111EB)
    v ^= v >> np.uint64(29)
    return float(v >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True)
def overlap(a: Doubles, b: Doubles) -> bool:
    """Whether two turned rectangles share ground: rows of x, y, unit vector along the depth, width, depth."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    reach = 0.5 * (np.sqrt(a[4] ** 2 + a[5] ** 2) + np.sqrt(b[4] ** 2 + b[5] ** 2))
    if dx * dx + dy * dy >= reach * reach:
        return False
    for k in range(4):
        one = a if k < 2 else b
        ex, ey = (one[2], one[3]) if k % 2 == 0 else (-one[3], one[2])
        spread = 0.0
        for side in (a, b):
            spread += 0.5 * (abs(side[2] * ex + side[3] * ey) * side[5] + abs(-side[3] * ex + side[2] * ey) * side[4])
        if abs(dx * ex + dy * ey) >= spread - 1e-6:
            return False
    return True


@njit(cache=True)
def _fits(
    lot: Doubles, lots: Doubles, heads: Ints, chain: Ints, bins: float, gap: FloatArray, free: Bools, h: float
) -> bool:
    """Whether a lot lies on free ground, off the streets, and clear of the lots before it."""
    vx, vy = -lot[3], lot[2]
    many = max(2, int(lot[4] / 3) + 1)
    deep = max(2, int(lot[5] / 3) + 1)
    for i in range(many + 1):
        for j in range(deep + 1):
            a, b = (i / many - 0.5) * lot[4], (j / deep - 0.5) * lot[5]
            x, y = lot[0] + vx * a + lot[2] * b, lot[1] + vy * a + lot[3] * b
            if not _inside(free, x, y, h) or _sampled(gap, x, y, h) < (0.25 if j else -0.15):
                return False
    rows, cols = heads.shape
    r0, c0 = int(lot[1] / bins), int(lot[0] / bins)
    for r in range(max(0, r0 - 1), min(rows, r0 + 2)):
        for c in range(max(0, c0 - 1), min(cols, c0 + 2)):
            k = heads[r, c]
            while k >= 0:
                if overlap(lot, lots[k]):
                    return False
                k = chain[k]
    return True


@njit(cache=True)
def front_lots(
    points: Doubles, starts: Ints, half: Doubles, sides: Ints, gap: FloatArray, free: Bools, cost: FloatArray,
    radius: float, styles: Doubles, edges: Doubles, taken: Doubles, seed: int, most: int, h: float,
) -> Doubles:  # fmt: skip
    """Cut lots along streets, side by side, as deep as there is room.

    Parameters
    ----------
    points, starts, half, sides : ndarray
        Streets, half their width [m], and which sides are built on: 0 both, 1 the left, -1 the right one.
    gap, free, cost : ndarray
        ``(rows, cols)`` distance from a kerb [m], ground that may be built on, walking cost from the centre [m].
    radius : float
        Walking cost at the rim of the settlement [m].
    styles : ndarray
        ``(zones, 5)`` least and greatest frontage, greatest depth, least depth [m], share of empty lots.
    edges : ndarray
        ``(zones,)`` share of the radius up to which each zone reaches.
    taken : ndarray
        ``(n, 9)`` lots that are there already.
    seed, most : int
        Dice, and how many lots at most.
    h : float
        Size of a lattice cell [m].

    Returns
    -------
    ndarray
        ``(n, 9)`` x, y, unit vector from the street inward, width, depth [m], zone, street, walking cost; those taken
        come first.
    """
    lots = np.empty((most + len(taken), 9))
    bins = 64.0
    heads = np.full((int(gap.shape[0] * h / bins) + 1, int(gap.shape[1] * h / bins) + 1), -1, dtype=np.int64)
    chain = np.full(len(lots), -1, dtype=np.int64)
    made = 0
    for k in range(len(taken)):
        made = _enter(lots, heads, chain, bins, taken[k], made)
    for s in range(len(starts) - 1):
        a, b = starts[s], starts[s + 1] - 1
        for side in (1.0, -1.0):
            if sides[s] != 0 and sides[s] != side:
                continue
            at, number = float(a), 0
            while at < b and made < len(lots):
                number += 1
                made, at = _next_lot(points, at, b, half[s], side, s, number, gap, free, cost, radius, styles, edges,
                                     seed, h, lots, heads, chain, bins, made)  # fmt: skip
    return lots[:made]


@njit(cache=True)
def _enter(lots: Doubles, heads: Ints, chain: Ints, bins: float, lot: Doubles, made: int) -> int:
    lots[made] = lot
    r = min(max(int(lot[1] / bins), 0), heads.shape[0] - 1)
    c = min(max(int(lot[0] / bins), 0), heads.shape[1] - 1)
    chain[made], heads[r, c] = heads[r, c], made
    return made + 1


@njit(cache=True)
def _place(points: Doubles, at: float) -> tuple[float, float]:
    i = min(int(at), len(points) - 2)
    t = at - i
    return points[i, 0] + (points[i + 1, 0] - points[i, 0]) * t, points[i, 1] + (points[i + 1, 1] - points[i, 1]) * t


@njit(cache=True)
def _next_lot(
    points: Doubles, at: float, end: int, half: float, side: float, street: int, number: int, gap: FloatArray,
    free: Bools, cost: FloatArray, radius: float, styles: Doubles, edges: Doubles, seed: int, h: float, lots: Doubles,
    heads: Ints, chain: Ints, bins: float, made: int,
) -> tuple[int, float]:  # fmt: skip
    """Try a lot at a place of a street; returns how many there are now, and the place after it."""
    i = min(int(at), end - 1)
    step = max(np.sqrt((points[i + 1, 0] - points[i, 0]) ** 2 + (points[i + 1, 1] - points[i, 1]) ** 2), 1e-6)
    x0, y0 = _place(points, at)
    r, c = int(y0 / h), int(x0 / h)
    if not (0 <= r < cost.shape[0] and 0 <= c < cost.shape[1]) or not np.isfinite(cost[r, c]):
        return made, at + 2.0 / step
    far = cost[r, c] / radius
    zone = len(edges) - 1
    for z in range(len(edges) - 1, -1, -1):
        if far <= edges[z]:
            zone = z
    if far > 1:
        return made, at + 2.0 / step
    code = street * 2 + (1 if side > 0 else 0)
    width = styles[zone, 0] + (styles[zone, 1] - styles[zone, 0]) * dice(seed, code, number)
    if at + width / step > end:
        return made, float(end)
    x1, y1 = _place(points, at + width / step)
    tx, ty = x1 - x0, y1 - y0
    chord = np.sqrt(tx * tx + ty * ty)
    if chord < 0.85 * width:
        return made, at + 2.0 / step
    tx, ty = tx / chord, ty / chord
    nx, ny = -ty * side, tx * side
    if dice(seed + 1, code, number) < styles[zone, 4]:
        return made, at + width / step
    lot = np.empty(9)
    for share in (1.0, 0.8, 0.6, 0.45):
        depth = styles[zone, 2] * share
        if depth < styles[zone, 3]:
            break
        off = half + 0.3 + depth / 2
        lot[0], lot[1] = (x0 + x1) / 2 + nx * off, (y0 + y1) / 2 + ny * off
        lot[2], lot[3], lot[4], lot[5] = nx, ny, chord - 0.02, depth
        lot[6], lot[7], lot[8] = zone, street, cost[r, c]
        if _fits(lot, lots, heads, chain, bins, gap, free, h):
            return _enter(lots, heads, chain, bins, lot, made), at + width / step
    return made, at + 1.5 / step


@njit(cache=True)
def rectangles(
    away: FloatArray, which: NDArray[np.int32], boxes: Doubles, reach: float, cell: float
) -> None:  # fmt: skip
    """Lower ``away`` (rows from the north) to the distance [m] from turned rectangles; ``which`` notes the nearest.

    Rows of ``boxes`` are x, y, unit vector along the depth, width, depth, in map coordinates.
    """
    rows, cols = away.shape
    for k in range(len(boxes)):
        x, y, ux, uy, wide, deep = boxes[k, 0], boxes[k, 1], boxes[k, 2], boxes[k, 3], boxes[k, 4], boxes[k, 5]
        out = 0.5 * np.sqrt(wide * wide + deep * deep) + reach
        for r in range(max(0, int(rows - (y + out) / cell) - 1), min(rows, int(rows - (y - out) / cell) + 1)):
            py = (rows - 0.5 - r) * cell - y
            for c in range(max(0, int((x - out) / cell)), min(cols, int((x + out) / cell) + 1)):
                px = (c + 0.5) * cell - x
                a = max(abs(px * ux + py * uy) - deep / 2, 0.0)
                b = max(abs(-px * uy + py * ux) - wide / 2, 0.0)
                far = np.sqrt(a * a + b * b)
                if far < away[r, c]:
                    away[r, c] = far
                    which[r, c] = k


@njit(cache=True)
def street_cells(
    away: FloatArray, which: NDArray[np.int32], points: Doubles, starts: Ints, half: Doubles, reach: float, cell: float
) -> None:
    """Lower ``away`` (rows from the north) to the distance [m] from the kerb of streets in map coordinates.

    ``which`` notes the street; where two cross, the first keeps its cells.
    """
    rows, cols = away.shape
    for s in range(len(starts) - 1):
        out = half[s] + reach
        for i in range(starts[s], starts[s + 1] - 1):
            x, y = points[i, 0], points[i, 1]
            ux, uy = points[i + 1, 0] - x, points[i + 1, 1] - y
            square = max(ux * ux + uy * uy, 1e-9)
            c0, c1 = int((min(x, x + ux) - out) / cell), int((max(x, x + ux) + out) / cell)
            r0, r1 = int(rows - (max(y, y + uy) + out) / cell) - 1, int(rows - (min(y, y + uy) - out) / cell)
            for r in range(max(0, r0), min(rows - 1, r1) + 1):
                py = (rows - 0.5 - r) * cell - y
                for c in range(max(0, c0), min(cols - 1, c1) + 1):
                    px = (c + 0.5) * cell - x
                    t = min(max((px * ux + py * uy) / square, 0.0), 1.0)
                    far = np.sqrt((px - t * ux) ** 2 + (py - t * uy) ** 2) - half[s]
                    if far < away[r, c] and (far > 0 or away[r, c] > 0):
                        away[r, c] = far
                        which[r, c] = s
