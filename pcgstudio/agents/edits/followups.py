"""Reading follow-ups: what a sentence wants changed in a recipe that exists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ...generator import get_generator, load_features
from ...params import Parameter
from ...recipe import Recipe
from ...region import Region
from ...world import World
from ..reader.cursor import marked_place, place_of
from ..reader.reading import read
from ..words.lexicon import Word, lexicon
from ..words.meaning import described, is_countable, makes, parameter, stage_of
from .changes import Change, Edit
from .moving import beyond, moved_beside
from .rewording import WHOLE_STAGES, farther, in_full, in_plain_words, of_the_whole, only_kept
from .several import exactly, more_of_it, one_of_several, part_left, taken_away
from .swapping import excess, exchanged, immeasurable, in_one_word

_VERBS = r"(?=(?:remove|delete|add|make|move|put|keep|leave|more|less|fewer)\b)"
_CLAUSES = re.compile(rf"[.;!?\n]+|,\s*(?:and\s+)?{_VERBS}|\b(?:and|but) {_VERBS}")
_OPENINGS = "and|but|now|then|also|please|ok|okay|so|next|finally|can you|could you|i want to|let us"
_OBJECTIONS = r"(?:(?:no|nope|nah|oh|well|sorry|wait)\s*[,.;:!–—]+\s*)*"  # with a mark behind it, "no" denies no thing
_LEAD = re.compile(rf"^{_OBJECTIONS}(?:(?:{_OPENINGS})\b[ ,]*)*", re.I)
_DETERMINED = re.compile(r"^(?:get rid of|\w+)\s+(?:(?:all|of|the|every|any|these|those)\s+)*", re.I)
_AWAY = re.compile(
    r"^(?:take (?:away|out|off)|cut (?:down|out)|chop down|throw out|wipe out|lose|scrap|tear down)\s+", re.I
)
_WHOLE = re.compile(r"^(?:remove|delete|erase|clear|eliminate) (?:the|my) (?:whole|entire|complete) ", re.I)
_WIDEN = {
    "widen": "wider", "broaden": "wider", "narrow": "narrower", "deepen": "deeper", "heighten": "higher",
    "lengthen": "longer", "shorten": "shorter", "steepen": "steeper", "enlarge": "bigger", "shrink": "smaller",
    "roughen": "rougher", "smoothen": "smoother", "smooth": "smoother", "thicken": "denser", "soften": "gentler",
}  # fmt: skip
_PLACED = ("place", "place_adjective", "place_noun")
_ADD = ("add", "put", "place", "include", "create", "give", "insert", "with")
_REMOVE = frozenset({"remove", "delete", "drop", "erase", "clear", "eliminate"})
_EXCHANGE = frozenset({"turn", "change", "replace", "swap", "convert", "exchange", "transform"})
_TIMES = {"twice": 2.0, "double": 2.0, "doubled": 2.0, "thrice": 3.0, "triple": 3.0, "tripled": 3.0, "half": 0.5,
          "halve": 0.5, "halved": 0.5, "quadruple": 4.0}  # fmt: skip
_UP = frozenset({"increase", "raise", "grow", "enlarge", "boost", "heighten", "expand", "extend"})
_DOWN = frozenset({"decrease", "reduce", "lower", "shrink", "diminish", "cut", "flatten"})
_SCALED = {"feature", "comparative", "number", "percent", "unit", "adjective", "after_bound", "bound"}
"""Classes of words that a change of amount or size consists of."""
_SLIGHTLY = frozenset({"slightly", "bit", "little", "somewhat", "touch"})
_MUCH = frozenset({"much", "lot", "far", "considerably", "significantly", "way"})
_NOUNS = {
    "height": "height", "altitude": "height", "elevation": "height", "width": "width", "depth": "depth",
    "length": "length", "number": "count", "count": "count", "amount": "count", "size": "share", "area": "share",
    "cover": "share", "density": "share",
}  # fmt: skip
_QUIET = frozenset({
    "make", "the", "be", "is", "are", "a", "an", "as", "by", "of", "to", "and", "them", "it", "please", "should",
    "than", "before", "that", "now", "turn", "so", "set", "get", "all", "its", "their", "there", "more", "less", "in",
    "on", "height", "then", "i", "want", "would", "like", "can", "you", "let", "keep", "have", "too", "enough", "not",
    "times", "with", "for", "these", "those", "this", "at", "some", "again", "even", "still", "also", "just", "map",
    "from", "what", "they", "were", "was",
})  # fmt: skip


def read_edit(text: str, recipe: Recipe, here: Region | None = None, before: World | None = None) -> Edit:
    """Read a follow-up about a recipe; ``before`` is its world, by which "swap the lake and the hill" knows places."""
    edit = Edit()
    rest: list[str] = []
    there = features_of(recipe)
    text, read_as = of_the_whole(_LEAD.sub("", text.strip()), recipe)
    edit.interpretations += read_as
    for part in _CLAUSES.split(text):
        clause = in_plain_words(part, there) if part else ""
        if clause.strip():
            moved = exchanged(clause.lower().split(), [n for n in there if n in _named(clause)], recipe.brief, before)
            edit.changes += [Change(name, "move", clause.strip(), where=place) for name, place in moved]
            if not moved:
                _read_clause(clause.strip(), there, edit, rest, here)
            spoken = _named(clause) & set(there)  # "make the volcano taller and move it": the volcano
            there = [n for n in there if n not in spoken] + [n for n in there if n in spoken]
    if rest:
        edit.additions = read(". ".join(rest), tuple(there), here)
        if side := farther(text):
            edit.additions.demands = [beyond(d, side, before) for d in edit.additions.demands]
        edit.not_understood += edit.additions.not_understood
    return edit


def _named(clause: str) -> set[str]:
    """Return the features that a clause names."""
    return {w.kinds["feature"] for w in lexicon().split(clause) if w.has("feature")}


def features_of(recipe: Recipe) -> list[str]:
    """Return what the recipe's steps make, what was spoken of last at the end."""
    made = [f.name for step in recipe.steps for f in get_generator(step.generator).features if makes(step, f.name)]
    spoken = [str(c.arguments.get("feature", "")) for c in recipe.brief.checks] if recipe.brief else []
    return list(dict.fromkeys([n for n in made if n not in spoken] + [n for n in spoken if n in made]))


