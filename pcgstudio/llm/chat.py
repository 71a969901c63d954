"""A question as a chat request, and the answer read from whatever an endpoint makes of one."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from . import capability
from .capability import Capability, Mode
from .model import Usage
from .schema import natural_schema, outline, strict_schema
from .tokens import PICTURE_TOKENS, estimate_tokens

SENT_BACK = 4000
"""Characters of a wrong answer that are sent back with it."""
THINKING_TOKENS = 8192
"""Room beside the answer for a model that is known to reason first; it counts that as answer."""
FUNCTION = "answer"
"""The only function there is to call."""


@dataclass(frozen=True)
class Question:
    """One question, independent of how it is asked.

    Parameters
    ----------
    system, user : str
        The prompt.
    answer : type
        What is asked for.
    temperature : float
        How much is left to chance.
    max_tokens : int
        Longest answer.
    images : tuple of bytes
        PNG files.
    """

    system: str
    user: str
    answer: type[BaseModel]
    temperature: float
    max_tokens: int
    images: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Note:
    """The last answer and what was wrong with it: all that a repair is told, however many there were."""

    last: str
    again: str


@dataclass(frozen=True)
class Said:
    """What came back.

    Parameters
    ----------
    text : str
        The answer, or the arguments of the function call.
    finish : str
        Why it ended: stop, length, content_filter.
    refusal : str
        Its own words, where it refuses.
    usage : Usage
        What it cost.
    wrong_tool : str
        A function it called that does not exist.
    full : bool
        Whether it ended because the context was full rather than the answer long.
    """

    text: str
    finish: str
    refusal: str
    usage: Usage
    wrong_tool: str = ""
    full: bool = False


def requested(
    question: Question, model: str, mode: Mode, note: Note | None, known: Capability, *, form_told: bool | None
) -> dict[str, Any]:
    """Return the body of a request.

    Parameters
    ----------
    question : Question
        What is asked.
    model : str
        Whom.
    mode : str
        How JSON is asked for.
    note : Note, optional
        The answer that is to be repaired.
    known : Capability
        What the endpoint takes.
    form_told : bool or None
        Whether the prompt tells the form of the answer even where a schema constrains it; None for never.
    """
    strict, natural = strict_schema(question.answer), natural_schema(question.answer)
    system, user = question.system, question.user
    if form_told is not None:
        system += _form(mode, strict, natural, form_told)
    if not known.system:
        system, user = "", f"{system}\n\n{user}"
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": _content(user, question.images)})
    if note:
        messages += [{"role": "assistant", "content": note.last[:SENT_BACK] or "(nothing)"},
                     {"role": "user", "content": note.again}]  # fmt: skip
    room = question.max_tokens + (THINKING_TOKENS if known.thinks else 0)
    return {
        "model": model, "messages": messages, known.tokens_field: room,
        **({"temperature": question.temperature} if known.temperature else {}),
        **capability.shape(mode, FUNCTION, strict, natural, known.tool_choice),
    }  # fmt: skip


def _form(mode: Mode, strict: dict[str, Any], natural: dict[str, Any], told_anyway: bool) -> str:
    """Return what the prompt says about the form of the answer."""
    if mode == "tool":
        return f"\n\nCall the function '{FUNCTION}' once; its arguments are your answer."
    if mode == "json_schema" and not told_anyway:
        return ""
    form = outline(strict if mode in ("json_schema", "json_object_schema") else natural)
    return f"\n\nAnswer with one JSON object of this form and nothing else:\n{form}"


def shows_pictures(request: dict[str, Any]) -> bool:
    """Whether a request holds any."""
    return any(isinstance(m["content"], list) for m in request["messages"])


def said(told: dict[str, Any], request: dict[str, Any], question: Question) -> Said:
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
    return Said("" if wrong_tool else text, finish, refusal, usage, wrong_tool, full)


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


def _usage(told: Any, request: dict[str, Any], text: str, question: Question) -> Usage:
    """Return what the endpoint counted, or our own estimate from the characters."""
    counts = [told.get(k) for k in ("prompt_tokens", "completion_tokens")] if isinstance(told, dict) else []
    whole = [n for n in counts if isinstance(n, int) and 0 <= n < 1 << 40]
    if len(whole) == 2 and any(whole):
        return Usage(whole[0], whole[1])
    sent = sum(estimate_tokens(m["content"]) for m in request["messages"] if isinstance(m["content"], str))
    sent += estimate_tokens(question.user) + PICTURE_TOKENS * len(question.images) if question.images else 0
    shape = {k: request[k] for k in ("response_format", "tools") if k in request}
    return Usage(sent + (estimate_tokens(json.dumps(shape)) if shape else 0), estimate_tokens(text), estimated=True)
