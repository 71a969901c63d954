"""Answers as JSON: the schema that strict endpoints accept, its form in words, and reading what came back.

Strict endpoints know a part of JSON Schema only: every property required, no free dictionaries, no defaults, no tuples,
no bounds. So a type is rewritten: what may be left out may be null, a dictionary is a list of entries with ``name`` and
``value``, bounds move into the description; and answers are turned back before pydantic, which knows the whole type,
judges them.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from .keys import harmless
from .model import Answer

Schema = dict[str, Any]

ANY, ENTRIES = "AnyValue", "AnyEntries"
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


# -- asking ------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def natural_schema(answer: type[BaseModel]) -> Schema:
    """Return the type's own JSON schema with an object at its root."""
    schema = answer.model_json_schema()
    defs = schema.get("$defs", {})
    return {**_resolved(schema, defs), "$defs": defs}


@lru_cache(maxsize=64)
def strict_schema(answer: type[BaseModel]) -> Schema:
    """Return the schema as strict endpoints accept it (see the module's own words)."""
    schema = natural_schema(answer)
    defs = {name: _strict(one) for name, one in schema["$defs"].items()}
    root = _strict({k: v for k, v in schema.items() if k != "$defs"})
    told = json.dumps([root, defs])
    if f"#/$defs/{ANY}" in told:
        value = {"$ref": f"#/$defs/{ANY}"}
        entries = _object(
            {"entries": {"type": "array", "items": _object({"name": {"type": "string"}, "value": value})}}
        )
        plain = [{"type": kind} for kind in ("string", "number", "boolean", "null")]
        defs[ANY] = {"anyOf": [*plain, {"type": "array", "items": value}, {"$ref": f"#/$defs/{ENTRIES}"}]}
        defs[ENTRIES] = entries
    return {**root, "$defs": defs} if defs else root


def _strict(node: Any) -> Schema:
    if not isinstance(node, dict):
        return {"$ref": f"#/$defs/{ANY}"}
    if "$ref" in node:
        return {"$ref": node["$ref"]}
    about = {"description": text} if (text := _about(node)) else {}
    if options := node.get("anyOf") or node.get("oneOf"):
        return {"anyOf": [_strict(o) for o in options], **about}
    if whole := node.get("allOf"):
        return _strict(whole[0])
    if "const" in node or "enum" in node:
        values = node["enum"] if "enum" in node else [node["const"]]
        return {"type": node.get("type") or _kind(values[0]), "enum": values, **about}
    match node.get("type"):
        case "object":
            return {**_strict_object(node), **about}
        case "array":
            return {"type": "array", **_strict_items(node), **about}
        case str() as kind:
            return {"type": kind, **about}
        case _:
            return {"$ref": f"#/$defs/{ANY}"}


def _strict_object(node: Schema) -> Schema:
    if "properties" in node or node.get("additionalProperties") is False:
        needed = node.get("required", [])
        return _object({
            name: _strict(one) if name in needed or "const" in one else _or_null(_strict(one))
            for name, one in node.get("properties", {}).items()
        })  # fmt: skip
    value = _strict(node.get("additionalProperties", True))
    return {"type": "array", "items": _object({"name": {"type": "string"}, "value": value})}


def _strict_items(node: Schema) -> Schema:
    if places := node.get("prefixItems"):
        kinds = [_strict(one) for one in places]
        different = [one for i, one in enumerate(kinds) if one not in kinds[:i]]
        items = different[0] if len(different) == 1 else {"anyOf": different}
        return {"items": items, "minItems": len(places), "maxItems": len(places)}
    return {"items": _strict(node.get("items"))}


def _object(properties: Schema) -> Schema:
    return {
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
    }  # fmt: skip


def _or_null(node: Schema) -> Schema:
    options = node.get("anyOf") or [node]
    if {"type": "null"} in options or node == {"$ref": f"#/$defs/{ANY}"}:
        return node
    about = {"description": node["description"]} if "anyOf" in node and "description" in node else {}
    return {"anyOf": [*options, {"type": "null"}], **about}


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", type(None): "null"}
    return kinds.get(type(value), "string")