def _read_removal(
    clause: str, words: list[Word], low: list[str], named: list[str], feature: str, edit: Edit, rest: list[str]
) -> bool:
    """Read "turn the lake into a swamp" and "get rid of the trees"; whether either was said."""
    if low[0] in _EXCHANGE and len(named) > 1 and set(low) & {"into", "with", "by", "for", "to"}:
        edit.changes.append(Change(named[0], "replace", clause, word=named[1]))
        _unread(words, edit, {"feature", "count"})
    elif (low[0] == "get" and "rid" in low) or low[0] in _REMOVE:
        _removals(clause, words, named, feature, edit, rest)
    else:
        return False
    return True


def _read_clause(clause: str, there: list[str], edit: Edit, rest: list[str], here: Region | None) -> None:
    clause = _compared(_LEAD.sub("", clause))
    words = lexicon().split(clause)
    if not words:
        return
    if (full := in_full(clause, words, there)) != clause:
        clause, words = full, lexicon().split(full)
    low = [w.corrected or w.text.lower() for w in words]
    named = [w.kinds["feature"] for w in words if w.has("feature")]
    feature, read_as = _meant(named, low, there, _asked_aspect(words))
    over = feature if feature in there else ""
    read_whole = _share_of(clause, over, edit) or _kept(clause, words, low, edit, rest)
    if read_whole or _overmuch(clause, words, low, over, edit):
        return
    if over and _moved(clause, words, low, named, over, there, edit, here):
        return
    if low[0] in _ADD and named:
        rest.append(clause)
        return
    if _read_removal(clause, words, low, named, feature, edit, rest):
        return
    halves = clause.split(" and ")
    if len(set(named)) > 1 and len(halves) > 1:
        verb = low[0] if low[0].isalpha() and not words[0].has("number", "comparative", "count") else "add"
        for half in (halves[0], f"{verb} {' and '.join(halves[1:])}"):
            _read_clause(half, there, edit, rest, here)
        return
    strange = not words[0].kinds and "the" in low and named and set(named) <= set(there)
    change = (exactly(clause, feature) or _scaling(clause, words, low, feature)) if feature else None
    if one_of_several(clause) or (change is None and strange):
        edit.not_understood.append(clause)  # what is done to one of them, and "surround the castle", must add nothing
        return
    if change is None:
        rest.append(clause)
        return
    if len(set(named)) > 1:
        edit.not_understood.append(clause)
    if not _said_already(change, edit):
        edit.interpretations += read_as
        edit.changes.append(change)
        _unread(words, edit, {*_SCALED, "count"} if change.kind == "set" else _SCALED)


