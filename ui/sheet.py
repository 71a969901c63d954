"""The style sheet of the window, written from the colours of a theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .theme import Tones


def sheet(t: Tones, icons: str) -> str:
    """Return the style sheet; ``icons`` is the folder that the little arrows lie in."""
    return "".join((_ground(t, icons), _buttons(t), _fields(t, icons), _lists(t), _words(t), _frame(t)))


def _ground(t: Tones, icons: str) -> str:
    return f"""
QWidget {{ font-size: 13px; color: {t.text}; }}
QMainWindow, QMainWindow::separator {{ background: {t.window}; }}
QMainWindow::separator {{ width: 4px; height: 4px; }}
QMainWindow::separator:hover {{ background: {t.accent}; }}
QDialog {{ border: 1px solid {t.line}; }}
QDialog, QScrollArea, QScrollArea > QWidget > QWidget#page, QDockWidget > QWidget {{ background: {t.panel}; }}
QDockWidget::title {{ background: {t.panel}; padding: 8px; }}
QDockWidget {{ color: {t.muted}; titlebar-close-icon: url({icons}/close.svg);
  titlebar-normal-icon: url({icons}/float.svg); }}
QDockWidget::close-button, QDockWidget::float-button {{ background: transparent; border: none; padding: 0;
  icon-size: 14px; }}
QDockWidget::close-button:hover, QDockWidget::float-button:hover {{ background: {t.hover}; border-radius: 3px; }}
QToolTip {{ background: {t.field}; color: {t.text}; border: 1px solid {t.line}; padding: 4px; }}
QMenuBar {{ background: {t.window}; padding: 2px 4px; }}
QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {t.hover}; }}
QMenu {{ background: {t.panel}; border: 1px solid {t.line}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}
QMenu::item:disabled {{ color: {t.muted}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
"""


def _buttons(t: Tones) -> str:
    return f"""
QPushButton {{ background: {t.raised}; border: 1px solid {t.line}; border-radius: 4px; padding: 6px 12px; }}
QPushButton:hover {{ background: {t.hover}; }}
QPushButton:focus, QToolButton:focus {{ border-color: {t.accent}; }}
QPushButton:disabled {{ color: {t.muted}; background: {t.panel}; }}
QPushButton:checked {{ border-color: {t.accent}; color: {t.accent}; }}
QPushButton#main {{ background: {t.accent}; border-color: {t.accent}; color: {t.on_accent}; font-weight: 600; }}
QPushButton#main:focus {{ border-color: {t.text}; }}
QPushButton#main:disabled {{ background: {t.hover}; border-color: {t.hover}; color: {t.muted}; }}
QPushButton#example {{ text-align: left; padding: 12px 16px; font-size: 14px; }}
QPushButton#link {{ background: transparent; border: none; color: {t.accent}; padding: 2px 0; text-align: left; }}
QPushButton#link:hover {{ text-decoration: underline; }}
QPushButton#link:focus {{ text-decoration: underline; }}
QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 3px; }}
QToolButton:hover {{ background: {t.hover}; }}
QToolButton:checked {{ background: {t.hover}; border-color: {t.accent}; }}
QToolButton#fold:checked {{ background: transparent; border-color: transparent; }}
QToolButton#fold:focus {{ border-color: {t.accent}; }}
QToolButton#fold {{ padding: 4px 2px; color: {t.muted}; font-weight: 600; }}
QToolButton::menu-indicator {{ image: none; }}
"""


def _fields(t: Tones, icons: str) -> str:
    return f"""
QLineEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox, QAbstractSpinBox, QComboBox {{
  background: {t.field}; border: 1px solid {t.line}; border-radius: 4px; padding: 3px 6px;
  selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ border: none; padding: 0; background: transparent; }}
QLineEdit:focus, QPlainTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{ border-color: {t.accent}; }}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {{ color: {t.muted}; background: {t.panel}; }}
QPlainTextEdit#entry {{ font-size: 15px; padding: 4px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: margin; width: 0; height: 0;
  border: none; }}
