"""The reference manual of the installed generators, as text or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from .generator import Generator, document, get_generator, load_generators
from .params import parameters


def manual(name: str | None, as_json: bool) -> str:
    """Return one generator's page, or all of them: in one line each, or whole as JSON.

    Raises
    ------
    InputError
        There is no generator of that name.
    """
    chosen = [get_generator(name)] if name else list(load_generators().values())
    if as_json:
        return json.dumps([_told(g) for g in chosen], indent=2, ensure_ascii=False)
    return document(chosen[0]) if name else "\n".join(f"{one.name:20} {one.summary}" for one in chosen)


def _told(one: Generator) -> dict[str, Any]:
    return {
        "name": one.name, "family": one.family, "stage": one.stage, "summary": one.summary, "reads": one.reads,
        "writes": one.writes, "source": one.source, "parameters": [asdict(p) for p in parameters(one.params)],
        "features": [{"name": f.name, "words": f.words} for f in one.features],
    }  # fmt: skip
