"""The texts of the window in the person's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from .messages import Message, filled
from .units import Length, shown_in

CONTEXT = "PCG Studio"


def tr(text: str, *values: object) -> str:
    """Return a text in the person's language; ``%1``, ``%2`` ... give way to the values afterwards."""
    return filled(QCoreApplication.translate(CONTEXT, text), [str(value) for value in values])


def told(text: str) -> str:
    """Return what the controller says in the person's language and units; other texts where they are known whole."""
    if isinstance(text, Message):
        return tr(text.template, *map(_value, text.values))
    return tr(text) if text else ""


def _value(value: object) -> object:
    if isinstance(value, Message):
        return told(value)
    if isinstance(value, Length):
        factor, unit = shown_in("m")
        return f"{float(f'{value.metres * factor:.6g}'):.10g} {unit}"
    return value
