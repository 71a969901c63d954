"""Whether this machine can draw with OpenGL off screen, found out where a crash does no harm.

Previews need no GL (see `raster`); the window's live view does, and an unusable driver ends the process instead of
raising. So the question is asked in a process of its own, and the answer kept for the machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from platformdirs import user_cache_path

from .errors import InputError
from .files import write_text

PROBE = (
    "import numpy, pyvista\n"
    "plotter = pyvista.Plotter(off_screen=True, window_size=(64, 64))\n"
    "plotter.set_background('white')\n"
    "plotter.add_mesh(pyvista.Plane(), color='black', lighting=False)\n"
    "image = plotter.screenshot(return_img=True)\n"
    "plotter.close()\n"
    "print('drawn' if numpy.ptp(image) > 0 else 'empty', flush=True)\n"
)
TIMEOUT_S = 60.0


def gl_works(*, fresh: bool = False, cache: Path | None = None) -> bool:
    """Return whether off-screen OpenGL draws something here.

    Parameters
    ----------
    fresh : bool
        Ask again, even if the answer is known.
    cache : Path, optional
        Folder that keeps the answer; the user's cache by default.
    """
    known = None if fresh else gl_known(cache)
    if known is not None:
        return known
    works = _probed()
    with suppress(InputError):  # a read-only home: the next process asks again
        write_text(_place(cache), json.dumps({"works": works}))
    return works


def gl_known(cache: Path | None = None) -> bool | None:
    """Return what `gl_works` found on this machine before, without asking; None where it never asked."""
    try:
        return bool(json.loads(_place(cache).read_text(encoding="utf-8"))["works"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _place(cache: Path | None) -> Path:
    return (cache or user_cache_path("pcgstudio")) / f"gl-{_machine()}.json"


def _probed() -> bool:
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and "drawn" in done.stdout


def _machine() -> str:
    """Name everything the answer depends on: host, interpreter, renderer, display."""
    try:
        vtk = version("vtk")
    except PackageNotFoundError:
        vtk = "none"
    told = [platform.node(), platform.platform(), sys.executable, vtk, os.environ.get("DISPLAY", "")]
    return hashlib.blake2b("\n".join(told).encode(), digest_size=8).hexdigest()
