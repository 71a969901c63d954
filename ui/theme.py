"""A neutral grey that does not colour the judgement of a map; one accent; distances in steps of 8 pixels."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

GRID = 8
PANEL, FIELD, LINE, TEXT, MUTED = "#2e2e2e", "#252525", "#444444", "#ececec", "#b0b0b0"
ACCENT, GOOD, GAP = "#5b9bd5", "#7fc98a", "#f0b452"

SHEET = f"""
QWidget {{ font-size: 13px; }}
QLineEdit {{ background: {FIELD}; border: 1px solid {LINE}; border-radius: 4px; padding: 8px; font-size: 15px; }}
QLineEdit:focus {{ border-color: {ACCENT}; }}
QPushButton {{ background: #3d3d3d; border: 1px solid {LINE}; border-radius: 4px; padding: 8px 16px; }}
QPushButton:hover {{ background: #484848; }}
QPushButton:focus {{ border-color: {ACCENT}; }}
QPushButton:disabled {{ color: #777777; background: {PANEL}; }}
QPushButton#main {{ background: {ACCENT}; border-color: {ACCENT}; color: #101418; font-weight: 600; }}
QPushButton#main:disabled {{ background: #3d4a56; border-color: #3d4a56; color: #93a0ac; }}
QPushButton#example {{ text-align: left; padding: 16px; font-size: 15px; }}
QTableWidget {{ background: {FIELD}; border: 1px solid {LINE}; gridline-color: #383838; }}
QHeaderView::section {{ background: {PANEL}; color: {MUTED}; border: none; padding: 8px 4px; }}
QLabel#said {{ font-size: 15px; }}
QLabel#muted {{ color: {MUTED}; }}
QLabel#title {{ font-size: 22px; }}
QLabel#problem {{ background: #4a3a1c; color: #ffe0a8; border-radius: 4px; padding: 8px; }}
QProgressBar {{ background: transparent; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }}
QProgressBar::chunk {{ background: {ACCENT}; border-radius: 2px; }}
QStatusBar {{ color: {MUTED}; padding: 0 8px; }}
QStatusBar::item {{ border: none; }}
QSplitter::handle {{ background: {PANEL}; }}
QToolTip {{ background: {FIELD}; color: {TEXT}; border: 1px solid {LINE}; padding: 4px; }}
"""


def dress(app: QApplication) -> None:
    """Give an application this look on every platform."""
    app.setStyle("Fusion")
    role, palette = QPalette.ColorRole, QPalette()
    for which, colour in (
        (role.Window, PANEL), (role.WindowText, TEXT), (role.Base, FIELD), (role.AlternateBase, PANEL),
        (role.Text, TEXT), (role.Button, "#3d3d3d"), (role.ButtonText, TEXT), (role.Highlight, ACCENT),
        (role.HighlightedText, "#101418"), (role.PlaceholderText, "#8e8e8e"), (role.ToolTipBase, FIELD),
        (role.ToolTipText, TEXT),
    ):  # fmt: skip
        palette.setColor(which, QColor(colour))
    app.setPalette(palette)
    app.setStyleSheet(SHEET)
