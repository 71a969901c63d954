"""The plots of a batch's report: where its maps lie in the space of what could be, and how far apart they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from .diversity import Diversity
from .folder import Folder, atomic_file
from .select import Decision

RANGE, SPREAD = "expressive_range.png", "diversity.png"
PAPER, INK, FAINT = "#f3f0e9", "#4a4844", "#d9d4c8"
COLOURS = ("#2f7f86", "#c08a3e", "#7a6aa0", "#b5544b", "#6f8f3f", "#8a8580")
CROWD = 3000
"""Points above which a panel shows their density instead."""

PAIRS = (
    ("relief_m", "mean_slope_deg"), ("water_share", "forest_share"), ("river_length_m", "mean_height_m"),
    ("tree_count", "biome_variety"), ("rooms", "loops"), ("floor_share", "dead_ends"), ("building_count", "relief_m"),
    ("light_count", "prop_count"), ("steep_share", "lakes"),
)  # fmt: skip
"""Axes that say most about a map, in order; the first four of which both vary are drawn."""


def write(folder: Folder, decisions: Sequence[Decision], told: Diversity, threshold: float) -> list[str]:
    """Write the plots that there is something to show on, and return their names."""
    made = [d for d in decisions if d.record["state"] == "made"]
    names = []
    if pairs := chosen_pairs(made):
        _save(_expressive_range(made, pairs), folder, RANGE)
        names.append(RANGE)
    if told.maps >= 2:
        _save(_spread([d for d in decisions if d.status == "accepted"], told, threshold), folder, SPREAD)
        names.append(SPREAD)
    for gone in {RANGE, SPREAD} - set(names):
        (folder.path / gone).unlink(missing_ok=True)
    return names


def chosen_pairs(made: Sequence[Decision]) -> list[tuple[str, str]]:
    """Return up to four pairs of traits that a quarter of the maps have, and that are not the same in most of them."""
    have: dict[str, list[float]] = {}
    for one in made:
        for name, value in one.record["traits"].items():
            have.setdefault(name, []).append(value)
    varying = {n for n, found in have.items() if 4 * len(found) >= len(made) and len(set(found)) > 1 + len(found) // 10}
    return [pair for pair in PAIRS if varying.issuperset(pair)][:4]


def _expressive_range(made: Sequence[Decision], pairs: list[tuple[str, str]]) -> Figure:
    columns = min(2, len(pairs))
    lines = -(-len(pairs) // columns)
    figure = Figure(figsize=(5.2 * columns, 4.2 * lines + 0.9), facecolor=PAPER, layout="constrained")
    figure.suptitle("Expressive range: every map that was made", color=INK, fontsize=13)
    for number, (x, y) in enumerate(pairs):
        axes = figure.add_subplot(lines, columns, number + 1)
        _cloud(axes, made, x, y)
        _quiet(axes, _words(x), _words(y))
    _legend(figure, made)
    return figure


def _cloud(axes: Axes, made: Sequence[Decision], x: str, y: str) -> None:
    """Draw one map a point: filled where it was accepted, hollow where not, in the colour of its source."""
    shown = [d for d in made if x in d.record["traits"] and y in d.record["traits"]]
    at = np.array([(d.record["traits"][x], d.record["traits"][y]) for d in shown])
    if len(shown) > CROWD:
        axes.hexbin(at[:, 0], at[:, 1], gridsize=40, mincnt=1, cmap="GnBu", linewidths=0)
        return
    edges = [_colours(made)[d.record["source"]] for d in shown]
    fills = [edge if d.status == "accepted" else "none" for d, edge in zip(shown, edges, strict=True)]
    axes.scatter(at[:, 0], at[:, 1], s=20, c=fills, edgecolors=edges, alpha=0.8, linewidths=1)


def _colours(decisions: Sequence[Decision]) -> dict[str, str]:
    """Return a colour for every source; from the seventh on they share the last."""
    names = dict.fromkeys(d.record["source"] for d in decisions)
    return {name: COLOURS[min(number, len(COLOURS) - 1)] for number, name in enumerate(names)}


def _legend(figure: Figure, made: Sequence[Decision]) -> None:
    colours = _colours(made)
    entries = [Line2D([], [], marker="o", linestyle="", color=c, label=_short(n)) for n, c in colours.items()]
    if any(d.status == "rejected" for d in made):
        entries.append(Line2D([], [], marker="o", linestyle="", color=INK, fillstyle="none", label="hollow: rejected"))
    if len(entries) > 1:
        figure.legend(
            handles=entries[:8], loc="outside lower center", ncols=2, frameon=False, labelcolor=INK, fontsize=9
        )


def _short(name: str) -> str:
    return name if len(name) <= 56 else f"{name[:55]}…"


def _spread(accepted: Sequence[Decision], told: Diversity, threshold: float) -> Figure:
    figure = Figure(figsize=(10.4, 4.9), facecolor=PAPER, layout="constrained")
    plane = figure.add_subplot(1, 2, 1)
    colours = _colours(accepted)
    dots = [colours[accepted[i].record["source"]] for i in told.chosen]
    plane.scatter(told.plane[:, 0], told.plane[:, 1], s=22, c=dots, alpha=0.8, linewidths=0)
    plane.set_aspect("equal", adjustable="datalim")
    _quiet(plane, "first principal component", "second principal component")
    plane.set_title("Accepted maps by likeness", color=INK, fontsize=12)
    near = figure.add_subplot(1, 2, 2)
    near.hist(told.nearest, bins=_bins(told.nearest, threshold), color=COLOURS[0], alpha=0.85)
    if threshold > 0:
        near.axvline(threshold, color=COLOURS[1], linewidth=2, label=f"near-duplicates below {threshold:g}")
        near.legend(frameon=False, labelcolor=INK, fontsize=9)
    _quiet(near, "distance to the nearest other map", "maps")
    near.yaxis.set_major_locator(MaxNLocator(integer=True))
    near.set_title("How far apart they are", color=INK, fontsize=12)
    if len(colours) > 1:
        _legend(figure, accepted)
    return figure


def _bins(values: NDArray[np.float64], threshold: float) -> list[float]:
    return [float(v) for v in np.linspace(0, max(float(values.max()), threshold) * 1.05 + 1e-6, 25)]


def _quiet(axes: Axes, x: str, y: str) -> None:
    axes.set_facecolor("white")
    axes.set_xlabel(x, color=INK)
    axes.set_ylabel(y, color=INK)
    axes.tick_params(colors=INK, labelsize=9)
    axes.grid(color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    for side, line in axes.spines.items():
        line.set_visible(side in ("left", "bottom"))
        line.set_color(FAINT)


def _words(trait: str) -> str:
    units = {"m": "[m]", "deg": "[°]"}
    head, _, tail = trait.rpartition("_")
    return f"{head.replace('_', ' ')} {units[tail]}" if tail in units else trait.replace("_", " ")


def _save(figure: Any, folder: Folder, name: str) -> None:
    with atomic_file(folder.path / name) as path:
        figure.savefig(path, dpi=110, metadata={"Software": None})
