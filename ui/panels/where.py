"""Where a step works: the kind of region, a small map that it is drawn on, and its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from ..theme import GRID
from ..translation import tr
from .fields import worded
from .form import LABEL_WIDTH, TOOL, Form
from .parts import label, row, rows
from .region_map import RegionMap

if TYPE_CHECKING:
    from pcgstudio.region import Region
    from pcgstudio.world import World

GUTTER = 3 * TOOL + GRID // 2
"""Room at the right, so that everything ends where the parameters above do, whose tools stand there."""
RECTANGLE = "rectangle"
KINDS = ("everywhere", "compass", "circle", RECTANGLE, "polygon", "band", "ring", "of", "near", "side_of", "range")
"""Kinds that are offered; a rectangle is a polygon with four right angles, others are shown where they stand."""
PLAIN = ("not", "all_of", "any_of", "painted")
"""Kinds whose parts no form can hold."""


class Where(QWidget):
    """Shows a region and tells the next one."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("Kind of region"))
        self.kind.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.map = RegionMap()
        self.hint = label("", "small", wraps=True)
        self.form = Form(tools=False)
        works = label(tr("Works"))
        works.setFixedWidth(LABEL_WIDTH)
        line = row(works, self.kind, gap=GRID // 2)
        line.setStretch(1, 1)
        line.setContentsMargins(GRID, 0, GRID // 2 + GUTTER, 0)
        middle = row(1, self.map)
        middle.setContentsMargins(0, 0, GRID // 2 + GUTTER, 0)
        self.form.setContentsMargins(0, 0, GUTTER, 0)
        self.setLayout(rows(line, middle, self.hint, self.form, gap=GRID // 2))
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.hint.setContentsMargins(0, 0, GRID // 2 + GUTTER, 0)
        self.kind.activated.connect(self._picked)
        self.map.drawn.connect(self.edited)
        self.form.edited.connect(self._numbers)
        self._region: Region | None = None
        self._extent = (1024.0, 1024.0)

    def show_region(self, region: Region, extent_m: tuple[float, float], world: World | None) -> None:
        """Show a region of a map of that extent, over a world where there is one."""
        fresh = self._region is not region
        self._region, self._extent = region, extent_m
        name = kind_of(region)
        self.map.show_region(region, extent_m, world, name)
        if not fresh:
            return
        self.kind.clear()
        for kind in dict.fromkeys((*KINDS, name)):
            self.kind.addItem(kind_words(kind), kind)
        self.kind.setCurrentIndex(self.kind.findData(name))
        self.hint.setText(_how_to_draw(name))
        self.hint.setVisible(bool(self.hint.text()))
        self._show_form(region, name)

    def retell(self) -> None:
        """Make the numbers anew, in other units."""
        self.form.clear_lines()
        if self._region is not None:
            self._show_form(self._region, kind_of(self._region))

    def _show_form(self, region: Region, name: str) -> None:
        model: Any = type(region)
        plain = name in PLAIN or name == "everywhere"
        self.form.setVisible(not plain)
        if not plain:
            self.form.show_model(model, region.model_dump(), skip=("kind",))

    def _picked(self, at: int) -> None:
        kind = self.kind.itemData(at)
        if self._region is not None and kind != kind_of(self._region):
            made = begun(kind, self._extent, self._region)
            if made is not None:
                self.edited.emit(made)

    def _numbers(self, name: str, value: Any, rests: bool) -> None:
        if self._region is None or not rests:
            return
        from pydantic import ValidationError  # noqa: PLC0415 - the window opens before the core is loaded

        try:
            made = type(self._region).model_validate({**self._region.model_dump(), name: value})
        except ValidationError:
            self._show_form(self._region, kind_of(self._region))
            return
        self.edited.emit(made)


def kind_of(region: Region) -> str:
    """Return the kind of a region, as it is offered."""
    if region.kind == "polygon" and _is_box(region.points_m):
        return RECTANGLE
    return region.kind


def _is_box(points: tuple[tuple[float, float], ...]) -> bool:
    return len(points) == 4 and len({x for x, _ in points}) == 2 and len({y for _, y in points}) == 2


def kind_words(kind: str) -> str:
    """Return what a kind of region is called."""
    told = {
        "everywhere": tr("Everywhere"), "compass": tr("Side, corner, centre"), "circle": tr("Circle"),
        RECTANGLE: tr("Rectangle"), "polygon": tr("Polygon"), "band": tr("Band across the map"),
        "ring": tr("Ring round the centre"), "of": tr("On a feature"), "near": tr("Near a feature"),
        "side_of": tr("Side of a feature"), "range": tr("By a layer's range"),
        "painted": tr("Painted by hand"),
    }  # fmt: skip
    return told.get(kind, worded(kind))


def _how_to_draw(kind: str) -> str:
    return {
        "circle": tr("Drag on the map: centre to rim"), RECTANGLE: tr("Drag on the map: corner to corner"),
        "polygon": tr("Click corners on the map, double-click the last"), "compass": tr("Click a side of the map"),
    }.get(kind, "")  # fmt: skip


def begun(kind: str, extent_m: tuple[float, float], before: Region) -> Region | None:
    """Return a region of a kind to begin with."""
    from pcgstudio import region  # noqa: PLC0415 - the window opens before the core is loaded

    east, north = extent_m
    feature = getattr(before, "feature", "land")
    third = [(east / 3, north / 3), (2 * east / 3, north / 3), (2 * east / 3, 2 * north / 3), (east / 3, 2 * north / 3)]
    match kind:
        case "circle":
            return region.Circle(centre_m=(east / 2, north / 2), radius_m=round(min(extent_m) / 4, 1))
        case "rectangle":
            return region.Polygon(points_m=tuple((round(x, 1), round(y, 1)) for x, y in third))
        case "polygon":
            top = (round(east / 2, 1), round(north * 0.8, 1))
            return region.Polygon(points_m=(*((round(x, 1), round(y, 1)) for x, y in third[:2]), top))
        case "compass":
            return region.Compass(place="north")
        case "band":
            return region.Band(toward="north")
        case "ring":
            return region.Ring()
        case "of":
            return region.Of(feature=feature)
        case "near":
            return region.Near(feature=feature, distance_m=round(min(extent_m) / 16, 1))
        case "side_of":
            return region.SideOf(feature=feature, side="north")
        case "range":
            return region.Range(layer="height", minimum=0.0)
        case "everywhere":
            return region.EVERYWHERE
    return None


def told_region(where: Any) -> str:
    """Return where a step works, in few words; empty for everywhere.

    Examples
    --------
    >>> from pcgstudio.region import Compass
    >>> told_region(Compass(place="north"))
    'in the north'
    """
    match where.kind:
        case "everywhere":
            return ""
        case "compass":
            return tr("at the edge") if where.place == "edge" else tr("in the %1", where.place)
        case "of":
            return tr("on %1", where.feature)
        case "near":
            return tr("near %1", where.feature)
        case "side_of":
            return tr("%1 of %2", where.side, where.feature)
        case "between":
            return tr("between %1 and %2", where.first, where.second)
        case "circle" | "polygon" | "band" | "ring" | "painted":
            return tr("in a %1", RECTANGLE if kind_of(where) == RECTANGLE else where.kind)
        case _:
            return tr("in its region")
