"""The built-in targets; their modules import what is heavy only when they write."""

from __future__ import annotations

from .bundle_target import BUNDLE
from .geojson import GEOJSON
from .geotiff import GEOTIFF
from .gltf_target import GLTF
from .godot import GODOT
from .heightmap import HEIGHTMAP
from .obj import OBJ
from .stl import STL
from .targets import Target
from .unity import UNITY
from .unreal import UNREAL
from .usd import USD

TARGETS: tuple[Target, ...] = (
    UNITY, UNREAL, GODOT, GLTF, USD, OBJ, STL, HEIGHTMAP, GEOTIFF, GEOJSON, BUNDLE,
)  # fmt: skip
