"""The two questions before something is kept: how large, and where."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFileDialog, QFormLayout, QSpinBox, QWidget

from .commands import tr

SIZES = ((1280, 720), (1920, 1080), (2560, 1440), (3840, 2160), (2048, 2048))
TURNS = ((480, 360), (640, 480), (800, 600))
LARGEST = 8192


def ask_picture(parent: QWidget, own: tuple[int, int]) -> tuple[Path, tuple[int, int]] | None:
    """Return file and size of a screenshot; None where a person thought better of it."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("Screenshot"))
    choice, wide, high = QComboBox(), QSpinBox(), QSpinBox()
    for size in (own, *SIZES):
        choice.addItem(f"{size[0]} × {size[1]}" + (tr(", as shown") if size == own else ""), size)
    for spin in (wide, high):
        spin.setRange(64, LARGEST)
        spin.setSuffix(" px")

    def take() -> None:
        size = choice.currentData()
        wide.setValue(size[0])
        high.setValue(size[1])

    choice.currentIndexChanged.connect(take)
    take()
    if not _agreed(dialog, [(tr("Size"), choice), (tr("Width"), wide), (tr("Height"), high)]):
        return None
    file, _ = QFileDialog.getSaveFileName(parent, tr("Save the screenshot"), "map.png", tr("Pictures (*.png)"))
    return (Path(file).with_suffix(".png"), (wide.value(), high.value())) if file else None


def ask_turntable(parent: QWidget) -> tuple[Path, tuple[int, int], int] | None:
    """Return file, size and number of pictures of a turntable; None where a person thought better of it."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("Turntable"))
    choice, frames = QComboBox(), QSpinBox()
    for size in TURNS:
        choice.addItem(f"{size[0]} × {size[1]}", size)
    choice.setCurrentIndex(1)
    frames.setRange(8, 240)
    frames.setValue(48)
    if not _agreed(dialog, [(tr("Size"), choice), (tr("Pictures of a turn"), frames)]):
        return None
    file, _ = QFileDialog.getSaveFileName(parent, tr("Save the turntable"), "map.gif", tr("Animations (*.gif)"))
    return (Path(file).with_suffix(".gif"), choice.currentData(), frames.value()) if file else None


def _agreed(dialog: QDialog, rows: list[tuple[str, QWidget]]) -> bool:
    form = QFormLayout(dialog)
    for text, widget in rows:
        form.addRow(text, widget)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    form.addRow(buttons)
    agreed = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return agreed
