"""Which editor suits a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args, get_origin

from ..translation import tr
from .fields import ChoiceField, ColourField, Field, FileField, NumberField, SwitchField, TextField
from .points import PointsField, points_read, points_told

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from pcgstudio.params import Parameter

MOST_POINTS = 10_000


def field_of(one: Parameter, info: FieldInfo, is_file: bool = False, drawn: bool = True) -> Field:
    """Return the editor that suits a parameter.

    Parameters
    ----------
    info : FieldInfo
        The model's field that it is the record of.
    is_file : bool
        Whether it names a file.
    drawn : bool
        Whether points can be drawn on a small map of their own.
    """
    if one.options:
        return ChoiceField(one.options, one.text)
    if one.type == "bool":
        return SwitchField(one.text)
    if one.type in ("int", "float", "int | None", "float | None"):
        return NumberField(one)
    if get_origin(info.annotation) is tuple:
        return _several(one, info, drawn)
    if isinstance(one.default, str) and one.default.startswith("#") and len(one.default) == 7:
        return ColourField(one.text)
    return FileField(one.text) if is_file or one.name == "path" else TextField(text=one.text)


def _several(one: Parameter, info: FieldInfo, drawn: bool) -> Field:
    """Return an editor of several values: points on a map or as ``x y, x y``, numbers or words with commas between."""
    inner = get_args(info.annotation)[0]
    if get_origin(inner) is tuple and drawn:
        most = min((m.max_length for m in info.metadata if hasattr(m, "max_length")), default=MOST_POINTS)
        return PointsField(one.text, most)
    if get_origin(inner) is tuple:
        return TextField(points_told, points_read, tr("x y, x y …"), one.text)
    if inner in (float, int):
        return TextField(_numbers_told, _numbers_read, tr("numbers with commas"), one.text)
    known = ", ".join(str(a) for a in get_args(inner)) if get_args(inner) else ""
    return TextField(
        lambda v: ", ".join(map(str, v or ())),
        lambda t: tuple(w.strip() for w in t.split(",") if w.strip()),
        known,
        f"{one.text} {known}",
    )


def _numbers_told(numbers: Any) -> str:
    return ", ".join(f"{n:g}" for n in numbers or ())


def _numbers_read(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(",") if part.strip())
