"""How rooms with roles lie to each other: behind, beside or apart, found by exchanging rooms until all holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from pcgstudio.errors import BuildError
from pcgstudio.world import FloatArray

from .role_choice import Cast, Survey

ROLES = ("entrance", "exit", "boss", "treasure", "spawn")
_NAMES = "|".join(ROLES)
BOND = rf"^({_NAMES}) (behind|beside|apart|ending|farthest) ({_NAMES}|largest)$"
"""A bond as it is told: who, how, whom; ``ending`` is said of dead ends and repeats the first."""

_TRIES, _WALL_M = 4000, 3.0
Adjacent = NDArray[np.bool_]


@dataclass(frozen=True)
class _House:
    """Which rooms ``(n, n)`` are joined, which touch, and where one comes in."""

    joined: Adjacent
    touch: Adjacent
    sizes: NDArray[np.int64]
    ways: NDArray[np.int64]
    away: FloatArray


def bind(
    survey: Survey, cast: Cast, starts: list[int], bonds: tuple[str, ...], eligible: NDArray[np.bool_],
    pools: Mapping[str, list[int]], rng: np.random.Generator,
) -> Cast:  # fmt: skip
    """Exchange rooms until every bond holds; entrances stay where they are.

    Raises
    ------
    BuildError
        No exchange that was tried makes all of them hold.
    """
    house = _house(survey, [*starts, *cast.entrance])
    told = [tuple(bond.split()) for bond in bonds]
    best = {role: list(getattr(cast, role)) for role in ROLES}
    missed = sum(_missed(house, best, starts, told))
    moved = [r for r in ROLES if r != "entrance" and best[r] and any(r in bond for bond in told)]
    fixed = {*starts, *cast.earlier, *best["entrance"]}
    for _ in range(_TRIES):
        if not missed or not moved:
            break
        trial = _exchanged(best, moved, [int(r) for r in np.flatnonzero(eligible) if r not in fixed], pools, rng)
        worse = sum(_missed(house, trial, starts, told))
        if worse <= missed:
            best, missed = trial, worse
    if missed:
        raise BuildError(f"no rooms lie to each other as asked ({', '.join(bonds)}); raise room_count, or lower loops")
    return Cast(**best, earlier=cast.earlier)


def _house(survey: Survey, starts: list[int]) -> _House:
    plan, count = survey.plan, survey.rooms
    index = {room: k for k, room in enumerate(plan.rooms)}
    joined = np.zeros((count, count), dtype=bool)
    for room, others in plan.neighbours().items():
        joined[index[room], [index[o] for o in others]] = True
    touch = joined.copy()
    for k in range(count):
        near = distance_transform_edt(plan.area != k + 1) * survey.cell_m <= _WALL_M
        ids = np.unique(plan.area[near])
        touch[k, ids[(ids > 0) & (ids <= count)] - 1] = True
    np.fill_diagonal(touch, val=False)
    away = survey.away_m(starts) if starts else np.zeros(count, dtype=np.float32)
    return _House(
        joined,
        touch | touch.T,
        survey.sizes(),
        survey.openings(),
        np.where(np.isfinite(away), away, -1).astype(np.float32),
    )


def _exchanged(
    cast: Mapping[str, list[int]], moved: list[str], free: list[int], pools: Mapping[str, list[int]],
    rng: np.random.Generator,
) -> dict[str, list[int]]:  # fmt: skip
    """Return the cast with one room of a role exchanged for another, which may have had a role of its own."""
    trial = {role: list(rooms) for role, rooms in cast.items()}
    role = moved[int(rng.integers(len(moved)))]
    at = int(rng.integers(len(trial[role])))
    able = [r for r in free if r not in trial[role] and r in pools.get(role, free)]
    if not able:
        return trial
    old, new = trial[role][at], able[int(rng.integers(len(able)))]
    for other, rooms in trial.items():
        if new in rooms:
            if old not in pools.get(other, free):
                return {k: list(v) for k, v in cast.items()}
            rooms[rooms.index(new)] = old
    trial[role][at] = new
    return trial


def _missed(
    house: _House, cast: Mapping[str, list[int]], starts: list[int], bonds: list[tuple[str, ...]]
) -> Iterator[int]:
    """Yield for every bond how many rooms break it."""
    for who, how, whom in bonds:
        mine = cast[who]
        most = house.sizes.max()
        others = np.flatnonzero(house.sizes >= 0.97 * most).tolist() if whom == "largest" else cast.get(whom, [])
        match how:
            case "beside":
                yield sum(not house.joined[r, [o for o in others if o != r]].any() for r in mine)
            case "apart":
                yield sum(bool(house.touch[r, [o for o in others if o != r]].any()) for r in mine)
            case "farthest":
                yield int(bool(mine) and float(house.away[mine].max()) < float(house.away.max()) - 0.5)
            case "ending":
                yield sum(int(house.joined[r].sum()) > 1 or int(house.ways[r]) > 1 for r in mine)
            case _:
                seen = _reached(house, [*starts, *cast["entrance"]], set(others))
                yield sum(r in seen for r in mine) + (0 if others else len(mine))


def _reached(house: _House, starts: list[int], shut: set[int]) -> set[int]:
    """Return the rooms one can come to from the starts without entering those that are shut."""
    seen = set(starts) - shut
    stack = list(seen)
    while stack:
        for near in np.flatnonzero(house.joined[stack.pop()]).tolist():
            if near not in seen and near not in shut:
                seen.add(near)
                stack.append(near)
    return seen
