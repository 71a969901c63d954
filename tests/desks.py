"""A controller to test: works run when the test says so, item by item, in the order that the one thread would take."""

from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from pcgstudio.brief import Brief, Check, Measured, Report
from pcgstudio.build import build
from pcgstudio.errors import Cancelled
from pcgstudio.events import Briefed, Built, Calibrated, Finished, Started
from pcgstudio.events import Measured as WasMeasured
from pcgstudio.recipe import Recipe, Step, save
from pcgstudio.ui.controller import Controller, Progress, driven

LAKES = Check(metric="count", arguments={"feature": "lake"}, relation="equal", value=2, quote="two lakes")
HILLS = Check(metric="count", arguments={"feature": "hill"}, relation="at_least", value=1, quote="hills")
SMALL = Recipe(
    name="small", seed=7, resolution=64, extent_m=(640, 640),
    steps=(
        Step(id="noise", generator="terrain_noise", params={"amplitude_m": 20}),
        Step(id="hills", generator="hills", params={"count": 3}),
        Step(id="volcano", generator="volcano", params={"height_m": 90, "radius_m": 90}),
    ),
    brief=Brief(instruction="hills and a volcano", checks=(HILLS,)),
)  # fmt: skip


@dataclass
class Queue:
    """Stands in for the worker: works are run by hand, in turn; a cancelled one ends at its next tick."""

    works: deque[Any] = field(default_factory=deque)
    running: Any = None

    def start(self, work, receive):
        stopped = []

        def tick(fraction, text):
            if stopped:
                raise Cancelled("stopped")
            receive(Progress(fraction, text))

        self.works.append((driven(work, tick), receive, stopped))
        return lambda: stopped.append(True)

    def step(self, items=1):
        """Run so many items; return whether there was something to run."""
        for _ in range(items):
            while self.running is None or self.running[2]:
                if not self.works:
                    self.running = None
                    return False
                self.running = self.works.popleft()
            work, receive, stopped = self.running
            item = next(work, None)
            if item is None:
                self.running = None
            elif not stopped:
                receive(item)
        return True

    def finish(self):
        """Run all there is, and what that begins."""
        while self.step():
            pass


@dataclass
class Studio:
    """Stands in for the loop: a lake too few at first, then all of them; notes how it was called."""

    calls: list[Any] = field(default_factory=list)
    seeds: Any = field(default_factory=count)

    def run(self, words, *, base, cache, tick, brief=None, **settings):
        self.calls.append((words, base, brief, settings))
        recipe = Recipe(
            seed=next(self.seeds), resolution=32, extent_m=(320, 320), name=base.name if base else words,
            steps=(Step(id="noise", generator="terrain_noise"),), history=(*base.history, words) if base else (),
        )  # fmt: skip
        brief = brief or Brief(instruction=words, checks=(LAKES,))
        recipe = recipe.model_copy(update={"brief": brief})
        world = build(recipe)
        yield Started(instruction=words, agent="builtin")
        yield Briefed(brief=brief)
        tick(0.5, "raising the ground")
        for found in (1, 1, 2):
            yield Built(round=1, resolution=32, world=build(recipe) if found == 1 else world)
            yield WasMeasured(round=1, report=report(found))
            yield Calibrated(round=1, changes=("lakes.count: 1 -> 2",))
        yield Finished(
            status="done", recipe=recipe, world=world, brief=brief, report=report(2), rounds=1, agent="builtin"
        )


def report(found):
    return Report(checks=(Measured(check=LAKES, measured=found, passed=found == 2, score=1.0),))


def digest(world):
    """What a map is: every layer, bit for bit."""
    return {name: layer.digest for name, layer in world.layers.items()}


class Desk:
    """A controller on a queue, with the worlds it drew; no thumbnail is worth its time here."""

    def __init__(self, folder, run=None, **settings):
        self.queue, self.drawn, self.states = Queue(), [], []
        self.folder = folder
        self.does = Controller(
            self.queue.start, self._draw, self.states.append, run,
            preferences_file=folder / "config" / "preferences.json", sessions=folder / "sessions", **settings,
        )  # fmt: skip

    def _draw(self, world):
        self.drawn.append(world)
        return f"drawing {len(self.drawn)}"

    @property
    def state(self):
        return self.does.state

    def run(self, act=None, *arguments, **more):
        """Do something, and everything that follows from it."""
        if act is not None:
            getattr(self.does, act)(*arguments, **more)
        self.queue.finish()
        return self.state

    def open(self, recipe=SMALL, name="small.pcg.json"):
        """Open a recipe from a file."""
        save(recipe, self.folder / name)
        return self.run("open", self.folder / name)

    def close(self):
        self.does.close()


def plain_thumbnail(world):
    """A thumbnail without a renderer: its brightness is the mean height."""
    return np.full((12, 19, 3), int(world["height"].mean()) % 256, np.uint8)


def without_pictures(monkeypatch):
    """Have thumbnails cost nothing."""
    for module in ("building", "instructing", "variants"):
        monkeypatch.setattr(f"pcgstudio.ui.{module}.thumbnail", plain_thumbnail)
