"""Numbers, ranges, shares and lengths at the cursor of a reader."""

from __future__ import annotations

from dataclasses import dataclass

from .demand import Amount, Bound
from .lexicon import Word
from .meaning import is_countable

ABOUT = {"count": 0.2, "length": 0.12, "area": 0.2, "share": 0.1}
"""Slack of "about", as a share of the number."""

DIMENSIONS = {
    "high": "height", "tall": "height", "height": "height", "elevation": "height", "altitude": "height",
    "wide": "width", "broad": "width", "width": "width", "across": "width", "deep": "depth", "depth": "depth",
    "long": "length", "length": "length", "diameter": "width",
}  # fmt: skip


_COMPARED = {
    "higher": "height", "taller": "height", "lower": "height", "above": "height", "below": "height", "wider": "width",
    "narrower": "width", "broader": "width", "deeper": "depth", "shallower": "depth", "longer": "length",
}  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """An amount with what it counts.

    Parameters
    ----------
    amount : Amount
        In metres for lengths, square metres for areas, as a share for percentages.
    kind : str
        ``count``, ``share``, ``length`` or ``area``.
    used : int
        How many words it took.
    article : bool
        Whether it was only "a" or "an".
    aspect : str
        What a comparison said it is a measure of ("higher than 50 m"), or empty.
    """

    amount: Amount
    kind: str
    used: int
    article: bool = False
    aspect: str = ""


def read_quantity(words: list[Word], i: int) -> Quantity | None:
    """Read an amount that begins at word ``i``, or return None.

    Understands ``at least 3``, ``3 to 5``, ``between 3 and 5``, ``about 30 %``, ``half``, ``800 m``, ``a few``,
    ``3 or more``.
    """
    start = i
    bound = ""
    if _text(words, i) == "over" and _text(words, i + 1) in ("one", "a", "1"):
        return None  # "over one bridge" is a way, and no amount
    owned = _has(words, i - 1, "feature") or (_text(words, i) == "around" and _text(words, i + 1) == "one")
    if _text(words, i) in ("around", "about") and owned and not _measured(words, i + 1):
        return None  # "trees around two lakes" says where, "an island about 500 m across" how large
    if _has(words, i, "bound") and _begins_number(words, i + 1):
        bound = words[i].kinds["bound"]
        i += 1
    elif _text(words, i) == "between" and _has(words, i + 1, "number"):
        return _between(words, i)
    if _has(words, i, "number") and not (bound == "" and _has(words, i, "count") and not _numeric(words, i)):
        return _number(words, start, i, bound)
    if _has(words, i, "share") and (unit := _part_of_unit(words, i + 1)):
        length = float(words[i].kinds["share"]) * float(words[unit].kinds["unit"])
        return Quantity(_bounded(bound or "equal", length, ABOUT["length"] * length), "length", unit + 1 - start)
    if _text(words, i) in ("third", "fourth", "fifth") and _text(words, i + 1) in ("one", "is", "and", "are", "has"):
        return None  # "the third one" counts on
    if _has(words, i, "share") and _is_ordinal(words, i):
        return Quantity(Amount.exactly(1), "count", 1)
    if _has(words, i, "share") and not _has(words, i + 1, "place_noun"):
        used = i + 1 - start
        return Quantity(_bounded(bound or "about", words[i].kinds["share"], 0.05), "share", used)
    if _text(words, i) == "both" and _text(words, i + 1) in ("a", "an"):
        return None  # "both a lake and a hill" are one of each
    if _has(words, i, "count") and not bound:
        relation, low, aim = words[i].kinds["count"]
        low = 1 if _text(words, i) == "some" and not _plural_noun(words, i + 1) else low  # "some treasure"
        high = max(low, aim) if relation == "between" else low
        article = words[i].text.lower() in ("a", "an", "another")
        return Quantity(Amount(relation, low, high, _middle(relation, low, aim), said=False), "count", 1, article)
    return None


def _part_of_unit(words: list[Word], i: int) -> int:
    """Return where the unit of "half a mile" and "a quarter of a kilometre" stands, 0 where it is a share."""
    while _text(words, i) in ("a", "an", "of"):
        i += 1
    return i if _has(words, i, "unit") and len(_text(words, i)) > 1 else 0


