"""Tiny generators for the tests of the core, so that those stand or fall without the installed ones."""

from types import MappingProxyType

import numpy as np

from pcgstudio.feature import Feature
from pcgstudio.generator import Generator, Output
from pcgstudio.params import HeightParams, Params, param
from pcgstudio.world import WATER_KINDS, Instances, Layer

USERS_OF_FEATURES = ("build", "wanted", "metric", "locality")


def register(monkeypatch, *generators, features=()):
    """Make these the only installed generators, and their features (and more) the only features."""
    known = {g.name: g for g in generators}
    named = {f.name: f for g in generators for f in g.features} | {f.name: f for f in features}
    monkeypatch.setattr("pcgstudio.generator.load_generators", lambda: MappingProxyType(known))
    for module in USERS_OF_FEATURES:
        monkeypatch.setattr(f"pcgstudio.{module}.load_features", lambda: MappingProxyType(named))


def toy(build, params=Params, **more):
    """A generator named after the function."""
    return Generator(build.__name__, "toy", "base", f"A toy that does {build.__name__}.", params, build, **more)


class Level(HeightParams):
    """Parameters of `ground`."""

    level_m: float = param(1.0, "Height of the plain.", unit="m", ge=-100, le=100)
    kinds: tuple[str, ...] = param(("auto",), "Sorts.")
    half: bool = param(False, "Only the southern half.")


class Above(Params):
    """Parameters of `mark` and `dice`."""

    above_m: float = param(5.0, "Lowest ground that is marked.", unit="m", ge=0, le=100)


def everything(calls):
    """The toys by name; each notes its calls, with its inputs, in ``calls``."""

    def ground(inputs, params, _rng, tick):
        calls.append(("ground", inputs))
        tick(0.5, "raising the plain")
        height = np.full(inputs.grid.shape, params.level_m, np.float32)
        if params.half:
            height[: inputs.grid.rows // 2] = 0
        return Output({"height": Layer(height, "m")})

    def mark(inputs, params, _rng, _tick):
        calls.append(("mark", inputs))
        return Output({"marked": Layer.mask(inputs.height() >= params.above_m)})

    def tally(inputs, _params, _rng, _tick):
        calls.append(("tally", inputs))
        marked = inputs.get("marked")
        count = 0 if marked is None else int(marked.sum())
        return Output({"tally": Layer(np.full(inputs.grid.shape, count, np.int32), kind="categorical")})

    def dice(inputs, _params, rng, tick):
        calls.append(("dice", inputs))
        tick(0.3, "")
        return Output({"dice": Layer(np.full(inputs.grid.shape, rng.random(), np.float32))})

    def sea(inputs, _params, _rng, _tick):
        calls.append(("sea", inputs))
        west = np.zeros(inputs.grid.shape, bool)
        west[:, : inputs.grid.cols // 2] = True
        height = np.where(west, np.float32(-10), np.maximum(inputs.height(), 1)).astype(np.float32)
        level = np.where(west, np.float32(0), np.float32(np.nan))
        return Output(
            {
                "height": Layer(height, "m"),
                "water_kind": Layer.named(west, WATER_KINDS),
                "water_level": Layer(level, "m"),
            }
        )

    def plant(inputs, _params, _rng, _tick):
        calls.append(("plant", inputs))
        x, y = np.meshgrid(inputs.grid.xs(), inputs.grid.ys())
        place = np.zeros((x.size, 5), np.float32)
        place[:, 0], place[:, 1], place[:, 2] = x.ravel(), y.ravel(), inputs.height().ravel()
        trees = Instances(place, np.zeros(x.size, np.int32), np.ones((x.size, 3), np.float32), ("pine",))
        return Output(instances={"tree": trees})

    return {
        "ground": toy(ground, Level, reads=("height",), writes=("height",)),
        "mark": toy(
            mark, Above, reads=("height",), writes=("marked",), features=(Feature("mark", ("mark",), "marked"),)
        ),
        "tally": toy(tally, reads=("marked",), writes=("tally",)),
        "dice": toy(dice, Above, writes=("dice",)),
        "sea": toy(sea, reads=("height",), writes=("height", "water_kind", "water_level")),
        "plant": toy(
            plant, reads=("height",), writes=("instances:tree",),
            features=(Feature("tree", ("tree",), instances="tree", count_by="instances"),),
        ),
    }  # fmt: skip
