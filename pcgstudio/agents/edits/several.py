"""Follow-ups about some of several: "remove one of the lakes", "make one of the hills higher"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...generator import load_features
from ..words.lexicon import Word, lexicon
from ..words.meaning import MASSES, is_countable
from .changes import Change

_SEVERAL = re.compile(r"\b(?:one|two|three|some|half|a few) of (?:the|these|those|them)\b", re.I)
_PARTS = {
    "half": 0.5, "a third": 1 / 3, "one third": 1 / 3, "a quarter": 0.25, "one quarter": 0.25, "two thirds": 2 / 3,
    "three quarters": 0.75, "most": 0.75,
}  # fmt: skip
_PART = r"(?:about |around |roughly |some )?(?P<part>" + "|".join(_PARTS) + r"|\d+(?:\.\d+)? ?(?:%|percent))"
_TAKEN = re.compile(
    rf"^(?P<verb>remove|delete|drop|erase|clear|cut|fell|chop down|get rid of|keep|keep only|leave|leave only|only)\s+"
    rf"(?:only |just )?{_PART}(?: of)?(?: all)?(?: of)?(?: the| these| those| my)? (?P<what>[\w -]+?)[ ,.!]*$", re.I
)  # fmt: skip
_ADDED = re.compile(
    r"^(?:add|put|place|include|plant|give (?:it|me|us))(?: in)? (?P<much>an?(?= \w+(?: please)?$)|another|"
    r"(?:some|a few|a bit|lots|many|much|plenty|a lot)?(?: of)?(?: more)?) ?(?P<what>[\w -]+?)(?: please)?[ ,.!]*$",
    re.I,
)  # fmt: skip
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


def part_left(clause: str, feature: str) -> Change | None:
    """Read "take away half of the trees" and "keep only a third of the houses" as so many times what there is."""
    found = _TAKEN.match(clause)
    if found is None or not _names_only(found["what"]):
        return None
    told = found["part"].lower()
    part = _PARTS.get(told) or float(re.sub(r" ?(%|percent)", "", told)) / 100
    kept = found["verb"].lower().split()[0] in ("keep", "leave", "only")
    aspect = "count" if is_countable(feature) else "share"
    return Change(feature, "scale", clause, aspect, part if kept else 1 - part)


def more_of_it(clause: str, feature: str) -> Change | None:
    """Read "add some trees" where trees cover ground as more cover: a few single ones more would not be seen."""
    found = _ADDED.match(clause)
    covers = load_features()[feature].layer in MASSES or load_features()[feature].instances == "tree"
    if found is None or not covers or not _names_only(found["what"]):
        return None
    many = bool({"lots", "many", "much", "plenty", "lot"} & set(found["much"].lower().split()))
    aspect = "count" if is_countable(feature) else "share"
    return Change(feature, "scale", clause, aspect, 1.9 if many else 1.4, vague=True)


def _names_only(text: str) -> bool:
    """Whether a text is one thing's name and no more."""
    words = lexicon().split(text)
    return len(words) == 1 and words[0].has("feature")


def exactly(clause: str, feature: str) -> Change | None:
    """Read "only two lakes" as their number."""
    exact = re.search(r"\b(?:only|just|exactly)\s+(\w+)", clause.lower())
    if not exact or not is_countable(feature):
        return None
    number = lexicon().phrases.get(exact.group(1), {}).get("number")
    if number is None and not exact.group(1).isdigit():
        return None
    return Change(feature, "set", clause, "count", float(number if number is not None else exact.group(1)))
