"""The texts of the window in the person's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def tr(text: str, *values: object) -> str:
    """Return a text in the person's language; ``%1``, ``%2`` ... give way to the values afterwards."""
    told = QCoreApplication.translate("PCG Studio", text)
    for number, value in enumerate(values, 1):
        told = told.replace(f"%{number}", str(value))
    return told
