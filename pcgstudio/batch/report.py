"""What a batch came to: Markdown with numbers, reasons and plots for people, and a summary for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from . import manifest, plots, sheet
from .diversity import WIDTH, Diversity, diversity
from .folder import MANIFEST_CSV, MANIFEST_PARQUET, REPORT, SHEET, Folder
from .folder import write as write_file
from .run import Result
from .select import Decision


def write(folder: Folder, result: Result) -> dict[str, Any]:
    """Write manifest, contact sheet, plots and report; return the summary that ``--json`` prints."""
    decisions = result.decisions
    accepted = [d for d in decisions if d.status == "accepted"]
    told = diversity(np.array([d.record["descriptor"] for d in accepted], dtype=np.float64))
    manifest.write(folder, decisions)
    shown = sheet.write(folder, decisions)
    accept = result.order.spec.accept
    pictures = plots.write(folder, decisions, told, accept.distinct if accept else 0.0)
    write_file(folder.path / REPORT, "\n".join(_lines(result, accepted, told, shown, pictures)) + "\n")
    state = result.state
    return {
        "out": str(folder.path), "reached": result.reached, "asked": state.asked, "accepted": state.accepted,
        "rejected": state.rejected, "failed": state.failed, "tried": len(decisions), "made": state.made,
        "kept": state.kept, "seconds": round(state.seconds, 3), "maps_per_second": round(state.rate, 4),
        "mean_distance": round(told.mean_distance, 4), "vendi": round(told.vendi, 2),
        "reasons": dict(reasons(decisions)), "result_hash": manifest.result_hash(decisions),
    }  # fmt: skip


def reasons(decisions: Sequence[Decision]) -> list[tuple[str, int]]:
    """Return why maps were not taken, the commonest first; a map with two reasons counts for both."""
    found: Counter[str] = Counter()
    for one in decisions:
        if one.status == "rejected" and one.reason.startswith("near-duplicate"):
            found["near-duplicate of a map taken before"] += 1
        elif one.status == "rejected":
            unmet = one.record["unmet"] or [one.reason]
            found.update({told.split(", measured ")[0] for told in unmet})
        elif one.status == "failed":
            found[f"failed: {one.reason}"] += 1
    return sorted(found.items(), key=lambda kv: (-kv[1], kv[0]))


def _lines(
    result: Result, accepted: Sequence[Decision], told: Diversity, shown: int, pictures: Sequence[str]
) -> Iterator[str]:
    state, decisions = result.state, result.decisions
    yield "# Batch report\n"
    verdict = "all that were asked for" if result.reached else f"{state.asked} were asked for"
    yield f"**{state.accepted} maps accepted** ({verdict}), {state.rejected} rejected, {state.failed} failed; "
    yield f"{len(decisions)} of at most {state.listed} items were tried. One row each: `{MANIFEST_PARQUET}`, "
    yield f"`{MANIFEST_CSV}`. Result hash `{manifest.result_hash(decisions)}`.\n"
    if shown:
        yield f"![{shown} of the accepted maps]({SHEET})\n"
    yield from _sources(result)
    yield from _why(decisions)
    yield from _checks(decisions)
    yield from _diversity(result, told)
    yield from (f"![{name.removesuffix('.png').replace('_', ' ')}]({name})\n" for name in pictures)
    yield from _traits(accepted)


def _sources(result: Result) -> Iterator[str]:
    yield "## Sources\n"
    yield "| source | tried | accepted | rejected | failed |\n|---|---:|---:|---:|---:|"
    for source in result.order.sources:
        mine = Counter(d.status for d in result.decisions if d.record["source"] == source.name)
        cells = [mine.total(), mine["accepted"], mine["rejected"], mine["failed"]]
        yield f"| {_cell(source.name)} | {' | '.join(map(str, cells))} |"
    yield ""


def _why(decisions: Sequence[Decision]) -> Iterator[str]:
    found = reasons(decisions)
    if not found:
        return
    yield "## Why maps were not taken\n"
    yield "| maps | reason |\n|---:|---|"
    yield from (f"| {count} | {_cell(text)} |" for text, count in found[:20])
    if len(found) > 20:
        yield f"| {sum(count for _, count in found[20:])} | {len(found) - 20} rarer ones, see the manifest |"
    yield ""


def _checks(decisions: Sequence[Decision]) -> Iterator[str]:
    """Tell how often each demand held, over all maps that were made."""
    seen: dict[str, list[dict[str, Any]]] = {}
    for one in decisions:
        for check in one.record.get("checks", ()):
            seen.setdefault(check["demand"], []).append(check)
    if not seen:
        return
    yield "## Demands\n"
    yield "| demand | held | least | median | most | unit |\n|---|---:|---:|---:|---:|---|"
    for demand, found in seen.items():
        values = [c["measured"] for c in found if c["measured"] is not None]
        span = " | ".join(_span(values)) if values else " | | "
        yield f"| {_cell(demand)} | {sum(c['passed'] for c in found)} of {len(found)} | {span} | {found[0]['unit']} |"
    yield ""


def _diversity(result: Result, told: Diversity) -> Iterator[str]:
    if told.maps < 2:
        return
    yield "## Diversity and expressive range\n"
    some = "" if told.maps == result.state.accepted else f" (of {told.maps} evenly spaced ones)"
    nearest = f"the nearest pair is {told.nearest.min():.3f} apart"
    yield f"- Mean distance of two accepted maps{some}: **{told.mean_distance:.3f}**; {nearest}."
    yield (f"- Vendi score: **{told.vendi:.1f}** of {told.maps}: the effective number of distinct maps, where two at a "
           f"distance of {WIDTH:g} count as 61 % alike.")  # fmt: skip
    yield "- A distance in [0, 1] is the root mean square difference of ground shape, water, woods, ways and biomes.\n"


def _traits(accepted: Sequence[Decision]) -> Iterator[str]:
    names = dict.fromkeys(name for d in accepted for name in d.record["traits"])
    if not names:
        return
    yield "## Accepted maps, measured\n"
    yield "| measure | least | median | most |\n|---|---:|---:|---:|"
    for name in names:
        values = [d.record["traits"][name] for d in accepted if name in d.record["traits"]]
        yield f"| {name} | {' | '.join(_span(values))} |"
    yield ""


def _span(values: Sequence[float]) -> list[str]:
    return [f"{v:.4g}" for v in (min(values), float(np.median(values)), max(values))]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
