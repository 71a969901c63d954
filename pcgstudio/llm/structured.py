"""Reading an answer: the JSON in what a model said, turned back from the strict form and judged by the type itself."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from .keys import harmless
from .model import Answer
from .schema import Schema, natural_schema, resolved

PROBLEMS = 5
"""Most validation errors that are told at once."""
TRIES = 50
"""Most places of a text where JSON is looked for."""
_THOUGHTS = ("think", "thinking", "thought", "reasoning", "reflection")


class UnreadableError(Exception):
    """An answer that is not what was asked for; the message tells the model what to change.

    Parameters
    ----------
    problem : str
        Short, names paths.
    found : bool
        Whether there was JSON at all.
    """

    def __init__(self, problem: str, found: bool) -> None:
        super().__init__(problem)
        self.problem = problem
        self.found = found


def read(text: str, answer: type[Answer], hide: Any = None) -> Answer:
    """Return the answer that a text holds: all of it, in a code fence, or the first object in prose that fits.

    Parameters
    ----------
    text : str
        What the model said.
    answer : type
        What it must be.
    hide : callable, optional
        Takes what must not be seen out of the parsed JSON.

    Raises
    ------
    UnreadableError
        Nothing in it fits.
    """
    found, broken = _found(text)
    worst: tuple[int, str] | None = None
    for one in found:
        try:
            return _fitted(_harmless(hide(one) if hide else one), answer)
        except ValidationError as error:
            size = len(str(one))
            if worst is None or size > worst[0]:
                worst = size, explain(error)
        except RecursionError:
            worst = worst or (0, "- it is nested too deeply")
    if worst is None and not broken:
        raise UnreadableError("there is no JSON object in it", found=False)
    raise UnreadableError(worst[1] if worst else f"- the JSON is broken: {broken}", found=True)


def _harmless(value: Any) -> Any:
    """Return parsed JSON whose texts can be printed."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, list):
        return [_harmless(one) for one in value]
    return {harmless(k): _harmless(v) for k, v in value.items()} if isinstance(value, dict) else value


def _fitted(value: Any, answer: type[Answer]) -> Answer:
    schema = natural_schema(answer)
    try:
        return answer.model_validate_json(json.dumps(_natural(value, schema, schema["$defs"])))
    except ValidationError:
        inner = next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else None
        if not isinstance(inner, dict) or next(iter(value)) in schema.get("properties", {}):
            raise
        # {"answer": {...}}: some models put the whole into a drawer of their own
        return answer.model_validate_json(json.dumps(_natural(inner, schema, schema["$defs"])))


def without_thoughts(text: str) -> str:
    """Return a text without the reasoning that some models print before their answer."""
    if "<|message|>" in text:
        text = text.rsplit("<|message|>", 1)[1].partition("<|")[0]
    for name in _THOUGHTS:
        for start, end in ((f"<{name}>", f"</{name}>"), (f"[{name.upper()}]", f"[/{name.upper()}]")):
            text = _cut(text, start, end)
    return text.strip()


def _cut(text: str, start: str, end: str) -> str:
    kept, rest = [], text
    before, closed, after = rest.partition(end)
    if closed and start not in before:  # the template had already opened it
        rest = after
    while start in rest:
        before, _, rest = rest.partition(start)
        kept.append(before)
        _, _, rest = rest.partition(end)  # never closed: it was cut off while it thought
    return "".join([*kept, rest])


def _found(text: str) -> tuple[list[Any], str]:
    """Return every JSON object that may be the answer, likeliest first, and what broke the first that does not parse.

    Control characters inside strings are let through: models write line breaks there.
    """
    whole = _parsed(text)
    whole = _parsed(whole) if isinstance(whole, str) else whole
    if isinstance(whole, dict):
        return [whole], ""
    text = without_thoughts(text)
    start, found, broken = text.find("{"), [], ""
    decoder = json.JSONDecoder(parse_constant=_no_constant, strict=False)
    for _ in range(TRIES):
        if start < 0:
            break
        try:
            value, end = decoder.raw_decode(text, start)
            found.append(value)
        except (ValueError, RecursionError) as error:
            end = start + 1
            broken = broken or _broken(error, text)
        start = text.find("{", end)
    return found, broken


