"""Random numbers inside kernels: a stream of its own for each call, the same on every platform and thread count."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

State = NDArray[np.uint64]

_STEP, _FIRST, _SECOND = (np.uint64(v) for v in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_S30, _S27, _S31, _S11 = (np.uint64(v) for v in (30, 27, 31, 11))


def state_of(rng: np.random.Generator) -> State:
    """``(1,) uint64`` state of a stream that `rng` starts."""
    return rng.integers(2**63, size=1, dtype=np.uint64)


@njit(cache=True)
def draw_bits(state: State) -> np.uint64:
    """Return the next 64 bits (SplitMix64; Steele, Lea & Flood 2014)."""
    state[0] += _STEP
    z = state[0]
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return np.uint64(z ^ (z >> _S31))


@njit(cache=True)
def below(state: State, n: int) -> int:
    """Return a whole number in [0, n)."""
    return int((draw_bits(state) >> _S11) % np.uint64(n))


@njit(cache=True)
def chance(state: State) -> float:
    """Return a number in [0, 1)."""
    return np.float64(draw_bits(state) >> _S11) * 2.0**-53