def _measured(words: list[Word], i: int) -> bool:
    """Whether a number at ``i`` is a length, an area or a share."""
    while _has(words, i, "number"):
        i += 1
    return _has(words, i, "share") or _has(words, i, "percent") or _has(words, i, "area") or _has(words, i, "unit")


def _plural_noun(words: list[Word], i: int) -> bool:
    """Whether the next thing named from ``i`` on is in the plural."""
    return next((w.plural for w in words[i : i + 5] if w.has("feature")), False)


def _is_ordinal(words: list[Word], i: int) -> bool:
    """Whether "a third" counts on ("a third lake") instead of dividing ("a third desert")."""
    if not (_has(words, i + 1, "feature") and not words[i + 1].plural and is_countable(words[i + 1].kinds["feature"])):
        return False
    return any(w.kinds.get("feature") == words[i + 1].kinds["feature"] for w in words[:i])


def _middle(relation: str, low: float, high: float) -> float:
    return round((low + high) / 2) if relation == "between" else high


def _numeric(words: list[Word], i: int) -> bool:
    return words[i].text[:1].isdigit()


def _begins_number(words: list[Word], i: int) -> bool:
    return _has(words, i, "number") or _has(words, i, "share") or _text(words, i) in ("a", "an")


def _number(words: list[Word], start: int, i: int, bound: str) -> Quantity:
    low = float(words[i].kinds["number"])
    i += 1
    if _has(words, i, "number") and words[i].kinds["number"] in (100, 1000) and not _numeric(words, i):
        low *= words[i].kinds["number"]
        i += 1
    high = low
    if _text(words, i) in ("to", "-", "–", "or") and _has(words, i + 1, "number"):
        high = float(words[i + 1].kinds["number"])
        i += 2
    kind, factor, i = _unit(words, i)
    if _has(words, i, "after_bound") and not bound:
        bound = words[i].kinds["after_bound"]
        i += 1
        if kind == "count":
            kind, factor, i = _unit(words, i)
    low, high = sorted((low * factor, high * factor))
    slack = max(1.0, round(ABOUT[kind] * low)) if kind == "count" else ABOUT[kind] * low
    if high > low:
        amount = Amount("between", low, high, (low + high) / 2 if kind != "count" else round((low + high) / 2))
    else:
        amount = _bounded(bound or "equal", low, slack, whole=kind == "count")
    said = _text(words, start).split() if _has(words, start, "bound") else []
    aspect = next((_COMPARED[w] for w in said if w in _COMPARED), "") if kind == "length" else ""
    return Quantity(amount, kind, i - start, aspect=aspect)


def _unit(words: list[Word], i: int) -> tuple[str, float, int]:
    if _has(words, i, "percent"):
        return "share", 0.01, i + 1
    if _has(words, i, "area"):
        return "area", float(words[i].kinds["area"]), i + 1
    if _has(words, i, "unit"):
        return "length", float(words[i].kinds["unit"]), i + 1
    return "count", 1.0, i


def _between(words: list[Word], i: int) -> Quantity | None:
    if _text(words, i + 2) not in ("and", "to", "-") or not _has(words, i + 3, "number"):
        return None
    low, high = sorted((float(words[i + 1].kinds["number"]), float(words[i + 3].kinds["number"])))
    kind, factor, end = _unit(words, i + 4)
    aim = round((low + high) / 2) if kind == "count" else (low + high) / 2
    return Quantity(Amount("between", low * factor, high * factor, aim * factor), kind, end - i)


def _bounded(bound: str, value: float, slack: float, whole: bool = False) -> Amount:
    one = 1.0 if whole else 0.0
    nudge = 0.0 if whole else 0.05 * value
    table: dict[str, tuple[Bound, float, float, float]] = {
        "equal": ("equal", value, value, value),
        "at_least": ("at_least", value, value, value + nudge),
        "above": ("at_least", value + one, value + one, value + one + nudge),
        "at_most": ("at_most", value, value, max(value - nudge, 0)),
        "below": ("at_most", value - one, value - one, max(value - one - nudge, 0)),
        "about": ("between", value - slack, value + slack, value),
    }
    relation, low, high, aim = table[bound]
    return Amount(relation, low, high, round(aim) if whole else aim)


def _has(words: list[Word], i: int, kind: str) -> bool:
    return 0 <= i < len(words) and words[i].has(kind)


def _text(words: list[Word], i: int) -> str:
    return words[i].text.lower() if 0 <= i < len(words) else ""