def _broken(error: Exception, text: str) -> str:
    if not isinstance(error, json.JSONDecodeError):
        return str(error) if isinstance(error, ValueError) else "it is nested too deeply"
    return f"{error.msg} after {_short(text[max(0, error.pos - 30) : error.pos])}"


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant, strict=False)
    except (ValueError, RecursionError):
        return None


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number")


def explain(error: ValidationError) -> str:
    """Return what is wrong, one line each with its path, five at most; short enough to be sent back."""
    problems = error.errors(include_url=False, include_context=False)
    lines = []
    for one in problems[:PROBLEMS]:
        place = ".".join(str(p) for p in one["loc"]) or "the answer"
        got = "" if one["type"] == "missing" else f" (got {_short(one['input'])})"
        lines.append(f"- {place}: {one['msg'].removeprefix('Value error, ')[:200]}{got}")
    more = len(problems) - PROBLEMS
    return "\n".join([*lines, f"- and {more} more like these"] if more > 0 else lines)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


# -- back from the strict form -----------------------------------------------------------------------------------------


def _natural(value: Any, node: Any, defs: Schema) -> Any:
    """Return a value as the type's own schema has it, whichever of the two forms the model chose."""
    node = resolved(node, defs)
    if options := node.get("anyOf") or node.get("oneOf") or node.get("allOf"):
        chosen = _option(value, [resolved(o, defs) for o in options])
        return value if chosen is None else _natural(value, chosen, defs)
    if "properties" in node and isinstance(value, dict):
        return {name: _natural(one, node["properties"].get(name), defs) for name, one in value.items()
                if one is not None or not _left_out(name, node, defs)}  # fmt: skip
    if node.get("type") == "object" and "properties" not in node:
        pairs = _pairs(value)
        pairs = value if pairs is None and isinstance(value, dict) else pairs
        inner = node.get("additionalProperties")
        return value if pairs is None else {k: _natural(v, inner, defs) for k, v in pairs.items()}
    if isinstance(value, list):
        places = node.get("prefixItems")
        if places and len(places) == len(value):
            return [_natural(v, p, defs) for v, p in zip(value, places, strict=True)]
        return [_natural(v, node.get("items"), defs) for v in value]
    if isinstance(value, dict) and set(value) == {"entries"} and (pairs := _pairs(value["entries"])) is not None:
        return {k: _natural(v, None, defs) for k, v in pairs.items()}
    return value


def _option(value: Any, options: list[Schema]) -> Schema | None:
    """Return the one of several schemas that a value is meant for."""
    if isinstance(value, dict):
        fits = [o for o in options if "properties" in o and _same_kind(value, o["properties"])]
        fits.sort(key=lambda o: len(set(value) ^ set(o["properties"])))
        free = [o for o in options if o.get("type") == "object" and "properties" not in o]
        return next(iter([*fits, *free]), None)
    if isinstance(value, list):
        lists = [o for o in options if o.get("type") == "array"]
        free = [o for o in options if o.get("type") == "object" and "properties" not in o]
        return next(iter([*free, *lists] if _pairs(value) else [*lists, *free]), None)
    return None


def _same_kind(value: dict[str, Any], properties: Schema) -> bool:
    return all(value.get(name, one["const"]) == one["const"] for name, one in properties.items() if "const" in one)


def _left_out(name: str, node: Schema, defs: Schema) -> bool:
    """Whether null under that name says "as usual" rather than null."""
    known = node["properties"].get(name)
    if known is None or name in node.get("required", []):
        return False
    return not _takes_null(known, defs) or known.get("default") is None


def _takes_null(node: Schema, defs: Schema) -> bool:
    node = resolved(node, defs)
    return node.get("type") == "null" or any(resolved(o, defs).get("type") == "null" for o in node.get("anyOf", []))


def _pairs(value: Any) -> dict[str, Any] | None:
    """Return a list of entries as the dictionary it stands for; None where it is none."""
    if not isinstance(value, list):
        return None
    if not all(
        isinstance(one, dict) and set(one) == {"name", "value"} and isinstance(one["name"], str) for one in value
    ):
        return None
    return {one["name"]: one["value"] for one in value}