_BOUNDS = {
    "minimum": "at least {}", "exclusiveMinimum": "more than {}", "maximum": "at most {}",
    "exclusiveMaximum": "less than {}", "minLength": "at least {} characters", "maxLength": "at most {} characters",
    "minItems": "at least {} items", "maxItems": "at most {} items", "pattern": "like {}",
}  # fmt: skip


def _about(node: Schema) -> str:
    """Return the description and the bounds that strict schemas do not take, in words."""
    tuple_ = "prefixItems" in node
    bounds = ", ".join(text.format(node[key]) for key, text in _BOUNDS.items() if key in node and not tuple_)
    return "; ".join(part for part in (" ".join(str(node.get("description", "")).split()), bounds) if part)


# -- the form in words -------------------------------------------------------------------------------------------------


def outline(schema: Schema) -> str:
    """Return a schema in the short form of TypeScript, a third of the JSON and read better by models.

    Parameters
    ----------
    schema : dict
        From `natural_schema` or `strict_schema`.
    """
    lines = [f"type {name} = {_form(one, '')}" for name, one in schema.get("$defs", {}).items()]
    return "\n".join([*lines, _form(schema, "")])


def _form(node: Any, indent: str) -> str:
    if not isinstance(node, dict):
        return "any"
    if "$ref" in node:
        return str(node["$ref"].rsplit("/", 1)[-1])
    if options := node.get("anyOf") or node.get("oneOf") or node.get("allOf"):
        return " | ".join(dict.fromkeys(_form(o, indent) for o in options))
    if "const" in node or "enum" in node:
        values = node["enum"] if "enum" in node else [node["const"]]
        return " | ".join(json.dumps(v, ensure_ascii=False) for v in values)
    match node.get("type"):
        case "object" if "properties" in node:
            return _fields(node, indent)
        case "object":
            return f"{{[name: string]: {_form(node.get('additionalProperties', True), indent)}}}"
        case "array" if "prefixItems" in node:
            return f"[{', '.join(_form(one, indent) for one in node['prefixItems'])}]"
        case "array":
            item = _form(node.get("items"), indent)
            if (length := node.get("minItems", 0)) and length == node.get("maxItems") and length <= 4:
                return f"[{', '.join([item] * length)}]"
            return f"({item})[]" if " | " in item else f"{item}[]"
        case str() as kind:
            return kind
        case _:
            return "any"


def _fields(node: Schema, indent: str) -> str:
    inner, needed, lines = indent + "  ", node.get("required", []), []
    for name, one in node["properties"].items():
        mark = "" if name in needed or "const" in one else "?"
        told = f"  // {text}" if (text := _about(one)) else ""
        lines.append(f"{inner}{name}{mark}: {_form(one, inner)},{told}")
    return "{}" if not lines else "\n".join(["{", *lines, indent + "}"])


# -- reading -----------------------------------------------------------------------------------------------------------


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
    node = _resolved(node, defs)
    if options := node.get("anyOf") or node.get("oneOf") or node.get("allOf"):
        chosen = _option(value, [_resolved(o, defs) for o in options])
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
    node = _resolved(node, defs)
    return node.get("type") == "null" or any(_resolved(o, defs).get("type") == "null" for o in node.get("anyOf", []))


def _pairs(value: Any) -> dict[str, Any] | None:
    """Return a list of entries as the dictionary it stands for; None where it is none."""
    if not isinstance(value, list):
        return None
    if not all(
        isinstance(one, dict) and set(one) == {"name", "value"} and isinstance(one["name"], str) for one in value
    ):
        return None
    return {one["name"]: one["value"] for one in value}


def _resolved(node: Any, defs: Schema) -> Schema:
    while isinstance(node, dict) and "$ref" in node:
        node = defs[node["$ref"].rsplit("/", 1)[-1]]
    return node if isinstance(node, dict) else {}
