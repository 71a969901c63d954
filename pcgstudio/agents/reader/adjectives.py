"""Describing words: what they set on a noun, what they imply beside it, what they say of its ground."""

from __future__ import annotations

from ...generator import load_features
from ..words.demand import Amount, Demand, Link
from ..words.lexicon import Word
from ..words.meaning import described
from .cursor import RELIEF, WHOLE, Cursor, Pending

CONTAINERS = frozenset({"valley", "crater", "plateau", "forest"})
"""Features that hold what they are said to be "with"; an island or a map holds everything anyway."""


_SHORED = ("island", "coast", "lagoon", "lake", "river", "peninsula", "archipelago", "sea")
_REDS = ("red", "reddish")
"""Words for the colour that rock has in badlands."""
_BURNT = ("burnt", "burned", "charred", "dead", "leafless", "withered", "scorched")
"""What trees are that have died."""


def _plain(word: Word) -> str:
    """Return a word as the lexicon has it: in lower case, typos mended."""
    return word.corrected or word.text.lower()


class Adjectives(Cursor):
    """Attaches describing words to demands."""

    def _describe(self, demand: Demand, word: Word) -> None:
        """Attach one describing word to a demand."""
        name = word.kinds.get("adjective", "")
        if self.ranked is not None and name and not word.has("implies"):  # "the eastern one is low and flat"
            ground = Demand("terrain", (word.start, word.end), adjectives=[name], places=[self.ranked])
            self.reading.demands.append(ground)
            return
        if self._goes_without_saying(demand, word):
            return
        dense = described("forest", name) if name and demand.feature == "tree" and demand.count is None else None
        if dense is not None and dense[0].aspect == "share":
            demand.feature = "forest"  # dense trees are a wood
        if word.has("mostly"):
            share = max(word.kinds["mostly"], demand.share.low if demand.share and not demand.share.said else 0.0)
            covered = word.text.lower().startswith("covered") and not self.pending.of
            if covered and self.last is not None and self.last.feature in RELIEF:
                demand.links.append(Link("on", self.last.feature))
            demand.share = demand.share or Amount("at_least", share, share, min(share + 0.1, 1.0), said=False)
        elif name and self._sets(demand.feature, word):
            demand.adjectives.append(name)
        elif word.has("implies") or word.has("denies"):
            self._imply(demand, word)
        elif name and self._is_ground(demand.feature) and described("terrain", name) is not None:
            ground = Demand("terrain", demand.quote, adjectives=[name], places=list(demand.places))
            ground.weight = self.sentence_weight
            self.reading.demands.append(ground)
        elif name and described("climate", name) is not None:
            self.reading.choices.append((name, self.reading.text[min(word.start, demand.quote[0]) : demand.quote[1]]))
        elif name and not word.has("choice"):
            demand.adjectives.append(name)
        elif word.has("choice"):
            demand.choices.append(word.kinds["choice"])
        elif set(word.kinds) == {"inherent"}:
            self.reading.not_understood.append(f"{word.text} ({demand.feature})")  # a black castle

    def _reddened(self, demand: Demand, word: Word) -> bool:
        """Read "a red mesa" and "a red desert" as ones of the red rock of badlands; False where that is no way."""
        relief = demand.feature in (*RELIEF, "cliff", "canyon")
        if demand.absent or not (relief or demand.feature == "desert"):
            return False
        rock = Demand("badlands", (word.start, max(word.end, demand.quote[1])), implied=True)
        rock.weight, rock.places = self.sentence_weight, list(demand.places)
        if relief:
            rock.links.append(Link("on", demand.feature))
        else:
            rock.share = Amount("at_least", 0.3, 0.3, 0.42, said=False)
            demand.share = demand.share or Amount("at_least", 0.4, 0.4, 0.5, said=False)
        self.reading.demands.append(rock)
        told = self.reading.text[word.start : max(word.end, demand.quote[1])]
        self.reading.interpretations.append(f"read '{told}' as having the red rock of badlands")
        return True

    def _goes_without_saying(self, demand: Demand, word: Word) -> bool:
        """Take words that say what a thing is anyway, or something of its ground or its rim."""
        inherent = _plain(word) in self.lexicon.vocabulary["inherent"].get(demand.feature, ())
        if inherent or (_plain(word) in _REDS and self._reddened(demand, word)):
            return True  # a barren desert is a desert
        if _plain(word) in ("white", "pale") and demand.feature in ("cliff", "sea cliff", "rock"):
            self.reading.not_understood.append(f"{word.text} ({demand.feature})")  # chalk, and no snow
            return True
        if demand.feature == "forest" and _plain(word) in _BURNT:
            demand.species.append("dead tree")
            return True
        wide = {"big": 0.4, "large": 0.4, "wide": 0.4, "huge": 0.55, "vast": 0.55}.get(word.kinds.get("adjective", ""))
        if demand.feature in ("sea", "water") and wide is not None:
            demand.share = demand.share or Amount("at_least", wide, wide, wide + 0.1, said=False)
            return True
        rim = self.lexicon.vocabulary["rims"].get(_plain(word)) if demand.feature in _SHORED else None
        flat = word.kinds.get("adjective") == "flat" and demand.feature in WHOLE - {"terrain", "plain"}
        if rim is None and not flat:
            return False
        other = Demand(rim or "terrain", (word.start, max(word.end, demand.quote[1])), implied=rim is not None)
        other.places, other.weight = list(demand.places), self.sentence_weight
        other.adjectives = ["flat"] if flat else []
        self.reading.demands.append(other)
        return True

    def _sets(self, feature: str, word: Word) -> bool:
        """Whether an adjective sets something of a feature that can be shown, or else means nothing further."""
        meaning = described(feature, word.kinds["adjective"])
        return meaning is not None and (bool(meaning[0].aspect) or not word.has("implies"))

    def _is_ground(self, feature: str) -> bool:
        """Whether a feature is ground that can be flat or rugged by itself."""
        return feature in WHOLE or feature in RELIEF or load_features()[feature].layer == "biome"

    def _imply(self, demand: Demand, word: Word, negated: bool = False) -> None:
        name = word.kinds["denies"] if word.has("denies") else word.kinds["implies"]
        other = Demand(name, (word.start, max(word.end, demand.quote[1])), implied=True)
        if load_features()[name].layer == load_features()[demand.feature].layer == "biome":
            other.share = Amount("at_least", 0.03, 0.03, 0.2, said=False)  # "snowy tundra": some snow on it
        other.weight = self.sentence_weight
        other.places = list(demand.places)
        other.absent = word.has("denies") != negated
        if self.ranked is not None:  # "the largest island is snowy"
            other.places = [self.ranked]
        elif other.feature not in (*RELIEF, "forest") and (demand.feature in RELIEF or demand.feature in CONTAINERS):
            other.links.append(Link("on", demand.feature))
        elif demand.feature in _SHORED and demand.feature not in ("island", "archipelago"):
            other.links.append(Link("near", demand.feature))
        if other.feature != demand.feature:
            self.reading.demands.append(other)

    def _consists(self, word: Word, demand: Demand) -> None:
        """Ask for what else makes a thing what it is: palms at the water of an oasis."""
        told = word.corrected or word.text.lower()
        if told in self.lexicon.vocabulary["groups"] and not demand.absent:  # "a graveyard" is no single grave
            least = self.lexicon.vocabulary["groups"][told] * (demand.count.aim if demand.count else 1)
            demand.count, demand.plural = Amount("at_least", least, least, round(1.5 * least)), True
        for name, kind in self.lexicon.vocabulary["made_of"].get(word.corrected or word.text.lower(), {}).items():
            if not demand.absent and not any(d.feature == name for d in self.reading.demands):
                part = Demand(name, demand.quote, implied=True, plural=True, links=[Link(kind, demand.feature)])
                self.reading.demands.insert(len(self.reading.demands) - 1, part)

    def _map_size(self, head: int, start: int, modifiers: Pending) -> None:
        """Take "a big map" as how far it reaches."""
        told = self.reading.text[self.words[head].start : self.words[head].end].lower()
        sizes = self.lexicon.vocabulary["map_sizes"]
        words = [w for w in modifiers.adjectives if w.kinds.get("adjective") in sizes]
        if told not in ("map", "world", "landscape", "level") or not words or self.reading.extent_m is not None:
            return
        side = float(sizes[words[0].kinds["adjective"]])
        modifiers.adjectives = [w for w in modifiers.adjectives if w not in words]
        self.reading.extent_m = (side, side)
        self.reading.extent_quote = self.reading.text[start : self.words[head].end]
        self.reading.interpretations.append(f"read '{self.reading.extent_quote}' as {side:.0f} m across")
