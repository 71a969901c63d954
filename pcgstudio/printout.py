"""What the command line says: tables and lines for people on stderr, JSON for programs on stdout."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # imported where they are needed, so that --help answers at once
    from .brief import Brief, Check, Report
    from .events import Event, Finished


def say(text: str) -> None:
    """Print one line for people."""
    print(text, file=sys.stderr)


def progress(fraction: float, text: str) -> None:
    """Show one line that is overwritten; nothing where stderr is no terminal, unless another program listens."""
    if os.environ.get("PCGSTUDIO_PROGRESS") == "lines":
        print(f"progress {fraction:.3f} {text[:70]}", file=sys.stderr, flush=True)
    elif sys.stderr.isatty():
        print(f"\r\x1b[K{fraction:4.0%} {text[:70]}", end="", file=sys.stderr, flush=True)


def clear() -> None:
    """Take the line of progress away."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def report(brief: Brief, measured: Report, as_json: bool, out: Path | None, extra: dict[str, Any]) -> None:
    """Print asked against measured, and everything that keeps the map from being done."""
    if as_json:
        print(json.dumps({**extra, "out": str(out) if out else None, "brief": brief.model_dump(mode="json"),
                          "report": measured.model_dump(mode="json")}, ensure_ascii=False))  # fmt: skip
        return
    for row in measured.checks:
        mark = "ok  " if row.passed else "MISS" if row.check.demanded else "wish"
        say(f'{mark} {demand(row.check):44} measured {number(row.measured):>9} {row.check.unit:8} "{row.check.quote}"')
    for one in measured.structural:
        if not one.passed:
            say(f"MISS {one.name}: {one.detail}")
    for title, lines in (
        ("not understood", brief.not_understood), ("not measurable", brief.not_measurable),
        ("contradictory", brief.contradictions), ("atmosphere", brief.atmosphere), ("read as", brief.interpretations),
    ):  # fmt: skip
        if lines:
            say(f"{title}: {'; '.join(lines)}")
    if out is not None:
        passed = measured.passed and brief.complete and (bool(measured.checks) or extra.get("status") == "done")
        say(f"{'done' if passed else 'best effort'}: {out}/preview.png, {out}/map.glb")


def demand(check: Check) -> str:
    """Return a check in a few words."""
    about = " ".join(str(v) for v in check.arguments.values() if isinstance(v, str))
    if check.relation in ("present", "absent"):
        return f"{check.metric} {about} {check.relation}"
    told = " to ".join(number(v) for v in check.value) if isinstance(check.value, tuple) else number(check.value)
    return f"{check.metric} {about} {check.relation.replace('_', ' ')} {told}"


def number(value: float | None) -> str:
    """Return a measured value in four digits."""
    return "nothing" if value is None else f"{value:.4g}"


def narrated(event: Event) -> str:
    """Return what a person wants to hear of an event of a model while a run goes on; empty for all others."""
    from .events import Asked, Estimated, FellBack, Reviewed, Started  # noqa: PLC0415 - see TYPE_CHECKING above

    match event:
        case Started() if event.model:
            return f"{event.agent} agents, model {event.model}, protocol {event.protocol}"
        case Estimated():
            limit = f"; the limit is {event.limit}" if event.limit is not None else ""
            return (f"estimate: about {event.expected} tokens in {event.calls} questions, at most about {event.most} "
                    f"in {event.most_calls}{limit}")  # fmt: skip
        case Asked():
            call = event.call
            about = "about " if call.estimated else ""
            told = f" FAILED: {call.message}" if call.error else f" ({call.repairs} repairs)" if call.repairs else ""
            return (f"round {event.round} {call.agent:6} {call.purpose:6} {about}{call.prompt} + {call.completion} "
                    f"tokens, {call.seconds:.1f} s; {event.tokens} so far{told}")  # fmt: skip
        case FellBack():
            return f"the built-in agents take over ({event.agent}): {event.reason}"
        case Reviewed() if event.review.decision == "revise":
            return "\n".join(f"round {event.round} finding: {i.step + ': ' if i.step else ''}{i.message}"
                             for i in event.review.issues)  # fmt: skip
    return ""


def closing(done: Finished) -> None:
    """Print what a run with a model cost, and what happened beside the plan."""
    for note in done.notes:
        say(f"note: {note}")
    if done.model:
        by = ", ".join(f"{s.agent} {s.purpose} {s.prompt + s.completion}" for s in done.spent)
        say(f"{done.tokens} tokens{f' ({by})' if by else ''} with {done.model}")
