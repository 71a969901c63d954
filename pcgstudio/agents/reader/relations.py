"""Relations between things: in, near, around, between, from and to, north of."""

from __future__ import annotations

from ...generator import load_features
from ...region import Not
from ..words.amounts import DIMENSIONS, read_quantity
from ..words.building import SETTLED
from ..words.demand import Amount, Demand, Link, Place
from ..words.meaning import MASSES, axis_parameter, is_countable, is_water, stage_of
from .cursor import BRIDGES, COMPASS, DETERMINERS, GORGES, NARROW, RELIEF, RUNNING, WAYS, Pending, opposite, place_of
from .pronouns import Pronouns

_STARTS = ("start", "starts", "starting", "begin", "begins", "beginning", "rises", "springs", "originates")
_ENDS = ("end", "ends", "ending", "finishes", "finishing")
_ENTIRE = ("the whole", "the entire", "whole", "entire")
_PARTS = {
    "foot": "foot", "feet": "foot", "base": "foot", "slopes": "on", "flanks": "on", "shores": "near", "banks": "along",
}  # fmt: skip
"""How a thing stands to what it is "at the foot" or "on the slopes" of."""
_PEAKED = ("hill", "mountain", "volcano", "mountain range")
_SUMMITS = frozenset({"top", "tops", "summit", "summits", "peak", "peaks", "crest", "crown"})
_OF_RELIEF = frozenset({"slopes", "foot", "feet", "base", "flanks", "summit", "summits", "top"})
_MAINLAND = ("mainland", "off", "off the coast", "off the shore")
_JOIN = ("joins", "join", "joining")
_AT = ("at",)
_AT_RIM = ("wall", "gate", "tower", "field", "harbour", "pier")
"""Parts of a town that are not within it."""
_MOUTH = ("at the mouth of", "near the mouth of", "by the mouth of")


