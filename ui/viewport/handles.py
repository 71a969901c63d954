"""Grips of landforms on the map: which one is under the pointer, and where it is dragged to. Without Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .camera import Pose

REACH_PX = 13.0
"""How near the pointer has to be."""


@dataclass(frozen=True)
class Handle:
    """A grip of a landform.

    Parameters
    ----------
    step_id : str
        The step of the recipe that it moves.
    x_m, y_m, z_m : float
        Where it stands [m].
    label : str
    """

    step_id: str
    x_m: float
    y_m: float
    z_m: float
    label: str = ""


class Handles:
    """The grips that are shown, and the one in the hand."""

    def __init__(self) -> None:
        self.all: tuple[Handle, ...] = ()
        self.under: int | None = None
        self.held: int | None = None

    def set(self, handles: Sequence[Handle]) -> None:
        """Show these in place of those before; the one in the hand stays in it while it still exists."""
        held = self.all[self.held] if self.held is not None else None
        self.all, self.under, self.held = tuple(handles), None, None
        for number, handle in enumerate(self.all):
            if held is not None and handle.step_id == held.step_id:
                self.all = (*self.all[:number], held, *self.all[number + 1 :])
                self.held = number

    def at(self, x_px: float, y_px: float, pose: Pose, size: tuple[float, float]) -> int | None:
        """Return the number of the grip under a pixel; the nearest of several."""
        if not self.all:
            return None
        places = pose.project(np.array([(h.x_m, h.y_m, h.z_m) for h in self.all]), size)
        away = np.nan_to_num(np.hypot(places[:, 0] - x_px, places[:, 1] - y_px), nan=np.inf)
        nearest = int(np.argmin(away))
        return nearest if away[nearest] <= REACH_PX else None

    def drag(self, x_m: float, y_m: float, z_m: float) -> None:
        """Move the grip in the hand over the ground."""
        if self.held is not None:
            moved = replace(self.all[self.held], x_m=x_m, y_m=y_m, z_m=z_m)
            self.all = (*self.all[: self.held], moved, *self.all[self.held + 1 :])

    def let_go(self) -> Handle | None:
        """Return the grip that was in the hand, where it is now."""
        held, self.held = self.held, None
        return None if held is None else self.all[held]
