"""Any number of installed generators: the real ones, and others made up of them."""

import importlib
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from types import MappingProxyType
from unittest.mock import patch

from pcgstudio.generator import STAGES, load_generators

NAMED = (
    "pcgstudio.generator", "pcgstudio.agents.model_actor", "pcgstudio.agents.examples", "pcgstudio.agents.planning",
    "pcgstudio.agents.meaning", "pcgstudio.agents.lexicon",
)  # fmt: skip
KINDS = ("canyon", "dune", "glacier", "fjord", "reef", "cavern", "orchard", "village", "bridge", "geyser")


def generators(count):
    """So many: of the real ones as many as there are, then copies under other names with features of their own."""
    real = dict(load_generators())
    found = dict(list(real.items())[:count])
    if count < len(real):  # those that a landscape begins with
        wanted = ("terrain_noise", "hills", "mountains", "hydraulic_erosion", "climate", "scatter")
        found = {n: real[n] for n in (*wanted, *(n for n in real if n not in wanted))[:count]}
    models = list(real.values())
    while len(found) < count:
        number = len(found)
        of, kind = models[number % len(models)], KINDS[number % len(KINDS)]
        name = f"{kind}_{number}"
        text = f"Make {kind}s of the sort {number}, like {of.summary[0].lower()}{of.summary[1:]}"
        found[name] = replace(of, name=name, summary=text, features=())
    return MappingProxyType(dict(sorted(found.items(), key=lambda kv: (STAGES.index(kv[1].stage), kv[0]))))


@contextmanager
def installed(count):
    """Have so many generators installed for a while; nothing learnt of them stays."""
    found = generators(count)
    _forget()
    with ExitStack() as stack:
        for module in NAMED:
            stack.enter_context(patch(f"{module}.load_generators", lambda: found))
        yield found
    _forget()


def _forget():
    """Empty what the agents keep of the installed generators."""
    for module in NAMED:
        for one in vars(importlib.import_module(module)).values():
            if one is not load_generators and callable(clear := getattr(one, "cache_clear", None)):
                clear()
