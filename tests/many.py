"""Any number of installed generators: the real ones, and others made up of them."""

import sys
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import patch

from pcgstudio.generator import load_generators

USUAL = (
    "terrain_noise", "hills", "mountains", "hydraulic_erosion", "climate", "scatter", "landmass", "plateau", "valley",
    "volcano", "thermal_erosion", "terraces", "lakes", "sea_level", "rivers", "biome_area", "rooms", "roles",
)  # fmt: skip
"""What most maps are made of, those that a landscape begins with first."""

KINDS = ("moraine", "hotspring", "glacier", "fjord", "reef", "cavern", "orchard", "windmill", "aqueduct", "geyser")


def generators(count):
    """So many: of the real ones as many as there are, then copies under other names."""
    real = load_generators()
    found = {n: real[n] for n in (*USUAL, *(n for n in real if n not in USUAL))[:count]}
    models = list(real.values())
    while len(found) < count:
        number = len(found)
        of, kind = models[number % len(models)], KINDS[number % len(KINDS)]
        name = f"{kind}_{number}"
        text = f"Make {kind}s of the sort {number}, like {of.summary[0].lower()}{of.summary[1:]}"
        found[name] = replace(of, name=name, summary=text, features=())
    return found


@contextmanager
def installed(count):
    """Have so many generators installed for a while; nothing learnt of them stays."""
    module = SimpleNamespace(**generators(count))
    point = SimpleNamespace(load=lambda: module)
    _forget()
    try:
        with patch("pcgstudio.generator.entry_points", lambda group: [point]):
            yield load_generators()
    finally:
        _forget()


def _forget():
    """Empty what the program keeps of the installed generators."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "pcgstudio":
            for one in vars(module).values():
                if callable(clear := getattr(one, "cache_clear", None)):
                    clear()
