"""The words the built-in agents know: the closed class from assets, everything else from the installed generators."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from ..generator import Generator, load_features, load_generators
from ..params import Parameter, parameters

LONGEST_PHRASE = 5

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|%|[.;:!?,()/×+-]|\S")


@dataclass(frozen=True)
class Word:
    """A word or a fixed phrase of the instruction, with everything it may mean.

    Parameters
    ----------
    text : str
        As written.
    start, end : int
        Character span in the instruction.
    kinds : mapping of str to Any
        Word class to value; several where a word is ambiguous, none where it is unknown.
    plural : bool
        Whether it was written in the plural.
    """

    text: str
    start: int
    end: int
    kinds: Mapping[str, Any] = field(default_factory=dict)
    plural: bool = False
    corrected: str = ""

    def has(self, kind: str) -> bool:
        """Whether it may be of that class."""
        return kind in self.kinds


@dataclass(frozen=True)
class Adjective:
    """A word that asks for a value of a parameter: ``high`` for ``mountains.height_m``."""

    generator: Generator
    parameter: Parameter
    value: Any


class Lexicon:
    """Phrase to word classes, and the typo-tolerant look-up."""

    def __init__(self) -> None:
        self.vocabulary: dict[str, Any] = json.loads(
            files("pcgstudio.assets").joinpath("vocabulary.json").read_text(encoding="utf-8")
        )
        self.phrases: dict[str, dict[str, Any]] = {}
        self._add_closed_classes()
        self._add_generators()
        self._single = sorted(w for w in self.phrases if " " not in w and len(w) >= 4)

    def add(self, phrase: str, kind: str, value: Any) -> None:
        """Enter a phrase; the first meaning within a class counts."""
        self.phrases.setdefault(phrase, {}).setdefault(kind, value)

    def _add_closed_classes(self) -> None:
        tables = {
            "numbers": "number", "counts": "count", "share_words": "share", "mostly": "mostly", "bounds": "bound",
            "after_bounds": "after_bound", "units": "unit", "places": "place", "place_adjectives": "place_adjective",
            "prepositions": "preposition", "tops": "top", "comparatives": "comparative", "adverbs": "adverb",
            "areas": "area",
        }  # fmt: skip
        for table, kind in tables.items():
            for phrase, value in self.vocabulary[table].items():
                self.add(phrase, kind, value)
        lists = {
            "percent": "percent", "place_nouns": "place_noun", "through_verbs": "verb", "negations": "negation",
            "hedges": "hedge", "free": "free", "stop": "stop", "maps": "map", "moods": "mood", "each": "each",
            "unsupported": "unsupported",
        }  # fmt: skip
        for table, kind in lists.items():
            for phrase in self.vocabulary[table]:
                self.add(phrase, kind, phrase)

    def _add_generators(self) -> None:
        known = load_features()
        for kind in ("implies", "denies"):
            for phrase, name in self.vocabulary[kind].items():
                if name in known:
                    self.add(phrase, kind, name)
        for feature in known.values():
            for phrase in feature.words:
                self.add(phrase, "feature", feature.name)
            for phrase in feature.adjectives:
                self.add(phrase, "implies", feature.name)
        for made_by in load_generators().values():
            self._add_parameters(made_by)
        for phrase, known_as in self.vocabulary["aliases"].items():
            if "adjective" in self.phrases.get(known_as, {}):
                self.add(phrase, "adjective", known_as)

    def _add_parameters(self, made_by: Generator) -> None:
        for one in parameters(made_by.params):
            for word, value in one.adjectives.items():
                if word:
                    self.add(word, "adjective", word)
                    self._adjective(word, Adjective(made_by, one, value))
            for option, words in one.choices.items():
                for word in words:
                    self.add(word, "choice", word)
                    self._choice(word, Adjective(made_by, one, option))

    def _adjective(self, word: str, meaning: Adjective) -> None:
        self.phrases[word].setdefault("adjective_meanings", []).append(meaning)

    def _choice(self, word: str, meaning: Adjective) -> None:
        self.phrases[word].setdefault("choice_meanings", []).append(meaning)

    def meanings(self, word: str, kind: str) -> list[Adjective]:
        """Return what an adjective or a choice word may set, in the order of the installed generators."""
        found: list[Adjective] = self.phrases.get(word, {}).get(f"{kind}_meanings", [])
        return found

    def split(self, text: str) -> list[Word]:
        """Cut a text into the longest phrases it knows."""
        raw = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
        plain = [_plain(t) for t, _, _ in raw]
        words: list[Word] = []
        i = 0
        while i < len(raw):
            length, kinds, plural = self._longest(plain, i)
            start, end = raw[i][1], raw[i + length - 1][2]
            if kinds is None:
                words.append(self._unknown(text[start:end], plain[i], start, end))
            else:
                words.append(Word(text[start:end], start, end, kinds, plural))
            i += length
        return words

    def _longest(self, plain: list[str], i: int) -> tuple[int, dict[str, Any] | None, bool]:
        for length in range(min(LONGEST_PHRASE, len(plain) - i), 0, -1):
            *head, last = plain[i : i + length]
            if any(not h[:1].isalnum() and h != "-" for h in head):
                continue
            head = [h for h in head if h != "-"]
            if length > 1 and (last == "-" or not head):
                continue
            kinds: dict[str, Any] = {}
            plurals = []
            for form, plural in self._forms(last):
                found = self.phrases.get(" ".join([*head, form]))
                if found is not None:
                    kinds = {**found, **kinds}
                    plurals.append(plural)
            if plurals:
                return length, kinds, plurals[-1]
        return 1, None, False

    def _forms(self, word: str) -> Iterator[tuple[str, bool]]:
        """Yield the word, then its possible singulars."""
        yield word, False
        irregular = self.vocabulary["irregular"].get(word)
        if irregular:
            yield irregular, word.endswith("s") and irregular != word
        if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
            if word.endswith("ies"):
                yield word[:-3] + "y", True
            if word.endswith(("shes", "ches", "xes", "ses", "oes")):
                yield word[:-2], True
            if word.endswith("ves"):
                yield word[:-3] + "f", True
            yield word[:-1], True

    def _unknown(self, text: str, plain: str, start: int, end: int) -> Word:
        number = _number(plain)
        if number is not None:
            return Word(text, start, end, {"number": number})
        if not plain[:1].isalnum():
            return Word(text, start, end, {"mark": text})
        fixed = self._correct(plain)
        if fixed:
            for form, plural in self._forms(fixed):
                if form in self.phrases:
                    return Word(text, start, end, self.phrases[form], plural or plain.endswith("s"), fixed)
        return Word(text, start, end, {})

    def _correct(self, word: str) -> str:
        """Return the one known word a typo away (two for long words), or an empty string."""
        if len(word) < 4 or word in self.vocabulary["never_correct"]:
            return ""
        reach = 1 if len(word) < 8 else 2
        best: list[tuple[int, bool, str]] = []
        for candidate in self._single:
            for form in {candidate, candidate + "s"}:
                far = DamerauLevenshtein.distance(word, form, score_cutoff=reach)
                swapped = sorted(word[:2]) == sorted(form[:2])
                if far <= reach and (word[0] == form[0] or swapped) and not _inflected(word, candidate):
                    best.append((far, word[-1] != form[-1], candidate))
        best = [b for b in best if len(word) > 4 or len(b[2]) >= 4]
        best.sort()
        if not best or len({c for *rank, c in best if rank == list(best[0][:2])}) > 1:
            return ""
        return best[0][2]


def _inflected(word: str, known: str) -> bool:
    """Whether a word is another form of a known one, which means something else: the largest is not large."""
    stem = known[:-1] if len(known) > 4 else known
    ends = ("est", "er", "ers", "ish", "ness", "ly", "ed", "ing", "less", "y", "land", "lands")
    return word.startswith(stem) and word.endswith(ends) and not known.endswith(word[-3:])


def _plain(token: str) -> str:
    return token.lower().replace("'", "").replace("’", "")


def _number(text: str) -> float | None:
    if not text[:1].isdigit():
        return None
    text = re.sub(r",(?=\d{3}(?:\D|$))", "", text).replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return None


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of the installed generators."""
    return Lexicon()
