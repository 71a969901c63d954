"""Where a demand is built: its places and relations as the region of its step."""

from __future__ import annotations

from ...generator import STAGES, load_features
from ...region import (
    EVERYWHERE,
    AllOf,
    AnyOf,
    Band,
    Compass,
    Level,
    MiddleOf,
    Near,
    Not,
    Of,
    Region,
    Ring,
    SideOf,
    TopOf,
)
from ..briefs.writing import NEAR, between, by_height, headland, part_near
from ..reader.cursor import band_between, opposite, place_of
from ..reader.sides import RIMS
from ..words.building import SETTLED, wide_enough
from ..words.demand import Demand, Link, Place, Reading
from ..words.meaning import MASSES, is_countable, option_of, stage_of
from ..words.tipping import END_OF, TIP, end_of

_RING = Place(Ring(inner=0.26, outer=0.44, feather=0.08), Ring(inner=0.2, outer=0.5), "ring")


_PEAKED = ("volcano", "mountain", "massif")
_HEIGHTS, _ON = ("hill", "mountain", "plateau"), ("on", "top", "in")

_LINE = Place(
    AllOf(regions=(Band(toward="east", width=0.24, feather=0.1), Not(region=Compass(place="centre", depth=0.24)))),
    EVERYWHERE,
)
_UPRIGHT = Place(
    AllOf(regions=(Band(toward="north", width=0.24, feather=0.1), Not(region=Compass(place="centre", depth=0.24)))),
    EVERYWHERE,
)


def _formation(form: str, demand: Demand) -> Region:
    """Return the ground on which several things lie in a ring or in a row."""
    if form == "ring":
        return Ring(inner=0.26, outer=0.44, feather=0.08)
    upright = any({"north", "south"} & set(p.name.split()) for p in demand.places)
    return Band(toward="north" if upright else "east", width=0.2, feather=0.06)


def stands_before(target: str, feature: str) -> bool:
    """Whether the target stands when the feature is made."""
    return STAGES.index(stage_of(target)) <= STAGES.index(stage_of(feature))


def falls_into_lake(demand: Demand) -> bool:
    """Whether a waterfall is told to be at a lake: its river ends there, wherever it springs."""
    return demand.feature == "waterfall" and any(ln.target == "lake" and ln.kind == "near" for ln in demand.links)


