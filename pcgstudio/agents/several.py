"""Follow-ups about some of several: "remove one of the lakes", "make one of the hills higher"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .changes import Change
from .lexicon import Word, lexicon
from .meaning import is_countable

_SEVERAL = re.compile(r"\b(?:one|two|three|some|half|a few) of (?:the|these|those|them)\b", re.I)
_DEFINITE = frozenset({"the", "these", "those", "both", "all", "every", "last", "first", "second"})


def one_of_several(clause: str) -> bool:
    """Whether a clause is about some of several things, which no parameter tells apart."""
    return bool(_SEVERAL.search(clause))


def taken_away(clause: str, words: Sequence[Word]) -> float:
    """Return how many "remove two villages" takes away; 0 where all are meant or a certain one."""
    low = [w.text.lower() for w in words]
    at = next((k for k, w in enumerate(words) if w.has("number")), -1)
    bare = re.match(r"^\w+ (?:an?|one) ", clause, re.I)
    if at < 0:
        return 1.0 if bare and not set(low) & _DEFINITE else 0.0
    before, after = set(low[:at]) & _DEFINITE, set(low[at:]) & (_DEFINITE - {"the", "these", "those"})
    return 0.0 if before or after else float(words[at].kinds["number"])


def exactly(clause: str, feature: str) -> Change | None:
    """Read "only two lakes" as their number."""
    exact = re.search(r"\b(?:only|just|exactly)\s+(\w+)", clause.lower())
    if not exact or not is_countable(feature):
        return None
    number = lexicon().phrases.get(exact.group(1), {}).get("number")
    if number is None and not exact.group(1).isdigit():
        return None
    return Change(feature, "set", clause, "count", float(number if number is not None else exact.group(1)))
