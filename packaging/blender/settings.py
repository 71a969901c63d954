"""What the panel holds, and where the program is."""

# No `from __future__ import annotations`: Blender reads the properties from the annotations themselves.

from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from . import recipe


class PCGStudioPreferences(bpy.types.AddonPreferences):
    """Where the program is."""

    bl_idname = __package__
    program: StringProperty(
        name="pcgstudio", subtype="FILE_PATH", description="Path of the pcgstudio program; empty: the one on the PATH"
    )

    def draw(self, _context: Any) -> None:
        """Show it."""
        self.layout.prop(self, "program")


class PCGParameter(bpy.types.PropertyGroup):
    """One parameter of one step, as the panel shows it; only the field of its kind counts."""

    step: StringProperty()
    label: StringProperty()
    kind: EnumProperty(items=[(k, k, "") for k in ("FLOAT", "INT", "BOOL", "TEXT")])
    about: StringProperty()
    was: StringProperty()
    as_float: FloatProperty(name="", description="Value for the next rebuild", precision=3)
    as_int: IntProperty(name="", description="Value for the next rebuild")
    as_bool: BoolProperty(name="", description="Value for the next rebuild")
    as_text: StringProperty(name="", description="Value for the next rebuild")

    @property
    def field(self) -> str:
        """Name of the field that counts."""
        return {"FLOAT": "as_float", "INT": "as_int", "BOOL": "as_bool", "TEXT": "as_text"}[self.kind]

    def take(self, row: recipe.Row) -> None:
        """Show a row."""
        self.step, self.label, self.kind, self.about = row.step, row.name, row.kind, row.text
        setattr(self, self.field, row.value)
        self.was = repr(getattr(self, self.field))

    @property
    def changed(self) -> bool:
        """Whether a person moved it."""
        return bool(repr(getattr(self, self.field)) != self.was)


def _watched(settings: Any, _context: Any) -> None:
    from .operators import watch_folder  # noqa: PLC0415 - the operators stand on the settings

    watch_folder(settings.watching)


class PCGSettings(bpy.types.PropertyGroup):
    """What the panel holds, saved with the file."""

    sentence: StringProperty(name="", description="What the map shall be, such as: three hills beside a lake")
    folder: StringProperty(name="Folder", subtype="DIR_PATH", description="Folder of the bundle", default="//map")
    seed: IntProperty(name="Seed", min=0, description="Dice; another seed gives another map of the same kind")
    resolution: IntProperty(name="Cells", min=16, max=16384, default=512, description="Cells on the longer side")
    parameters: CollectionProperty(type=PCGParameter)
    watching: BoolProperty(
        name="Watch folder", description="Import the map again whenever its folder changes",
        update=_watched,
    )  # fmt: skip
    running: BoolProperty(options={"SKIP_SAVE"})
    progress: FloatProperty(min=0, max=1, subtype="FACTOR", options={"SKIP_SAVE"})
    told: StringProperty(options={"SKIP_SAVE"})


CLASSES = (PCGStudioPreferences, PCGParameter, PCGSettings)


def register() -> None:
    """Make them known to Blender."""
    for one in CLASSES:
        bpy.utils.register_class(one)
    bpy.types.Scene.pcgstudio = bpy.props.PointerProperty(type=PCGSettings)


def unregister() -> None:
    """Take them back."""
    del bpy.types.Scene.pcgstudio
    for one in reversed(CLASSES):
        bpy.utils.unregister_class(one)
