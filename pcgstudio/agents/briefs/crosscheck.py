"""A model's checks beside the built-in reading of the same words: the honest use of two readers who can both be wrong.

A model may understand what the built-in grammar cannot, and may also leave out, soften or invent a demand; then
"done" would rest on the word of whoever made the map. The built-in reading costs nothing, so it is always taken, and
used like this:

- What both demand stands once, as the model wrote it, if its bound is as strict.
- A built-in check that is *certain* and that the model's brief lacks is added, marked as coming from the built-in
  reading. It is certain if the words it quotes say a number or an absence, or if the built-in grammar understood the
  whole instruction and the check is no matter of degree ("dense" is one, "in the north" is not): then there is little
  that two readers could differ about. Everything else the built-in grammar read is an opinion and is left out, because
  the person chose the model for what the grammar cannot read.
- Where both are certain of different bounds for the same thing, both stand, and the difference is told as a
  contradiction: the run is a best effort until the person strikes one. No run is done against a certain built-in check
  that failed.
- A word that the grammar cannot use and that the model neither quotes nor lists was dropped: it is listed as not
  understood.

The person's own edited brief is never cross-checked: it is the last word on what was meant.
"""

from __future__ import annotations

import re

from ...brief import Brief, Check
from .writing import PRESENT_SHARE

MARK = "also checked, as the built-in reading is certain of it: "

DEGREES = frozenset({
    "share", "height", "lowest", "mean_height", "relief", "depth", "width", "length", "sinuosity", "size", "steepness",
    "flat_share", "roughness", "density", "elongation", "temperature", "moisture", "largest_share", "trend", "mix",
})  # fmt: skip
"""Metrics of which a word without a number ("high", "dense") asks for a matter of degree."""

_NUMBERS = frozenset((
    "no", "none", "single", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "dozen", "exactly", "half", "third", "quarter",
))  # fmt: skip


def cross_checked(model: Brief, builtin: Brief | None) -> Brief:
    """Return the model's brief with what it must not lack by the built-in one.

    Parameters
    ----------
    model, builtin : Brief
        Both readings of one instruction; None where the built-in grammar cannot read it at all, such as another
        language.
    """
    if builtin is None:
        return model
    added: list[Check] = []
    differences: list[str] = []
    for check in builtin.checks:
        if not _certain(check, builtin) or any(_covers(one, check) for one in model.checks):
            continue
        if against := next((one for one in model.checks if _same(one, check) and _excludes(one, check)), None):
            differences.append(
                f"'{check.quote}': the model reads {_said(against)}, the built-in reading {_said(check)}; strike one"
            )
        added.append(check)
    seen = " ".join(
        [*(c.quote for c in model.checks), *model.not_understood, *model.not_measurable, *model.atmosphere,
         *model.contradictions, *model.interpretations]
    ).lower()  # fmt: skip
    dropped = [text for text in builtin.not_understood if not _within(text, seen)]
    return model.model_copy(
        update={
            "checks": (*model.checks, *added),
            "not_understood": tuple(dict.fromkeys((*model.not_understood, *dropped))),
            "contradictions": tuple(dict.fromkeys((*model.contradictions, *differences))),
            "interpretations": (
                *model.interpretations,
                *(f"{MARK}{_said(c)} \"{c.quote}\"" for c in added),
            ),
        }
    )  # fmt: skip


def _certain(check: Check, reading: Brief) -> bool:
    if not check.demanded or check.relation in ("more_than", "less_than"):
        return False
    words = set(re.findall(r"\w+", check.quote.lower()))
    if words & _NUMBERS or any(any(map(str.isdigit, w)) for w in words) or check.relation == "absent":
        return True
    degree = check.metric in DEGREES and not (check.metric == "share" and check.value == PRESENT_SHARE)
    return reading.complete and not degree


def _same(one: Check, other: Check) -> bool:
    return (one.metric, one.arguments, one.region) == (other.metric, other.arguments, other.region)


def _covers(model: Check, own: Check) -> bool:
    """Whether meeting the model's check means that the built-in one is met too."""
    if not _same(model, own) or not model.demanded:
        return False
    (low, high), (lowest, highest) = model.bounds(), own.bounds()
    return lowest <= low and high <= highest


def _excludes(one: Check, other: Check) -> bool:
    (a, b), (c, d) = one.bounds(), other.bounds()
    return b < c or d < a


def _said(check: Check) -> str:
    what = " ".join(str(v) for v in check.arguments.values())
    value = f" {check.value}" if check.relation not in ("present", "absent") else ""
    return f"{check.metric} of {what or 'the map'} {check.relation.replace('_', ' ')}{value}"


def _within(text: str, seen: str) -> bool:
    """Whether the words of a text are told somewhere in what the model wrote."""
    quoted = re.findall(r"'([^']+)'", text) or [text]
    return all(word in seen for part in quoted for word in re.findall(r"\w{3,}", part.lower()))
