"""The editor of a list of points: drawn on a small map, or typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from ..translation import tr
from ..units import shown_in
from .fields import Field, TextField
from .parts import rows, tool
from .point_map import PointMap

if TYPE_CHECKING:
    from pcgstudio.world import World


class PointsField(Field):
    """A line ``x y, x y`` and, below it, the map that they are drawn on.

    Parameters
    ----------
    text : str
        What the points are.
    most : int
        How many there may be.
    """

    def __init__(self, text: str, most: int) -> None:
        super().__init__()
        hint = tr("x y, x y … in %1", shown_in("m")[1])
        self.typed = TextField(points_told, points_read, hint, text)
        self.map = PointMap(most, text)
        self.draw = tool("polygon", tr("Draw on the map"), self._turn)
        self.draw.setCheckable(True)
        self.typed.layout().addWidget(self.draw)  # type: ignore[union-attr]  # a box, see its class
        self.setLayout(rows(self.typed, self.map, gap=4))
        self.layout().setAlignment(self.map, Qt.AlignmentFlag.AlignLeft)  # type: ignore[union-attr]  # see the line before
        self.setFocusProxy(self.typed)
        self.typed.edited.connect(self._told)
        self.map.edited.connect(self._drawn)
        self.map.hide()
        self._turned = False  # by a person, who is not contradicted

    def set_value(self, value: Any) -> None:
        """Show points; where there are some, the map is open."""
        self.typed.set_value(value)
        self.map.show_points(value or ())
        if value and not self._turned:
            self.draw.setChecked(True)
            self.map.show()

    def show_ground(self, extent_m: tuple[float, float], world: World | None) -> None:
        """Show the map that the points lie on."""
        self.map.show_ground(extent_m, world)

    def _turn(self) -> None:
        self._turned = True
        self.map.setVisible(self.draw.isChecked())

    def _told(self, value: Any, rests: bool) -> None:
        self.map.show_points(value)
        self.edited.emit(value, rests)

    def _drawn(self, value: Any, rests: bool) -> None:
        self.typed.set_value(value)
        self.edited.emit(value, rests)


def points_told(points: Any) -> str:
    """Return points [m] as a person types them, in the units that lengths are told in."""
    factor = shown_in("m")[0]
    return ", ".join(f"{float(f'{x * factor:.6g}'):g} {float(f'{y * factor:.6g}'):g}" for x, y in points or ())


def points_read(text: str) -> tuple[tuple[float, float], ...]:
    """Return the points [m] of ``x y, x y``, typed in the units that lengths are told in.

    Raises
    ------
    ValueError
        Something else stands there.
    """
    factor = shown_in("m")[0]
    pairs = [tuple(float(f"{float(n) / factor:.6g}") for n in part.split()) for part in text.split(",") if part.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("a point is two numbers")
    return tuple((pair[0], pair[1]) for pair in pairs)
