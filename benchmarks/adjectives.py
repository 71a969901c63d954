"""What adjectives mean: quantiles of what every generator makes over the values that its words span.

Run ``python benchmarks/adjectives.py [--write] [--workers N] [FEATURE ...]``. Each feature is built ``SAMPLES`` times
as the built-in agents plan it alone, with every worded parameter of its generator drawn anew: as often below its usual
value as above, down and up to the outermost values that its words declare. What the words are checked on is measured,
and its quantiles are kept. A single word on its side of the usual demands a third of the sample ("high": the 66 %
quantile), the outermost of several one in twenty ("huge": 95 %); the next quantile inward where fewer than three in
four of the maps of the word's own value reach that. A word whose maps reach none is listed: its value or its metric is
wrong.

With ``--write`` the result goes into ``assets/adjectives.json``, which ``pcgstudio/agents/words/degrees.py`` reads.
Seeds are fixed: the same version writes the same file. It takes some minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import zlib
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pcgstudio.agents.briefs.describing import measured_on
from pcgstudio.agents.plans.planning import choose_extent, plan
from pcgstudio.agents.reader.reading import read
from pcgstudio.agents.words.demand import Demand
from pcgstudio.agents.words.lexicon import lexicon
from pcgstudio.agents.words.meaning import bounded, described, maker, makes, scale_of
from pcgstudio.brief import Check
from pcgstudio.build import build
from pcgstudio.errors import PCGError
from pcgstudio.files import write_text
from pcgstudio.generator import load_features
from pcgstudio.measure import METRICS, check_of, measure
from pcgstudio.params import Parameter, parameters
from pcgstudio.recipe import Recipe

SAMPLES, TRIALS, CELLS, INDOORS_M = 48, 8, 128, 160.0
QUANTILES = (5, 20, 34, 50, 66, 80, 95)
RUNGS = {1: (66,), 2: (66, 95), 3: (66, 80, 95), 4: (50, 66, 80, 95)}
"""Quantile that the first, second, ... degree above the usual demands, by how many there are; below, as far from it."""
MET = 0.75  # of the maps of a word's own value reach what the word demands
NEVER = ("temperature", "moisture", "extent")  # what words say of climates and of maps is absolute
LENGTHS = ("height", "relief", "width", "depth", "length")
ASSET = Path(__file__).resolve().parents[1] / "assets" / "adjectives.json"


def drawn(one: Parameter, u: float, scale: float) -> float:
    """Return the value of a worded parameter at a place in [0, 1]: 0.5 is the usual one."""
    usual = one.adjectives.get("", one.default)
    low, high = min(*one.adjectives.values(), usual), max(*one.adjectives.values(), usual)
    end, share = (low, 1 - 2 * u) if u < 0.5 else (high, 2 * u - 1)
    even = one.log and min(low, usual) > 0
    value = usual * (end / usual) ** share if even else usual + (end - usual) * share
    return bounded(one, value * (scale if one.scales else 1.0))


def planned(feature: str, word: str, seed: int) -> Recipe:
    """Return the built-in agents' plan of a feature alone, of several where it is made of things."""
    several = load_features()[feature].instances and not load_features()[feature].layer
    text = f"{word} {feature}s" if several else f"a {word} {feature}"
    reading = read(text)
    extent = choose_extent(reading, None)
    return plan(reading, extent_m=extent, seed=seed, resolution=CELLS, name="sample")


@dataclass(frozen=True)
class Asked:
    """An adjective beside a feature: how it is declared, what it sets, and the check it becomes."""

    word: str
    driven: str
    declared: float
    check: Check
    usual: float = math.nan
    scales: bool = False

    @property
    def key(self) -> str:
        """Return the name under which `degrees.degree` looks it up."""
        return f"{self.driven} {self.declared:g}"

    @property
    def upward(self) -> bool:
        """Whether it asks for more than usual."""
        return self.check.relation == "at_least"


def demands(feature: str) -> list[Asked]:
    """Return one adjective for every degree that words name of a feature, the outermost last on either side."""
    found: dict[str, Asked] = {}
    rules = lexicon().vocabulary["adjective_checks"]
    worded = [w for p in parameters(maker(feature).params) for w in p.adjectives if w]
    ruled = [key.removeprefix(f"{feature} ") for key in rules if key.rsplit(" ", 1)[0] == feature]
    for word in dict.fromkeys([*worded, *ruled]):
        rule, meaning = rules.get(f"{feature} {word}"), described(feature, word)
        if rule is not None and not (rule.get("of_side") or rule.get("absolute")) and rule["metric"] not in NEVER:
            shown = "land" if feature in ("terrain", "plain") else feature
            check = check_of(rule["metric"], rule["value"], rule["relation"], arguments={"feature": shown})
            one = Asked(word, rule["metric"], rule["value"], check)
            found.setdefault(one.key, one)
        elif rule is None and meaning is not None and isinstance(meaning[1], int | float):
            told = _of_parameter(feature, word, meaning[0], meaning[1])
            if told is not None:
                found.setdefault(told.key, told)
    return sorted(found.values(), key=lambda one: abs(one.declared - one.usual))


def _of_parameter(feature: str, word: str, one: Parameter, value: float) -> Asked | None:
    """Return what a word asks that sets a parameter; None where no metric follows it or the word is the usual one."""
    usual = one.adjectives.get("", one.default)
    if one.aspect not in METRICS or one.aspect in NEVER or usual is None or value == usual:
        return None
    found = Demand(feature, (0, 0), adjectives=[word])
    metric, arguments = measured_on(found, one)
    relation = "at_least" if (value > usual) == (one.direction > 0) else "at_most"
    check = check_of(metric, 0.0, relation, arguments=arguments)
    return Asked(word, one.name, float(value), check, float(usual), one.scales and metric in LENGTHS)


