"""The built-in targets; their modules import what is heavy only when they write."""

from __future__ import annotations

from .heightmap import HEIGHTMAP
from .targets import Target

TARGETS: tuple[Target, ...] = (HEIGHTMAP,)
