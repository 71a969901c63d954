"""What a map is for and who lives on it: purposes, people, names, moods; they ask for nothing that could be measured.

A purpose is taken as atmosphere only where no demand can hide in it: as soon as a clause names a thing, a place, an
amount or a denial, it is left to the other rules.
"""

from __future__ import annotations

from .sides import Sides

_OPENINGS = (
    "for my",
    "for our",
    "for me",
    "for us",
    "so that",
    "so",
    "where",
    "because",
    "since",
    "in order",
    "for",
    "to",
    "which",
    "in case",
    "as if",
    "as though",
)
_OTHERS = ("other", "others", "another", "next", "each", "any", "from", "between", "them", "both", "all")
"""Words by which a clause tells of things that were named before."""
_WE = frozenset({
    "you", "i", "we", "they", "he", "she", "one", "people", "players", "player", "characters", "character", "heroes",
    "hero", "party", "group", "friends", "kids", "children", "everyone", "everybody", "anyone", "someone", "it", "my",
    "our", "the", "his", "her", "their", "users", "user", "visitors", "tourists", "travellers", "adventurers", "units",
})  # fmt: skip
_ASKING = (
    "feature", "number", "percent", "unit", "place", "place_adjective", "negation", "comparative", "superlative",
    "bound", "share", "implies", "denies", "each", "mostly", "adjective", "choice", "area", "equally", "marked",
)  # fmt: skip
"""Classes of words that may ask for something."""
_BOUNDING = frozenset({
    "nobody", "noone", "none", "never", "cannot", "cant", "hardly", "barely", "see", "seen", "sees", "visible", "reach",
    "reached", "reachable", "hidden", "block", "blocks", "blocked", "enough", "without", "only", "apart", "between",
})  # fmt: skip
"""Words with which a purpose may bound what is built."""
_PLAYERS = frozenset({
    "characters", "character", "party", "players", "player", "heroes", "hero", "adventurers", "adventurer", "pcs",
    "group", "adventure", "campaign", "session",
})  # fmt: skip
_RANKED = frozenset(
    {"for", "a", "an", "the", "my", "our", "of", "at", "level", "lvl", "levels", "first", "-", "to", "party"}
)
"""Words of which the rank of those who play is made up."""
_BEFORE_VERBS = ("can", "could", "to", "will", "would", "may", "might", "must", "should")
_FEELS = frozenset({
    "mood", "moods", "feel", "feeling", "feelings", "vibe", "vibes", "atmosphere", "style", "flavour", "flavor",
    "aesthetic", "aesthetics", "theme", "look", "ambience", "ambiance", "spirit", "tone", "setting", "game", "story",
    "novel", "film", "movie", "campaign", "session", "adventure", "shot", "scene",
})  # fmt: skip
_REALMS = (
    "kingdom", "realm", "land", "empire", "isle", "world", "duchy", "province", "country", "island", "lands", "lord",
)  # fmt: skip
_SUFFIXES = ("style", "looking", "like", "ish", "themed", "inspired", "esque", "feeling")


