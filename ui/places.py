"""The part of the controller for what is done on the map itself: markers, drawn regions, locks, moved landforms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .messages import Message
from .state import Here
from .steps import Steps

if TYPE_CHECKING:  # the window opens before the core is loaded
    import numpy as np
    from numpy.typing import NDArray

    from pcgstudio.recipe import Recipe
    from pcgstudio.region import Region

MARKED = 0.06
"""Radius of the place about a marker, as a share of the map's longer side."""

PAINTED = 128
"""Rows or columns, at most, that a painted mask is kept with."""


class Places(Steps):
    """Places that the next sentence may refer to, ground that is locked, landforms that are moved."""

    def drop_marker(self, x_m: float, y_m: float, radius_m: float | None = None) -> None:
        """Point at a place, in metres from the south-west corner: "here" in the next sentence means it."""
        from pcgstudio.region import Circle  # noqa: PLC0415 - see TYPE_CHECKING above

        recipe = self.state.recipe
        if recipe is not None:
            radius = radius_m or MARKED * max(recipe.extent_m)
            x, y = (min(max(v, 0.0), side) for v, side in zip((x_m, y_m), recipe.extent_m, strict=True))
            self._become(here=Here(Circle(centre_m=(x, y), radius_m=radius), x, y))

    def draw_region(self, region: Region) -> None:
        """Point at a region: "here" in the next sentence means it."""
        self._become(here=Here(region))

    def paint(self, mask: NDArray[Any]) -> None:
        """Point at what was painted; ``(rows, cols)`` in [0, 1], north first; an empty mask forgets it."""
        region = painted(mask)
        if region is None:
            self.forget_here()
        else:
            self.draw_region(region)

    def forget_here(self) -> None:
        """Point at nothing."""
        self._become(here=None)

    def lock_region(self, region: Region | None = None) -> None:
        """Hold ground as it is now, cell by cell, whatever changes around it; by default the place pointed at.

        One undo step. What was locked before stays locked as it was.
        """
        wanted = region or (self.state.here.region if self.state.here else None)
        if wanted is None or self._history.here.recipe is None:
            self._become(notice=Message("Mark or paint the ground that shall stay first."))
            return

        def edit(recipe: Recipe) -> tuple[Recipe, None]:
            from pcgstudio.policy import Policy  # noqa: PLC0415 - see TYPE_CHECKING above

            return Policy(regions=(wanted,)).held(recipe, recipe), None

        self._edit(Message("Lock ground"), edit, "place")

    def unlock_region(self) -> None:
        """Let all ground go again."""
        if self.state.held is not None:
            self._edit(Message("Unlock ground"), lambda r: (r.model_copy(update={"hold": None}), None), "place")

    def move_landform(self, step_id: str, to_x_m: float, to_y_m: float) -> None:
        """Put a landform that has a handle at another place, in metres from the south-west corner: one undo step."""
        handle = next((h for h in self.state.handles if h.step == step_id), None)
        if handle is None or self._step(step_id) is None:
            return

        def edit(recipe: Recipe) -> tuple[Recipe, None]:
            from .handles import moved  # noqa: PLC0415 - see TYPE_CHECKING above

            return moved(recipe, handle, to_x_m, to_y_m), None

        self._edit(Message("Move the %1", handle.name), edit, "place")


def painted(mask: NDArray[Any]) -> Region | None:
    """Return a mask ``(rows, cols)`` in [0, 1] as a region, small enough for a recipe; None where it is empty."""
    import numpy as np  # noqa: PLC0415 - see TYPE_CHECKING above

    from pcgstudio.region import Painted  # noqa: PLC0415

    values = np.clip(np.asarray(mask, dtype=np.float32), 0, 1)
    factor = -(-max(values.shape) // PAINTED)
    if factor > 1:
        values = _means(values, factor)
    digits = np.rint(values * 9).astype(int)
    return Painted(rows=tuple("".join(map(str, row)) for row in digits)) if digits.any() else None


def _means(values: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Shrink by whole blocks; blocks at the south and east rim are filled up with their last cells."""
    import numpy as np  # noqa: PLC0415 - see TYPE_CHECKING above

    rows, cols = (-(-side // factor) * factor for side in values.shape)
    full = np.pad(values, ((0, rows - values.shape[0]), (0, cols - values.shape[1])), mode="edge")
    blocks = full.reshape(rows // factor, factor, cols // factor, factor)
    return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float32)
