"""The words the built-in agents know: the closed class from assets, everything else from the installed generators."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from ...generator import Generator, load_features, load_generators
from ...params import Parameter, parameters
from .spelling import Speller, forms_of, plurals

LONGEST_PHRASE = 5

_BEFORE_NOUNS = frozenset({"the", "its", "their", "this", "these", "those", "no", "and"})

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

    def has(self, *kinds: str) -> bool:
        """Whether it may be of one of the classes."""
        return any(kind in self.kinds for kind in kinds)


@dataclass(frozen=True)
class Adjective:
    """A word that asks for a value of a parameter: ``high`` for ``mountains.height_m``."""

    generator: Generator
    parameter: Parameter
    value: Any


class Lexicon:
    """Phrase to word classes, and the typo-tolerant look-up."""

    def __init__(self) -> None:
        self.vocabulary: dict[str, Any] = _vocabulary("vocabulary.json", "vocabulary_land.json")
        self.phrases: dict[str, dict[str, Any]] = {}
        self._add_closed_classes()
        self._add_generators()
        for phrase, name in self.vocabulary["usually"].items():
            self.phrases[phrase]["feature"] = name  # "flat grass" is ground, and no tufts
        for words in self.vocabulary["inherent"].values():
            for word in words:
                self.add(word, "inherent", word)
        usual = {*load_features(), *self.vocabulary["numbers"], *self.vocabulary["places"]}
        self._speller = Speller(
            forms_of(self.phrases, self.vocabulary["irregular"]), usual | {p for w in usual for p in plurals(w)}
        )

    def add(self, phrase: str, kind: str, value: Any) -> None:
        """Enter a phrase; the first meaning within a class counts."""
        self.phrases.setdefault(phrase, {}).setdefault(kind, value)

    def _add_closed_classes(self) -> None:
        tables = {
            "numbers": "number", "counts": "count", "share_words": "share", "mostly": "mostly", "bounds": "bound",
            "after_bounds": "after_bound", "units": "unit", "places": "place", "place_adjectives": "place_adjective",
            "prepositions": "preposition", "tops": "top", "comparatives": "comparative", "adverbs": "adverb",
            "areas": "area", "superlatives": "superlative",
        }  # fmt: skip
        for table, kind in tables.items():
            for phrase, value in self.vocabulary[table].items():
                self.add(phrase, kind, value)
        lists = {
            "percent": "percent", "place_nouns": "place_noun", "through_verbs": "verb", "negations": "negation",
            "hedges": "hedge", "free": "free", "stop": "stop", "maps": "map", "moods": "mood", "each": "each",
            "unsupported": "unsupported", "equally": "equally", "moons": "moon",
        }  # fmt: skip
        for table, kind in lists.items():
            for phrase in self.vocabulary[table]:
                self.add(phrase, kind, phrase)
        for phrase in _marked(self.vocabulary["marked"]):
            self.add(phrase, "marked", phrase)

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
        for phrase, name in self.vocabulary["nouns"].items():
            if name in known and "feature" not in self.phrases.get(phrase, {}):
                self.add(phrase, "feature", name)
        for made_by in load_generators().values():
            self._add_parameters(made_by)
        for phrase, known_as in self.vocabulary["aliases"].items():
            for kind in ("adjective", "choice"):
                if kind in self.phrases.get(known_as, {}):
                    self.add(phrase, kind, known_as)

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
        """Cut a text into the longest phrases it knows, typos mended."""
        raw = list(self._tokens(text))
        plain = [_plain(t) for t, _, _ in raw]
        fixed = [""] * len(raw)
        for i, word in enumerate(plain):
            name = raw[i][0][:1].isupper() and i > 0 and plain[i - 1] not in (".", "!", "?", ";", ":")
            fixed[i] = self._correct(word, self._noun_due(plain[i - 1]) if i > 0 else None, name)
            if i > 0 and plain[i - 1] in ("the", "a"):  # "the see", but "I see"
                fixed[i] = fixed[i] or self.vocabulary["misspelt_nouns"].get(word, "")
            plain[i] = fixed[i] or word
        words: list[Word] = []
        i = 0
        while i < len(raw):
            length, kinds, plural = self._longest(plain, i)
            start, end = raw[i][1], raw[i + length - 1][2]
            joined = length > 1 and text[start:end].isalpha()  # "inbetween", which was taken apart
            corrected = " ".join(plain[i : i + length]) if joined or any(fixed[i : i + length]) else ""
            if kinds is None:
                kinds = _other(plain[i], text[start:end])
            if plain[i] == "square" and words and words[-1].has("unit"):
                kinds = {"map": "square"}  # "a 500 m square" is no place in a town
            words.append(Word(text[start:end], start, end, kinds, plural, corrected))
            i += length
        return words

    def _noun_due(self, before: str) -> bool | None:
        """Whether a noun is likely to follow a word; None after a mark."""
        if not before[:1].isalnum():
            return None
        kinds = self.phrases.get(before, {}).keys()
        return before in _BEFORE_NOUNS or bool(kinds & {"adjective", "count", "number", "preposition"})

    def _longest(self, plain: list[str], i: int) -> tuple[int, dict[str, Any] | None, bool]:
        for length in range(min(LONGEST_PHRASE, len(plain) - i), 0, -1):
            *head, last = plain[i : i + length]
            if any(not h[:1].isalnum() and h != "-" for h in head):
                continue
            head = [h for h in head if h != "-"]
            if length > 1 and (last == "-" or not head):
                continue
            after = plain[i + length : i + length + 1]
            if length > 1 and after and "place" in self.phrases.get(f"{last} {after[0]}", {}):
                continue  # "at the bottom left" is a corner, not the bottom of something
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
            yield irregular, word.endswith(("s", "i")) and irregular != word
        if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
            if word.endswith("ies"):
                yield word[:-3] + "y", True
            if word.endswith(("shes", "ches", "xes", "ses", "oes")):
                yield word[:-2], True
            if word.endswith("ves"):
                yield word[:-3] + "f", True
            yield word[:-1], True

    def _tokens(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield the words and marks of a text with their spans; words that were run together are taken apart."""
        for found in _TOKEN.finditer(text):
            token, start, end = found.group(), found.start(), found.end()
            word = _plain(token)
            parts = self._speller.parted(word) if len(word) == end - start and not self._correct(word, None) else None
            if parts is None:
                yield token, start, end
                continue
            cut = len(parts[0])
            yield token[:cut], start, start + cut
            yield token[cut:], start + cut, end

    def _correct(self, word: str, noun_due: bool | None, name: bool = False) -> str:
        """Return the known word that a misspelt one means, or an empty string; an English word is no typo."""
        listed: str | None = self.vocabulary["misspelt"].get(word)
        return listed if listed is not None else self._speller.mended(word, noun_due, name)


def _vocabulary(*names: str) -> dict[str, Any]:
    """Return the closed classes of several files as one; a later file adds to the tables of the earlier ones."""
    told: dict[str, Any] = {}
    for name in names:
        tables = json.loads(files("pcgstudio.assets").joinpath(name).read_text(encoding="utf-8"))
        for table, entries in tables.items():
            held = told.get(table)
            told[table] = entries if held is None else [*held, *entries] if isinstance(held, list) else held | entries
    return told


def _marked(told: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield the ways to speak of the place that a person has marked on the map by hand."""
    yield from told["words"]
    for what in told["what"]:
        yield from (f"{this} {what}" for this in told["this"])
        for how in told["how"]:
            yield from (
                f"{how} {what}",
                f"{what} {how}",
                f"{what} i {how}",
                f"{what} i have {how}",
                f"{what} ive {how}",
            )
    for how in told["how"]:
        yield from (f"where i {how}", f"where {how}", f"what i {how}")


def _other(plain: str, text: str) -> dict[str, Any]:
    """Return what a word outside the vocabulary is: a number, a mark, or nothing known."""
    number = _number(plain)
    if number is not None:
        return {"number": number}
    return {} if plain[:1].isalnum() else {"mark": text}


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
