"""What of a scene is drawn: the parts that are switched on, and what lies under the cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loads kernels, which the window's start need not
    from ..scene import Piece

MAP, ROUGH, LEFT, RIGHT = "map", "rough", "left", "right"
"""Names that canvases keep scenes under: the map, the drag preview, and two to compare."""


@dataclass(frozen=True)
class Shown:
    """Switches of the view.

    Parameters
    ----------
    plants, things : bool
        Whether vegetation and other things are there; `things` includes what is built.
    cut_m : float, optional
        Height above which nothing is drawn [m]; None cuts nothing.
    """

    plants: bool = True
    things: bool = True
    cut_m: float | None = None

    def draws(self, piece: Piece, detail: str, interior: bool = False) -> bool:
        """Whether a piece is drawn at a level of detail; rooms are the map itself and always stay."""
        if piece.detail not in ("always", detail):
            return False
        if interior and piece.part == "cut":  # the slab that a storey stands on hides those below it
            return self.cut_m is None or float(piece.vertices[:, 2].max()) <= self.cut_m
        if piece.part == "plants":
            return self.plants
        return self.things or piece.part in ("ground", "cut") or (interior and piece.part == "built")
