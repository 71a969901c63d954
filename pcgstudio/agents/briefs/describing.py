"""Checks of what something is like: adjectives, choices of form, sizes in metres."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...brief import Check
from ...generator import load_features
from ...measure import METRICS, check_of
from ...params import Parameter
from ...region import EVERYWHERE
from ..reader.coasts import BESIDE_MAINLAND, off_coast
from ..reader.cursor import RELIEF
from ..words.degrees import degree
from ..words.demand import Amount, Demand
from ..words.lexicon import lexicon
from ..words.meaning import MASSES, Threshold, described, option_of, parameter, scale_of, threshold
from .writing import Writing, bound

_GROWN = ("grassland", "savanna", "shrubland", "forest", "tundra", "taiga")
"""Grounds that may be dry and are no desert for it."""
_UPRIGHT = ("cliff", "sea cliff", "waterfall", "dune")
"""What "a 50 m cliff" tells the height of, beside what rises."""
_MODEST = ("small", "little", "tiny")


def _rule(feature: str, word: str) -> dict[str, Any] | None:
    """Return the check that a word has of its own for a feature; what holds for trees holds for their species."""
    rules: dict[str, dict[str, Any]] = lexicon().vocabulary["adjective_checks"]
    kind = load_features()[feature].instances
    for told in (word, lexicon().vocabulary["aliases"].get(word, word)):  # a "little" village is a small one
        rule = rules.get(f"{feature} {told}", rules.get(f"{kind} {told}"))
        if rule is not None:
            return rule
    return None


class Describing(Writing):
    """Writes the checks of describing words."""

    def _adjective(self, demand: Demand, word: str) -> Iterator[Check]:
        meaning = described(demand.feature, word)
        quote = self.reading.quoted(demand)
        rule = _rule(demand.feature, word)
        if rule is not None:
            absolute = rule.get("absolute", False)  # straight is straight, however rivers commonly run
            sampled = None if absolute else degree(demand.feature, rule["metric"], rule["value"])
            value = sampled.value if sampled else rule["value"] * (self.side_m if rule.get("of_side") else 1)
            of = {"feature": "land" if demand.feature in ("terrain", "plain") else demand.feature}
            of |= rule.get("arguments", {})
            where = self._measured_place(demand) if demand.feature in ("terrain", "plain") else EVERYWHERE
            parted = not demand.several and any(ln.kind == "both_sides" for ln in demand.links)
            metric = "area" if parted and rule["metric"] == "size" else rule["metric"]  # of the quarters on both banks
            yield self._make(demand, metric, value, rule["relation"], arguments=of, region=where)
            return
        if meaning is None:
            self.reading.not_understood.append(f"{word} ({demand.feature})")
            return
        limit = threshold(demand.feature, meaning, word, scale_of(self.extent_m))
        if limit is None or meaning[0].aspect not in METRICS:
            known = load_features()[demand.feature]
            if (known.instances == "building" or "settlement" in known.needs) and word in _MODEST:
                self.reading.atmosphere.append(word)  # a small church is as churches are, a small harbour too
            elif meaning[0].adjectives.get("") != meaning[1]:
                self.not_measurable.append(f"{word} ({quote}): set as {meaning[0].name}, which nothing measures")
            return
        aspect, arguments = measured_on(demand, meaning[0])
        if aspect == "share" and off_coast(self.reading, demand):
            # The mainland is no island: their own size tells.
            most = 0.05 * self.extent_m[0] * self.extent_m[1]
            yield self._make(demand, "size", most, limit.relation, region=BESIDE_MAINLAND)
            return
        if meaning[0].aspect == "share" and option_of(demand, "outline") in ("long", "crescent"):
            limit = Threshold(limit.relation, 0.4 * limit.value)  # such a shape never fills much of a map
        local = demand.feature in ("terrain", "plain") or meaning[0].aspect in ("share", "density")
        where = self._beside(demand) if local else EVERYWHERE
        yield self._make(demand, aspect, limit.value, limit.relation, arguments=arguments, region=where)

    def _denied(self, demand: Demand, word: str) -> Iterator[Check]:
        """Turn "not too steep" into the opposite of what "steep" demands."""
        told = list(self._adjective(demand, word)) if described(demand.feature, word) is not None else []
        turned = {"at_least": "at_most", "at_most": "at_least"}
        if not told:
            self.not_measurable.append(f"not {word} ({self.reading.quoted(demand)}): nothing measures it")
        for check in told:
            yield check.model_copy(update={"relation": turned.get(check.relation, check.relation)})

    def _choice(self, feature: str, word: str, quote: str, weight: float) -> Iterator[Check]:
        rule = _rule(feature, word)
        if rule is not None:
            value = rule["value"] * (self.side_m if rule.get("of_side") else 1)
            yield check_of(rule["metric"], value, rule["relation"], arguments={"feature": feature}, quote=quote,
                           weight=weight)  # fmt: skip
            return
        meaning = described(feature, word, "choice")
        option = lexicon().vocabulary["option_checks"].get(f"{meaning[0].name} {meaning[1]}") if meaning else None
        if option is not None:
            arguments = {} if option.get("plain") else {"feature": feature, **option.get("arguments", {})}
            yield check_of(option["metric"], option["value"], option["relation"], arguments=arguments, quote=quote,
                           weight=weight)  # fmt: skip
            return
        rule = lexicon().vocabulary["choice_checks"].get(word)
        if word in ("dry", "arid") and feature in _GROWN:  # dry grassland is no desert
            rule = {"metric": "moisture", "relation": "at_most", "value": 0.4}
        if rule is None and lexicon().phrases[word].get("stop"):
            return  # a word that also says nothing: "scattered"
        if rule is None and meaning is None and lexicon().phrases[word].get("mood"):
            return  # "an old mine": nothing here is older or younger
        if rule is None:
            self.not_measurable.append(f"{word} ({quote}): built, but nothing measures it")
            return
        yield check_of(rule["metric"], rule["value"], rule["relation"], arguments=rule.get("arguments", {}),
                       quote=quote, weight=weight)  # fmt: skip

    def _dimension(self, demand: Demand, aspect: str, amount: Amount) -> Iterator[Check]:
        aspect = aspect or ("height" if demand.feature in (*RELIEF, *_UPRIGHT) else "width")
        if aspect == "height" and (one := parameter(demand.feature, aspect)) is not None:
            aspect = one.aspect
        value, relation = bound(amount)
        if aspect == "size" and load_features()[demand.feature].layer in MASSES:
            aspect = "area"  # ten hectares of forest are all of it, in however many pieces
        told = {"feature": demand.feature}
        long = aspect == "width" and any(other == "length" for other, _ in demand.dimensions)
        yield self._make(demand, aspect, value, relation, arguments={**told, "lengthwise": True} if long else told)


def measured_on(demand: Demand, one: Parameter) -> tuple[str, dict[str, Any]]:
    """Return the metric and its arguments that show a parameter of what a demand asks for."""
    counted = one.feature if one.aspect == "count" else ""
    ground = demand.feature in ("terrain", "plain")
    arguments: dict[str, Any] = {"feature": counted or ("land" if ground else demand.feature)}
    if one.aspect == "share":
        water = load_features()[demand.feature].layer == "water_kind"
        arguments["of"] = "map" if water else "land"
    return ("relief" if ground and one.aspect == "height" else one.aspect), arguments
