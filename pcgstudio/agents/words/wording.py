"""What a word is where it stands: a verb or a thing, a side or not, a shape; settled before anything is read.

A word with several meanings ("starts", "left", "heart-shaped") keeps the one that its neighbours allow. What is left
without a meaning is not understood, which is the honest end: a wrong meaning would become a wrong demand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .lexicon import Lexicon, Word

_SIDED = ("left", "right")
_BEFORE_SIDE = frozenset({
    "the", "on", "at", "to", "far", "top", "bottom", "upper", "lower", "extreme", "very", "hand", "from", "toward",
    "towards", "its", "map's", "and", "slightly", "little", "bit", "somewhat",
})  # fmt: skip
_BEFORE_NOUN = ("adjective", "number", "count", "preposition", "superlative", "choice", "implies", "mood", "negation")
_DETERMINERS = frozenset({"the", "a", "an", "its", "their", "this", "that", "these", "those", "no", "and", "or"})
_AFTER_AROUND = frozenset({"the", "a", "an", "its", "their", "this", "these", "it", "them", "each", "every", "both"})
_UNDERGROUND = ("dungeon", "cave", "maze", "burrow")
_SHORES = ("island", "archipelago", "coast", "sea", "beach", "lagoon", "peninsula", "lake")
_LIKENESS = ("like", "looks like", "looking like", "resembling", "resembles", "reminiscent of")
_SHAPED_AS = frozenset({"a", "an", "the", "letter", "big", "giant", "huge"})


def settled(words: Sequence[Word], lexicon: Lexicon) -> list[Word]:
    """Return the words with the meanings that they cannot have where they stand taken away."""
    told = _shapes(list(words), lexicon)
    return [_in_place(told, i) for i in range(len(told))]


def _low(words: Sequence[Word], i: int) -> str:
    return (words[i].corrected or words[i].text.lower()) if 0 <= i < len(words) else ""


def _has(words: Sequence[Word], i: int, *kinds: str) -> bool:
    return 0 <= i < len(words) and words[i].has(*kinds)


def _in_place(words: Sequence[Word], i: int) -> Word:
    """Return a word with what it means between its neighbours."""
    word, low = words[i], _low(words, i)
    if low in _SIDED and not _is_side(words, i):
        return replace(word, kinds={"stop": low} if low == "right" else {})
    subject = _has(words, i - 1, "feature") or _low(words, i - 1) in ("that", "which")
    if word.plural and word.has("feature") and subject and _low(words, i + 1) in ("over", "above"):
        return replace(word, kinds={})  # "the peak towers over the rest" speaks of no towers
    if low == "round" and word.has("preposition") and _is_around(words, i):
        return replace(word, kinds={"preposition": word.kinds["preposition"]})  # "houses round a pond"
    if low == "keep" and word.has("feature") and not _is_keep(words, i):
        return replace(word, kinds={k: v for k, v in word.kinds.items() if k != "feature"})
    after = words[i + 1].kinds.get("feature", "") if i + 1 < len(words) else ""
    if word.has("unsupported") and not word.has("feature") and after in _UNDERGROUND:
        return replace(word, kinds={"mood": low})  # "a castle cellar" asks for the cellar
    if low in ("sand", "sands"):
        shore = any(w.kinds.get("feature") in _SHORES for w in words)
        return replace(word, kinds={"feature": "beach" if shore else "desert"})
    if low == "well" and not (_low(words, i - 1) in _DETERMINERS or _has(words, i - 1, *_BEFORE_NOUN)):
        return replace(word, kinds={"stop": low})  # "a lake, as well"
    if word.has("verb") and word.has("feature") and not _is_noun(words, i):
        return replace(word, kinds={k: v for k, v in word.kinds.items() if k != "feature"})
    return word


def _is_around(words: Sequence[Word], i: int) -> bool:
    """Whether "round" says where a thing stands: "a wall round the village", "cottages round it", and no round lake."""
    after_noun = _has(words, i - 1, "feature") and _has(words, i + 1, "feature", "number")
    return after_noun or _low(words, i + 1) in _AFTER_AROUND


def _is_keep(words: Sequence[Word], i: int) -> bool:
    """Whether "keep" is the tower of a castle: "a walled keep", and not "keep the rivers"."""
    before = _low(words, i - 1)
    named = before in _DETERMINERS - {"and", "or", "that", "this"} or _has(
        words, i - 1, "adjective", "implies", "number"
    )
    return named and _low(words, i + 1) not in _DETERMINERS - {"and", "or", "that"}


def _is_side(words: Sequence[Word], i: int) -> bool:
    """Whether "left" and "right" name a side: "on the left", "left half", "forest left, desert right"."""
    after = i + 1 >= len(words) or _has(words, i + 1, "mark") or _low(words, i + 1) in ("and", "of")
    named = after and _has(words, i - 1, "feature")
    before = _low(words, i - 1) in _BEFORE_SIDE and (
        after or _low(words, i - 1) != "the" or not _has(words, i + 1, "stop", "verb")
        or _low(words, i - 2) in ("on", "to")
    )  # fmt: skip
    return before or named or _has(words, i + 1, "place_noun") or _low(words, i + 1) in ("hand", "-")


def _is_noun(words: Sequence[Word], i: int) -> bool:
    """Whether a word that is also a verb stands where a thing is named: "the crossing", "two starts"."""
    before = _low(words, i - 1)
    if i == 0 or _has(words, i - 1, "mark"):
        return not words[i].plural and not before.endswith("ing")
    if _has(words, i - 1, "feature"):  # "the river starts"; but a river crossing is a bridge
        return "bridge" in words[i].kinds.values() and words[i - 1].has("feature")
    if before == "that" and _has(words, i - 2, "feature"):
        return False  # "a river that starts in the hills"
    return before in _DETERMINERS or _has(words, i - 1, *_BEFORE_NOUN)


def _shapes(words: list[Word], lexicon: Lexicon) -> list[Word]:
    """Join "heart-shaped", "shaped like a star" and "in the shape of the letter C" to one word, known or not."""
    told: list[Word] = []
    i = 0
    while i < len(words):
        end, shape = _shaped_before(words, i, lexicon) or _shaped_after(words, i, lexicon) or (i, "")
        if end > i:
            told.append(_shape(words, i, end, shape, lexicon))
            i = end
            continue
        told.append(words[i])
        i += 1
    return told


def _shaped_before(words: list[Word], i: int, lexicon: Lexicon) -> tuple[int, str] | None:
    """Return end and shape of "X-shaped", "X shaped" or "X-like" at ``i``."""
    if words[i].has("mark"):
        return None
    for length in (1, 2):
        j = i + length
        hyphen = _low(words, j) == "-"
        ends = _low(words, j + hyphen)
        before = ends == "shaped" and _low(words, j + hyphen + 1) != "like"
        if before or (hyphen and ends in ("like", "shape", "form")):
            shape = " ".join(_low(words, k) for k in range(i, j))
            if length == 1 or shape in lexicon.vocabulary["shapes"]:
                return j + hyphen + 1, shape
    return None


def _shaped_after(words: list[Word], i: int, lexicon: Lexicon) -> tuple[int, str] | None:
    """Return end and shape of "shaped like X" and "in the shape of X" at ``i``; of "like X" where X is a shape."""
    low = [_low(words, k) for k in range(i, min(i + 5, len(words)))]
    start = 0
    if low[:2] == ["shaped", "like"] or low[:2] == ["formed", "like"]:
        start = i + 2
    elif low[:1] in (["in"], ["into"]) and {"shape", "form", "outline"} & {*low[1:3]} and "of" in low[2:4]:
        start = i + low.index("of") + 1
    elif low[:1] and low[0] in _LIKENESS:
        start = i + 1
    if not start:
        return None
    j = start
    while _low(words, j) in _SHAPED_AS:
        j += 1
    if j >= len(words) or words[j].has("mark"):
        return None
    shape = _low(words, j)
    if low[0] in _LIKENESS and shape not in lexicon.vocabulary["shapes"]:
        return None
    return j + 1, shape


def _shape(words: list[Word], i: int, end: int, shape: str, lexicon: Lexicon) -> Word:
    """Return the shape as one word: the choice or adjective it stands for, nothing known otherwise."""
    known = lexicon.vocabulary["shapes"].get(shape, "")
    kinds = {k: v for k, v in lexicon.phrases.get(known, {}).items() if k.startswith(("choice", "adjective"))}
    first, last = words[i], words[end - 1]
    text = " ".join(w.text for w in words[i:end]).replace(" - ", "-")
    return Word(text, first.start, last.end, kinds, corrected=known)
