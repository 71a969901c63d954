"""A language model behind any endpoint that speaks the OpenAI protocol."""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ..errors import ModelAnswerError, ModelError, ModelGoneError
from . import capability
from .capability import Capability, Halves, Mode, Paws
from .model import Answer, Reply, Usage
from .presets import knows_pictures
from .settings import Settings, choose
from .structured import UnreadableError, natural_schema, outline, read, strict_schema, without_thoughts
from .tokens import PICTURE_TOKENS, estimate_tokens
from .wire import Patience, RefusedError, Wire

REPAIRS = 2
"""How often an answer is sent back."""
SENT_BACK = 4000
"""Characters of a wrong answer that are sent back with it."""
THINKING_TOKENS = 8192
"""Room beside the answer for a model that is known to reason first; it counts that as answer."""
FUNCTION = "answer"


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
        wire.settings = replace(chosen, model=_only(wire))
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
class _Question:
    """One question, independent of how it is asked."""

    system: str
    user: str
    answer: type[BaseModel]
    temperature: float
    max_tokens: int
    images: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class _Flaw:
    """Why an answer is no use: for the model, for the user, and whether asking again may help."""

    again: str
    told: str
    final: bool = False
    gentler: bool = False


@dataclass(frozen=True)
class _Said:
    """What came back."""

    text: str
    finish: str
    refusal: str
    usage: Usage
    wrong_tool: str = ""
    full: bool = False


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
        question = _Question(capability.PROBE_SYSTEM, capability.probe_text(mode), Paws, 0.0, capability.PROBE_TOKENS)
        try:
            said = self._exchange(question, mode, None, deadline, bare=True)
        except (RefusedError, ModelAnswerError):
            return False
        if said.wrong_tool:
            return False
        if not said.text.strip() or said.finish == "length":
            self._learn(thinks=self._known.thinks or said.finish == "length")
            return mode == "json_schema"  # it reasons; whether it obeys shows in the first real answer
        try:
            found = json.loads(without_thoughts(said.text))
        except (ValueError, RecursionError):
            return False
        return capability.passes(mode, found)

    def _looks(self) -> bool | None:
        question = _Question("You describe pictures.", capability.LOOK, Halves, 0.0, capability.PROBE_TOKENS,
                             (capability.picture(),))  # fmt: skip
        deadline = self._wire.clock() + self._wire.patience.total_s
        try:
            said = self._exchange(question, self.capability().mode or "text", None, deadline)
            return capability.saw(read(said.text, Halves))
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
        deadline = began + self._wire.patience.total_s
        try:
            if not self._known.mode:
                self._probe(deadline, every=False)
            shown = tuple(images) if images and self.sees else ()
            question = _Question(system, user, answer, temperature, max_tokens, shown)
            value, repairs = self._answered(question, answer, deadline)
            return Reply(value, self.spent, self._wire.clock() - began, repairs)
        except ModelError as error:
            error.usage = self.spent
            raise
        finally:
            self.spent = before + self.spent

    def _answered(self, question: _Question, answer: type[Answer], deadline: float) -> tuple[Answer, int]:
        """Return the answer and how often it was sent back."""
        note: tuple[str, str] | None = None
        mode, told = self._mode(answer), ""
        for repairs in range(REPAIRS + 1):
            said, mode = self._say(question, mode, note, deadline)
            try:
                value = read(said.text, answer, self._wire.settings.key.hide_in)
            except UnreadableError as error:
                flaw = self._flaw(said, error)
                note, told = (said.text, flaw.again), flaw.told
            else:
                self._modes[answer] = mode
                return value, repairs
            if flaw.final:
                break
            mode = self._known.below(mode) if flaw.gentler else mode
        tries = f" in {repairs + 1} tries" if repairs else ""
        raise ModelAnswerError(self._wire.settings.key.hide(f"{self.name} {told.replace('{tries}', tries)}"))

    def _flaw(self, said: _Said, error: UnreadableError) -> _Flaw:
        """Say what is wrong with an answer that does not validate."""
        larger = "use a larger model, or the built-in agents"
        if said.refusal:
            return _Flaw("", f"refuses to answer: {_brief(said.refusal)}; put it in other words", final=True)
        if said.finish == "content_filter":
            return _Flaw("", "had its answer taken away by a content filter; put it in other words", final=True)
        if said.full:
            return _Flaw("", f"had no room left in its context; {self._wire.context_full()}", final=True)
        if said.finish == "length":
            self._learn_thinking(said)
            return _Flaw("It was cut off. Answer again, shorter, with less text in every field.",
                         f"did not come to an end{{tries}} within the allowed tokens; {larger}")  # fmt: skip
        if said.wrong_tool:
            return _Flaw(f"There is no function '{said.wrong_tool}'; call only '{FUNCTION}', once.",
                         f"called '{said.wrong_tool}', which does not exist{{tries}}; {larger}")  # fmt: skip
        if not said.text.strip():
            return _Flaw("It was empty. Answer with one JSON object.", f"said nothing{{tries}}; {larger}", gentler=True)
        if not error.found:
            return _Flaw("There was no JSON object in it. Answer with one JSON object and nothing else.",
                         f"gave no JSON{{tries}} but: {_brief(said.text)}; {larger}", gentler=True)  # fmt: skip
        problem = "; ".join(line.removeprefix("- ") for line in error.problem.splitlines()[:2])
        return _Flaw(f"It is not valid:\n{error.problem}\nCorrect exactly this and answer with the whole JSON object.",
                     f"gave no valid answer{{tries}} ({_brief(problem)}); {larger}")  # fmt: skip

    def _learn_thinking(self, said: _Said) -> None:
        if not self._known.thinks and (not without_thoughts(said.text) or "<think" in said.text):
            self._learn(thinks=True)

    def _mode(self, answer: type[BaseModel]) -> Mode:
        return self._modes.get(answer) or self._known.mode or "text"

    def _say(
        self, question: _Question, mode: Mode, note: tuple[str, str] | None, deadline: float
    ) -> tuple[_Said, Mode]:
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
        self, question: _Question, mode: Mode, note: tuple[str, str] | None, deadline: float, *, bare: bool = False
    ) -> _Said:
        """Make one request, dropping from it what this endpoint turns out not to take."""
        while True:
            request = self._request(question, mode, note, bare=bare)
            try:
                said = self._said(self._wire.chat(request, deadline), request, question)
            except RefusedError as error:
                if not self._adapts(error, request):
                    raise
                question = replace(question, images=question.images if self._known.sees is not False else ())
                continue
            self.spent += said.usage
            return said

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
        elif error.names("image", "vision", "multimodal") and self._pictures(request):
            self._learn(sees=False)
        else:
            return False
        return True

    @staticmethod
    def _pictures(request: dict[str, Any]) -> bool:
        return any(isinstance(m["content"], list) for m in request["messages"])

    # -- the request and what comes back -------------------------------------------------------------------------------

    def _request(
        self, question: _Question, mode: Mode, note: tuple[str, str] | None, *, bare: bool = False
    ) -> dict[str, Any]:
        known, strict, natural = self._known, strict_schema(question.answer), natural_schema(question.answer)
        system = question.system if bare else question.system + self._form(mode, strict, natural)
        user = question.user
        if not known.system:
            system, user = "", f"{system}\n\n{user}"
        messages: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
        messages.append({"role": "user", "content": _content(user, question.images)})
        if note:  # the last answer and what was wrong with it, never more
            last, again = note
            messages += [{"role": "assistant", "content": last[:SENT_BACK] or "(nothing)"},
                         {"role": "user", "content": again}]  # fmt: skip
        room = question.max_tokens + (THINKING_TOKENS if known.thinks else 0)
        return {
            "model": self.name, "messages": messages, known.tokens_field: room,
            **({"temperature": question.temperature} if known.temperature else {}),
            **capability.shape(mode, FUNCTION, strict, natural, known.tool_choice),
        }  # fmt: skip

    def _form(self, mode: Mode, strict: dict[str, Any], natural: dict[str, Any]) -> str:
        """Return what the prompt says about the form of the answer."""
        if mode == "tool":
            return f"\n\nCall the function '{FUNCTION}' once; its arguments are your answer."
        known = self._wire.settings.preset
        told_anyway = known.schema_in_prompt if known else self._wire.settings.local
        if mode == "json_schema" and not told_anyway:
            return ""
        form = outline(strict if mode in ("json_schema", "json_object_schema") else natural)
        return f"\n\nAnswer with one JSON object of this form and nothing else:\n{form}"

    def _said(self, told: dict[str, Any], request: dict[str, Any], question: _Question) -> _Said:
        """Read an answer whose every part may be missing or of another type."""
        choices = told.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else {}
        first = first if isinstance(first, dict) else {}
        message = first.get("message")
        message = message if isinstance(message, dict) else {}
        text, wrong_tool = _text(message.get("content")), ""
        calls = message.get("tool_calls")
        if isinstance(calls, list) and calls:
            name, arguments = _call(calls[0])
            wrong_tool = "" if name == FUNCTION else name or "nameless"
            text = text if wrong_tool else arguments
        finish, refusal = str(first.get("finish_reason") or ""), _text(message.get("refusal"))
        usage = _usage(told.get("usage"), request, text, question)
        room = request.get("max_tokens") or request.get("max_completion_tokens") or 0
        full = finish == "length" and not usage.estimated and usage.completion < room * 0.9
        return _Said("" if wrong_tool else text, finish, refusal, usage, wrong_tool, full)


