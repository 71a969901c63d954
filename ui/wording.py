"""What the window says about checks: short, with numbers, in the words of the person who asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .translation import told as translated
from .translation import tr
from .units import NARROW, amounts, shown_area, shown_in

if TYPE_CHECKING:  # the window opens before the core is loaded
    from pcgstudio.brief import Brief, Check, Measured, Report

    from .state import State, Turn

Mark = Literal["held", "missed", "wish", "waiting"]

SIGNS = {"equal": "=", "at_least": "≥", "at_most": "≤", "between": "from", "more_than": ">", "less_than": "<"}
PHRASES: dict[str, tuple[str, str]] = {
    "count": ("", ""), "share": ("share of %1", "of"), "share_inside": ("", ""), "parts_inside": ("", ""),
    "mix": ("share of %1", "of"), "distance": ("distance to %1", "to"), "parts_near": ("near %1", "to"),
    "surrounded": ("ringed by %1", "by"), "extent": ("map size", ""), "mean_height": ("mean height", ""),
    "largest_share": ("largest of all", ""), "flat_share": ("flat share", ""), "trend": ("more toward %1", "along"),
    "sides_touched": ("at sides of the map", ""), "parts_holding": ("with %1", "of"), "size": ("mean size", ""),
    "gap": ("gap between two", ""), "spacing": ("middle to middle", ""), "rim_steepness": ("steepest way down", ""),
    "highest_inside": ("highest ground", ""), "rooms_beside": ("beside %1", "of"), "reaches": ("from end to end", ""),
    "ends_near": ("ends near %1", "to"), "in_sight": ("seen from %1", "to"), "rise": ("higher than %1", "of"),
    "rooms_touching": ("next to %1", "of"),
}  # fmt: skip
"""What a metric is called after the feature's name, and the argument that stands in its place."""


@dataclass(frozen=True)
class Row:
    """A line of the table of checks.

    Parameters
    ----------
    words : str
        The piece of the instruction it came from.
    asked, measured : str
    mark : {"held", "missed", "wish", "waiting"}
        ``wish``: missed, but it was no demand.
    gap : str
        How far a missed one is from its demand; empty for the others.
    """

    words: str
    asked: str
    measured: str
    mark: Mark
    gap: str = ""


def rows(brief: Brief | None, report: Report | None) -> tuple[Row, ...]:
    """Return the table: what was asked, beside what was measured as soon as it was."""
    if report is None:
        return tuple(Row(c.quote, asked(c), "…", "waiting") for c in (brief.checks if brief else ()))
    found = [
        Row(m.check.quote, asked(m.check), number(m.measured, m.check.unit), _mark(m.passed, m.check.demanded), gap(m))
        for m in report.checks
    ]
    found += [Row(tr(s.name), tr("always"), tr(s.detail), "missed") for s in report.structural if not s.passed]
    return tuple(found)


def gap(found: Measured) -> str:
    """Return how far a missed check is from its demand, empty where it passed.

    Examples
    --------
    >>> from pcgstudio.brief import Check, Measured
    >>> gap(Measured(check=Check(metric="count", relation="at_least", value=3), measured=1, passed=False, score=0.3))
    'short by 2'
    """
    if found.passed:
        return ""
    if found.measured is None:
        return tr("there is nothing to measure")
    low, high = found.check.bounds()
    if found.measured >= low:
        return tr("over by %1", number(found.measured - high, found.check.unit))
    return (
        tr("short by %1", number(low - found.measured, found.check.unit)) if low > 1e-6 else tr("none of it is there")
    )


def _mark(passed: bool, demanded: bool) -> Mark:
    return "held" if passed else "missed" if demanded else "wish"


def asked(check: Check) -> str:
    """Return a demand in one short line.

    Examples
    --------
    >>> from pcgstudio.brief import Check
    >>> asked(Check(metric="count", arguments={"feature": "lake"}, relation="at_least", value=2)).split()
    ['lake', '≥', '2']
    """
    about = " ".join(part for part in (_named(check, "feature"), _phrase(check), _where(check)) if part)
    if check.relation in ("present", "absent"):
        return tr("%1 there", about) if check.relation == "present" else tr("%1 none", about)
    if isinstance(check.value, tuple):
        return tr("%1 %2 to %3", about, *(number(end, check.unit) for end in check.value))
    slack = f" ±{NARROW}{number(check.tolerance, check.unit)}" if check.relation == "equal" and check.tolerance else ""
    value = check.value
    if check.relation in ("more_than", "less_than"):  # than the other by so much that the difference is one
        value += check.tolerance if check.relation == "more_than" else -check.tolerance
    return f"{about} {SIGNS[check.relation]}{NARROW}{number(value, check.unit)}{slack}"


def _named(check: Check, argument: str, otherwise: str = "") -> str:
    """Return an argument of a check, in the person's language where it is a word."""
    return translated(str(check.arguments.get(argument, otherwise)))


def _phrase(check: Check) -> str:
    """Return what is measured of the feature."""
    template, argument = PHRASES.get(check.metric, (check.metric.replace("_", " "), ""))
    return tr(template, _named(check, argument, "land" if argument == "of" else "")).strip() if template else ""


