"""Follow-ups that leave something out, said in full: "add two more", "connect them with a bridge", "flood it"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...generator import load_features
from ...recipe import Recipe
from ..words.building import MAZES
from ..words.lexicon import Word
from ..words.meaning import is_countable, stage_of

_ADDING = ("add", "put", "place", "include", "insert", "make", "give", "build")
_MORE = ("more", "another", "third", "second", "fourth", "fifth", "extra", "further", "additional", "a third",
         "a second", "another one", "one more", "a fourth")  # fmt: skip
_JOINING = ("connect", "join", "link")
_PRONOUNS = ("them", "it", "these", "those", "both", "all")
_HOLLOWS = ("impact crater", "crater", "canyon", "valley")
_WHOLE = re.compile(
    r"^(?P<make>make )(?:it|this|that|the (?:whole )?(?:map|thing))"
    r"(?P<how> (?:(?:a bit|a little|much|slightly|a lot) )?(?:bigger|smaller|larger)\b)", re.I
)  # fmt: skip
WHOLE_STAGES = ("landmass", "settlement", "interior")
"""Stages of what "make it bigger" is said of before anything else was spoken of: the town, and not its river."""
_OF_A_KIND = re.compile(r"^(?:make|turn) (?:it|this|that)(?: into)? (?P<what>an? [\w ]+)$", re.I)
_SURROUND = re.compile(r"^(?:surround|encircle|enclose|ring) (?P<what>.+?) (?:with|by) (?P<by>.+)$", re.I)
_KEPT = frozenset({
    "keep", "leave", "the", "a", "an", "it", "them", "that", "this", "these", "those", "as", "is", "are", "they",
    "were", "was", "everything", "else", "same", "rest", "of", "all", "and", "in", "place", "there", "where", "please",
    "how", "alone", "unchanged", "untouched", "its", "their", "other", "others", "though", "just",
})  # fmt: skip


_LEADING = re.compile(r"^(?:(?:and|but|now|then|also|please|ok|okay|so)\b[ ,]*)+", re.I)
_ORDINAL = re.compile(r"\ban? (?:second|third|fourth|fifth|sixth) (?=[a-z])(?!of\b)", re.I)
_COVER = re.compile(r"^cover (?P<what>.+?) (?:with|in) (?P<by>.+)$", re.I)
_SLOPES = re.compile(r"\b(?:its|the) lower (?:slopes|flanks|parts)(?: of (?:it|the \w+))?", re.I)
_HILLIER = re.compile(
    r"^make (?:it|this|the (?:land|terrain|ground|map|landscape))(?P<much>(?: (?:a bit|a little|a lot|much))?) "
    r"(?:hillier|more hilly|more mountainous|bumpier|more bumpy|less flat)$",
    re.I,
)
_CLIMATE = re.compile(
    r"^(?:make|turn|change|switch) (?:the|its) (?:climate|weather)(?: to| into)?(?: an?)? "
    r"(?P<how>(?!\w+er\b)\w+(?:(?:,| and|, and) (?!\w+er\b)\w+)?)$",
    re.I,
)
_THAW = re.compile(
    r"^(?:thaw|defrost|unfreeze|melt) (?:it|this|that|everything|all|the (?:land|map|island|whole map|tundra))"
    r"(?: out| away| all| up)?$",
    re.I,
)
_SNOW_LINE = re.compile(r"^(?:(?P<up>raise|lift|heighten)|lower|drop) the snow ?line(?: a bit| a little)?$", re.I)
_FARTHER = re.compile(r"\b(?:further|farther|more) (?:up |down )?(?:to(?:ward|wards)? the |in the )?"
                      r"(?P<side>north|south|east|west)(?:wards?)?\b", re.I)  # fmt: skip
_WAYS = re.compile(r"\b(?:paths|passages|ways|passageways)\b", re.I)


def in_plain_words(clause: str, there: Sequence[str]) -> str:
    """Return a clause with turns of phrase that only a follow-up has said plainly, or as it is.

    Parameters
    ----------
    clause : str
        The clause.
    there : sequence of str
        Features on the map, what was spoken of last at the end.
    """
    told = _LEADING.sub("", clause.strip())
    plain = told.rstrip(" .!")
    if found := _COVER.match(plain):
        what = found["what"]
        pronoun = what.lower() in _PRONOUNS and there
        risen = next((n for n in reversed(there) if stage_of(n) == "landform"), "")
        if risen and _SLOPES.fullmatch(what):
            return f"add many {found['by']} at the foot of the {risen}"
        return f"add many {found['by']} on {'the ' + there[-1] if pronoun else what}"
    if found := _HILLIER.match(plain):
        return f"make the terrain{found['much']} higher"
    if found := _CLIMATE.match(plain):
        return f"a {found['how']} climate"
    if _THAW.match(plain):
        return "a mild climate"
    if found := _SNOW_LINE.match(plain):
        return "less snow" if found["up"] else "more snow"
    if _ORDINAL.search(told):
        told = _ORDINAL.sub("a ", told)
        told = told if re.match(r"\w+ (?:me |us )?a ", told) and not told.lower().startswith("a ") else f"add {told}"
        told = _FARTHER.sub(lambda m: f"in the {m['side']}", told)
    mazes = any(n in MAZES for n in there) and "road" not in there
    told = _WAYS.sub("corridors", told) if mazes else told
    inside = next((n for n in reversed(there) if _is_whole(n) and stage_of(n) == "interior"), "")
    if inside and "wall" not in there:
        told = re.sub(r"\b(make|raise|lower) (?:the|its) walls\b", rf"\1 the {inside}", told, flags=re.I)
    return told


def farther(text: str) -> str:
    """Return the side of which "a second bridge further north" speaks, empty where none is named."""
    found = _FARTHER.search(text) if _ORDINAL.search(text) else None
    return found["side"].lower() if found else ""


def of_the_whole(text: str, recipe: Recipe) -> tuple[str, list[str]]:
    """Return "make it bigger", said first of a map, as said of the one thing that the map is of; and how it was read.

    Parameters
    ----------
    text : str
        The follow-up.
    recipe : Recipe
        What it is about. After another follow-up, "it" is what that was about.
    """
    checks = recipe.brief.checks if recipe.brief and not recipe.history else ()
    main = next((str(c.arguments["feature"]) for c in checks if "feature" in c.arguments), "")
    found = _WHOLE.match(text)
    if found is None or main not in load_features() or stage_of(main) not in WHOLE_STAGES:
        return text, []
    told = f"{found['make']}the {main}{found['how']}{text[found.end() :]}"
    return told, [f"read the pronoun as the {main}"]


def in_full(clause: str, words: Sequence[Word], there: Sequence[str]) -> str:
    """Return a clause with what it leaves out put in, or as it is.

    Parameters
    ----------
    clause : str
        The clause.
    words : sequence of Word
        Its words.
    there : sequence of str
        Features on the map, what was spoken of last at the end.
    """
    low = [w.corrected or w.text.lower() for w in words]
    named = [str(w.kinds["feature"]) for w in words if w.has("feature")]
    counted = next((n for n in reversed(there) if is_countable(n)), "")
    if low[0] in _ADDING and not named and counted and set(low) & set(_MORE):
        number = next((w.text for w in words if w.has("number") and w.text.lower() not in _MORE), "one")
        extra = len(low) > 4 + ("please" in low)
        return clause if extra else f"add {number} more {counted}{'' if number in ('one', '1') else 's'}"
    if words[-1].has("feature") and (around := _around(clause, there)) != clause:
        return around
    if (turned := _another_kind(clause, named, there)) != clause:
        return turned
    ways = bool(named) and stage_of(named[-1]) == "road" and "at" not in low
    if low[0] in _ADDING and len(set(named)) == 1 and low[-1] == "it" and there and there[-1] not in named:
        return f"{clause[: words[-1].start]}the {there[-1]}"
    if low[0] in _JOINING and len(low) == 2 and low[1] in _PRONOUNS:
        for way, stage in (("roads", "settlement"), ("bridges", "landmass")):
            if joined := next((n for n in reversed(there) if stage_of(n) == stage and is_countable(n)), ""):
                return f"add {way} connecting the {joined}s"
    if low[0] in _JOINING and ways and set(low[:3]) & set(_PRONOUNS):
        joined = next((n for n in reversed(there) if stage_of(n) in ("settlement", "landmass") and is_countable(n)), "")
        start = next((k for k, w in enumerate(low) if w in ("with", "by")), 0)
        what = clause[words[start].end :].strip() if start else ""
        return f"add {what} connecting the {joined}s" if joined and what else clause
    if low[0] == "flood" and low[1:] and low[1] in _PRONOUNS:
        hollow = next((n for n in reversed(there) if n in _HOLLOWS), "")
        return f"add a lake in the {hollow}" if hollow and len(low) == 2 else clause
    return clause


def _another_kind(clause: str, named: Sequence[str], there: Sequence[str]) -> str:
    """Say "make it a village" of a town as "turn the town into a village"."""
    found = _OF_A_KIND.match(clause)
    if found is None or len(named) != 1 or stage_of(named[0]) not in ("settlement", "interior"):
        return clause
    old = next((n for n in reversed(there) if _is_whole(n) and stage_of(n) == stage_of(named[0])), "")
    return clause if old in ("", named[0]) or not _is_whole(named[0]) else f"turn the {old} into {found['what']}"


def _is_whole(feature: str) -> bool:
    """Whether a feature is a settlement or an interior, and no part of one."""
    one = load_features()[feature]
    return one.layer == "settlement" or (stage_of(feature) == "interior" and one.count_by == "none" and bool(one.layer))


def _around(clause: str, there: Sequence[str]) -> str:
    """Say "surround the town with fields" as "add fields around the town"."""
    found = _SURROUND.match(clause)
    if found is None:
        return clause
    what = found["what"]
    if what.lower() in _PRONOUNS:
        home = next((n for n in reversed(there) if stage_of(n) in ("settlement", "interior")), "")
        what = f"the {home or next((n for n in reversed(there)), '')}"
    return f"add {found['by']} around {what}" if what != "the " else clause


def only_kept(words: Sequence[Word]) -> bool:
    """Whether "keep the hills" says no more than that they stay, as all does that is not spoken of."""
    return all(
        w.has("feature", "mark")
        or (w.corrected or w.text.lower()) in _KEPT
        or (w.has("stop") and not w.has("adjective"))
        for w in words
    )