class Relations(Pronouns):
    """Reads prepositional phrases."""

    def _quantity(self, i: int) -> int:
        raise NotImplementedError

    def _relation(self, i: int) -> int:
        if not self.has(i, "preposition"):
            return max(self._fed_by(i), self._crossing(i))
        parted = self.low(i) == "by" and self.low(i - 1) in ("split", "divided", "cut", "bisected", "halved")
        if parted and self.last is not None and self._can_be_parted(self.last.feature):
            return self._relation_as(i, i, "both_sides")
        if self.low(i) == "by" and self.low(i - 1).endswith("ed"):
            self.use(i, i + 1)  # "shaped by": how it came about, not where it is
            return i + 1
        return self._relation_as(i, i, self.words[i].kinds["preposition"])

    def _relation_as(self, first: int, at: int, kind: str) -> int:
        """Read the object of a preposition at ``at`` and attach the relation to the last noun."""
        j = at + 1
        while self.low(j) in DETERMINERS or (self.low(j) in _ENTIRE and self._all_of(j + 1)):
            self.used[j] = self.used[j] or self.low(j) in _ENTIRE
            j += 1
        if kind == "with":
            return self._with(first, at)
        if kind in ("in", "on", "near") and self.last is not None and self.last.feature in ("river", "road"):
            kind = "from" if self.low(first - 1) in _STARTS else "to" if self.low(first - 1) in _ENDS else kind
        if self._of_the_ground(first, j, kind):
            self.last = self.noun
        if kind == "between":
            return self._between(first, j)
        joins = self.low(first) in _JOIN and self.last is not None and self.last.feature in WAYS
        if kind == "connects" or joins:
            return self._connects(first, j)
        if (
            end := self._pronoun(first, j, kind)
            or self._corners(first, j)
            or self._on_a_share(first, j, kind)
            or self._on_shore_of(first, j, kind)
        ) > first:
            return end
        place, end = self._place_at(j)
        if place is not None:
            return self._place_object(first, end, place, kind)
        if kind == "of":
            return self._of(first)
        head_end = self._phrase_at(j)
        if not head_end:
            return first
        if self._top_level(j, head_end - 1):
            which = next(self.words[k].kinds["top"] for k in range(j, head_end) if self.has(k, "top"))
            return self._link(Link("level", which), first, head_end)
        if self.has(head_end - 1, "map") and not self.has(head_end - 1, "feature"):
            return self._map_object(first, j, head_end, kind)
        return self._feature_object(first, j, kind)

    def _all_of(self, j: int) -> bool:
        """Whether the map or its only island stands at ``j``: all of it is no more than it."""
        ground = self.words[j].kinds.get("feature", "") if self.has(j, "feature") else ""
        return self.has(j, "map") or (self.is_whole(ground) and ground != "coast")

    def _of_the_ground(self, first: int, j: int, kind: str) -> bool:
        """Whether "in a lake" after "on an island" tells of the island."""
        ground = self.noun is not None and self.noun_end == first and self.noun.feature in ("island", "peninsula")
        head = self._phrase_at(j) if ground and kind in ("in", "middle", "surrounded") else 0
        return bool(head) and self.has(head - 1, "feature") and is_water(self.words[head - 1].kinds["feature"])

    def _pronoun(self, first: int, j: int, kind: str) -> int:
        """Read "near it" and "on it" at ``j``; 0 where no pronoun stands there."""
        if self.low(j) == "one" and self.low(j + 1) == "of" and self.low(j + 2) in ("them", "these", "those"):
            if kind not in ("in", "on", "near") or self.last is None:
                return 0
            self.use(j, j + 2)  # "a key in one of them": in any of what was named before
            j += 2
        if told := self._its_side(first, j, kind):
            return told
        if self.low(j) in ("it", "them") and self._opens(first, j + 1) and kind != "of":
            return self._fronted_it(first, j, kind)
        before = self._meant_by(j)
        if kind in ("on", "in", "through") and self.last is not None and self.last.feature in BRIDGES:
            before = self._crossable() or before
        if self.low(j - 1) in ("its", "their") and self.low(j) in _PARTS and before is not None:
            kind = kind if kind in ("around", "surrounded") else _PARTS[self.low(j)]
            return self._link(Link(kind, before.feature), first, j + 1)
        if kind == "of" or self.low(j) not in ("it", "them", "that", "this", "there", "which"):
            return 0
        held = next((ln.target for ln in before.links if ln.kind == "middle"), "") if before is not None else ""
        if held and kind in ("around", "surrounded"):  # "a town with a church in the middle and fields around it"
            return self._link(Link(kind, held), first, j + 1)
        if before is not None and self.is_whole(before.feature) and kind == "near":
            before = next((d for d in self._named_before() if not self.is_whole(d.feature)), before)
        if before is not None and not self.is_whole(before.feature):
            if kind in ("into", "in", "on", "through"):
                kind = self._kind_of(self.last, kind, before.feature, self.low(first)) or kind
            return self._link(Link(kind, before.feature), first, j + 1)
        if kind not in ("in", "on", "through") or self.last is None:
            return 0
        self.use(first, j + 1)  # "seven hills on it": on the map
        return j + 1

    def _on_a_share(self, first: int, j: int, kind: str) -> int:
        """Read "lakes on 10% of the land" at ``j``; 0 where no share stands there."""
        shared = read_quantity(self.words, j)
        if kind not in ("in", "on") or shared is None or shared.kind != "share" or self.last is None:
            return 0
        self.use(first, j)
        return max(self._quantity(j), j)

    def _map_object(self, first: int, j: int, head_end: int, kind: str) -> int:
        """Read "on a flat 500 m square", "through the landscape": the object is the map itself."""
        self._map_head(head_end - 1, self.words[first].start, self._modifiers(j, head_end - 1))
        self.use(first, head_end)
        if kind == "amid" and self.last is not None and not self.is_whole(self.last.feature):
            return self._amid_all(self.last, first, head_end)
        centre = {"middle": "centre"}.get(kind) or ("edge" if "edge" in self.low(first) else "")
        if centre and self.last is not None:
            self._put(place_of(centre), first, head_end)
            return head_end
        sized = read_quantity(self.words, head_end)
        if sized is not None and sized.kind == "length":
            self.reading.extent_m = (sized.amount.aim, sized.amount.aim)
            end = head_end + sized.used
            end += self.low(end) in DIMENSIONS
            self.reading.extent_quote = self.reading.text[self.words[first].start : self.words[end - 1].end]
            self.use(head_end, end)
            return end
        several = self.last is not None and self.last.feature == "river" and self.last.several
        if kind == "through" and self.last is not None and self.last.feature in ("river", "valley") and not several:
            whole = self.low(first) == "across" and self.last.feature == "river"  # from edge to edge
            self.last.links.append(Link("parts", "") if whole else Link("through", "centre"))
        return head_end

    def _adverb(self, i: int) -> int:
        """Read "on top", "in half", "elsewhere": relations whose other end was named before."""
        if not self.has(i, "adverb") or self.last is None:
            return i
        goes_on = i + 1 < len(self.words) and not self.has(i + 1, "mark")
        if self.has(i, "preposition") and goes_on and self.low(i + 1) not in ("and", "but"):
            return i  # "inside the crater", and not "mountains around the border, grassland inside"
        kind, target = self.words[i].kinds["adverb"]
        end = max(self._adverb_of(i, kind), self._alone(i, kind, target))
        if end > i or kind in ("deep", "apart"):
            return end
        before = self._meant_by(i) if kind == "middle" else self._before_last()
        if set(self.low(i).split()) & _OF_RELIEF:  # "snow on top and forests at their base": that of the mountains
            high = [d for d in self.reading.demands if d.feature in RELIEF and d is not self.last and not d.absent]
            before = high[-1] if high else before
        if kind == "elsewhere":
            rim = before is not None and any(p.name == "edge" for p in before.places)
            if before is not None and not rim and self.low(i) == "inside":
                return self._link(Link("in", before.feature), i, i + 1)  # "a crater with a lake inside"
            if before is None or not before.places:
                return i
            self.last.places += [
                Place(Not(region=p.where), Not(region=p.measured), "elsewhere")
                for p in before.places
                if p not in self.last.places
            ]
            self.use(i, i + 1)
            return i + 1
        if not target and before is None:
            return i
        return self._link(Link(kind, target or before.feature if before else target), i, i + 1)

    def _adverb_of(self, i: int, kind: str) -> int:
        """Read "through the middle of the forest" at ``i``: an adverb that is a preposition before "of"."""
        whole = any(self.has(k, "map") for k in (i + 2, i + 3))
        placing = kind in ("on", "in", "near", "through", "middle", "along")
        return self._relation_as(i, i + 1, kind) if placing and self.low(i + 1) == "of" and not whole else i

    def _alone(self, i: int, kind: str, target: str) -> int:
        """Read an adverb that relates to nothing named before: "nowhere else", "at the far end", "apart"."""
        last = self.last
        if kind == "only" and last is not None:
            last.only = True
        elif kind == "deep" and last is not None and stage_of(last.feature) == "role":
            last.links.append(Link("deep", ""))
            last.widen(self.words[i].start, self.words[i].end)
        elif kind == "apart":
            several = [d for d in self.reading.demands if d.several]
            if not several:
                return i
            several[-1].links.append(Link("apart", several[-1].feature, target))
        else:
            return i
        self.use(i, i + 1)
        return i + 1

    def _before_last(self) -> Demand | None:
        """Return what a pronoun means: the last thing named before the one being described, as a subject if any was."""
        if self.last is None:
            return None
        return next(iter(self._named_before()), None)

    def _named_before(self) -> list[Demand]:
        """Return what was named before the last noun, what a pronoun means first."""
        start = self.last.quote[0] if self.last is not None else 0
        earlier = [d for d in self.reading.demands if d is not self.last and not d.absent and not d.implied]
        named = [d for d in earlier if d.quote[0] < start]
        return sorted(named, key=lambda d: (not d.aside, *d.quote), reverse=True)

    def _place_object(self, first: int, end: int, place: Place, kind: str) -> int:
        if self.low(end) == "of":
            return self._side_of(first, end, place, first, middle=kind)
        if self.last is None:
            return first
        if kind == "toward":
            kind = "to" if self.last.feature == "river" else "in"
            place = place_of(opposite(place.name)) if self.last.feature == "peninsula" else place
            self.object = None  # "into the sea towards the west" says where the first thing reaches, not the sea
        if kind == "to" and (holder := self._beside_holder(first, place)) is not None:
            return self._link(Link("side", holder.feature, place.name), first, end)
        runs = self.last.feature in (*RUNNING, "mountain")
        ends = kind == "from" or (kind == "to" and any(ln.kind == "from" for ln in self.last.links))
        if (runs and kind in ("from", "to", "through")) or (ends and axis_parameter(self.last.feature)):
            return self._link(Link(kind, place.name), first, end)
        if kind == "to" and self.last.several and [p.name for p in self.last.places] == [opposite(place.name)]:
            self._also_at(self.last, place)  # "hills from west to east": some on either side
            self.last.widen(self.words[first].start, self.words[end - 1].end)
            self.use(first, end)
            return end
        if place.name == "centre" and self._held_by_one():
            return self._link(Link("middle", self.holder.feature if self.holder else ""), first, end)
        if kind == "in" and (town := self._town_held(place)):
            return self._link(Link("half", town, place.name), first, end)
        if kind in ("far", "outside"):
            self.last.links.append(Link("outside", "", place.name))
            self.last.widen(self.words[first].start, self.words[end - 1].end)
            self.use(first, end)
            return end
        self._put(place, first, end)
        return end

    def _town_held(self, place: Place) -> str:
        """Return the town in whose west "a town with a church in the west" has it; empty where it is the map's."""
        towns = [d for d in self.reading.demands if d.feature in SETTLED and d.feature != "castle" and not d.absent]
        last = self.last
        if (
            place.name not in COMPASS
            or last is None
            or (last.several and last.feature != "slum")
            or len(towns) != 1
            or towns[0] in self.group
        ):
            return ""
        town, part = towns[0], self._part_of_town(last)
        return "" if not part or town is last or town.several or town.places else town.feature

    def _part_of_town(self, demand: Demand) -> bool:
        """Whether something stands within a town: a church or a square, and not a wall or a field."""
        return "settlement" in load_features()[demand.feature].needs and demand.feature not in _AT_RIM

    def _side_of(self, first: int, at: int, place: Place, _start: int, middle: str = "") -> int:
        """Read "north of the lake", "in the middle of the forest", "in the north of the map"."""
        j = at + 1
        if end := self._side_of_it(first, j, place, middle):
            return end
        while self.low(j) in ("the", "this", "its", "our", "my", "your"):
            j += 1
        if self.has(j, "map") and not (self.has(j, "feature") and self.words[j].plural):
            if self.last is not None and middle in ("from", "to") and self.last.feature in RUNNING:
                return self._link(Link(middle, place.name), first, j + 1)
            self._put(place, first, j + 1) if self.last else None
            self.use(first, j + 1)
            return j + 1
        head = self._phrase_at(j)
        fronted = bool(head) and self._opens(first, head)
        if not head or not self.has(head - 1, "feature") or (self.last is None and not fronted):
            return first
        subject = self.last
        target = self.words[head - 1].kinds["feature"]
        end = self._reference(j, head)
        if fronted and place.name in COMPASS and not self.is_whole(target):
            return self._fronted_noun(first, end, Link("side", target, place.name))
        if subject is None:
            return first
        if self.is_whole(target) and not (place.name == "centre" and is_countable(target)):
            self.last = subject
            self._put(place, first, end)
            return end
        kind, other = (
            ("middle", "") if place.name == "centre" else ("near", "") if place.name == "edge" else ("side", place.name)
        )
        self.last = subject
        if kind == "side" and middle == "in" and target in SETTLED and self._part_of_town(subject):
            kind = "half"
        if kind == "side" and self.low(at - 1) == "bank":
            subject.links.append(Link("near", target))
        return self._link(Link(kind, target, other), first, end)

    def _feature_object(self, first: int, j: int, kind: str) -> int:
        subject = self.last
        head = self._phrase_at(j)
        one = self.low(head - 1) in ("one", "ones") and self.has(head - 2, "superlative")
        if not one and not self.has(head - 1, "feature"):
            return first
        target = self._many().feature if one else self.words[head - 1].kinds["feature"]
        kind = self._kind_of(subject, kind, target, self.low(j - 1) if self.low(first) not in _AT else self.low(first))
        if self.low(first) in _MOUTH and target == "river" and subject is not None and not self.known_sea():
            self.reading.demands.append(Demand("sea", (self.words[first].start, self.words[head - 1].end), aside=True))
        if self.low(first) in _MOUTH and target == "river" and subject is not None:
            subject.links.append(Link("near", "sea"))
        stands = subject is not None and is_countable(subject.feature) and subject.feature not in RUNNING
        if not kind or (stands and self.low(first) == "across"):
            return first  # a town across the river lies beyond it, from somewhere
        if subject is None or (self.clause_start and self._begins(head)):
            return self._fronted_relation(first, j, head, kind)
        asked = len(self.reading.demands)
        end = self._reference(j, head)
        if kind in ("far", "farthest") and self.low(j - 1) == "any" and target not in self.known:
            self.last = subject
            none = Demand(target, (self.words[first].start, self.words[end - 1].end), absent=True)
            self.reading.demands[asked:] = [none]
            self.use(first, end)
            return end
        return self._object(subject, asked, first, j, end, target, kind)

    def _object(self, subject: Demand, asked: int, first: int, j: int, end: int, target: str, kind: str) -> int:
        """Relate the subject to an object that was read up to ``end``."""
        ranked, each = self.object_ranked, self.has(j, "each")
        self.last = subject
        if ranked is not None:
            if kind in ("near", "foot", "along", "around") and ranked.name.startswith("part "):
                return self._link(Link("foot" if kind == "foot" else "near", target, ranked.name[5:]), first, end)
            if kind not in ("in", "on", "middle"):
                return first
            self._put(ranked, first, end)
            return end
        if each and is_countable(target):
            self.use(first, end)
            self.each_of = target
            self._for_each(subject)
            self.each_of = ""
            for demand in self.reading.demands[asked:]:
                demand.each, demand.plural = False, True
            return end
        if target == "tree" and kind in ("in", "amid"):  # "among the trees" is in a wood
            for demand in (d for d in self.reading.demands[asked:] if d.feature == "tree" and d.count is None):
                demand.feature = target = "forest"
        if kind == "amid":
            if self.is_whole(target) or target in RELIEF or load_features()[target].layer == "biome":
                return self._amid_all(subject, first, end, self.is_whole(target))
            kind = "on" if load_features()[target].layer == "forest" else "in"
        self._in_held_lake(target)
        if self.is_whole(target) and kind in ("in", "on", "through") and target != "coast":
            return self._on_the_whole(subject, first, end, target, kind)
        named = [d for d in self.reading.demands if d.feature == target and not d.absent]
        if named and not named[-1].places:
            self.object, self.object_end, self.object_near = named[-1], end, kind in ("near", "along", "around")
        return self._link(Link(kind, target), first, end)

    def _in_held_lake(self, target: str) -> None:
        """Read the island of "a lake with a castle on an island" as one in that lake."""
        held = self.holder is not None and self.holder.feature == "lake" and target == "island"
        if held and self.noun is not None:
            self.noun.links.append(Link("in", "lake"))

    def _on_the_whole(self, subject: Demand, first: int, end: int, target: str, kind: str) -> int:
        """Take "on the island" where that is all the land there is, and leave it unread beside a mainland."""
        if target == "island" and any(self.low(k) in _MAINLAND for k in range(len(self.words))):
            return end  # nothing tells the one from the other
        self.use(first, end)
        if kind == "through" and subject.feature in RUNNING:
            subject.links.append(Link("through", "centre"))
        return end

    def _amid_all(self, subject: Demand, first: int, end: int, whole: bool = True) -> int:
        """Read "trees scattered over the island" as met in more than one part of it; hills are the ground of it all."""
        self.use(first, end)
        if whole and stage_of(subject.feature) not in ("interior", "role") and (subject.plural or subject.count):
            subject.links.append(Link("spread", "", "0.5"))
        return end

    def known_sea(self) -> bool:
        """Whether there is a sea, or one was asked for."""
        return "sea" in self.known or any(d.feature == "sea" and not d.absent for d in self.reading.demands)

    def _kind_of(self, subject: Demand | None, kind: str, target: str, word: str) -> str:
        """Return what a preposition means between two things; empty where it means nothing that can be shown."""
        if kind in ("into", "to", "toward"):
            runs = subject is not None and subject.feature in RUNNING
            begun = subject is not None and any(ln.kind == "from" for ln in subject.links)
            return "to" if runs and (begun or (subject is not None and subject.feature == "river")) else "near"
        if subject is not None and subject.feature in BRIDGES and kind in ("on", "in", "through"):
            if target in GORGES:
                return "spans"
            return "along" if target in (*NARROW, "lagoon") or is_water(target) else ""
        if kind == "below" and target in ("tree", "forest"):
            return "in"
        if subject is not None and stage_of(subject.feature) in ("interior", "role"):
            return kind
        if subject is not None and kind in ("on", "in") and target in NARROW and (kind == "on" or word in _AT):
            return "along" if subject.feature in RUNNING else "near"
        return "near" if kind == "in" and word in _AT else kind

    def _fronted_relation(self, first: int, j: int, head: int, kind: str) -> int:
        """Read "Around the lake there is a forest": the noun phrase that follows is the subject."""
        target = self.words[head - 1].kinds["feature"]
        end = self._reference(j, head)
        plain = self.is_whole(target) and kind in ("in", "on")
        return self._fronted_noun(first, end, None if plain else Link(kind, target))

    def _reference(self, j: int, _head: int) -> int:
        """Read the object of a relation; it is asked for as well unless it is there already."""
        held, self.group, fronted, self.fronted = self.group, [], self.fronted, []
        pending, self.pending = self.pending, Pending()
        held_rank, self.ranked = self.ranked, None
        name = self.words[_head - 1].kinds.get("feature", "")
        there = name in self.known or any(d.feature == name and not d.absent for d in self.reading.demands)
        before = len(self.reading.demands)
        end = self._phrase(j)
        made = self.reading.demands[before:]
        named = [d for d in self.reading.demands if d.feature == name and not d.absent]
        self.noun, self.noun_end = next(reversed(made or named), None), end
        self.object_ranked, self.ranked = self.ranked, held_rank
        if there and made and made[-1].feature == name and self._says_no_more(made[-1]):
            self.reading.demands.remove(made[-1])
        elif made:
            made[-1].aside = True
        self.group, self.fronted, self.pending = held, fronted, pending
        return end

    def _says_no_more(self, again: Demand) -> bool:
        """Whether naming a thing again adds nothing; what it adds goes to the thing named before, where that fits."""
        if again.adjectives or again.share or again.dimensions or again.denied or again.places:
            return False
        counted = again.count is not None and again.count.said and again.count.aim > 1
        if not counted:
            return True
        named = (d for d in self.reading.demands if d.feature == again.feature and d is not again and not d.absent)
        first = next(named, None)
        if first is None or first.count is not None:
            return first is not None and first.count == again.count
        first.count, first.share = again.count, None
        first.widen(*again.quote)
        return True

    def _alike(self, demand: Demand, link: Link) -> bool:
        """Whether a relation of the last noun is also one of another that "and" joins to it."""
        same = self.last is not None and stage_of(demand.feature) == stage_of(self.last.feature)
        ring = demand.feature in ("gate", "wall", "tower") and link.kind in ("middle", "half")
        return same and demand.feature != link.target and link.kind != "deep" and not ring

    def _topped(self, link: Link, first: int, end: int) -> Link:
        """Return "on the summit of the hill" as a relation to its top, where a single thing stands there."""
        told = {word for i in range(first, end) for word in self.low(i).split()}
        things = self.last is not None and load_features()[self.last.feature].layer not in MASSES
        if link.kind == "on" and link.target in _PEAKED and told & _SUMMITS and things:
            return Link("top", link.target)
        return link

    def _link(self, link: Link, first: int, end: int) -> int:
        if self.last is None:
            return first
        self.use(first, end)
        if link.kind == "through" and link.target in load_features()[self.last.feature].needs:
            return end  # "two passes through it": through what else
        if link.kind == "middle" and link.target == "plain":  # which is the ground of the whole map
            self._put(place_of("centre"), first, end)
            return end
        link = self._topped(link, first, end)
        self.last.links.append(link)
        ground = load_features().get(link.target)
        if link.kind == "middle" and ground is not None and ground.layer in MASSES and not self.last.places:
            named = [d for d in self.reading.demands if d.feature == link.target]
            if not any(d.places for d in named):  # a meadow without a place is the whole map
                self.last.places.append(place_of("centre"))
            for demand in named:
                if ground.layer == "biome" and not (demand.share or demand.places or demand.adjectives):
                    demand.share = Amount("at_least", 0.45, 0.45, 0.6, said=False)
        self.last.widen(self.words[first].start, self.words[end - 1].end)
        if "," not in self.reading.text[self.group[0].quote[0] : self.words[first].start] if self.group else False:
            for demand in self.group:
                if demand is not self.last and not (demand.places or demand.links) and self._alike(demand, link):
                    demand.links.append(link)
        return end
