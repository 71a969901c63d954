"""The pair at work in one run: who plays actor and critic, what it costs, and who takes over when a model is gone."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any, Literal, TypeVar

from .agents.builtin import BuiltinActor, BuiltinCritic
from .agents.model.meter import Meter
from .agents.model.model_actor import ModelActor
from .agents.model.model_critic import ModelCritic
from .agents.model.paper import PaperActor, PaperCritic
from .agents.model.remembered import Memory
from .agents.protocol import Actor, Critic, Proposal, Review, Task
from .brief import Brief, Report
from .clock import Clock
from .errors import BudgetError, InputError, ModelError, ModelGoneError
from .events import Asked, Event, FellBack, Spent
from .generator import Tick
from .llm.model import Model
from .recipe import Recipe

T = TypeVar("T")
Role = Literal["builtin", "model"]
Protocol = Literal["studio", "paper"]


class Crew:
    """Actor and critic; every question of theirs becomes an event, and a model that fails is replaced.

    Parameters
    ----------
    actor, critic
        The pair.
    meter : Meter, optional
        Counts what a model is asked; None where no model takes part.
    clock : Clock
        Of the run.
    memory : Memory, optional
        Where accepted plans of a model are kept.
    protocol : {"studio", "paper"}
        Whose rules they play by.
    """

    def __init__(
        self,
        actor: Actor,
        critic: Critic,
        meter: Meter | None,
        clock: Clock,
        memory: Memory | None = None,
        protocol: Protocol = "studio",
    ) -> None:
        self.actor, self.critic, self.meter, self.clock = actor, critic, meter, clock
        self.memory, self.protocol = memory, protocol
        self.roles = tuple(_role(agent) for agent in (actor, critic))
        self.began_as = actor.name if actor.name == critic.name else f"{actor.name}+{critic.name}"
        self.notes: list[str] = []
        self._rounds: list[int] = []  # of each question that was told
        self._fresh = False  # whether the actor was just replaced: then it plans from the beginning

    @property
    def name(self) -> str:
        """Who played, and whether the built-in agents had to finish it."""
        now = {self.actor.name, self.critic.name}
        gone = self.meter is not None and now != set(self.began_as.split("+"))
        return f"{self.began_as}, then builtin" if gone else self.began_as

    @property
    def model(self) -> str:
        """Name of the model, empty where there is none."""
        return self.meter.name if self.meter else ""

    @property
    def tokens(self) -> int:
        """Spent so far."""
        return self.meter.spent if self.meter else 0

    def stamp(self) -> dict[str, Any]:
        """Return what every event carries: the time and the tokens so far."""
        return {"seconds": self.clock.seconds, "tokens": self.tokens}

    def remember(self, brief: Brief, recipe: Recipe) -> None:
        """Keep a plan of a model's that met every demand, where the person wants that; failing to is only noted."""
        if self.memory is None or not isinstance(self.actor, ModelActor):
            return
        try:
            self.memory.keep(brief, recipe)
        except InputError as error:
            self.notes.append(str(error))

    def brief(self, task: Task) -> Generator[Event, None, Brief]:
        """Return the checks."""
        return (yield from self._ask("critic", 0, lambda: self.critic.brief(task)))

    def propose(
        self, task: Task, brief: Brief, previous: Proposal | None, review: Review | None, number: int
    ) -> Generator[Event, None, Proposal]:
        """Return a plan; when the model fails, the built-in actor's own."""

        def call() -> Proposal:
            if self._fresh:
                return self.actor.propose(task, brief, None, None)
            return self.actor.propose(task, brief, previous, review)

        proposal = yield from self._ask("actor", number, call)
        self._fresh = False
        return proposal

    def review(
        self, task: Task, brief: Brief, proposal: Proposal, report: Report | None, number: int
    ) -> Generator[Event, None, Review]:
        """Return a verdict."""
        return (yield from self._ask("critic", number, lambda: self.critic.review(task, brief, proposal, report)))

    def _ask(self, role: str, number: int, call: Callable[[], T]) -> Generator[Event, None, T]:
        try:
            value = call()
        except ModelError as error:
            yield from self._news(number)
            yield self._replaced(role, number, error)
            return call()
        yield from self._news(number)
        return value

    def _replaced(self, role: str, number: int, error: ModelError) -> FellBack:
        """Put a built-in agent in the place of one whose model failed, or of both where the model is gone for good."""
        both = isinstance(error, ModelGoneError | BudgetError)
        if (role == "actor" or both) and not isinstance(self.actor, BuiltinActor):
            self.actor, self._fresh = BuiltinActor(), True
        if (role == "critic" or both) and not isinstance(self.critic, BuiltinCritic):
            self.critic = BuiltinCritic()
        who = "agents" if both else role
        self.notes.append(f"the built-in {who} took over: {error}")
        return FellBack(agent="both" if both else role, round=number, reason=str(error), **self.stamp())

    def _news(self, number: int) -> Iterator[Asked]:
        calls = self.meter.calls if self.meter else []
        for call in calls[len(self._rounds) :]:
            self._rounds.append(number)
            yield Asked(round=number, call=call, **self.stamp())

    def spent(self) -> tuple[Spent, ...]:
        """Return the tokens by agent and round."""
        rows: dict[tuple[str, int, str], Spent] = {}
        for number, call in zip(self._rounds, self.meter.calls if self.meter else [], strict=False):
            key = (call.agent, number, call.purpose)
            row = rows.get(key, Spent(agent=call.agent, round=number, purpose=call.purpose))
            rows[key] = Spent(
                agent=row.agent,
                round=row.round,
                purpose=row.purpose,
                calls=row.calls + 1,
                prompt=row.prompt + call.prompt,
                completion=row.completion + call.completion,
                estimated=row.estimated or call.estimated,
            )
        return tuple(rows.values())