class Stories(Sides):
    """Reads what is told and not asked for."""

    def _idiom(self, i: int) -> int:
        for rule in (self._party, self._being, self._purpose, self._feeling, self._likening, self._name):
            end = rule(i)
            if end > i:
                return end
        return super()._idiom(i)

    def _party(self, i: int) -> int:
        """Read "for level 3 characters" and "a party of four level 5 heroes": who plays there stands on no map."""
        end = i
        while end < min(i + 9, len(self.words)) and (
            self.low(end) in _RANKED or self.has(end, "number") or (end > i and self.low(end) in _PLAYERS)
        ):
            end += 1
        spoken = [self.low(k) for k in range(i, end)]
        ranked = any(w in ("level", "lvl", "levels") for w in spoken) and any(
            self.has(k, "number") for k in range(i, end)
        )
        if not ranked or self.low(end - 1) not in _PLAYERS:
            return i
        return self._told(i, end)

    def _told(self, i: int, end: int) -> int:
        """Enter words as atmosphere."""
        self.reading.atmosphere.append(self.reading.text[self.words[i].start : self.words[end - 1].end])
        self.use(i, end)
        return end

    def _being(self, i: int) -> int:
        """Read "the dwarves", "a dragon sleeps" and "the witch's": whoever it is stands on no map."""
        beings, acts = (self.lexicon.vocabulary[k] for k in ("beings", "deeds"))
        j = i
        while self.low(j) in ("the", "a", "an", "my", "some", "his", "her", "our") or (
            self.has(j, "mood", "adjective") and j > i and self.low(j) not in ("in", "on")
        ):
            j += 1
        word = self.low(j)
        single = next((f for f, _ in self.lexicon._forms(word) if f in beings), "")
        if not single or self.has(j, "feature") or self.pending.negated or self.pending.quantity:
            return i
        k = j + 1
        while self.low(k) in acts or (
            self.has(k, "stop") and self.low(k) in ("is", "are", "who", "that", "to", "have")
        ):
            k += 1
        acting = any(self.low(m) in acts for m in range(j + 1, k))
        if self.has(j, "unsupported") and not acting:
            return i  # "an island with a dragon" may well mean one to be seen
        return self._told(i, k if acting else j + 1)

    def _purpose(self, i: int) -> int:
        """Read "so that players can land there", "where you could relax" and "to race cars on": what it is for."""
        if self.low(i) not in _OPENINGS:
            return i
        end = i + 1
        while end < len(self.words) and self.low(end) not in (".", ",", ";", "!", "?", "and", "but", "with", ":"):
            end += 1
        if any(self.low(k) in _OTHERS for k in range(i + 1, end)):
            return i  # "from one to the other", "to the castle": where something leads
        whose = i + 1 + (self.low(i + 1) == "that")
        who = self.low(whose) in _WE or whose > i + 1 or self.low(i) in ("because", "since", "in order", "in case")
        leads = self.low(i) == "to" and self.low(i + 1) in ("the", "a", "an", "its", "this", "that")
        aimed = self.low(i).split()[0] in ("for", "to") and not leads
        if not (who or aimed) or end <= i + 1 or self._asks(i + 1, end):
            return i
        strange = any(not w.kinds for w in self.words[i + 1 : end])
        if not who and not strange:
            return i
        return self._told(i, end)

    def _asks(self, i: int, end: int) -> bool:
        """Whether a stretch of words may hold a demand."""
        return any(
            self.low(k) in _BOUNDING
            or (self.has(k, *_ASKING) and not self.has(k, "mood") and self.low(k - 1) not in _BEFORE_VERBS
            and self.low(k) not in ("one", "her"))
            for k in range(i, end)
        )  # fmt: skip

    def _feeling(self, i: int) -> int:
        """Read "autumn mood", "a noir sort of feel" and "Scottish looking": words for how it should feel."""
        j = i
        while (
            j < min(i + 4, len(self.words))
            and not self._asks(j, j + 1)
            and (not self.has(j, "mark", "preposition") or self.low(j) == "of")
        ):
            j += 1
            if self.low(j) in _FEELS or self.low(j) in ("looking", "style", "inspired", "themed", "esque"):
                strange = any(not w.kinds or w.has("mood", "inherent") for w in self.words[i:j])
                return self._told(i, j + 1) if strange and not self._phrase_at(j) else i
        return i

    def _likening(self, i: int) -> int:
        """Read "elven-style" and "moon-like": a word with such an ending says how it looks to somebody."""
        told = self.words[i].text.lower()
        joined = self.low(i + 1) == "-" and self.low(i + 2) in _SUFFIXES and not self.words[i].kinds
        if joined:
            return self._told(i, i + 3)
        ends = any(told.endswith(s) and len(told) > len(s) + 2 for s in ("esque", "like", "ish"))
        if not self.words[i].kinds and ends and not self.words[i].corrected:
            return self._told(i, i + 1)
        return i

    def _name(self, i: int) -> int:
        """Read "called Stormhold" and "the kingdom of Aldoria": a name."""
        named = self.low(i) in ("called", "named", "nicknamed", "titled", "entitled")
        of_realm = self.low(i) == "of" and self.low(i - 1) in _REALMS
        j = i + 1
        while self.low(j) in ("the", '"', "'", "“", "”"):
            j += 1
        start = j
        while j < len(self.words) and self.words[j].text[:1].isupper() and (named or not self.words[j].kinds):
            j += 1
        if not (named or of_realm) or j == start:
            return i
        j += self.low(j) in ('"', "'", "”")
        return self._told(i, j)