def _share_of(clause: str, feature: str, edit: Edit) -> bool:
    """Read "take away half of the trees", "keep only a third of the forest" and "add some trees"."""
    change = (part_left(clause, feature) or more_of_it(clause, feature)) if feature else None
    edit.changes += [change] if change else []
    return change is not None


def _kept(clause: str, words: list[Word], low: list[str], edit: Edit, rest: list[str]) -> bool:
    """Read "keep the hills": what is not named stays anyway."""
    if low[0] not in ("keep", "leave"):
        return False
    if {"empty", "free", "clear", "bare", "out", "only", "just"} & set(low):
        rest.append(clause)
    elif not only_kept(words):
        edit.not_understood.append(clause)  # "keep the tower dry" asks for more
    return True


def _overmuch(clause: str, words: list[Word], low: list[str], feature: str, edit: Edit) -> bool:
    """Read "too many trees"; "less jagged", which nothing measures, is named."""
    factor = excess(low) if feature else 0.0
    if factor:
        aspect = "count" if is_countable(feature) else "share"
        edit.changes.append(Change(feature, "scale", clause, aspect, factor, vague=True))
    elif immeasurable(words, low, feature):
        edit.not_understood.append(clause)
        return True
    return bool(factor)


def _compared(clause: str) -> str:
    """Say "widen the river a bit" as "make the river a bit wider"."""
    clause = _WHOLE.sub("remove all the ", _AWAY.sub("remove ", in_one_word(clause)))
    first, _, rest = clause.partition(" ")
    told = _WIDEN.get(first.lower())
    return f"make {rest} {told}" if told and rest else clause


def _said_already(change: Change, edit: Edit) -> bool:
    """Whether a clause only says again what the one before asked for: "too steep, make it gentler"."""
    before = edit.changes[-1] if edit.changes else None
    same = before is not None and (before.feature, before.vague) == (change.feature, True) and change.vague
    return bool(same and before and before.aspect == change.aspect and (before.value > 1) == (change.value > 1))


def _meant(named: list[str], low: list[str], there: list[str], aspect: str) -> tuple[str, list[str]]:
    """Return the feature a clause is about, and how a pronoun was read.

    It means what was spoken of last, of those that have what is to be changed: only ground can be steeper.
    """
    if named:
        return next((n for n in named if n in there), named[0]), []
    bare = all(w in _QUIET or w in ("bigger", "smaller", "larger") or not w.isalnum() for w in low)
    if there and ({"it", "them", "that", "they", "this", "those"} & set(low) or aspect or bare):
        able = [n for n in there if aspect and _driven(n, aspect)]
        ground = aspect in ("height", "steepness", "roughness") and "terrain" in there
        if ground and not any(stage_of(n) in ("landform", "surface") for n in able):
            able = ["terrain"]  # "too flat" is said of the land, not of its rocks
        meant = able[-1] if able else there[-1]
        said = "the pronoun" if {"it", "them", "that", "they", "this", "those"} & set(low) else "what is meant"
        return meant, [f"read {said} as the {meant}"]
    return "", []


def _asked_aspect(words: list[Word]) -> str:
    """Return the aspect that a comparative or "too steep" names, empty where none does."""
    for word in words:
        if word.has("comparative") and word.kinds["comparative"][0] not in ("more", "less", "share"):
            return str(word.kinds["comparative"][0])
    for before, word in pairwise(words):
        if before.text.lower() in ("too", "more", "less") and word.has("adjective"):
            found = lexicon().meanings(word.kinds["adjective"], "adjective")
            return next((m.parameter.aspect for m in found if m.parameter.aspect), "")
    return ""


def _moved(
    clause: str, words: list[Word], low: list[str], named: list[str], feature: str, there: list[str], edit: Edit,
    here: Region | None,
) -> bool:  # fmt: skip
    """Read "move the lake to the north" and "put the lake in the north", of a lake that is there."""
    moving = low[0] in ("move", "shift", "relocate", "bring")
    put = low[0] in ("put", "place") and low[1:2] == ["the"] and named[:1] == [feature]
    if (moving or put) and len(set(named)) > 1:
        beside = moved_beside(clause, feature, there)
        edit.changes += [beside] if beside else []
        edit.not_understood += [] if beside else [clause]  # it must not be made a second time
        return True
    if moving:
        return _moves(clause, words, feature, edit, here)
    if put and not _moves(clause, words, feature, edit, here):
        edit.not_understood.append(clause)
    return put


