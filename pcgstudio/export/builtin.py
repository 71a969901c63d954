"""The built-in targets; their modules import what is heavy only when they write."""

from __future__ import annotations

from .godot import GODOT
from .heightmap import HEIGHTMAP
from .targets import Target
from .unity import UNITY
from .unreal import UNREAL

TARGETS: tuple[Target, ...] = (HEIGHTMAP, UNITY, UNREAL, GODOT)
