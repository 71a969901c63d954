"""Whether a bundle changed since it was last looked at."""

from __future__ import annotations

from pathlib import Path

Signature = tuple[tuple[str, int, int], ...]

_FILES = ("recipe.pcg.json", "layers.json", "layers.npz", "map.glb")


def signature(folder: Path) -> Signature:
    """Return what a bundle looks like from outside; empty where there is none, or only half of one."""
    found = []
    for name in _FILES:
        try:
            told = (folder / name).stat()
        except OSError:
            return ()
        found.append((name, told.st_mtime_ns, told.st_size))
    return tuple(found)