def _where(check: Check) -> str:
    """Return where a check looks, as an addition to what it looks at; empty for the whole map."""
    region = check.region.model_dump()
    told = {key: translated(str(value)) for key, value in region.items()}
    match region["kind"]:
        case "everywhere":
            return ""
        case "compass":
            return tr("in the %1", told["place"]) if region["place"] != "edge" else tr("at the edge")
        case "of":
            return tr("in the %1", told["feature"])
        case "near":
            return tr("near the %1", told["feature"])
        case "end_of":
            return tr("at the %1 end of the %2", told["side"], told["feature"])
        case "side_of":
            return tr("%1 of the %2", told["side"], told["feature"])
        case "between":
            return tr("between %1 and %2", told["first"], told["second"])
        case "level":
            return tr("at the %1", told["which"])
        case _:
            return tr("in its region")


def number(value: float | None, unit: str = "") -> str:
    """Return a value as people write it: three figures, shares in per cent."""
    if value is None:
        return tr("nothing there")
    if unit == "share":
        return f"{float(f'{value * 100:.3g}'):g}{NARROW}%"
    factor, unit = shown_area(value) if unit == "m²" else shown_in(unit)
    value *= factor
    told = f"{round(value):,}" if abs(value) >= 1000 else f"{float(f'{value:.3g}'):g}"
    return f"{told}{NARROW}{unit}" if unit else told


def verdict(brief: Brief | None, report: Report | None) -> tuple[str, bool]:
    """Return the outcome in one line, empty before anything was measured, and whether it is good."""
    if brief is None or report is None:
        return "", False
    demands = [m.passed for m in report.checks if m.check.demanded]
    demands += [False for s in report.structural if not s.passed]
    held = tr("%1 of %2 demands hold", sum(demands), len(demands))
    if not demands:
        held = tr("Nothing in it can be measured")
    elif all(demands):
        held = tr("All %1 demands hold", len(demands)) if len(demands) > 1 else tr("The one demand holds")
    told = f"{held}." if brief.complete else tr("%1; see below what was left out.", held)
    return told, report.passed and brief.complete and bool(demands)


def notes(brief: Brief | None, changes: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return titled lists of what the table cannot hold; only those that have something in them."""
    told = [("Changed", changes)]
    if brief is not None:
        told = [
            ("Not understood", brief.not_understood), ("Not measurable", brief.not_measurable),
            ("Contradictory", brief.contradictions), ("Read as", brief.interpretations),
            ("Mood, free for the maker", brief.atmosphere), *told,
        ]  # fmt: skip
    return tuple((title, lines) for title, lines in told if lines)


def footing(turn: Turn) -> str:
    """Return who did it, in how many rounds, how long it took and what it cost, as one quiet line."""
    by = turn.model or {"builtin": tr("built-in agents"), "none": ""}.get(turn.agent, turn.agent)
    told = [by] if by else []
    if turn.rounds:
        told.append(tr("1 round") if turn.rounds == 1 else tr("%1 rounds", turn.rounds))
    if turn.meter.seconds:
        told.append(f"{turn.meter.seconds:.1f}{NARROW}s")
    if turn.meter.tokens:
        told.append(tr("%1 tokens", f"{turn.meter.tokens:,}"))
    elif turn.meter.most:
        told.append(tr("about %1, at most %2 tokens", f"{turn.meter.expected:,}", f"{turn.meter.most:,}"))
    return " · ".join(told)


def change(line: str) -> str:
    """Return a line of a recipe's difference as a person reads it; other texts of the controller as they are told.

    Examples
    --------
    >>> change("volcano.height_m: 220 -> 308.0").replace(NARROW, " ")
    'volcano, height: 220 → 308 m'
    """
    found = re.fullmatch(r"(?:(?P<step>[^.:]+)\.)?(?P<name>\w+): (?P<was>.*) -> (?P<now>.*)", line)
    if found is None:
        return translated(line).replace("->", "→")
    name = re.sub(r"_(m|mm|deg)$", "", found["name"]).replace("_", " ")
    was, now = (amounts(found[k], found["name"]) or "–" for k in ("was", "now"))
    unit = now.rpartition(NARROW)[2]
    if NARROW in now and was.endswith(f"{NARROW}{unit}"):
        was = was.removesuffix(f"{NARROW}{unit}")  # once is enough
    about = f"{found['step']}, {name}" if found["step"] else name
    return f"{about}: {was} → {now}"


def share(value: float) -> str:
    """Return a share in per cent as people write it."""
    return number(value, "share") if value >= 0.0005 or value == 0 else f"<{NARROW}0.1{NARROW}%"


def noticed(state: State) -> str:
    """Return what the status bar says: what is written at the moment, or what was done last."""
    writing = state.exporting
    if writing is not None and writing.running:
        return tr("Writing %1: %2 … %3 %", writing.target, translated(writing.text), round(100 * writing.fraction))
    if state.activity is not None and not state.activity.coarse:
        return ""
    if state.notice or not state.stale:
        return translated(state.notice)
    if state.shown is not None and state.shown.coarse:
        return tr("A draft of the map; the whole follows as soon as the hand rests.")
    return tr("The view shows the map as it was before this change.")
