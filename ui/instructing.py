"""The work of an instruction: one run of the agents, its events handed on, its maps drawn as they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .messages import Message
from .preferences import Preferences
from .waiting import Patient, beside
from .works import Arrived, Bench, Compared, Drawn, Pictured, Tick, thumbnail

if TYPE_CHECKING:  # the window opens before the core is loaded; the worker loads it
    from pcgstudio.brief import Brief
    from pcgstudio.recipe import Recipe
    from pcgstudio.region import Region


@dataclass(frozen=True)
class Instruction:
    """What is asked of the agents.

    Parameters
    ----------
    sentence : str
    base : Recipe, optional
        The recipe that a follow-up changes.
    folder : Path
        Where the files lie that it names.
    brief : Brief, optional
        The person's own checks.
    here : Region, optional
        The place that the sentence may refer to.
    seed : int, optional
        The dice of a run that is told again.
    beside : Recipe, optional
        The map that is shown, with which what comes of it is compared; by default the base.
    """

    sentence: str
    base: Recipe | None = None
    folder: Path = Path()
    brief: Brief | None = None
    here: Region | None = None
    seed: int | None = None
    beside: Recipe | None = None


def instructed(bench: Bench, asked: Instruction, preferences: Preferences, tick: Tick) -> Iterator[object]:
    """Run the agents: yields their events, a map a round, and `Arrived`."""
    from pcgstudio.events import Built, Event, Finished  # noqa: PLC0415 - see TYPE_CHECKING above
    from pcgstudio.recipe import diff  # noqa: PLC0415

    from .handles import handles_of  # noqa: PLC0415

    beside = asked.beside or asked.base
    log: list[str] = []
    drawn: set[int] = set()  # the first map of each round is worth a look; those that the solver tries are not
    last: tuple[Any, object] = (None, None)  # the world that was drawn last, and its drawing
    for event in bench.run(asked.sentence, **_arguments(bench, asked, preferences, tick)):
        if isinstance(event, Event):
            log.append(event.to_json())
        if isinstance(event, Built) and event.round not in drawn:
            drawn.add(event.round)
            yield event
            last = event.world, bench.draw(event.world)
            yield Drawn(*last, coarse=True)
        elif isinstance(event, Finished):
            tick(1.0, Message("drawing"))
            drawing = last[1] if event.world is last[0] else bench.draw(event.world)
            changes = tuple(diff(beside, event.recipe)) if beside else ()
            yield Arrived(event, changes, tuple(log))
            yield Drawn(event.world, drawing, handles=handles_of(event.recipe, event.world))
            yield Pictured(thumbnail(event.world))
            if beside is not None:
                yield from _compared(bench, beside, asked.folder, event, tick)
        else:
            yield event


def _compared(bench: Bench, old: Recipe, folder: Path, end: Any, tick: Tick) -> Iterator[Compared]:
    from pcgstudio.build import build  # noqa: PLC0415 - see TYPE_CHECKING above
    from pcgstudio.locality import locality  # noqa: PLC0415

    before = build(old, end.world.grid, tick, bench.cache(), folder)  # the steps are in the cache
    found = locality(before, end.world, old, end.recipe)
    yield Compared(found.inside, found.outside)


def _arguments(bench: Bench, asked: Instruction, preferences: Preferences, tick: Tick) -> dict[str, Any]:
    """Return what `pcgstudio.studio.run` takes, as far as the one that is installed here takes it."""
    told: dict[str, Any] = {"base": asked.base, "cache": bench.cache(), "tick": tick}
    model = preferences.agents.use == "model"
    if asked.base is None:
        told["resolution"] = preferences.tiers.work
    looking = Message("looking for the endpoint")
    told |= beside(lambda: _players(preferences), tick, looking) if model else _players(preferences)
    if asked.brief is not None:
        told["brief"] = asked.brief
    if asked.seed is not None:
        told["seed"] = asked.seed
    if asked.here is not None:
        told["here"] = asked.here
    told["folder"] = asked.folder
    told |= _holding(asked.base) | bench.settings
    if told.get("model") is not None:
        told["model"] = Patient(told["model"], tick)
    return told


def _players(preferences: Preferences) -> dict[str, Any]:
    """Return who plays and what they may spend."""
    from pcgstudio.options import Players  # noqa: PLC0415 - see TYPE_CHECKING above

    agents, budgets = preferences.agents, preferences.budgets
    if agents.use == "builtin":
        players = Players(agent="builtin", rounds=budgets.rounds, seconds=budgets.seconds)
    else:
        players = Players(
            agent="model", model=agents.model or None, base_url=agents.base_url or agents.preset or None,
            protocol=agents.protocol, rounds=budgets.rounds, seconds=budgets.seconds, max_tokens=budgets.tokens,
        )  # fmt: skip
    return {k: v for k, v in players.arguments(say=lambda _line: None).items() if v is not None}


def _holding(base: Recipe | None) -> dict[str, Any]:
    """Return the policy that keeps locked ground locked through a follow-up."""
    from pcgstudio.policy import Policy  # noqa: PLC0415 - see TYPE_CHECKING above

    return {"policy": Policy(regions=(base.hold.region,))} if base is not None and base.hold is not None else {}