def _moves(clause: str, words: list[Word], feature: str, edit: Edit, here: Region | None) -> bool:
    """Read "move the lake to the north" and "put it here"; False where no place is named."""
    place = next((w.kinds[k] for w in words for k in ("place", "place_adjective") if w.has(k)), None)
    marked = here is not None and any(w.has("marked") or w.text.lower() == "there" for w in words)
    if not marked and place is None:
        return False
    where = marked_place(here) if marked else place_of(str(place))
    edit.changes.append(Change(feature, "move", clause, where=where))
    _unread(words, edit, {"feature", *(("marked", "preposition") if marked else _PLACED)})
    return True


def _removals(clause: str, words: list[Word], named: list[str], feature: str, edit: Edit, rest: list[str]) -> None:
    placed = any(w.has("place", "place_adjective", "marked") for w in words)
    related = _related(words)
    if related and named and any(is_countable(n) and not load_features()[n].instances for n in named[:1]):
        edit.not_understood.append(clause)  # of the hills, only those by the lake: no parameter tells them apart
        return
    if related and named:
        rest.append(_DETERMINED.sub("no ", clause))
        return
    if placed and named and not any(is_countable(n) and not load_features()[n].instances for n in named):
        rest.append(_DETERMINED.sub("no ", clause))  # trees in one place only
        return
    few = taken_away(clause, words) if len(set(named)) == 1 and is_countable(named[0]) and not placed else 0
    if few:
        edit.changes.append(Change(named[0], "shift", clause, "count", -few))
        return
    for name in named or [feature]:
        if name:
            edit.changes.append(Change(name, "remove", clause))
    _unread(words, edit, {"feature", "count", "number"} if "all" in clause.lower() or named else {"feature"})
    low = clause.lower()
    numbered = any(w.has("number") for w in words) and not re.search(r"\b(all|both)\b", low)
    if numbered or re.search(r"\b(last|first|second|one of|in the|near)\b", low):
        edit.not_understood.append(clause)


def _related(words: list[Word]) -> bool:
    """Whether one thing is named by where it lies to another: "the trees around the lake"."""
    at = [k for k, w in enumerate(words) if w.has("feature")]
    return any(
        words[k].has("preposition") and words[k].text.lower() not in ("of", "with")
        for first, last in pairwise(at) for k in range(first + 1, last)
    )  # fmt: skip


@dataclass(frozen=True)
class _Said:
    """What a clause says about how much something changes."""

    factor: float | None
    number: float | None
    unit: float | None
    percent: bool
    direction: int
    too: bool
    lacking: bool

    @property
    def open(self) -> bool:
        """Whether no amount was said."""
        return self.factor is None and self.number is None


def _said(words: list[Word], low: list[str]) -> _Said:
    factor = next((_TIMES[w] for said in low for w in said.split() if w in _TIMES), None)
    if factor == _TIMES["half"] and set(low) & _UP and re.search(r"\bby (?:a )?half\b", " ".join(low)):
        factor = 1.5  # "raise the hills by half"
    number = next((float(w.kinds["number"]) for w in words if w.has("number")), None)
    if "times" in low and number is not None:
        factor, number = number, None
    return _Said(
        factor=factor,
        number=number,
        unit=next((float(w.kinds["unit"]) for w in words if w.has("unit")), None),
        percent=any(w.has("percent") for w in words),
        direction=1 if set(low) & _UP else -1 if set(low) & _DOWN else 0,
        too="too" in low,
        lacking=any(w.has("negation") for w in words) and "enough" in low,
    )


def _scaling(clause: str, words: list[Word], low: list[str], feature: str) -> Change | None:
    """Read "twice as high", "50% taller", "higher", "by 20 m", "too steep", "more", "fewer"."""
    said = _said(words, low)
    aspect = next((_NOUNS[w] for w in low if w in _NOUNS), "")
    direction = said.direction
    if "many" in low and is_countable(feature):
        aspect = "count"
    comparative = next((w for w in words if w.has("comparative")), None)
    if comparative is not None:
        more = comparative.kinds["comparative"][0] in ("more", "less")
        aspect, usual = _aspect_of(comparative, feature, aspect)
        if more and said.number is not None and not said.percent and said.unit is None and is_countable(feature):
            return Change(feature, "shift", clause, "count", said.number if usual > 1 else -said.number)
        direction = direction or (1 if usual > 1 else -1)
        if said.open:
            driven = _driven(feature, aspect) or aspect
            return Change(feature, "scale", clause, driven, _eased(usual, low), vague=True,
                          shown=aspect if driven != aspect else "")  # fmt: skip
    adjective = next((w for w in words if w.has("adjective") and w.text.lower() not in _TIMES), None)
    meaning = described(feature, adjective.text.lower()) if adjective is not None and not aspect else None
    if adjective is not None and meaning is not None:
        aspect = meaning[0].aspect
        if said.too or said.lacking:
            usual = 1.5 if grows(meaning) != said.too else 0.65
            return Change(feature, "scale", clause, aspect, usual, vague=True)
    if adjective is not None and meaning is None and said.too and (asked := _asked_aspect(words)):
        driven = _driven(feature, asked)
        if driven:  # "too steep" of hills, whose slope follows their height
            return Change(feature, "scale", clause, driven, 0.65, vague=True, shown=asked)

    several = said.factor is not None and any(w.plural and w.kinds.get("feature") == feature for w in words)
    usual_aspect = "count" if several and is_countable(feature) else _main_aspect(feature)
    return _amount(clause, low, feature, aspect or usual_aspect, said, direction)


