"""What the hand can do on the map besides looking: drop a marker, paint or draw a region, measure. Without Qt.

A tool takes where the pointer is on the map, in metres, and says what there is to see and, in the end, what was made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pcgstudio.world import FloatArray, Grid

from ..units import length
from .contours import Line

if TYPE_CHECKING:  # the window opens before the core is loaded
    from pcgstudio.region import Circle, Painted, Polygon

TOOLS = ("look", "marker", "paint", "circle", "polygon", "measure")
PAINT_CELLS = 128
"""Cells on the longer side of a painted mask."""
RING = np.linspace(0, 2 * np.pi, 73)[:-1]

Place = tuple[float, float]
Made: TypeAlias = "Circle | Painted | Polygon | Place | None"
"""A region, or for the marker a place."""


@dataclass(frozen=True)
class Sketch:
    """What a tool shows on the map.

    Parameters
    ----------
    lines : tuple of ndarray
        ``(n, 2)`` x, y [m].
    closed : bool
        Whether they go back to their first points.
    mask : ndarray, optional
        ``(rows, cols)`` in [0, 1]: what is painted so far.
    points : tuple of places
        Corners set so far.
    text, at : str, place
        A few words beside the pointer, and where.
    """

    lines: tuple[Line, ...] = ()
    closed: bool = False
    mask: FloatArray | None = None
    points: tuple[Place, ...] = ()
    text: str = ""
    at: Place | None = None


class Tool:
    """Takes the pointer; every method returns what was made, if something was."""

    hint = ""

    def press(self, _place: Place, _erase: bool = False) -> Made:
        """Take the button going down."""
        return None

    def move(self, _place: Place | None, _down: bool) -> Made:
        """Take the pointer moving; None is off the map."""
        return None

    def release(self, _place: Place | None) -> Made:
        """Take the button going up."""
        return None

    def finish(self) -> Made:
        """Take a double click or Return: what is begun is done."""
        return None

    def sketch(self) -> Sketch:
        """Return what there is to see."""
        return Sketch()


class Marker(Tool):
    """Says "here"."""

    hint = "Click where \N{LEFT DOUBLE QUOTATION MARK}here\N{RIGHT DOUBLE QUOTATION MARK} is"

    def press(self, place: Place, _erase: bool = False) -> Made:
        """Put it there."""
        return place


@dataclass
class CircleTool(Tool):
    """Draws a disc from its centre."""

    hint = "Drag from the centre of the region outward"
    centre: Place | None = None
    radius_m: float = 0.0

    def press(self, place: Place, _erase: bool = False) -> Made:
        """Set the centre."""
        self.centre, self.radius_m = place, 0.0
        return None

    def move(self, place: Place | None, down: bool) -> Made:
        """Set the radius."""
        if down and place is not None and self.centre is not None:
            self.radius_m = float(np.hypot(place[0] - self.centre[0], place[1] - self.centre[1]))
        return None

    def release(self, place: Place | None) -> Made:
        """Make the region; a mere click makes none."""
        from pcgstudio.region import Circle  # noqa: PLC0415 - see TYPE_CHECKING above

        self.move(place, True)
        centre, radius, self.centre = self.centre, self.radius_m, None
        if centre is None or radius <= 0:
            return None
        return Circle(centre_m=(round(centre[0], 1), round(centre[1], 1)), radius_m=round(radius, 1) or 0.1)

    def sketch(self) -> Sketch:
        """Return the ring."""
        if self.centre is None or self.radius_m <= 0:
            return Sketch()
        return Sketch((ring(self.centre, self.radius_m),), True, text=length(self.radius_m), at=self.centre)


@dataclass
class PolygonTool(Tool):
    """Draws a region corner by corner."""

    hint = "Click the corners; double click or press Return to close"
    corners: list[Place] = field(default_factory=list)
    loose: Place | None = None

    def press(self, place: Place, _erase: bool = False) -> Made:
        """Set a corner."""
        self.corners.append(place)
        return None

    def move(self, place: Place | None, _down: bool) -> Made:
        """Draw the line to the pointer."""
        self.loose = place
        return None

    def finish(self) -> Made:
        """Close it; fewer than three corners are no region."""
        from pcgstudio.region import Polygon  # noqa: PLC0415 - see TYPE_CHECKING above

        corners = [c for k, c in enumerate(self.corners) if k == 0 or c != self.corners[k - 1]]
        self.corners, self.loose = [], None
        if len(corners) < 3:
            return None
        return Polygon(points_m=tuple((round(x, 1), round(y, 1)) for x, y in corners))

    def sketch(self) -> Sketch:
        """Return the corners and the lines between them."""
        points = [*self.corners, *([self.loose] if self.loose and self.corners else [])]
        lines = (np.array(points),) if len(points) > 1 else ()
        return Sketch(lines, len(points) > 2, points=tuple(self.corners))


@dataclass
class MeasureTool(Tool):
    """Measures along a line."""

    hint = "Drag from one place to another"
    start: Place | None = None
    end: Place | None = None

    def press(self, place: Place, _erase: bool = False) -> Made:
        """Start anew."""
        self.start, self.end = place, None
        return None

    def move(self, place: Place | None, down: bool) -> Made:
        """Stretch the line."""
        if down and place is not None:
            self.end = place
        return None

    def sketch(self) -> Sketch:
        """Return the line and its length."""
        if self.start is None or self.end is None:
            return Sketch()
        far = float(np.hypot(self.end[0] - self.start[0], self.end[1] - self.start[1]))
        line = np.linspace(self.start, self.end, 33)
        return Sketch((line,), text=length(far), at=self.end, points=(self.start, self.end))


class Brush(Tool):
    """Paints a region; with Shift it wipes."""

    hint = "Paint the region; with Shift wipe it away; [ and ] change the brush"

    def __init__(self, extent_m: tuple[float, float], radius_m: float) -> None:
        self.grid = Grid.over(extent_m, PAINT_CELLS)
        self.radius_m = radius_m
        self.mask: FloatArray = np.zeros(self.grid.shape, dtype=np.float32)
        self._last: Place | None = None
        self._at: Place | None = None
        self._wipes = False

    def press(self, place: Place, erase: bool = False) -> Made:
        """Begin a stroke."""
        self._wipes, self._last = erase, place
        self._stamp(place)
        return None

    def move(self, place: Place | None, down: bool) -> Made:
        """Carry the stroke on, without gaps where the pointer is fast."""
        self._at = place
        if down and place is not None and self._last is not None:
            away = float(np.hypot(place[0] - self._last[0], place[1] - self._last[1]))
            for share in np.linspace(0, 1, max(2, int(away / max(self.radius_m * 0.5, 1e-6)) + 1))[1:]:
                x, y = (a + (b - a) * float(share) for a, b in zip(self._last, place, strict=True))
                self._stamp((x, y))
            self._last = place
        return None

    def release(self, place: Place | None) -> Made:
        """End the stroke: all that is painted so far is the region."""
        self.move(place, True)
        self._last = None
        return painted(self.mask) if self.mask.any() else None

    def sketch(self) -> Sketch:
        """Return what is painted and the rim of the brush."""
        rim = () if self._at is None else (ring(self._at, self.radius_m),)
        return Sketch(rim, True, mask=self.mask if self.mask.any() else None)

    def _stamp(self, place: Place) -> None:
        away = np.hypot(self.grid.xs()[None, :] - place[0], self.grid.ys()[:, None] - place[1])
        dab = np.clip((self.radius_m - away) / self.grid.cell_size_m + 0.5, 0, 1).astype(np.float32)
        self.mask = np.minimum(self.mask, 1 - dab) if self._wipes else np.maximum(self.mask, dab)


def painted(mask: NDArray[np.floating]) -> Painted:
    """Return a mask ``(rows, cols)`` in [0, 1] as a region."""
    from pcgstudio.region import Painted  # noqa: PLC0415 - see TYPE_CHECKING above

    digits = np.clip(np.rint(np.asarray(mask) * 9), 0, 9).astype(int)
    return Painted(rows=tuple("".join(map(str, row)) for row in digits.tolist()))


def ring(centre: Place, radius_m: float) -> Line:
    """``(72, 2)`` points around a place."""
    return np.stack([centre[0] + radius_m * np.cos(RING), centre[1] + radius_m * np.sin(RING)], axis=1)


def tool_of(name: str, extent_m: tuple[float, float], brush_m: float) -> Tool | None:
    """Return the tool of a name; None is the hand that only looks."""
    made: dict[str, Tool] = {
        "marker": Marker(), "circle": CircleTool(), "polygon": PolygonTool(), "measure": MeasureTool(),
        "paint": Brush(extent_m, brush_m),
    }  # fmt: skip
    return made.get(name)
