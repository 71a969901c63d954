"""The schema of an answer as strict endpoints accept it, and its form in words.

Strict endpoints know a part of JSON Schema only: every property required, no free dictionaries, no defaults, no tuples,
no bounds. So a type is rewritten: what may be left out may be null, a dictionary is a list of entries with ``name`` and
``value``, bounds move into the description; `structured` turns answers back.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]

ANY, ENTRIES = "AnyValue", "AnyEntries"
"""Names of the definitions that stand for a value of any kind."""


@lru_cache(maxsize=64)
def natural_schema(answer: type[BaseModel]) -> Schema:
    """Return the type's own JSON schema with an object at its root."""
    schema = answer.model_json_schema()
    defs = schema.get("$defs", {})
    return {**resolved(schema, defs), "$defs": defs}


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


def resolved(node: Any, defs: Schema) -> Schema:
    """Return what a reference stands for."""
    while isinstance(node, dict) and "$ref" in node:
        node = defs[node["$ref"].rsplit("/", 1)[-1]]
    return node if isinstance(node, dict) else {}