def _role(agent: object) -> str:
    kinds: dict[str, tuple[type, ...]] = {
        "model": (ModelActor, ModelCritic, PaperActor, PaperCritic),
        "builtin": (BuiltinActor, BuiltinCritic),
    }
    return next((role for role, types in kinds.items() if type(agent) in types), "other")


def hired(
    actor: Actor | Role | None,
    critic: Critic | Role | None,
    model: Model | None,
    protocol: Protocol,
    allowed: tuple[str, ...] | None,
    memory: Memory | None,
    tokens: int | None,
    clock: Clock,
    tick: Tick,
) -> Crew:
    """Put a pair together; see `pcgstudio.studio.run` for what its members may be.

    Raises
    ------
    InputError
        A model shall play and there is none, or the paper's protocol shall be played by somebody else.
    """
    mine: list[Any] = [who or ("model" if model else "builtin") for who in (actor, critic)]
    if protocol == "paper" and (model is None or mine != ["model", "model"]):
        raise InputError("only a model plays the paper's protocol; name one with --model, or use --protocol studio")
    if "model" in mine and model is None:
        raise InputError("a model shall play, and there is none; name one with --model, or use --agent builtin")
    meter = None
    if model is not None and "model" in mine:
        meter = Meter(model, tokens, clock.late, lambda: clock.left, lambda text: tick(0.0, text))
        mine = [_player(who, at == 0, meter, protocol, allowed, memory) for at, who in enumerate(mine)]
    mine = [BuiltinActor() if mine[0] == "builtin" else mine[0], BuiltinCritic() if mine[1] == "builtin" else mine[1]]
    return Crew(mine[0], mine[1], meter, clock, memory, protocol)


def _player(
    who: Any, acts: bool, meter: Meter, protocol: Protocol, allowed: tuple[str, ...] | None, memory: Memory | None
) -> Any:
    """Return the agent that a model plays, or who it is already."""
    if who != "model":
        return who
    if protocol == "paper":
        return PaperActor(meter, allowed) if acts else PaperCritic(meter, allowed)
    return ModelActor(meter, allowed, memory.examples if memory else None) if acts else ModelCritic(meter)
