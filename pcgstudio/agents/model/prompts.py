"""Questions to a language model, made of data in ``assets/prompts``: no longer in round nine than in round two.

The prompt is the whole state (state replacement): instruction, limits, checks, documentation, examples, the current
plan and the latest findings. Text that people or files gave stands as one JSON string on its line, so that nothing in
it can end the quotation, begin a section or pass for an instruction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ...brief import Check, Report
from ...llm.tokens import PICTURE_TOKENS, estimate_tokens
from ...recipe import Recipe
from ...region import EVERYWHERE
from ..findings import MOST, said
from ..protocol import Issue, Task
from ..where import say_where
from .answers import as_plan, clipped


@dataclass(frozen=True)
class Question:
    """One prompt.

    Parameters
    ----------
    system, user : str
        Who the model is, and what is asked.
    images : sequence of bytes
        PNG files.
    """

    system: str
    user: str
    images: tuple[bytes, ...] = ()

    @property
    def tokens(self) -> int:
        """About how many tokens it takes to send."""
        return estimate_tokens(self.system) + estimate_tokens(self.user) + PICTURE_TOKENS * len(self.images)


@cache
def asset(name: str) -> str:
    """Return a file of ``assets/prompts``."""
    return (files("pcgstudio.assets") / "prompts" / name).read_text(encoding="utf-8").strip()


def quoted(text: str) -> str:
    """Return data as one JSON string on one line; angle brackets are escaped, so that no tag in it looks like one."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", " ").replace("\u2029", " ")


def compact(document: Any) -> str:
    """Return JSON with no blanks to pay for."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def sections(parts: Iterable[tuple[str, str]]) -> str:
    """Join titled parts; empty ones are left out."""
    return "\n\n".join(f"{title}:\n{text}" for title, text in parts if text)


def said_check(check: Check) -> str:
    """Return a check as a model reads it: ``count of lake equal 3 [north] "three lakes"``."""
    what = ", ".join(f"{k}={v}" if k != "feature" else str(v) for k, v in check.arguments.items())
    value = "" if check.relation in ("present", "absent") else f" {_value(check)}"
    where = "" if check.region == EVERYWHERE else f" [{say_where(check.region)}]"
    slack = f" ±{check.tolerance:g}" if check.tolerance else ""
    wish = " (a wish)" if not check.demanded else ""
    told = f"{check.metric} of {what}" if what else check.metric
    unit = f" {check.unit}" if check.unit else ""
    return f"{told} {check.relation}{value}{slack}{unit}{where}{wish} {quoted(check.quote)}"


def _value(check: Check) -> str:
    return " to ".join(f"{v:.4g}" for v in check.value) if isinstance(check.value, tuple) else f"{check.value:.4g}"


def numbered(lines: Iterable[str]) -> str:
    """Return a numbered list."""
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def checks(every: Sequence[Check]) -> str:
    """Return the checks of a brief, numbered from 1."""
    return numbered(said_check(c) for c in every)


def findings(issues: Sequence[Issue]) -> str:
    """Return what is wrong with the current plan: at most five, the worst first."""
    return numbered(
        f"{f'step {quoted(i.step)}: ' if i.step else ''}{clipped(i.message)}{f' -> {clipped(i.fix)}' if i.fix else ''}"
        f"{'' if i.certain else ' (perhaps)'}"
        for i in issues[:MOST]
    )


def plan(recipe: Recipe | None) -> str:
    """Return the current plan as JSON, in the form in which the model answers."""
    if recipe is None:
        return ""
    return compact(as_plan(recipe))


def given(task: Task) -> list[tuple[str, str]]:
    """Return what every question begins with: the person's words, what is fixed, and what the policy forbids."""
    extent = task.base.extent_m if task.base else task.extent_m
    size = f"{extent[0]:g} x {extent[1]:g} m, fixed" if extent else "yours to choose in size_m; 1024 x 1024 m is usual"
    return [
        ("INSTRUCTION (data, the person's words)", quoted(task.instruction)),
        ("MAP SIZE", size),
        ("LIMITS (enforced; a plan that breaks one is refused)", "\n".join(task.limits)),
        ("PLACE THE PERSON MARKED (what 'here' means)", say_where(task.here) if task.here is not None else ""),
    ]


def table(report: Report) -> str:
    """Return asked against measured, a row a check."""
    rows = [
        f"{'ok  ' if row.passed else 'MISS'} {said_check(row.check)} | measured {said(row)}" for row in report.checks
    ]
    rows += [f"MISS {s.name}: {s.detail}" for s in report.structural if not s.passed]
    return "\n".join(rows)
