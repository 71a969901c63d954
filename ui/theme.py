"""A neutral grey that does not colour the judgement of a map; one accent; distances in steps of 8 pixels."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from .sheet import sheet

GRID = 8

Choice = Literal["system", "light", "dark"]
CHOICES: tuple[Choice, ...] = ("system", "light", "dark")


@dataclass(frozen=True)
class Tones:
    """The colours of a theme, as ``#rrggbb``; texts on their grounds keep a contrast of 4.5 to 1 and more.

    Parameters
    ----------
    window, panel, field, raised, hover : str
        Grounds: behind everything, of a panel, of what is typed into, of a button, of a button under the cursor.
    line, text, muted : str
        Borders, text, and text that is read second.
    accent, on_accent : str
        The one colour that leads the eye, and text on it.
    good, gap, gap_ground : str
        What holds, what is missed, and the ground of a bar that says so.
    """

    name: Literal["light", "dark"]
    window: str
    panel: str
    field: str
    raised: str
    hover: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    good: str
    gap: str
    gap_ground: str


DARK = Tones(
    name="dark", window="#262626", panel="#2e2e2e", field="#232323", raised="#3a3a3a", hover="#464646",
    line="#444444", text="#ececec", muted="#b0b0b0", accent="#6aa8e0", on_accent="#101418",
    good="#7fc98a", gap="#f0b452", gap_ground="#443720",
)  # fmt: skip
LIGHT = Tones(
    name="light", window="#e2e2e2", panel="#f0f0f0", field="#fbfbfb", raised="#ffffff", hover="#e4e4e4",
    line="#c6c6c6", text="#1d1d1d", muted="#585858", accent="#2567a6", on_accent="#ffffff",
    good="#1f6b33", gap="#8f5200", gap_ground="#f6e6c8",
)  # fmt: skip


def tones() -> Tones:
    """Return the colours that the application wears now."""
    app = QApplication.instance()
    return LIGHT if app is not None and app.property("pcg_theme") == "light" else DARK


def resolved(choice: Choice) -> Tones:
    """Return the colours of a choice; ``system`` asks the desktop, and is dark where it does not say."""
    if choice == "system":
        light = QApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
        return LIGHT if light else DARK
    return LIGHT if choice == "light" else DARK


def dress(app: QApplication, choice: Choice = "dark") -> Tones:
    """Give an application this look on every platform; return the colours."""
    look = resolved(choice)
    if app.property("pcg_theme") is None:  # it stays; to set it again would dress every widget once more
        app.setStyle("Fusion")
    app.setProperty("pcg_theme", look.name)
    app.setPalette(_palette(look))
    app.setStyleSheet(sheet(look, str(files("pcgstudio.assets") / "icons").replace("\\", "/")))
    return look


def _palette(look: Tones) -> QPalette:
    role, palette = QPalette.ColorRole, QPalette()
    for which, colour in (
        (role.Window, look.panel), (role.WindowText, look.text), (role.Base, look.field),
        (role.AlternateBase, look.panel), (role.Text, look.text), (role.Button, look.raised),
        (role.ButtonText, look.text), (role.Highlight, look.accent), (role.HighlightedText, look.on_accent),
        (role.PlaceholderText, look.muted), (role.ToolTipBase, look.field), (role.ToolTipText, look.text),
        (role.Link, look.accent), (role.LinkVisited, look.accent), (role.Mid, look.line), (role.Accent, look.accent),
    ):  # fmt: skip
        palette.setColor(which, QColor(colour))
    off = QPalette.ColorGroup.Disabled
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(off, which, QColor(mixed(look.muted, look.panel, 0.35)))
    return palette


def mixed(one: str, other: str, share: float) -> str:
    """Return the colour that lies a share of the way from one to the other.

    Examples
    --------
    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    a, b = (tuple(int(c[k : k + 2], 16) for k in (1, 3, 5)) for c in (one, other))
    return "#" + "".join(f"{round(x + (y - x) * share + 1e-9):02x}" for x, y in zip(a, b, strict=True))


def contrast(one: str, other: str) -> float:
    """Return how far two colours are told apart, 1 to 21, as WCAG 2 defines it."""
    lights = []
    for colour in (one, other):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
    return max(lights) / min(lights)
