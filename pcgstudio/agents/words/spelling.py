"""Mends typos: the known word that a person most likely meant, by edits, doubled letters and what is due at that place.

An edit is a letter more, less, other, or two letters swapped (Damerau-Levenshtein); a letter doubled or not doubled is
half an edit, because that is how people misspell. An English word is no typo, whatever it is close to.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from rapidfuzz.distance import DamerauLevenshtein

_DOUBLED = re.compile(r"([a-z])\1")
_VOWELS = str.maketrans("aeiouy", "aaaaaa")
_SHORT = ("in", "at", "on", "of", "no")
_TAILS = ("top", "tops", "side")
"""What English joins to a noun: a hilltop, a mountainside."""
_LONG = 6
"""Letters from which two edits are believed."""


class Speller:
    """The look-up of misspelt words.

    Parameters
    ----------
    forms : mapping of str to bool
        Every known word, with whether it names a thing or a place.
    plain : collection of str
        The words that people use most for what they name; they win over rarer ones that are as near.
    """

    def __init__(self, forms: Mapping[str, bool], plain: Collection[str]) -> None:
        self.forms = forms
        self.plain = frozenset(plain)

    def mended(self, word: str, noun_due: bool | None, name: bool = False) -> str:
        """Return the known word that was meant, or an empty string.

        Parameters
        ----------
        word : str
            In lower case.
        noun_due : bool, optional
            Whether a noun is likely to stand there; None where nothing can be said of it.
        name : bool
            Whether it looks like a name; names are believed to be spelt right unless they are off by one letter.
        """
        if len(word) < 3 or not word.isalpha() or word in self.forms or word in english():
            return ""
        reach = 2.0 if len(word) >= _LONG and not name else 1.0
        letters = sorted(word)
        best = []
        for form, named in self.forms.items():
            far = _distance(word, form, 2.0 if len(word) == _LONG - 1 and sorted(form) == letters else reach)
            if far <= 2.0 and (far <= reach or sorted(form) == letters):
                best.append((*self._rank(word, form, named, far, noun_due), form))
        best.sort()
        if not best:
            return ""
        rank, form = best[0][:-1], str(best[0][-1])
        tied = {str(other[-1]).rstrip("s") for other in best if other[:-1] == rank}
        sure = len(word) > 3 or bool(noun_due) or not rank[2]
        return form if len(tied) == 1 and sure else ""

    def _rank(
        self, word: str, form: str, named: bool, far: float, noun_due: bool | None
    ) -> tuple[float, bool, bool, bool, bool, bool]:
        """Return how unlikely a form is: by edits, what is due, letters, how usual it is, vowels, letters left out."""
        due = noun_due is not None and named != noun_due
        other = word.translate(_VOWELS) != form.translate(_VOWELS)
        left_out = _holds(form, word)
        return far, due, sorted(word) != sorted(form), form not in self.plain, other and not left_out, not left_out

    def parted(self, word: str) -> tuple[str, str] | None:
        """Return the two known words that were run together, such as ``palm`` and ``trees``, or None."""
        if len(word) < _LONG or not word.isalpha() or word in self.forms:
            return None
        compound = word in english()
        for cut in range(len(word) - 3, 1, -1):
            first, second = word[:cut], word[cut:]
            known = first in self.forms or first in _SHORT
            if known and second in self.forms and (not compound or (second in _TAILS and self.forms.get(first))):
                return first, second
        return None


def _holds(form: str, word: str) -> bool:
    """Whether a form has all letters of a word in their order, and more between them."""
    rest = iter(form)
    return all(letter in rest for letter in word)


def _distance(word: str, form: str, reach: float) -> float:
    """Return the edits between two words, doubled letters counted half; above ``reach`` where they differ more."""
    if len(form) < 4 <= len(word) and sorted(set(word)) != sorted(set(form)):
        return reach + 1  # nearly every word is close to some short one
    if abs(len(word) - len(form)) > 3 or not (word[0] == form[0] or sorted(word[:2]) == sorted(form[:2])):
        return reach + 1
    far = float(DamerauLevenshtein.distance(word, form, score_cutoff=int(reach) + 1))
    single, plain = _DOUBLED.sub(r"\1", word), _DOUBLED.sub(r"\1", form)
    doubles = abs(len(word) - len(single) - len(form) + len(plain))
    return min(far, DamerauLevenshtein.distance(single, plain, score_cutoff=int(reach) + 1) + 0.5 * doubles)


def forms_of(phrases: Mapping[str, Mapping[str, object]], irregular: Collection[str]) -> dict[str, bool]:
    """Return every word that occurs in a phrase, things in both numbers, with whether it names a thing or a place."""
    forms: dict[str, bool] = {}
    for phrase, kinds in phrases.items():
        *_, head = words = re.split(r"[ -]", phrase)
        for word in words:
            if len(word) < 3:
                continue
            if "negation" in kinds and word not in ("without", "nothing", "never"):
                continue  # a word that is close to "nor" is seldom meant to deny
            named = word == head and bool({"feature", "place"} & kinds.keys())
            for form in (word, *plurals(word)) if named else (word,):
                forms[form] = forms.get(form, False) or named
    return dict(sorted(forms.items())) | dict.fromkeys(irregular, True)


def plurals(word: str) -> Iterator[str]:
    """Yield how the plural of a word is written."""
    if word.endswith(("s", "sh", "ch", "x")):
        yield f"{word}es"
    elif word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        yield f"{word[:-1]}ies"
    else:
        yield f"{word}s"


@cache
def english() -> frozenset[str]:
    """Return the words of everyday English."""
    from spellchecker import SpellChecker  # noqa: PLC0415 - reading its list takes a sixth of a second, for typos only

    return frozenset(SpellChecker(language="en").word_frequency.words())
