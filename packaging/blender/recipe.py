"""The parameters of a recipe as rows that a panel can show, and the recipe with some of them changed; plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["FLOAT", "INT", "BOOL", "TEXT"]
Value = float | int | bool | str


@dataclass(frozen=True)
class Row:
    """One parameter of one step.

    Parameters
    ----------
    step, name : str
        Where it stands.
    kind : {"FLOAT", "INT", "BOOL", "TEXT"}
        What it holds.
    value : float, int, bool or str
        At present.
    text : str
        What it does, with its unit and bounds, where that is known.
    """

    step: str
    name: str
    kind: Kind
    value: Value
    text: str = ""


def rows(told: Mapping[str, Any], manual: Iterable[Mapping[str, Any]] = ()) -> list[Row]:
    """Return the parameters of a recipe's enabled steps.

    Parameters
    ----------
    told : mapping
        The recipe's document.
    manual : iterable of mapping
        What ``pcgstudio generators --json`` prints; with it the parameters that keep their defaults are listed too.
    """
    known = {one["name"]: {p["name"]: p for p in one["parameters"]} for one in manual}
    found = []
    for step in told.get("steps", ()):
        if not step.get("enabled", True):
            continue
        about = known.get(step["generator"], {})
        values = {name: p["default"] for name, p in about.items()} | step.get("params", {})
        for name, value in values.items():
            kind = _kind(value, about.get(name, {}))
            if kind:
                held = float(value) if kind == "FLOAT" else value
                found.append(Row(step["id"], name, kind, held, _text(about.get(name, {}))))
    return found


def _kind(value: Any, about: Mapping[str, Any]) -> Kind | None:
    """Return how a value can be shown; None for what has no single value."""
    if isinstance(value, bool):
        return "BOOL"
    if isinstance(value, int | float):
        return "INT" if isinstance(value, int) and about.get("type", "int") == "int" else "FLOAT"
    return "TEXT" if isinstance(value, str) else None


def _text(about: Mapping[str, Any]) -> str:
    ends = [f"{about[k]:g}" if about.get(k) is not None else "" for k in ("minimum", "maximum")]
    span = f"{ends[0]} to {ends[1]}" if any(ends) else ""
    extra = " ".join(p for p in (span, about.get("unit", "")) if p)
    options = ", ".join(about.get("options", ()))
    notes = "; ".join(p for p in (extra, options) if p)
    return f"{about.get('text', '')}{f' ({notes})' if notes else ''}"


def changed(told: Mapping[str, Any], values: Mapping[tuple[str, str], Value], seed: int | None = None) -> str:
    """Return the text of the recipe with values set, for ``pcgstudio build``; what is not named stays as it is.

    Parameters
    ----------
    told : mapping
        The recipe's document.
    values : mapping of (step, name) to value
        What changes.
    seed : int, optional
        New dice.
    """
    steps = []
    for step in told.get("steps", ()):
        mine = {name: _short(value) for (owner, name), value in values.items() if owner == step["id"]}
        steps.append({**step, "params": {**step.get("params", {}), **mine}} if mine else step)
    return json.dumps({**told, "steps": steps, **({} if seed is None else {"seed": seed})}, indent=2) + "\n"


def _short(value: Value) -> Value:
    """Return a number as it was typed: Blender holds 0.2 as 0.200000003."""
    return float(f"{value:.7g}") if isinstance(value, float) else value
