"""Generators and metrics as a model reads them: one line for each installed one, compact typed details of the chosen.

A generator's details are its parameters as ``name: type low..high unit = default  # text``, about a third of
the tokens of its raw JSON Schema (measured in ``benchmarks/prompts.py``).
"""

from __future__ import annotations

import inspect
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable

from ... import generator as registry
from ...errors import InputError
from ...generator import Generator
from ...llm.tokens import estimate_tokens
from ...measure import METRICS
from ...params import Parameter, parameters

CHOICE_TOKENS = 3600
"""What the list of all installed generators may take where an actor chooses; beyond, the least likely stay names."""

LINE_TOKENS = 1100
"""What the list of the other generators may take beside the details of the chosen."""

DETAIL_TOKENS = 2700
"""What the details of the chosen generators may take."""

LINE_CHARACTERS = 110


def line(one: Generator) -> str:
    """Return a generator in one line: its name and what it does."""
    text = " ".join(one.summary.split())
    text = text if len(text) <= LINE_CHARACTERS else text[: LINE_CHARACTERS - 3] + "..."
    return f"{one.name}: {text}"


def details(one: Generator) -> str:
    """Return everything a model needs to set a generator's parameters, one line each."""
    makes = ", ".join(f.name for f in one.features[:14])
    head = f"{line(one)}" + (f" Makes: {makes}." if makes else "")
    return "\n".join([head, *(f"  {_parameter(p)}" for p in parameters(one.params))])


def _parameter(one: Parameter) -> str:
    told = "|".join(one.options) or one.type.replace(" | None", "?")
    if one.minimum is not None or one.maximum is not None:
        told += f" {_bound(one.minimum)}..{_bound(one.maximum)}"
    told += f" {one.unit}" if one.unit else ""
    words = dict.fromkeys(f"{value:g}" for word, value in one.adjectives.items() if word)
    named = {f"{v:g}": w for w, v in reversed(list(one.adjectives.items())) if w}
    notes = [one.text.rstrip(".")]
    notes += [one.hints] if one.hints else []
    notes += [", ".join(f"{named[value]} {value}" for value in words)] if words else []
    return f"{one.name}: {told} = {_default(one.default)}  # {'; '.join(notes)}"


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _default(value: object) -> str:
    """Return a default as JSON, which is what a model answers in."""
    return json.dumps(value)


def ranked(text: str) -> list[Generator]:
    """Return every installed generator, those first that share the most telling words with the text.

    A word tells the more the fewer generators have it, so that "with" never outweighs a name.
    """
    asked = _words(text)
    shared = {
        g.name: asked & _words(" ".join([g.name, g.summary, *(w for f in g.features for w in f.words)]))
        for g in registry.load_generators().values()
    }
    having = Counter(word for words in shared.values() for word in words)
    return sorted(registry.load_generators().values(), key=lambda g: -sum(1 / having[w] for w in shared[g.name]))


def _words(text: str) -> set[str]:
    return {w.removesuffix("s") for w in re.findall(r"[^\W\d_]{3,}", text.lower())}


def listing(
    text: str, without: Collection[str] = (), allowed: Collection[str] | None = None, room: int = LINE_TOKENS
) -> str:
    """Return the installed generators in one line each, in their natural order, within so many tokens."""
    offered = [g for g in ranked(text) if g.name not in without and (allowed is None or g.name in allowed)]
    told: dict[str, str] = {}
    for one in offered:
        cost = estimate_tokens(line(one)) + 1
        if cost > room:
            break
        room -= cost
        told[one.name] = line(one)
    known = list(registry.load_generators())
    rest = [g.name for g in offered if g.name not in told]
    lines = [told[name] for name in sorted(told, key=known.index)]
    return "\n".join([*lines, *([_names(rest)] if rest else [])])


def _names(rest: list[str]) -> str:
    """Return the names of what found no room for a line, as many as a model would still read."""
    shown = rest[:40]
    more = f" and {len(rest) - len(shown)} more" if len(rest) > len(shown) else ""
    return f"also installed: {', '.join(shown)}{more}"


def all_fit(without: Collection[str] = (), allowed: Collection[str] | None = None) -> bool:
    """Whether a plan's prompt has room for a line of every other generator that it may name."""
    listed = [g for g in registry.load_generators().values() if allowed is None or g.name in allowed]
    return sum(estimate_tokens(line(g)) + 1 for g in listed if g.name not in without) <= LINE_TOKENS


def detailed(names: Iterable[str], room: int = DETAIL_TOKENS) -> tuple[str, tuple[str, ...]]:
    """Return the details of the named generators that exist and fit, and the names of those told."""
    known = registry.load_generators()
    texts, told = [], []
    for name in dict.fromkeys(names):
        if name not in known:
            continue
        text = details(known[name])
        cost = estimate_tokens(text)
        if cost > room:
            continue
        room -= cost
        texts.append(text)
        told.append(name)
    return "\n".join(texts), tuple(told)


def everything(allowed: Collection[str] | None = None) -> str:
    """Return the details of every installed generator: the paper's D."""
    known = registry.load_generators().values()
    return "\n".join(details(g) for g in known if allowed is None or g.name in allowed)


def exact_name(word: str) -> str | None:
    """Return the installed generator that a model means, if its name is right but for case and dashes."""
    told = re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_")
    try:
        return registry.get_generator(told).name
    except InputError:
        return None


def metric_lines() -> str:
    """Return the vocabulary of checks, one line each: ``name(arguments) unit: text``."""
    lines = []
    for one in METRICS.values():
        taken = list(inspect.signature(one.measure).parameters.values())[1:]
        said = ", ".join(
            p.name if p.default is inspect.Parameter.empty else f"{p.name}={p.default if p.default != '' else '-'}"
            for p in taken
        )
        lines.append(f"{one.name}({said}) {one.unit}: {one.text}".replace(" :", ":"))
    return "\n".join(lines)


def feature_names() -> str:
    """Return what can be named on a map."""
    return ", ".join(registry.load_features())