class Placing:
    """Turns the places and relations of demands into regions.

    Parameters
    ----------
    reading : Reading
        All demands: a relation may be met from either of its ends.
    side_m : float
        Longer side of the map.
    """

    def __init__(self, reading: Reading, side_m: float) -> None:
        self.reading = reading
        self.side_m = side_m
        self.wanted = [d for d in reading.demands if not d.absent]
        self.reach_m = side_m * NEAR

    def anchor(self) -> None:
        """Give places to things that must stand around others made later: the ring, and the middle of the map."""
        for demand in self.wanted:
            self._basin(demand)
            self._overlooked(demand)
            self._within_houses(demand)
        for outer in self.wanted:
            for link in outer.links:
                if link.kind == "between" and link.target == link.other and not outer.places:
                    self._flank(outer, link.target)
                if link.kind == "between":
                    self._off_shore(link)
                if link.kind == "side" and not outer.places:
                    self._to_the_side(outer, link)
                if link.kind != "around" or stage_of(outer.feature) != "landform" or outer.places:
                    continue
                inner = next((d for d in self.wanted if d.feature == link.target), None)
                if inner is not None and not stands_before(link.target, outer.feature) and not inner.places:
                    if option_of(outer, "arrangement") != "ring":
                        outer.places.append(_RING)
                    inner.places.append(place_of("centre"))

    def _within_houses(self, houses: Demand) -> None:
        """Keep a lake that houses are to stand all around off the map's edge, where there is no room beyond it."""
        about = {ln.target for ln in houses.links if ln.kind == "every_side"}
        inner = next((d for d in self.wanted if d.feature in about and not (d.places or d.links)), None)
        if inner is not None and is_countable(inner.feature) and not inner.several:
            inner.places.append(Place(Compass(place="centre", depth=0.3), EVERYWHERE, "centre"))

    def _overlooked(self, demand: Demand) -> None:
        """Lead the water that a castle on a hill overlooks by that hill: the castle stands on its top alone."""
        heights = [ln.target for ln in demand.links if ln.kind in _ON and ln.target in _HEIGHTS]
        for link in [ln for ln in demand.links if ln.kind == "above" and heights]:
            water = next((d for d in self.wanted if d.feature == link.target), None)
            if water is not None and stands_before(link.target, demand.feature) and not (water.places or water.links):
                water.links.append(Link("near", heights[0]))

    def _basin(self, demand: Demand) -> None:
        """Put a valley that heights stand around into the middle of the map, and them into a ring about it."""
        for link in [ln for ln in demand.links if ln.kind in ("around", "surrounded")]:
            names = (demand.feature, link.target) if link.kind == "surrounded" else (link.target, demand.feature)
            valley = next((d for d in self.wanted if d.feature == names[0] == "valley"), None)
            heights = next((d for d in self.wanted if d.feature == names[1]), None)
            if valley is None or heights is None or names[1] not in ("mountain", "hill") or valley.places:
                continue
            demand.links.remove(link)  # where it lies is said by the places now
            valley.places.append(place_of("centre"))
            if option_of(heights, "arrangement") != "ring" and not heights.places:
                heights.choices.append("in a ring")

    def _to_the_side(self, outer: Demand, link: Link) -> None:
        """Put what lies to one side of a thing that is made after it on that side of the map, and the thing inward."""
        inner = next((d for d in self.wanted if d.feature == link.target), None)
        if inner is None or stands_before(link.target, outer.feature):
            return
        if not inner.places or all(p.name == "centre" for p in inner.places):
            outer.places.append(
                Place(Compass.model_validate({"place": link.other, "depth": 0.36}), EVERYWHERE, link.other)
            )
            inner.places += [] if inner.places else [Place(Compass(place="centre", depth=0.2), EVERYWHERE, "centre")]

    def _off_shore(self, link: Link) -> None:
        """Put the wood of "between the wood and the sea" across the map from that sea."""
        ends = [next((d for d in self.wanted if d.feature == name), None) for name in (link.target, link.other)]
        sea = next((d for d in ends if d is not None and d.feature in ("sea", "coast")), None)
        land = next(
            (d for d in ends if d is not None and load_features()[d.feature].layer in ("forest", "biome")), None
        )
        if sea is None or land is None or land.places or land.share is not None:
            return
        side = next((p.name for p in sea.places if opposite(p.name)), "south")
        if not sea.places:
            sea.places.append(Place(Compass.model_validate({"place": side, "depth": 0.36}), EVERYWHERE, side))
        far = Compass.model_validate({"place": opposite(side), "depth": 0.34})
        land.places.append(Place(far, EVERYWHERE, opposite(side)))

    def _flank(self, inner: Demand, outer: str) -> None:
        """Put what lies between two of a kind into the middle, and those two on a line through it."""
        ends = {ln.kind: ln.target for ln in inner.links if ln.kind in ("from", "to")}
        runs = inner.feature in ("valley", "canyon")
        level = ends.get("to") in ("west", "east")
        for demand in self.wanted:
            if demand.feature == outer and not demand.places:
                demand.places.append(_UPRIGHT if runs and level else _LINE)
                if not runs:
                    inner.places.append(place_of("centre"))
        if runs and not ends and not inner.places:  # it runs between them, and not from the one to the other
            inner.links += [Link("from", "north"), Link("to", "south")]

    def where(self, demand: Demand) -> Region:
        """Return the region of the step that makes a demand."""
        regions: list[Region] = [self._roomy(demand, p.where) for p in demand.places]
        regions += [r for link in demand.links if (r := self._region(demand, link)) is not None]
        regions += [_formation(link.target, demand) for link in demand.links if link.kind == "formed"]
        regions += self._mirrored(demand)
        for absent in self.reading.demands:
            if absent.absent and absent.feature == demand.feature:
                regions += [Not(region=p.measured) for p in absent.places]
        return EVERYWHERE if not regions else regions[0] if len(regions) == 1 else AllOf(regions=tuple(regions))

    def _roomy(self, demand: Demand, where: Region) -> Region:
        """Return a place that is wide enough for what was told to be so wide: its middle is there."""
        told = max((a.aim for aspect, a in demand.dimensions if aspect in ("width", "length")), default=0.0)
        told = max(told, 0.5 * self.side_m) if demand.feature == "mountain range" and not told else told
        if not told or not isinstance(where, Compass) or where.place == "edge":
            return where
        need = (0.55 if where.place == "centre" else 1.1) * told / self.side_m
        return where.model_copy(update={"depth": min(max(where.depth, need), 1.0)})

    def _mirrored(self, demand: Demand) -> list[Region]:
        """Return regions beside earlier things that were asked to be near or inside this one."""
        found: list[Region] = []
        first = next((d for d in self.wanted if not d.implied), None)
        ground = demand is first and load_features()[demand.feature].layer in MASSES
        if ground or (demand.share is not None and demand.share.aim >= 0.3):
            return found  # what covers much of the land is about the others anyway
        for other in self.wanted:
            for link in other.links:
                if link.target != demand.feature or stands_before(demand.feature, other.feature) or demand.places:
                    continue
                reaches = dict.fromkeys(("near", "foot", "through", "both_sides", "above", "below"), self.reach_m)
                reaches["along"] = self.reach_m / 2
                if stage_of(demand.feature) == "volume":  # what a road leads to stands by it
                    reaches |= dict.fromkeys(("to", "from"), self.reach_m / 2)
                distance = reaches.get(link.kind, 0.0)
                if link.kind in ("in", "on", "top", "middle"):
                    distance = 2 * self.reach_m
                if distance:
                    close = Near(feature=other.feature, distance_m=distance, feather_m=self.reach_m / 4)
                    found.append(AnyOf(regions=(close, Of(feature=other.feature))))
        return found

    def _region(self, demand: Demand, link: Link) -> Region | None:
        """Return where a relation puts a demand; None where its other end does not stand yet."""
        if demand.feature == "waterfall" and link.target == "cliff" and falls_into_lake(demand):
            return Of(feature="cliff top")  # its river springs above the cliff that it falls over
        if (
            link.target == demand.feature
            or falls_into_lake(demand)
            or (demand.feature in RIMS and link.kind == "around")
        ):
            return None  # beside its own kind: several steps of one generator keep clear of each other by themselves
        if link.kind == "above" and any(ln.target in _HEIGHTS and ln.kind in _ON for ln in demand.links):
            return None  # it stands on its height, and the water is led past that
        named = [n for n in (link.target, link.other) if n in load_features()]
        early = any(not stands_before(n, demand.feature) for n in named)
        if early and link.kind == "between" and self._opposite(link):
            return Compass(place="centre", depth=0.16, feather=0.1)
        if early and link.kind not in ("outside", "level", "far", "farthest"):
            return None
        if link.kind in ("from", "to"):
            return self._way(demand, link)
        region = self._standing(link, demand.feature)
        if link.kind == END_OF:
            settled = stage_of(demand.feature) == "settlement"
            return end_of(link, (0.9 if settled else 0.6) * TIP, (1.0 if settled else 0.6) * self.reach_m)
        if link.kind == "near" and link.target in SETTLED and stage_of(demand.feature) in ("props", "volume"):
            return AnyOf(regions=(Near(feature=link.target, distance_m=0.5 * self.reach_m), Of(feature=link.target)))
        if region is None or stage_of(demand.feature) != "settlement":
            return region
        shored = any(d.feature in ("harbour", "pier") for d in self.wanted)
        if link.kind == "below":
            region = self._downhill(link, region)
        return wide_enough(demand.feature, link, region, self.reach_m, shored)

    def _downhill(self, link: Link, near: Region) -> Region:
        """Return what is near another thing and not on the height that it stands on."""
        upper = next((d for d in self.wanted if d.feature == link.target), None)
        heights = [ln.target for ln in upper.links if ln.kind in ("on", "in")] if upper is not None else []
        wide = Near(feature=link.target, distance_m=2.2 * self.reach_m)
        return AllOf(regions=(wide, *(Not(region=Of(feature=h, filled=True)) for h in heights))) if heights else near

    def _standing(self, link: Link, feature: str) -> Region | None:
        reach = self.reach_m
        if link.kind in ("over_m", "under_m") or (link.kind in ("near", "foot") and link.other):
            return by_height(link) if link.kind.endswith("_m") else part_near(link, reach * 0.8)
        match link.kind:
            case "in" | "on":
                return Of(feature=link.target, filled=True)
            case "middle":
                # A mountain has to have its foot in there too, or it stands up like a chimney.
                wide = 0.75 if feature in _PEAKED else 0.25
                return MiddleOf(feature=link.target, reach=wide, feather_m=reach / 2)
            case "near" | "foot" | "around" | "both_sides" | "below" | "above":
                return Near(feature=link.target, distance_m=reach * 0.8, feather_m=reach * 0.2)
            case "along":
                return Near(feature=link.target, distance_m=reach * 0.4, feather_m=reach * 0.1)
            case "far" | "farthest":
                clear = (0.24 if link.kind == "far" else 0.36) * self.side_m
                return Not(region=AnyOf(regions=(Of(feature=link.target), Near(feature=link.target, distance_m=clear))))
            case "distance":
                low, high = (float(v) for v in link.other.split())
                far = Near(feature=link.target, distance_m=max(high, low + 1) + 0.3 * self.reach_m)
                return AllOf(regions=(far, Not(region=Near(feature=link.target, distance_m=max(low, 1)))))
            case "inland":
                return Not(region=Near(feature="sea", distance_m=reach * 0.8))
            case "outside":
                side = {"place": link.other, "depth": 0.5}
                return Not(region=Of(feature=link.target) if link.target else Compass.model_validate(side))
            case "between" if link.target != link.other:
                return between(link, feature)
            case "side" | "headland":
                side = {"feature": link.target, "side": link.other}
                return SideOf.model_validate(side) if link.kind == "side" else headland(link, 0.02)
            case "level" | "top":
                raised = TopOf(feature=link.target, upper=0.35) if link.kind == "top" else None
                return raised or Level.model_validate({"which": link.target})
        return None

    def _way(self, demand: Demand, link: Link) -> Region | None:
        """Return where a river springs, or the strip a range runs in."""
        if demand.feature == "river":
            springs = link.kind == "from" and link.target in load_features() and link.target != "lake"
            return Of(feature=link.target, feather_m=self.reach_m / 4) if springs else None
        start = next((ln.target for ln in demand.links if ln.kind == "from"), "")
        return band_between(start, link.target) if link.kind == "to" else None

    def _opposite(self, link: Link) -> bool:
        """Whether two features were put on opposite sides of the map, so that between them is its middle."""
        sides = [
            next((p.name for d in self.wanted if d.feature == n for p in d.places), "")
            for n in (link.target, link.other)
        ]
        return band_between(*sides) is not None
