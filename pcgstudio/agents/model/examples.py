"""Worked examples for an actor: two, by what the plan will need; first what worked here before, then what ships."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ...generator import load_generators
from ...llm.tokens import estimate_tokens
from . import prompts

SHOWN = 2
LONGEST = 500
"""Tokens that one example may take: a remembered plan can be long."""

ALIKE = 0.4
"""How much of their words two instructions must share for the one to be an example for the other."""


@dataclass(frozen=True)
class Example:
    """An instruction and a plan that met it, in the form in which a model answers."""

    instruction: str
    plan: dict[str, Any]

    @property
    def generators(self) -> frozenset[str]:
        """Names of the generators it uses."""
        return frozenset(s["generator"] for s in self.plan["steps"])


@cache
def shipped() -> tuple[Example, ...]:
    """Return the examples of ``assets/prompts/examples.json``."""
    return tuple(Example(**one) for one in json.loads(prompts.asset("examples.json")))


def worked(instruction: str, generators: Iterable[str], remembered: Sequence[Example] = ()) -> tuple[Example, ...]:
    """Return two examples: remembered ones that are much alike, then shipped ones of the same families."""
    installed = load_generators()
    fits = (e for e in (*remembered, *shipped()) if estimate_tokens(prompts.compact(e.plan)) <= LONGEST)
    usable = [e for e in fits if e.generators <= set(installed)]
    wanted = set(generators)
    families = {installed[n].family for n in wanted if n in installed}

    def rank(one: Example) -> tuple[float, float, float]:
        mine = {installed[n].family for n in one.generators}
        near = likeness(instruction, one.instruction)
        return (
            near if one in remembered and near >= ALIKE else 0.0,
            len(mine & families) / len(mine | families) if families else 0.0,
            len(one.generators & wanted) / len(one.generators | wanted) + near,
        )

    return tuple(sorted(usable, key=rank, reverse=True)[:SHOWN])


def likeness(one: str, other: str) -> float:
    """Return the share of words that two instructions have in common (Jaccard), small words left out."""
    a, b = ({w.removesuffix("s") for w in re.findall(r"\w{3,}|\d+", t.lower())} - _SMALL for t in (one, other))
    return len(a & b) / len(a | b) if a | b else 0.0


_SMALL = frozenset({"the", "and", "with", "that", "for", "are", "has", "ha", "from", "only", "some"})


def told(every: Iterable[Example]) -> str:
    """Return examples as data for a prompt."""
    return "\n".join(f"{prompts.quoted(e.instruction)} -> {prompts.compact(e.plan)}" for e in every)
