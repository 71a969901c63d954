"""A language model behind any endpoint that speaks the OpenAI protocol."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ..errors import ModelAnswerError, ModelError, ModelGoneError
from . import capability
from .capability import Capability, Halves, Mode, Paws
from .chat import FUNCTION, Note, Question, Said, requested, said, shows_pictures
from .model import Answer, Reply, Usage
from .presets import knows_pictures
from .settings import Settings, choose
from .structured import UnreadableError, read, without_thoughts
from .wire import Patience, RefusedError, Wire

REPAIRS = 2
"""How often an answer is sent back."""


def connect(
    base_url: str | None = None,
    model: str | None = None,
    preset: str | None = None,
    *,
    settings: Settings | None = None,
    patience: Patience | None = None,
    cache: Path | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
) -> Endpoint:
    """Return a model at an endpoint; asks the network only where no model is named.

    Parameters
    ----------
    base_url, model, preset : str, optional
        What the user named; the rest is taken from what is configured. ``base_url`` may be the name of a preset.
    settings : Settings, optional
        Instead of these three, what `configured` gave.
    patience : Patience, optional
        How long to wait.
    cache : Path, optional
        Folder that remembers what the endpoint can do; the user's cache by default.
    clock, sleep, chance : callable
        Replaced in tests.

    Raises
    ------
    InputError
        An address, a preset or a file of settings cannot be used.
    ModelGoneError
        Nothing is configured, the key is missing, or no model can be chosen.
    """
    chosen = settings or choose(base_url, model, preset)
    if chosen.missing:
        raise ModelGoneError(chosen.missing)
    wire = Wire(chosen, patience or Patience.usual(chosen), clock, sleep, chance)
    if chosen.model is None:
        wire.use(_only(wire))
    return Endpoint(wire, cache)


def _only(wire: Wire) -> str:
    """Return the model of a server that serves one."""
    names = [n for n in wire.models() if "embed" not in n.lower()]
    if len(names) == 1:
        return names[0]
    if not names:
        known = wire.settings.preset
        cure = known.fetch.format(model="MODEL") if known else "load one there, or name one with --model"
        raise ModelGoneError(f"{wire.where} serves no model; {cure}")
    more = ", ..." if len(names) > 6 else ""
    raise ModelGoneError(
        f"{wire.where} serves {len(names)} models; choose one with --model: {', '.join(names[:6])}{more}"
    )


@dataclass(frozen=True)
class _Flaw:
    """Why an answer is no use: for the model, for the user, and whether asking again may help."""

    again: str
    told: str
    final: bool = False
    gentler: bool = False


class Endpoint:
    """A model that answers with validated JSON, whatever its endpoint offers for that.

    Parameters
    ----------
    wire : Wire
        The connection; its settings name the model.
    cache : Path, optional
        Folder that remembers what the endpoint can do.

    Attributes
    ----------
    name : str
        The model's id.
    spent : Usage
        Everything so far: tests of the endpoint, repairs, and questions that came to nothing.
    """

    def __init__(self, wire: Wire, cache: Path | None = None) -> None:
        self.name = wire.settings.model or ""
        self.spent = Usage()
        self._wire = wire
        self._cache = cache
        self._known = capability.recall(wire.settings.base_url, self.name, cache)
        self._modes: dict[type[BaseModel], Mode] = {}

    def __repr__(self) -> str:
        return f"Endpoint({self.name} at {self._wire.where})"

    # -- what it can do ------------------------------------------------------------------------------------------------

    @property
    def sees(self) -> bool:
        """Whether it takes pictures; the first time, where its name does not tell, a small one is shown to it."""
        if self._known.sees is None:
            told = knows_pictures(self.name)
            self._learn(sees=self._looks() if told is None else told)
        return bool(self._known.sees)

    @sees.setter
    def sees(self, value: bool) -> None:
        self._learn(sees=value)

    def capability(self, *, fresh: bool = False) -> Capability:
        """Return what it can do; asks the endpoint where that is not known.

        Parameters
        ----------
        fresh : bool
            Ask for every mode again, whatever is remembered.

        Raises
        ------
        ModelGoneError
            It cannot be used.
        """
        if fresh:
            self._known = Capability(sees=self._known.sees)
        if fresh or not self._known.mode:
            self._probe(self._wire.clock() + self._wire.patience.total_s, every=fresh)
        return self._known

    def models(self) -> list[str]:
        """Return the names of all models there.

        Raises
        ------
        ModelGoneError
            It does not answer.
        """
        return self._wire.models()

    def _learn(self, **news: Any) -> None:
        self._known = replace(self._known, **{"asked_at": self._known.asked_at or time.time(), **news})
        capability.remember(self._wire.settings.base_url, self.name, self._known, self._cache)

    def _probe(self, deadline: float, *, every: bool) -> None:
        """Try the modes from the strictest down; a run stops at the first that works."""
        works: list[Mode] = []
        fails: list[Mode] = []
        for mode in capability.LADDER[:-1]:
            (works if self._constrains(mode, deadline) else fails).append(mode)
            if works and not every:
                break
        self._learn(mode=(works or ["text"])[0], fails=tuple(fails), asked_at=time.time())

    def _constrains(self, mode: Mode, deadline: float) -> bool:
        question = Question(capability.PROBE_SYSTEM, capability.probe_text(mode), Paws, 0.0, capability.PROBE_TOKENS)
        try:
            back = self._exchange(question, mode, None, deadline, bare=True)
        except (RefusedError, ModelAnswerError):
            return False
        if back.wrong_tool:
            return False
        if not back.text.strip() or back.finish == "length":
            self._learn(thinks=self._known.thinks or back.finish == "length")
            return mode == "json_schema"  # it reasons; whether it obeys shows in the first real answer
        try:
            found = json.loads(without_thoughts(back.text))
        except (ValueError, RecursionError):
            return False
        return capability.passes(mode, found)

    def _looks(self) -> bool | None:
        question = Question("You describe pictures.", capability.LOOK, Halves, 0.0, capability.PROBE_TOKENS,
                             (capability.picture(),))  # fmt: skip
        deadline = self._wire.clock() + self._wire.patience.total_s
        try:
            back = self._exchange(question, self.capability().mode or "text", None, deadline)
            return capability.saw(read(back.text, Halves))
        except ModelGoneError:
            return None  # it says nothing about its eyes
        except (RefusedError, ModelError, UnreadableError):
            return False

    # -- asking --------------------------------------------------------------------------------------------------------

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
        """Return the model's answer as ``answer``; see `pcgstudio.llm.model.Model`.

        Raises
        ------
        ModelGoneError
            The endpoint cannot be used any more.
        ModelAnswerError
            Nothing that validates within two repairs, a refusal, or an answer that does not fit.
        """
        began, before, self.spent = self._wire.clock(), self.spent, Usage()
        deadline = began + min(self._wire.patience.total_s, seconds)
        try:
            if not self._known.mode:
                self._probe(deadline, every=False)
            shown = tuple(images) if images and self.sees else ()
            question = Question(system, user, answer, temperature, max_tokens, shown)
            value, repairs = self._answered(question, answer, deadline)
            return Reply(value, self.spent, self._wire.clock() - began, repairs)
        except ModelError as error:
            error.usage = self.spent
            raise
        finally:
            self.spent = before + self.spent

    def _answered(self, question: Question, answer: type[Answer], deadline: float) -> tuple[Answer, int]:
        """Return the answer and how often it was sent back."""
        note: Note | None = None
        mode, told = self._mode(answer), ""
        for repairs in range(REPAIRS + 1):
            back, mode = self._say(question, mode, note, deadline)
            try:
                value = read(back.text, answer, self._wire.settings.key.hide_in)
            except UnreadableError as error:
                flaw = self._flaw(back, error)
                note, told = Note(back.text, flaw.again), flaw.told
            else:
                self._modes[answer] = mode
                return value, repairs
            if flaw.final:
                break
            mode = self._known.below(mode) if flaw.gentler else mode
        tries = f" in {repairs + 1} tries" if repairs else ""
        raise ModelAnswerError(self._wire.settings.key.hide(f"{self.name} {told.replace('{tries}', tries)}"))

    def _flaw(self, back: Said, error: UnreadableError) -> _Flaw:
        """Say what is wrong with an answer that does not validate."""
        larger = "use a larger model, or the built-in agents"
        if back.refusal:
            return _Flaw("", f"refuses to answer: {_brief(back.refusal)}; put it in other words", final=True)
        if back.finish == "content_filter":
            return _Flaw("", "had its answer taken away by a content filter; put it in other words", final=True)
        if back.full:
            return _Flaw("", f"had no room left in its context; {self._wire.longer_context()}", final=True)
        if back.finish == "length":
            self._learn_thinking(back)
            return _Flaw("It was cut off. Answer again, shorter, with less text in every field.",
                         f"did not come to an end{{tries}} within the allowed tokens; {larger}")  # fmt: skip
        if back.wrong_tool:
            return _Flaw(f"There is no function '{back.wrong_tool}'; call only '{FUNCTION}', once.",
                         f"called '{back.wrong_tool}', which does not exist{{tries}}; {larger}")  # fmt: skip
        if not back.text.strip():
            return _Flaw("It was empty. Answer with one JSON object.", f"said nothing{{tries}}; {larger}", gentler=True)
        if not error.found:
            return _Flaw("There was no JSON object in it. Answer with one JSON object and nothing else.",
                         f"gave no JSON{{tries}} but: {_brief(back.text)}; {larger}", gentler=True)  # fmt: skip
        problem = "; ".join(line.removeprefix("- ") for line in error.problem.splitlines()[:2])
        return _Flaw(f"It is not valid:\n{error.problem}\nCorrect exactly this and answer with the whole JSON object.",
                     f"gave no valid answer{{tries}} ({_brief(problem)}); {larger}")  # fmt: skip

    def _learn_thinking(self, back: Said) -> None:
        if not self._known.thinks and (not without_thoughts(back.text) or "<think" in back.text):
            self._learn(thinks=True)

    @property
    def _form_told(self) -> bool:
        """Whether a schema only constrains the letters here, so that the prompt has to tell it besides."""
        known = self._wire.settings.preset
        return known.schema_in_prompt if known else self._wire.settings.local

    def _mode(self, answer: type[BaseModel]) -> Mode:
        return self._modes.get(answer) or self._known.mode or "text"

    def _say(self, question: Question, mode: Mode, note: Note | None, deadline: float) -> tuple[Said, Mode]:
        """Ask in a mode, and in gentler ones where the endpoint refuses it; return which it was."""
        while True:
            try:
                return self._exchange(question, mode, note, deadline), mode
            except RefusedError as error:
                if mode == "text":
                    raise ModelGoneError(error.sentence) from None
                refused, mode = mode, self._known.below(mode)
                # "Invalid schema for response_format" is about this schema, not about schemas
                if error.names("response_format", "tool") and not error.names("schema for"):
                    fails = dict.fromkeys([*self._known.fails, refused])
                    self._learn(mode=mode, fails=tuple(fails))

    def _exchange(
        self, question: Question, mode: Mode, note: Note | None, deadline: float, *, bare: bool = False
    ) -> Said:
        """Make one request, dropping from it what this endpoint turns out not to take."""
        while True:
            told = None if bare else self._form_told
            request = requested(question, self.name, mode, note, self._known, form_told=told)
            try:
                back = said(self._wire.chat(request, deadline), request, question)
            except RefusedError as error:
                if not self._adapts(error, request):
                    raise
                question = replace(question, images=question.images if self._known.sees is not False else ())
                continue
            self.spent += back.usage
            return back

    def _adapts(self, error: RefusedError, request: dict[str, Any]) -> bool:
        """Learn from a refusal what to leave out; False where it names nothing that was sent."""
        unknown = error.names("max_completion_tokens") or (
            error.names("max_tokens") and error.names("unsupported", "not supported", "unknown", "unrecognized")
        )
        if unknown and "max_tokens" in request:
            self._learn(tokens_field="max_completion_tokens")
        elif error.names("temperature") and "temperature" in request:
            self._learn(temperature=False)
        elif error.names("tool_choice") and isinstance(request.get("tool_choice"), dict):
            self._learn(tool_choice="required")
        elif error.names("system role", "system message", "role 'system'") and self._known.system:
            self._learn(system=False)
        elif error.names("image", "vision", "multimodal") and shows_pictures(request):
            self._learn(sees=False)
        else:
            return False
        return True


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return f"'{line if len(line) <= 120 else line[:117] + '...'}'"
