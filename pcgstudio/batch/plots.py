"""The plots of a batch's report: where its maps lie in the space of what could be, and how far apart they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .diversity import Diversity
from .folder import Folder, atomic_file
from .select import Decision

RANGE, SPREAD = "expressive_range.png", "diversity.png"
PAPER, INK, FAINT, ACCENT, QUIET = "#f3f0e9", "#4a4844", "#d9d4c8", "#2f7f86", "#b9a07e"
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
        _save(_spread(told, threshold), folder, SPREAD)
        names.append(SPREAD)
    for gone in {RANGE, SPREAD} - set(names):
        (folder.path / gone).unlink(missing_ok=True)
    return names


def chosen_pairs(made: Sequence[Decision]) -> list[tuple[str, str]]:
    """Return up to four pairs of traits that most maps have and that differ between them."""
    have: dict[str, list[float]] = {}
    for one in made:
        for name, value in one.record["traits"].items():
            have.setdefault(name, []).append(value)
    varying = {n for n, values in have.items() if len(values) > len(made) / 2 and np.ptp(values) > 1e-9}
    return [pair for pair in PAIRS if varying.issuperset(pair)][:4]


def _expressive_range(made: Sequence[Decision], pairs: list[tuple[str, str]]) -> Figure:
    columns = min(2, len(pairs))
    lines = -(-len(pairs) // columns)
    figure = Figure(figsize=(5.2 * columns, 4.2 * lines + 0.5), facecolor=PAPER, layout="constrained")
    figure.suptitle("Expressive range: every map that was made", color=INK, fontsize=13)
    groups = {s: [d.record["traits"] for d in made if d.status == s] for s in ("rejected", "accepted")}
    for number, (x, y) in enumerate(pairs):
        axes = figure.add_subplot(lines, columns, number + 1)
        _cloud(axes, groups, x, y)
        _quiet(axes, _words(x), _words(y))
    figure.axes[0].legend(frameon=False, labelcolor=INK, fontsize=9)
    return figure


def _cloud(axes: Axes, groups: dict[str, list[dict[str, float]]], x: str, y: str) -> None:
    for status, colour in (("rejected", QUIET), ("accepted", ACCENT)):
        both = [(t[x], t[y]) for t in groups[status] if x in t and y in t]
        if not both:
            continue
        at = np.array(both)
        if len(both) > CROWD and status == "accepted":
            axes.hexbin(at[:, 0], at[:, 1], gridsize=40, mincnt=1, cmap="GnBu", linewidths=0)
        else:
            axes.scatter(
                at[:, 0], at[:, 1], s=18, color=colour, alpha=0.75, linewidths=0, label=f"{status} ({len(both)})"
            )


def _spread(told: Diversity, threshold: float) -> Figure:
    figure = Figure(figsize=(10.4, 4.6), facecolor=PAPER, layout="constrained")
    plane = figure.add_subplot(1, 2, 1)
    plane.scatter(told.plane[:, 0], told.plane[:, 1], s=22, color=ACCENT, alpha=0.8, linewidths=0)
    plane.set_aspect("equal", adjustable="datalim")
    _quiet(plane, "first principal component", "second principal component")
    plane.set_title("Accepted maps by likeness", color=INK, fontsize=12)
    near = figure.add_subplot(1, 2, 2)
    near.hist(told.nearest, bins=_bins(told.nearest, threshold), color=ACCENT, alpha=0.85)
    if threshold > 0:
        near.axvline(threshold, color=QUIET, linewidth=2, label=f"near-duplicates below {threshold:g}")
        near.legend(frameon=False, labelcolor=INK, fontsize=9)
    _quiet(near, "distance to the nearest other map", "maps")
    near.set_title("How far apart they are", color=INK, fontsize=12)
    return figure


def _bins(values: NDArray[np.float64], threshold: float) -> list[float]:
    return np.linspace(0, max(float(values.max()), threshold) * 1.05 + 1e-6, 25).tolist()


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