def sampled(feature: str, metrics: dict[str, Check]) -> dict[str, list[float]]:
    """Return what the metrics are over the parameter space of a feature's generator."""
    worded = [p for p in parameters(maker(feature).params) if len(p.adjectives) > 1]
    rng = np.random.default_rng(zlib.crc32(feature.encode()))
    places = np.stack([(rng.permutation(SAMPLES) + 0.5) / SAMPLES for _ in worded], axis=1)
    values: dict[str, list[float]] = {name: [] for name in metrics}
    for seed, row in enumerate(places, 1):
        recipe = planned(feature, "", seed)
        if max(recipe.extent_m) < INDOORS_M:  # room for as many rooms as are drawn
            recipe = recipe.model_copy(update={"extent_m": (INDOORS_M, INDOORS_M)})
        scale = scale_of(recipe.extent_m)
        told = {p.name: drawn(p, float(u), scale) for p, u in zip(worded, row, strict=True)}
        for step in recipe.steps:
            if makes(step, feature):
                recipe = recipe.with_step(step.changed(**told))
        gauge(recipe, metrics, values)
    return values


def gauge(recipe: Recipe, metrics: dict[str, Check], values: dict[str, list[float]]) -> None:
    """Build a recipe and note what is measured on it; lengths as on a map of the usual size."""
    try:
        world = build(recipe)
    except PCGError:
        return  # more than there is room for: no map, no measure
    for name, check in metrics.items():
        value = measure(world, check)
        if value is not None:
            values[name].append(value)


def calibrated(feature: str) -> tuple[str, dict[str, Any], list[str]]:
    """Return the quantiles of a feature's metrics and what each degree demands, and what went wrong with others."""
    asked = demands(feature)
    metrics = {one.check.metric: one.check for one in asked}
    values = sampled(feature, metrics)
    limits = {n: {q: float(f"{np.percentile(v, q):.4g}") for q in QUANTILES} for n, v in values.items() if v}
    wrong: list[str] = []
    degrees: dict[str, Any] = {}
    for one in asked:
        name = one.check.metric
        if len(values[name]) < SAMPLES // 2 or np.ptp(values[name]) == 0:
            wrong.append(f"{one.word} {feature}: {name} takes {len(set(values[name]))} values; {one.driven} drives it?")
            continue
        own: dict[str, list[float]] = {name: []}
        for seed in range(101, 101 + TRIALS):
            gauge(planned(feature, one.word, seed), {name: one.check}, own)
        rung = _reached(one, asked, np.array(own[name]), limits[name])
        if rung is None:
            middle = float(np.median(own[name])) if own[name] else math.nan
            wrong.append(f"{one.word} {feature}: {name} of its maps is {middle:.3g}, "
                         f"not {one.check.relation} {limits[name][50]:.3g}, the median")  # fmt: skip
            continue
        degrees[one.key] = {"word": one.word, "metric": name, "relation": one.check.relation, "quantile": rung}
    used = {told["metric"] for told in degrees.values()}
    scales = {one.check.metric for one in asked if one.scales}
    kept = {n: {"scales": n in scales, "quantiles": limits[n]} for n in limits if n in used}
    return feature, {"metrics": kept, "degrees": degrees}, wrong


def _reached(one: Asked, asked: list[Asked], own: np.ndarray[Any, Any], limits: dict[int, float]) -> int | None:
    """Return the quantile that a degree demands: by its rank on its side, nearer the median if its maps fall short."""
    side = [o for o in asked if (o.driven, o.upward) == (one.driven, one.upward)]
    rungs = RUNGS[min(len(side), 4)]
    for above in (r for r in (*reversed(rungs[: side.index(one) + 1]), 50)):
        limit = limits[above if one.upward else 100 - above]
        met = own >= limit if one.upward else own <= limit
        if len(own) and float(met.sum()) / TRIALS >= MET:
            return above if one.upward else 100 - above
    return None


def main(arguments: Iterable[str]) -> int:
    """Sample the features and write or print what their words demand."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("features", nargs="*")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    told = parser.parse_args(list(arguments))
    names = told.features or [n for n in load_features() if demands(n)]
    found: dict[str, Any] = {}
    with ProcessPoolExecutor(told.workers) as pool:
        for feature, one, wrong in pool.map(calibrated, names):
            for key, means in one["degrees"].items():
                limit = one["metrics"][means["metric"]]["quantiles"][means["quantile"]]
                print(f"{means['word']} {feature} ({key}): {means['metric']} {means['relation']} {limit:g}, "
                      f"the {means['quantile']} % quantile")  # fmt: skip
            print("".join(f"WRONG {line}\n" for line in wrong), end="", flush=True)
            if one["degrees"]:
                found[feature] = one
    if told.write:
        kept = json.loads(ASSET.read_text(encoding="utf-8"))["features"] if told.features else {}
        features = dict(sorted({**kept, **found}.items()))
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(one)}" for name, one in features.items())
        about = "Written by benchmarks/adjectives.py; do not edit by hand."
        write_text(ASSET, f'{{"about": "{about}", "samples": {SAMPLES}, "features": {{\n{lines}\n}}}}\n')
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
