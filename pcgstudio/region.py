"""Regions: soft masks in [0, 1] that say where on the map something holds.

A region is data (it is stored in recipes and checks) and is evaluated on any grid, so the same "in the north" means the
same ground at every resolution.
"""

from __future__ import annotations

from typing import Annotated, Literal, Union, get_args

import numpy as np
from pydantic import BaseModel, Field

from .region_features import Between, EndOf, Headland, Heights, Level, MiddleOf, Near, Of, Range, SideOf, TopOf
from .region_shapes import (
    Band,
    Base,
    Circle,
    Compass,
    Context,
    Everywhere,
    Painted,
    Place,
    Polygon,
    Ring,
    Side,
    side_vector,
)
from .world import FloatArray

__all__ = [
    "EVERYWHERE", "KINDS", "AllOf", "AnyOf", "Band", "Between", "Circle", "Compass", "Context", "EndOf", "Everywhere",
    "Headland", "Heights", "Level", "MiddleOf", "Near", "Not", "Of", "Painted", "Place", "Polygon", "Range", "Region",
    "Ring", "Side", "SideOf", "TopOf", "side_vector",
]  # fmt: skip


class Not(Base):
    """Everywhere else."""

    kind: Literal["not"] = "not"
    region: Region

    def needs(self) -> frozenset[str]:
        """Return what the inner region needs."""
        return self.region.needs()

    def evaluate(self, context: Context) -> FloatArray:
        """Return the complement."""
        return 1 - self.region.evaluate(context)


class AllOf(Base):
    """Where all of the regions hold."""

    kind: Literal["all_of"] = "all_of"
    regions: tuple[Region, ...] = Field(min_length=1)

    def needs(self) -> frozenset[str]:
        """Return what the inner regions need."""
        return frozenset().union(*(r.needs() for r in self.regions))

    def evaluate(self, context: Context) -> FloatArray:
        """Return the product."""
        return np.asarray(np.prod([r.evaluate(context) for r in self.regions], axis=0), dtype=np.float32)


class AnyOf(Base):
    """Where at least one of the regions holds."""

    kind: Literal["any_of"] = "any_of"
    regions: tuple[Region, ...] = Field(min_length=1)

    def needs(self) -> frozenset[str]:
        """Return what the inner regions need."""
        return frozenset().union(*(r.needs() for r in self.regions))

    def evaluate(self, context: Context) -> FloatArray:
        """Return the maximum."""
        return np.asarray(np.max([r.evaluate(context) for r in self.regions], axis=0), dtype=np.float32)


Region = Annotated[
    Union[  # noqa: UP007 - a forward-referenced discriminated union reads and resolves better this way
        Everywhere,
        Compass,
        Circle,
        Ring,
        Band,
        Polygon,
        Painted,
        Of,
        MiddleOf,
        TopOf,
        EndOf,
        Heights,
        Headland,
        Near,
        SideOf,
        Between,
        Level,
        Range,
        Not,
        AllOf,
        AnyOf,
    ],
    Field(discriminator="kind"),
]

for _model in (Not, AllOf, AnyOf):
    _model.model_rebuild()

KINDS: tuple[type[BaseModel], ...] = get_args(get_args(Region)[0])
"""Every kind of region."""

EVERYWHERE = Everywhere()
