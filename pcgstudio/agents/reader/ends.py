"""Turns of phrase about ends, sides, rims and heights: one on each side, at opposite ends, on a cliff, below it."""

from __future__ import annotations

from ...generator import load_features
from ..words.building import SETTLED
from ..words.demand import Amount, Demand, Link
from ..words.meaning import stage_of
from .cursor import BRIDGES, brink_of
from .delving import Delving

_EVERY = frozenset({
    "on", "in", "at", "for", "to", "facing", "per", "each", "every", "of", "the", "its", "four", "on each side",
    "on every side", "in each direction", "in every direction",
})  # fmt: skip
_SIDED = {"side", "sides", "direction", "directions", "wall", "compass", "cardinal"}
_ENDS = ("end", "ends", "side", "sides", "bank", "banks", "shore", "shores")
_ONTO = ("on", "at", "upon", "atop", "near", "at the end")
_HOLLOW = ("impact crater", "crater", "canyon", "plateau", "cliff", "sea cliff", "valley", "volcano")


class Ends(Delving):
    """Reads where towers, gates, towns and landmarks stand."""

    def _sided(self, link: Link) -> Link:
        """Read "behind the church" as near it, and say that its front and its back are not told apart."""
        if link.kind not in ("behind", "front") or not load_features()[link.target].instances:
            return super()._sided(link)
        self.reading.not_understood.append(f"{link.kind.replace('front', 'in front of')} the {link.target}")
        return Link("near", link.target)

    def _one_each_side(self, i: int) -> int:
        """Read "four gates, one on each side" and "one in every direction"."""
        if self.last is None or self.last.feature not in ("gate", "tower") or self.low(i) != "one":
            return i
        j = i + 1
        while self.low(j) in _EVERY:
            j += 1
        told = " ".join(self.low(k) for k in range(i, j + 1)).split()
        if not set(told) & _SIDED or not {"each", "every", "per"} & set(told):
            return i
        j -= self.low(j) not in _SIDED
        end = j + 1
        while self.low(end) in ("direction", "directions", "point", "points"):
            end += 1
        self.last.links.append(Link("every_side", ""))
        self.last.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _at_ends(self, i: int) -> int:
        """Read "at opposite ends of the map", "at each end of the bridge" and "on opposite banks of the river"."""
        if self.last is None or self.low(i) not in ("at", "on", "near", "by", "in", "from"):
            return i
        j, told = i + 1, set[str]()
        while self.low(j) in ("each", "both", "either", "every", "opposite", "the", "two", "opposing"):
            told.add(self.low(j))
            j += 1
        told -= {"the", "two"}
        if not told or self.low(j) not in _ENDS or self.last.absent:
            return i
        end = j + 1
        ways = [d for d in self.reading.demands if d.feature in (*BRIDGES, "road") and d is not self.last]
        if (
            self.low(end) == "of"
            and self.low(end + 1) in ("it", "them", "that")
            and ways
            and self.low(j) in ("end", "ends")
        ):
            self._pair(self.last)
            self.last.links.append(Link("ends", ways[-1].feature))
            self.last.widen(self.words[i].start, self.words[end + 1].end)
            self.use(i, end + 2)
            return end + 2
        if self.low(end) != "of":
            return self._opposite_ends(i, end, j, told)
        head = self._phrase_at(end + 1)
        name = self.words[head - 1].kinds.get("feature", "") if head else ""
        if head and self.has(head - 1, "map") and not name:
            return self._opposite_ends(i, head, j, told)
        subject = self.last
        if name in (*BRIDGES, "road", "street") and self.low(j).startswith("end"):
            stop = self._reference(end + 1, head)
            self.last = subject
            self._pair(subject)
            subject.links.append(Link("ends", name))
        elif name == "river" or (name == "lake" and "opposite" in told and subject.feature in SETTLED):
            stop = self._reference(end + 1, head)
            self.last = subject
            self._pair(subject)
            subject.links.append(Link("both_sides", name))
        elif name in ("island", "valley", "lake", "canyon"):
            return i
        else:
            return i
        subject.widen(self.words[i].start, self.words[stop - 1].end)
        self.use(i, stop)
        return stop

    def _facing_across(self, i: int) -> int:
        """Read "facing each other across a valley" as one on each side of it."""
        if self.last is None or not self.last.several or self.low(i) not in ("facing", "face"):
            return i
        j = i + 1
        while self.low(j) in ("each", "other", "one", "another", "each other", "one another"):
            j += 1
        head = self._phrase_at(j + 1) if self.low(j) in ("across", "over") else 0
        subject, name = self.last, self.words[head - 1].kinds.get("feature", "") if head else ""
        if name not in ("river", "lake", "valley", "canyon"):
            return i
        stop = self._reference(j + 1, head)
        self.last = subject
        return self._link(Link("both_sides", name), i, stop)

    def _pair(self, subject: Demand) -> None:
        """Let "a tower at each end" be two towers."""
        if (subject.count is None and not subject.plural) or (subject.count is not None and subject.count.aim == 1):
            subject.count = Amount.exactly(2)
            subject.plural = True

    def _opposite_ends(self, i: int, end: int, j: int, told: set[str]) -> int:
        """Share two of a kind out to the west and the east of the map."""
        subject = self.last
        if (
            subject is None
            or self.low(j) not in ("ends", "sides", "end", "side")
            or not {"opposite", "opposing"} & told
        ):
            return i
        if subject.feature in ("gate", "tower"):
            self._pair(subject)
            subject.links.append(Link("opposed", ""))
            subject.widen(self.words[i].start, self.words[end - 1].end)
            self.use(i, end)
            return end
        self._pair(subject)
        even = subject.count is not None and subject.count.aim % 2 == 0
        if not even or not self._shared_out((brink_of("west"), brink_of("east"))):
            return i
        subject.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _at_rim(self, i: int) -> int:
        """Read "a village on the rim" of the crater that was named before."""
        if self.last is None or self.low(i) not in ("on", "at", "along", "around", "near"):
            return i
        j = i + 1
        own = self.low(j) in ("its", "their")
        j += self.low(j) in ("the", "its", "their", "very")
        if (
            self.low(j) not in (("rim", "brink", "lip", "edge") if own else ("rim", "brink", "lip"))
            or self.low(j + 1) == "of"
        ):
            return i
        hollow = next((d for d in reversed(self.reading.demands) if d.feature in _HOLLOW and d is not self.last), None)
        if hollow is None:
            return i
        kind = "near" if self.last.feature in SETTLED else "along"
        return self._link(Link(kind, hollow.feature), i, j + 1)

    def _cliff_part(self, i: int) -> int:
        """Read "on top of a cliff" and "at the foot of the cliff": the ground above it, or below it."""
        low = self.low(i)
        high = low in (
            "on top of",
            "atop",
            "on the top of",
            "at the top of",
            "on",
            "on the edge of",
            "at the edge of",
            "above",
        )
        foot = low in (
            "at the foot of",
            "at the base of",
            "at the bottom of",
            "below",
            "beneath",
            "under",
            "underneath",
        )
        if self.last is None or not (high or foot) or stage_of(self.last.feature) in ("interior", "role"):
            return i
        if stage_of(self.last.feature) == "volume" and not load_features()[self.last.feature].instances:
            return i  # an arch or a cave is in a cliff
        j = i + 1
        while self.low(j) in ("the", "a", "an", "its"):
            j += 1
        head = self._phrase_at(i + 1)
        name = self.words[head - 1].kinds.get("feature", "") if head else ""
        if name not in ("cliff", "sea cliff") or self.last.feature in (
            "cliff",
            "sea cliff",
            "cliff top",
            "sea",
            "river",
        ):
            return i
        subject = self.last
        end = self._reference(i + 1, head)
        self.last = subject
        subject.links.append(Link("on", "cliff top" if high else "cliff foot"))
        subject.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _at_tip(self, i: int) -> int:
        """Read "on a headland", "at the tip of a peninsula" and "at the end of a road": what runs out there."""
        subject = self.last
        j = i + 1 + (self.low(i + 1) in ("the", "its", "very"))
        tip = self.low(i) == "at the end" or self.low(j) in ("tip", "end", "point", "head")
        j = (i if self.low(i) == "at the end" else j) + 1 if tip else i + 1
        if subject is None or subject.absent or self.low(i) not in _ONTO:
            return i
        if tip and self.low(j) != "of":
            return self._at_own_tip(i, j)
        head = self._phrase_at(j + tip)
        name = self.words[head - 1].kinds.get("feature", "") if head else ""
        cape = name == "peninsula" and (tip or self.low(head - 1) != "peninsula")
        road = name == "road" and tip and self.low(j - 1).endswith("end")
        apart = load_features()[subject.feature]
        if not (road or (cape and (apart.instances or subject.feature == "castle") and apart.layer != "biome")):
            return i
        end = self._reference(j + tip, head)
        made, self.last = self.noun, subject
        if road and made is not None:
            made.links.append(Link("to", subject.feature))
        else:
            subject.links.append(Link("headland", "sea", "wide" if subject.feature == "castle" else ""))
        subject.widen(self.words[i].start, self.words[end - 1].end)
        self.use(i, end)
        return end

    def _at_own_tip(self, i: int, j: int) -> int:
        """Read "at its tip" and "at the tip" of the peninsula that was named before."""
        told = any(d.feature == "peninsula" and not d.absent for d in self.reading.demands)
        if not told or self.last is None or self.low(j - 1) not in ("tip", "point", "end"):
            return i
        if not load_features()[self.last.feature].instances and self.last.feature != "castle":
            return i
        return self._link(Link("headland", "sea", "wide" if self.last.feature == "castle" else ""), i, j)

    def _hilltop(self, i: int) -> int:
        """Read "on a hilltop" as on the middle of a hill."""
        if self.last is None or self.low(i) not in ("on", "atop", "at", "upon", "on top of"):
            return i
        j = i + 1
        while self.low(j) in ("the", "a", "an", "its"):
            j += 1
        kind = {"hilltop": "hill", "hilltops": "hill", "mountaintop": "mountain"}.get(self.low(j), "")
        if not kind:
            return i
        if not any(d.feature == kind and not d.absent for d in self.reading.demands) and kind not in self.known:
            self.reading.demands.append(
                Demand(kind, (self.words[i].start, self.words[j].end), aside=True, count=Amount.exactly(1))
            )
        self.last.links.append(Link("middle", kind))
        self.last.widen(self.words[i].start, self.words[j].end)
        self.use(i, j + 1)
        return j + 1

    def _lower_down(self, i: int) -> int:
        """Read "a castle on a hill and a village below it": lower than it and near it."""
        if self.low(i) not in ("below", "beneath", "underneath", "further down", "at the bottom") or self.last is None:
            return i
        end = i + 1 + (self.low(i + 1) in ("it", "them", "that"))
        ends = end >= len(self.words) or self.has(end, "mark") or self.low(end) in ("and", "with", "by", "but")
        if not ends or stage_of(self.last.feature) != "settlement":
            return i
        before = self._before_last()
        ground = next((ln.target for ln in before.links if ln.kind in ("on", "top")), "") if before is not None else ""
        built = before is not None and stage_of(before.feature) in ("settlement", "landform")
        if ground and not built:  # below a mill is below its hill
            before = next((d for d in self.reading.demands if d.feature == ground), before)
        if before is None or before is self.last or stage_of(before.feature) not in ("settlement", "landform"):
            return i
        named = [d for d in self.reading.demands if d is not self.last and d.feature in SETTLED and not d.absent]
        target = named[-1] if named else before
        return self._link(Link("below", target.feature), i, end)

    def _inside_town(self, i: int) -> int:
        """Read "the market square is in the middle" and "a church in the centre" of a town that was named."""
        if self.last is None or self.low(i) not in ("in", "at"):
            return i
        mine = load_features()[self.last.feature]
        j = i + 1 + (self.low(i + 1) in ("the", "its"))
        j += self.low(j) in ("very", "exact", "dead")
        ends = j + 1 >= len(self.words) or self.has(j + 1, "mark") or self.low(j + 1) in ("and", "with", "but")
        if "settlement" not in mine.needs or self.low(j) not in ("middle", "centre", "center", "heart") or not ends:
            return i
        town = next((d for d in reversed(self.reading.demands) if d.feature in SETTLED and not d.absent), None)
        if town is None or town.plural:
            return i
        self.last.links.append(Link("middle", town.feature))
        self.last.widen(self.words[i].start, self.words[j].end)
        self.use(i, j + 1)
        return j + 1