def grows(meaning: tuple[Parameter, float | str]) -> bool:
    """Whether an adjective means more than usual."""
    usual = meaning[0].adjectives.get("", 0.0)
    return isinstance(meaning[1], int | float) and meaning[1] >= usual


def _amount(clause: str, low: list[str], feature: str, aspect: str, said: _Said, direction: int) -> Change | None:
    """Make the change of a clause whose aspect is known."""
    if said.factor is not None:
        return Change(feature, "scale", clause, aspect, said.factor)
    if said.number is not None and said.percent and not direction:
        # "60% forest" names the share itself; of anything else a bare percentage says too little
        return Change(feature, "set", clause, "share", said.number / 100) if aspect == "share" else None
    if said.number is not None and said.percent:
        return Change(feature, "scale", clause, aspect, 1 + (direction or 1) * said.number / 100)
    if said.number is not None and said.unit is not None:
        kind = "shift" if direction else "set"
        return Change(feature, kind, clause, aspect, (direction or 1) * said.number * said.unit)
    if said.number is not None:
        return Change(feature, "set", clause, "count", said.number) if is_countable(feature) else None
    if direction:
        return Change(feature, "scale", clause, aspect, _eased(1.5 if direction > 0 else 0.65, low), vague=True)
    if said.lacking:
        return Change(feature, "scale", clause, "count" if is_countable(feature) else "share", 1.5, vague=True)
    return None


def _eased(factor: float, low: list[str]) -> float:
    """Make a change smaller after "slightly" and larger after "much"."""
    if set(low) & _SLIGHTLY:
        return 1 + (factor - 1) * 0.5
    return 1 + (factor - 1) * (1.8 if factor > 1 else 1.3) if set(low) & _MUCH else factor


def _aspect_of(word: Word, feature: str, aspect: str) -> tuple[str, float]:
    name, usual = word.kinds["comparative"]
    if name in ("more", "less"):
        name = aspect or ("count" if is_countable(feature) else "share")
    if name == "share" and parameter(feature, "share") is None and stage_of(feature) not in WHOLE_STAGES:
        name = next((a for a in ("width", "size", "height") if parameter(feature, a)), "share")
    return name, usual


_BASES = {"steepness": ("steep", "gentle"), "roughness": ("rough", "smooth"), "height": ("high", "low")}


def _driven(feature: str, aspect: str) -> str:
    """Return the aspect to change for another one of a feature, empty where none drives it.

    Hills have no slope of their own, but gentle hills are low ones: what an adjective sets stands for what it means.
    """
    if parameter(feature, aspect) is not None:
        return aspect
    more, less = _BASES.get(aspect, ("", ""))
    for word, rises in ((more, True), (less, False)):
        meaning = described(feature, word) if word else None
        if meaning is not None and meaning[0].aspect and grows(meaning) == rises:
            return meaning[0].aspect
    return ""


def _main_aspect(feature: str) -> str:
    return next((a for a in ("height", "width", "share", "depth", "count") if parameter(feature, a)), "share")


def _unread(words: list[Word], edit: Edit, read_kinds: set[str]) -> None:
    """List the content words of a clause that the change did not use."""
    for word in words:
        low = word.text.lower()
        known = {*_EXCHANGE, "into", *_QUIET, *_TIMES, *_UP, *_DOWN, *_SLIGHTLY, *_MUCH, *_NOUNS, *_REMOVE}
        if word.has("mark") or low in known or any(word.has(k) for k in read_kinds):
            continue
        if word.has("stop") or all(part in known for part in low.split()):
            continue
        if low in ("move", "shift", "relocate", "bring", "rid", "put", "place", "many"):
            continue
        edit.not_understood.append(word.text)