QLineEdit#search {{ font-size: 15px; padding: 8px; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url({icons}/down.svg); width: 14px; height: 14px; }}
QComboBox QAbstractItemView {{ background: {t.field}; border: 1px solid {t.line}; padding: 2px; outline: none; }}
QCheckBox {{ spacing: 8px; }}
QCheckBox::indicator, QListView::indicator {{ width: 14px; height: 14px; border: 1px solid {t.muted};
  border-radius: 3px; background: {t.field}; }}
QCheckBox::indicator:checked, QListView::indicator:checked {{ background: {t.accent}; border-color: {t.accent};
  image: url({icons}/tick-{t.name}.svg); }}
QCheckBox:focus {{ color: {t.accent}; }}
QSlider::groove:horizontal {{ height: 4px; background: {t.line}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {t.accent}; border-radius: 2px; }}
QSlider::sub-page:horizontal:disabled {{ background: {t.muted}; }}
QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -5px 0; border-radius: 7px; background: {t.raised};
  border: 1px solid {t.muted}; }}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ border: 2px solid {t.accent}; width: 10px;
  height: 10px; }}
QProgressBar {{ background: transparent; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
"""


def _lists(t: Tones) -> str:
    return f"""
QListView, QTreeView, QTableView {{ background: {t.field}; border: 1px solid {t.line}; border-radius: 4px;
  outline: none; gridline-color: {t.line}; alternate-background-color: {t.panel}; }}
QListView::item:selected, QTableView::item:selected {{ background: {t.hover}; color: {t.text}; }}
QListView#targets::item {{ padding: 6px 8px; }}
QListView#bare, QListView#bare:focus {{ border: none; background: {t.panel}; }}
QListView:focus {{ border-color: {t.accent}; }}
QHeaderView::section {{ background: {t.panel}; color: {t.muted}; border: none; padding: 4px 6px; }}
QScrollBar:vertical {{ width: 10px; background: transparent; margin: 0; }}
QScrollBar:horizontal {{ height: 10px; background: transparent; margin: 0; }}
QScrollBar::handle {{ background: {t.line}; border-radius: 4px; margin: 1px; min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {t.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QTabBar {{ background: transparent; }}
QTabBar::tab {{ background: transparent; color: {t.muted}; padding: 6px 12px; border: none;
  border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom-color: {t.accent}; }}
QTabBar::tab:hover {{ color: {t.text}; }}
QTabWidget::pane {{ border: none; }}
"""


def _words(t: Tones) -> str:
    return f"""
QLabel {{ background: transparent; }}
QLabel#said {{ font-size: 15px; }}
QLabel#muted {{ color: {t.muted}; }}
QLabel#small {{ color: {t.muted}; font-size: 12px; }}
QLabel#head {{ color: {t.muted}; font-weight: 600; }}
QLabel#title {{ font-size: 22px; }}
QLabel#changed {{ color: {t.accent}; font-weight: 600; }}
QLabel#good {{ color: {t.good}; font-weight: 600; }}
QLabel#gap {{ color: {t.gap}; font-weight: 600; }}
QLabel#code {{ font-family: monospace; }}
QFrame#bubble {{ background: {t.raised}; border-radius: 8px; }}
QFrame#card {{ background: {t.field}; border: 1px solid {t.line}; border-radius: 4px; }}
QFrame#quiet {{ background: {t.gap_ground}; border-radius: 4px; }}
QFrame#popup {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 8px; }}
QFrame#rule {{ background: {t.line}; max-height: 1px; border: none; }}
"""


def _frame(t: Tones) -> str:
    return f"""
QToolBar {{ background: {t.window}; border: none; spacing: 2px; padding: 2px 8px; }}
QToolBar::separator {{ width: 1px; background: {t.line}; margin: 6px 6px; }}
QStatusBar {{ background: {t.window}; color: {t.muted}; }}
QStatusBar QLabel {{ color: {t.muted}; }}
QStatusBar::item {{ border: none; }}
"""
