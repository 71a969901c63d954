"""The built-in targets; their modules import what is heavy only when they write."""

from __future__ import annotations

from .blender import BLENDER
from .bundle_target import BUNDLE
from .geojson import GEOJSON
from .geotiff import GEOTIFF
from .gltf_target import GLTF
from .godot import GODOT
from .heightmap import HEIGHTMAP
from .ldtk import LDTK
from .obj import OBJ
from .stl import STL
from .targets import Target
from .tmx import TMX
from .unity import UNITY
from .unreal import UNREAL
from .usd import USD
from .uvtt import UVTT

TARGETS: tuple[Target, ...] = (
    UNITY, UNREAL, GODOT, BLENDER, GLTF, USD, OBJ, STL, HEIGHTMAP, GEOTIFF, GEOJSON, TMX, LDTK, UVTT, BUNDLE,
)  # fmt: skip
