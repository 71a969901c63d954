"""Blender: a ready .blend where a Blender is found, otherwise the bundle that its extension opens.

Blender runs as a program of its own, in the background, on ``packaging/blender/make_blend.py``, which uses the importer
of the extension, and prints one line of JSON with what is in the file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pcgstudio.params import Params
from pcgstudio.world import World

from .bundle_target import BundleOptions, sized, write_into
from .targets import Facts, Job, Target

PROGRAM, PYTHON = "PCGSTUDIO_BLENDER", "PCGSTUDIO_BPY"
"""Environment variables that name a Blender, or a Python that can import bpy."""

PATIENCE_S = 900.0


class BlenderOptions(Params):
    """A .blend has no options."""


def script() -> Path:
    """Return the importer: a file of the extension, which is installed as a package that only Blender can import."""
    found = find_spec("pcgstudio.blender_extension")
    places = found.submodule_search_locations if found else None
    return Path(places[0] if places else "pcgstudio.blender_extension") / "make_blend.py"


def command(importer: Path) -> list[str]:
    """Return how Blender is started here on the importer; empty where there is none."""
    if named := os.environ.get(PYTHON):
        return [named, str(importer)]
    program = os.environ.get(PROGRAM) or shutil.which("blender")
    if not program:
        return []
    return [program, "--background", "--factory-startup", "--python-exit-code", "1", "--python", str(importer), "--"]


def _sized(world: World, _options: BlenderOptions) -> int:
    return sized(world, BundleOptions())


def _made(job: Job) -> Facts:
    write_into(job, job.stem)
    bundle, start = job.folder / job.stem, command(script())
    trouble, said = "no Blender was found", ""
    if start and script().is_file():
        trouble, said = _run(job, [*start, str(bundle), str(job.main)])
    elif start:
        trouble = f"this installation has no importer at '{script()}'"
    if not trouble:
        shutil.rmtree(bundle)
        told = {"axes": "Blender: x east, y north, z up, metres", "resampling": "as in the bundle's map.glb"}
        return told | {"contents": _contents(said)}
    cure = f"open it with the extension, or name a Blender in {PROGRAM} or a Python with bpy in {PYTHON}"
    return {
        "axes": "the bundle's own", "resampling": "none: the bundle",
        "notes": [f"{trouble}, so '{job.stem}' is a bundle in place of a .blend; {cure}"],
    }  # fmt: skip


def _run(job: Job, words: list[str]) -> tuple[str, str]:
    """Run Blender, letting the person cancel; return what went wrong, empty if nothing did, and its last line."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        try:
            child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        except OSError as error:
            return f"'{words[0]}' cannot be started ({error.strerror})", ""
        try:
            while child.poll() is None:
                job.tick(min(0.95, 0.5 + (time.monotonic() - began) / 120), "Blender reads the bundle")
                if time.monotonic() - began > PATIENCE_S:
                    return f"Blender was not done after {PATIENCE_S:.0f} s", ""
                time.sleep(0.1)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        log.seek(0)
        lines = [line.strip() for line in log if line.strip()]
    if child.returncode == 0 and job.main.is_file():
        return "", next((line for line in reversed(lines) if line.startswith("{")), "")
    return f"Blender failed ({lines[-1][:160] if lines else f'exit {child.returncode}'})", ""


def _contents(line: str) -> dict[str, Any]:
    """Return what the importer says is in the file, without the path it had."""
    try:
        told: dict[str, Any] = json.loads(line)
    except ValueError:
        return {}
    return {key: value for key, value in told.items() if key != "blend"}


BLENDER = Target(
    name="blender",
    title="Blender",
    text="A .blend with instances and materials, made by a Blender on this machine; otherwise the bundle.",
    is_folder=False,
    suffix=".blend",
    options=BlenderOptions,
    sized=_sized,
    made=_made,
)
