"""Features: the things on a map that a person can name, and where they are found in a built world.

Generators declare them. Regions ("near the lake"), metrics ("count of lakes") and the built-in agents ("two lakes")
all speak of features, never of layers, so a third-party generator joins every one of them by declaring its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .world import Grid, Instances, Layer

CountBy = Literal["parts", "peaks", "ids", "levels", "instances", "paths", "none"]


@dataclass(frozen=True)
class Feature:
    """Something a person can name and a world can show.

    Parameters
    ----------
    name : str
        Canonical name, singular: ``lake``.
    words : tuple of str
        Singular nouns or noun phrases that mean it: ``lake``, ``tarn``, ``pond``.
    adjectives : tuple of str
        Words that ask for it beside another noun: ``forested``, ``volcanic``.
    layer : str
        The layer that holds it; empty for features that are only instances.
    values : tuple of str
        Category names in that layer; empty: every value above 0.
    instances : str
        Instance kind, for features that are placed things.
    species : tuple of str
        Restricts ``instances``; empty: all species.
    count_by : str
        How many there are: 8-connected ``parts``, ``peaks`` by prominence inside the mask, distinct ``ids``,
        distinct ``levels`` (ids including 0), ``instances``, ``paths``, or ``none``. Paths
        are counted as separate stretches of water: a river and the tributary that joins it are one.
    sets : mapping
        Parameters of the declaring generator that make this feature rather than a sibling.
    needs : tuple of str
        Features without which it cannot exist (a ``crater`` needs a ``volcano``).
    same_as : tuple of (str, str, str) or None
        Another way to say it as (inner, relation, outer): a ``crater lake`` is ``("lake", "inside", "crater")``.
    """

    name: str
    words: tuple[str, ...]
    layer: str = ""
    values: tuple[str, ...] = ()
    instances: str = ""
    species: tuple[str, ...] = ()
    count_by: CountBy = "parts"
    sets: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    same_as: tuple[str, str, str] | None = None
    adjectives: tuple[str, ...] = ()


def feature_mask(
    feature: Feature, grid: Grid, layers: Mapping[str, Layer], instances: Mapping[str, Instances]
) -> NDArray[np.bool_]:
    """``(rows, cols)`` where the feature is; all False where nothing made it."""
    if feature.layer:
        layer = layers.get(feature.layer)
        if layer is None:
            return np.zeros(grid.shape, dtype=bool)
        if not feature.values:
            return np.asarray(layer.data > (-1 if feature.count_by == "levels" else 0))
        ids = [i for i, name in layer.legend.items() if name in feature.values]
        return np.isin(layer.data, ids)
    mask = np.zeros(grid.shape, dtype=bool)
    placed = feature_instances(feature, instances)
    if placed is not None and len(placed):
        mask[grid.cells_of(placed.placement)] = True
    return mask


def feature_instances(feature: Feature, instances: Mapping[str, Instances]) -> Instances | None:
    """Return the placed things that are this feature; None where it is not made of instances or none were placed."""
    placed = instances.get(feature.instances) if feature.instances else None
    if placed is None or not feature.species:
        return placed
    sorts = [{name, *placed.stands_for.get(name, ())} for name in placed.names]
    wanted = [i for i, names in enumerate(sorts) if names & set(feature.species)]
    return placed.keep(np.isin(placed.species, wanted))
