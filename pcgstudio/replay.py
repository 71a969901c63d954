"""A recorded run told again without the model: the same answers, the same map, byte for byte but for the times.

``session.jsonl`` holds the settings of the run, every validated answer, and the moment at which it ran out of time.
Keys, addresses and prompts are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from math import inf
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from .agents.model.meter import KINDS, Call
from .brief import Brief
from .build import StepCache, quiet
from .bundle import SESSION
from .clock import Clock
from .errors import InputError, ModelAnswerError, ModelError, ModelGoneError
from .events import Event
from .generator import Tick
from .llm.model import Answer, Reply
from .policy import Policy
from .recipe import Recipe, explain
from .region import Region
from .studio import Budget, run


@dataclass(frozen=True)
class Session:
    """What a recording holds.

    Parameters
    ----------
    instruction, model, protocol, version : str
        Of the run.
    settings : dict
        All that the run was given.
    calls : tuple of Call
        The questions to the model with their validated answers, in order.
    late_at : int, optional
        When the run ran out of time.
    """

    instruction: str
    model: str
    protocol: str
    version: str
    settings: dict[str, Any]
    calls: tuple[Call, ...] = ()
    late_at: int | None = None

    @property
    def same_version(self) -> bool:
        """Whether this program is the one that recorded it; another one may build another map of the same recipe."""
        return self.version == version("pcgstudio")


class RecordedModel:
    """A model that gives recorded answers, one after the other."""

    def __init__(self, name: str, sees: bool, calls: Sequence[Call]) -> None:
        self.name, self.sees = name, sees
        self._left = list(calls)

    def ask(
        self,
        system: str,
        user: str,
        answer: type[Answer],
        *,
        temperature: float,
        max_tokens: int,
        images: Sequence[bytes] = (),
        seconds: float = inf,
    ) -> Reply[Answer]:
        """Return the next recorded answer, or raise the recorded failure.

        Raises
        ------
        InputError
            The recording does not fit: it ends here, or the next answer is to another question.
        ModelError
            The recorded one.
        """
        if not self._left:
            raise InputError("the recording ends before the run does; it was made by another version of this program")
        call = self._left.pop(0)
        if call.error:
            kinds: dict[str, type[ModelError]] = {k.__name__: k for k in (ModelGoneError, ModelAnswerError, ModelError)}
            failure = kinds.get(call.error, ModelError)(call.message)
            failure.usage = call.usage
            raise failure
        if KINDS.get(answer) != (call.agent, call.purpose):
            raise InputError(f"the recording holds a {call.purpose} where the run asks for a {answer.__name__}")
        try:
            value = answer.model_validate(call.answer)
        except ValidationError as error:
            raise InputError(f"the recording holds no {call.purpose}: {explain(error, answer)}") from error
        return Reply(value, call.usage, call.seconds, call.repairs)


def read_session(path: Path) -> Session:
    """Read a recording: a ``session.jsonl``, or the bundle that holds one.

    Raises
    ------
    InputError
        It is missing, no recording, or of a run that cannot be told again.
    """
    path = path / SESSION if path.is_dir() else path
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise InputError(f"'{path}' is no recording; name a bundle or its {SESSION}") from error
    try:
        first = next(e for e in lines if e["event"] == "Started")
        last: dict[str, Any] = next((e for e in lines if e["event"] == "Finished"), {})
        calls = tuple(Call.model_validate(e["call"]) for e in lines if e["event"] == "Asked")
        session = Session(
            first["instruction"], first["model"], first["protocol"], first["version"], first["settings"], calls,
            last.get("late_at"),
        )  # fmt: skip
        missing = {"seed", "actor", "critic", "rounds"} - set(session.settings)
    except (StopIteration, KeyError, TypeError, ValidationError) as error:
        raise InputError(f"'{path}' is no recording of a run that can be told again; make one with generate") from error
    if missing or "other" in (session.settings["actor"], session.settings["critic"]):
        raise InputError(f"'{path}' was recorded with agents of somebody's own, which cannot be told again")
    return session


def replay(
    session: Session, cache: StepCache | None = None, tick: Tick = quiet, folder: Path = Path()
) -> Iterator[Event]:  # fmt: skip
    """Run a session again, with the files that its recipe names in a folder; yields as `pcgstudio.studio.run`."""
    told = session.settings
    recorded = bool(session.model) and "model" in (told["actor"], told["critic"])
    extent = told.get("extent_m")
    yield from run(
        session.instruction,
        actor=told["actor"],
        critic=told["critic"],
        model=RecordedModel(session.model, any(c.images for c in session.calls), session.calls) if recorded else None,
        protocol="paper" if session.protocol == "paper" else "studio",
        base=Recipe.model_validate(told["base"]) if told.get("base") else None,
        seed=told["seed"],
        extent_m=(extent[0], extent[1]) if extent else None,
        resolution=told.get("resolution"),
        here=TypeAdapter[Region](Region).validate_python(told["here"]) if told.get("here") else None,
        brief=Brief.model_validate(told["brief"]) if told.get("brief") else None,
        policy=Policy.model_validate(told.get("policy") or {}),
        budget=Budget(rounds=told["rounds"], attempts=told["attempts"], tokens=told.get("tokens")),
        clock=Clock(0.0, recorded=True, late_at=session.late_at),
        cache=cache,
        tick=tick,
        folder=folder,
    )