def _content(user: str, images: Sequence[bytes]) -> str | list[dict[str, Any]]:
    if not images:
        return user
    pictures = [f"data:image/png;base64,{base64.b64encode(one).decode()}" for one in images]
    return [{"type": "text", "text": user}, *({"type": "image_url", "image_url": {"url": p}} for p in pictures)]


def _text(content: Any) -> str:
    """Return a message's text; some endpoints send a list of parts."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _call(call: Any) -> tuple[str, str]:
    """Return the name and the arguments of a function call; some endpoints send them parsed."""
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict):
        return "", ""
    arguments = function.get("arguments")
    return str(function.get("name") or ""), arguments if isinstance(arguments, str) else json.dumps(arguments)


def _usage(told: Any, request: dict[str, Any], text: str, question: _Question) -> Usage:
    """Return what the endpoint counted, or our own estimate from the characters."""
    counts = [told.get(k) for k in ("prompt_tokens", "completion_tokens")] if isinstance(told, dict) else []
    whole = [n for n in counts if isinstance(n, int) and 0 <= n < 1 << 40]
    if len(whole) == 2 and any(whole):
        return Usage(whole[0], whole[1])
    sent = sum(estimate_tokens(m["content"]) for m in request["messages"] if isinstance(m["content"], str))
    sent += estimate_tokens(question.user) + PICTURE_TOKENS * len(question.images) if question.images else 0
    shape = {k: request[k] for k in ("response_format", "tools") if k in request}
    return Usage(sent + (estimate_tokens(json.dumps(shape)) if shape else 0), estimate_tokens(text), estimated=True)


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return f"'{line if len(line) <= 120 else line[:117] + '...'}'"
