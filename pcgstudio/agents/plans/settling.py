"""Where the parts of settlements belong, and towns on both banks of a river."""

from __future__ import annotations

from typing import Any

from ...recipe import Step
from ...region import AllOf, Compass, Near, SideOf
from ..words.building import CITY_RADIUS_M, SETTLED, home_of
from ..words.demand import Demand
from ..words.meaning import maker, parameter
from .indoor_plan import IndoorPlan

_QUARTERS = {
    "north": ("northwest", "northeast"), "south": ("southwest", "southeast"),
    "east": ("northeast", "southeast"), "west": ("northwest", "southwest"),
}  # fmt: skip
"""Each quarter around a thing as what lies on two sides of it."""


class Settling(IndoorPlan):
    """Chooses the steps of settlements."""

    def _on_both_banks(self, demand: Demand, values: dict[str, Any]) -> bool:
        """Build a town on both sides of a river as one quarter on each; False where it is not asked for so."""
        river = self.steps.get("river")
        asked = any(ln.kind == "both_sides" and ln.target == "river" for ln in demand.links)
        many = 1 if demand.count is None else demand.count.aim
        if river is None or not asked or many > 2 or demand.places:
            return False
        ways = {"from_side", "toward", "source", "mouth"}
        if not ways & river.params.keys():
            self.steps["river"] = river = river.changed(from_side="west", toward="east", through_centre=True)
        sides = ("east", "west") if river.params.get("toward") in ("north", "south") else ("north", "south")
        size = (0.55 if many == 1 else 1.0) * float(values.get("size", 1.0))
        wide = 1.6 * self.placing.reach_m
        if demand.feature == "city":  # as deep as a quarter of it is
            wide = max(wide, 2 * CITY_RADIUS_M * size**0.5)
        told = [d for d in self.wanted if d.feature in ("house", "building") and d.count is not None]
        for number, side in enumerate(sides):
            where = AllOf(regions=(
                SideOf.model_validate({"feature": "river", "side": side}),
                Near(feature="river", distance_m=wide, feather_m=0.2 * self.placing.reach_m),
                Compass(place="centre", depth=0.5),
            ))  # fmt: skip
            self._add(self._free_id(demand.feature), "settlement", {**values, "count": 1, "size": size}, where=where,
                      purpose=f"{self.reading.quoted(demand)}: {side} bank")  # fmt: skip
            for houses in told:
                one = "houses" if houses.feature == "house" else "buildings"
                total = int(houses.count.aim) if houses.count is not None else 0
                step = next(reversed(self.steps))
                self.steps[step] = self.steps[step].changed(**{one: total // 2 + (number * total % 2)})
                houses.total = True  # dealt out here
        return True

    def _on_all_sides(self, demand: Demand, values: dict[str, Any]) -> bool:
        """Build houses around a lake as a few on each of its sides; False where they are not asked for so."""
        target = next((ln.target for ln in demand.links if ln.kind == "every_side"), "")
        if not target or demand.places:
            return False
        one = "houses" if demand.feature == "house" else "buildings"
        total = int(values.get(one, 8))
        for number, (side, corners) in enumerate(_QUARTERS.items()):
            where = AllOf(regions=(
                *(SideOf.model_validate({"feature": target, "side": corner}) for corner in corners),
                Near(feature=target, distance_m=self.placing.reach_m, feather_m=0.2 * self.placing.reach_m),
            ))  # fmt: skip
            few = {"kind": "hamlet", "fields": False, "barns": 0, one: (total + 3 - number) // 4}
            self._add(self._free_id(demand.feature), "settlement", {**values, **few}, where=where,
                      purpose=f"{self.reading.quoted(demand)}: {side} of it")  # fmt: skip
        return True

    def _without_parts(self) -> None:
        """Leave out what settlements would have anyway and nobody wants: "a village without a church"."""
        for feature in self.unwanted:
            counting = parameter(feature, "count") if maker(feature).name == "settlement" else None
            for step in [s for s in self.steps.values() if s.generator == "settlement"]:
                if feature == "field":
                    self.steps[step.id] = step.changed(fields=False)
                elif counting is not None and counting.feature == feature and feature not in ("house", "building"):
                    self.steps[step.id] = step.changed(**{counting.name: 0})

    def _home(self, demand: Demand) -> Step | None:
        """Return the step that makes what a part belongs to: the settlement named last before it, if there are several.

        A castle has no houses; where nothing else was named, a place of its own is made for them.
        """
        made_by = maker(demand.feature).name
        steps = [s for s in self.steps.values() if s.generator == made_by]
        if made_by != "settlement" or not steps:
            return next(iter(steps), None)
        own = {d.feature for d in self.wanted if d.feature in SETTLED}
        dwelling = demand.feature in ("house", "barn", "field", "square", "park", "harbour", "pier", "church")
        able = [s for s in steps if not (dwelling and s.params.get("kind") == "castle" and own != {"castle"})]
        home = home_of(self.reading, demand)
        named = [s for s in able if s.params.get("kind") == home]
        return next(iter(named or able), None)
