"""How different the maps of a batch are, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST = 1000
"""Maps that the measures look at; of more, so many evenly spaced ones (the Vendi score needs all pairs)."""

WIDTH = 0.1
"""Distance at which two maps count as 61 % alike: about that of two seeds of one recipe."""

FloatMatrix = NDArray[np.float64]


@dataclass(frozen=True)
class Diversity:
    """Measures of a set of descriptors.

    Parameters
    ----------
    maps : int
        How many were looked at.
    mean_distance : float
        Of all pairs.
    vendi : float
        Effective number of distinct maps: 1 where all are alike, `maps` where none resembles another. Friedman and
        Dieng, "The Vendi Score", TMLR 2023, with a Gaussian kernel of width `WIDTH`.
    nearest : ndarray
        ``(maps,)`` distance of each to its nearest neighbour.
    plane : ndarray
        ``(maps, 2)`` the two principal components, for drawing.
    chosen : ndarray
        ``(maps,)`` which rows were looked at.
    """

    maps: int
    mean_distance: float
    vendi: float
    nearest: FloatMatrix
    plane: FloatMatrix
    chosen: NDArray[np.intp]


def diversity(descriptors: FloatMatrix) -> Diversity:
    """Measure ``(n, k)`` descriptors."""
    n = len(descriptors)
    chosen = np.unique(np.linspace(0, n - 1, min(n, MOST)).round().astype(np.intp)) if n else np.empty(0, np.intp)
    some = descriptors[chosen].astype(np.float64)
    if len(some) < 2:
        return Diversity(len(some), 0.0, float(len(some)), np.zeros(0), np.zeros((len(some), 2)), chosen)
    squares = np.square(some).sum(axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * some @ some.T, 0))
    np.fill_diagonal(apart, 0)
    count = len(some)
    mean = float(apart.sum() / (count * (count - 1)))
    nearest = np.where(np.eye(count, dtype=bool), np.inf, apart).min(axis=1)
    return Diversity(count, mean, _vendi(apart), nearest, _plane(some), chosen)


def _vendi(apart: FloatMatrix) -> float:
    """Return the exponential of the entropy of the eigenvalues of the kernel, normalised to trace 1."""
    kernel = np.exp(-np.square(apart / WIDTH) / 2) / len(apart)
    values = np.linalg.eigvalsh(kernel)
    values = values[values > 1e-12]
    return float(np.exp(-(values * np.log(values)).sum()))


def _plane(some: FloatMatrix) -> FloatMatrix:
    centred = some - some.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:2] * np.where(axes[:2].sum(axis=1, keepdims=True) < 0, -1, 1)  # the sign of an axis is arbitrary
    found = centred @ axes.T
    return np.asarray(np.pad(found, ((0, 0), (0, 2 - found.shape[1]))))
