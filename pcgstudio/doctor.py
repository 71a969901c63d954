"""What works on this machine, and the cure for what does not."""

from __future__ import annotations

import importlib.util
import os
import shutil
import time
from dataclasses import asdict, dataclass

from .build import build, quiet
from .events import Finished
from .generator import Tick, load_generators
from .gl import gl_works
from .memory import available_bytes
from .render import render
from .studio import run

_EXERCISE = (
    "a mountainous island with a volcano, hills, a plateau, a valley, two lakes, a river, rocks and forest",
    "three terraces with grass",
    "a dungeon with five rooms",
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
    """Look at everything once; nothing here writes or sends more than a model list request to a chosen endpoint."""
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
    found = shutil.which("blender")
    cure = "" if found else "optional: map.glb opens in Blender 4.2 or later by File > Import > glTF"
    return Finding("Blender", found is not None, found or "not on the path", cure=cure)


def _endpoint(base_url: str | None) -> Finding:
    """Ask a configured endpoint for its list of models; keys come from the environment and are never printed."""
    url = base_url or os.environ.get("OPENAI_BASE_URL")
    key = os.environ.get("OPENAI_API_KEY")
    if not url and not key:
        return Finding("model endpoint", True, "none configured; the built-in agents need none")
    import openai  # noqa: PLC0415 - slow to import and rarely needed

    try:
        client = openai.OpenAI(base_url=url, api_key=key or "none", max_retries=0, timeout=5)
        names = [m.id for m in client.models.list().data]
    except openai.AuthenticationError:
        return Finding("model endpoint", False, "it refused the key", cure="set OPENAI_API_KEY to a valid key")
    except openai.OpenAIError as error:
        return Finding("model endpoint", False, f"no answer ({type(error).__name__})",
                       cure="start the server, or correct --base-url / OPENAI_BASE_URL")  # fmt: skip
    return Finding("model endpoint", True, f"answers, {len(names)} models")
