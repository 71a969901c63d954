"""What works on this machine, and the cure for what does not."""

from __future__ import annotations

import importlib.util
import os
import shutil
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from .build import build, quiet
from .errors import InputError, ModelError, ModelGoneError, did_you_mean
from .events import Finished
from .export.blender import PROGRAM, PYTHON
from .generator import Tick, load_generators
from .gl import gl_works
from .memory import available_bytes
from .render import render
from .studio import run

if TYPE_CHECKING:
    from .llm.settings import Settings

_EXERCISE = (
    "a mountainous island with a volcano, hills, a plateau, a valley, two lakes, a river, rocks and forest",
    "three terraces with grass",
    "a dungeon with five rooms",
    "a desert with sand dunes, a canyon and two meteor craters, cliffs in the north",
    "a village with 12 houses by a river, a stone bridge and a road to the north edge",
    "a cave with four chambers and an underground lake",
    "a maze with a treasure",
)


@dataclass(frozen=True)
class Finding:
    """One thing that works or does not.

    Parameters
    ----------
    name, detail : str
        What it is, and what was found.
    works : bool
        Whether it can be used.
    needed : bool
        Whether the main job depends on it.
    cure : str
        What to do, empty where nothing is wrong.
    """

    name: str
    works: bool
    detail: str
    needed: bool = False
    cure: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return the finding for JSON."""
        return asdict(self)


def examine(base_url: str | None = None) -> list[Finding]:
    """Look at everything once; an endpoint that is configured or named is asked a few tiny questions."""
    return [_generators(), _noise(), _memory(), _gl(), _qt(), _blender(), _endpoint(base_url)]


def warm_up(tick: Tick = quiet) -> float:
    """Compile and cache the kernels by making two small maps; return the seconds it took."""
    began = time.perf_counter()
    for sentence in _EXERCISE:
        for event in run(sentence, resolution=128, tick=tick):
            if isinstance(event, Finished):
                render(event.world, size=(320, 180))
    from .recipe import Recipe, Step  # noqa: PLC0415 - only the warm-up builds by hand

    for name in ("thermal_erosion", "sea_level"):
        build(Recipe(resolution=64, steps=(Step(id="noise", generator="terrain_noise"), Step(id=name, generator=name))))
    build(Recipe(resolution=64, steps=(
        Step(id="noise", generator="terrain_noise"),
        Step(id="drops", generator="hydraulic_erosion", params={"mode": "droplet"}),
    )))  # fmt: skip
    return time.perf_counter() - began


def _generators() -> Finding:
    count = len(load_generators())
    cure = "" if count else "reinstall: pip install --force-reinstall pcgstudio"
    return Finding("generators", count > 0, f"{count} installed", needed=True, cure=cure)


def _noise() -> Finding:
    there = importlib.util.find_spec("noise") is not None
    detail = "installed" if there else "absent; only the bases noise_perlin and noise_simplex need it"
    return Finding("noise package", there, detail, cure="" if there else "pip install noise (needs a C compiler)")


def _memory() -> Finding:
    free = available_bytes()
    return Finding(
        "memory", free > 1 << 30, f"{free / 2**30:.1f} GiB free", cure="" if free > 1 << 30 else "close programs"
    )


def _gl() -> Finding:
    works = gl_works(fresh=True)
    detail = "OpenGL draws" if works else "no usable OpenGL; the window shows still pictures instead"
    cure = "" if works else "on Debian or Ubuntu: apt-get install libgl1 libegl1"
    return Finding("live 3D view", works, detail, cure=cure)


def _qt() -> Finding:
    there = importlib.util.find_spec("PySide6") is not None
    screen = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.name == "nt" or _is_mac())
    if there and screen:
        return Finding("window", True, "Qt and a display are there")
    cure = "pip install PySide6-Essentials" if not there else "start it on a desktop, or use: pcgstudio generate"
    return Finding("window", False, "Qt is missing" if not there else "no display", cure=cure)


def _is_mac() -> bool:
    import sys  # noqa: PLC0415 - only this line asks for the platform

    return sys.platform == "darwin"


def _blender() -> Finding:
    found = os.environ.get(PYTHON) or os.environ.get(PROGRAM) or shutil.which("blender")
    cure = "" if found else "optional: map.glb opens in Blender 4.2 or later by File > Import > glTF"
    return Finding("Blender", found is not None, found or "not on the path", cure=cure)


_MODES = {
    "json_schema": "schema", "json_object_schema": "schema beside JSON mode", "json_object": "JSON mode",
    "tool": "function call", "text": "text",
}  # fmt: skip


def _endpoint(base_url: str | None) -> Finding:
    """Say whether a model answers, and how it can be asked for JSON; what is found out is kept for the runs."""
    from .llm.settings import choose, configured  # noqa: PLC0415 - slow to import and rarely needed

    name = "model endpoint"
    try:
        settings = choose(base_url) if base_url else configured()
        if settings is None:
            return Finding(name, True, "none configured; the built-in agents need none")
        return Finding(name, True, _answers(settings))
    except (InputError, ModelError) as error:
        told, _, cure = str(error).partition("; ")
        return Finding(name, False, told, cure=cure or "see: pcgstudio doctor --help")


def _answers(settings: Settings) -> str:
    from .llm.endpoint import connect  # noqa: PLC0415 - see _endpoint
    from .llm.wire import Patience, Wire  # noqa: PLC0415 - the same

    if settings.lacks_key:
        raise ModelGoneError(settings.missing)
    patience = replace(Patience.usual(settings), connect_s=5, attempts=2)
    names = Wire(settings, patience).models()
    if settings.missing:
        raise ModelGoneError(f"{len(names)} models answer, but {settings.missing}")
    model = connect(settings=settings, patience=patience)
    try:
        able = model.capability(fresh=True)
    except ModelGoneError as error:
        hint = did_you_mean(model.name, names) if model.name not in names else ""
        raise ModelGoneError(f"{error}{hint}") from None
    modes = ", ".join(_MODES[m] for m in able.works)
    where = settings.preset.title if settings.preset else settings.host
    eyes = "sees pictures" if model.sees else "sees no pictures"
    return f"{where}: {model.name} answers; JSON by {modes}; {eyes}; {model.spent.total} tokens to find out"
