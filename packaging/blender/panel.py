"""The sidebar of the 3D view."""

from typing import Any

import bpy

from . import scene


class PCG_PT_map(bpy.types.Panel):
    """Make, import and rebuild a map."""

    bl_label = "PCG Studio"
    bl_idname = "PCG_PT_map"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "PCG"

    def draw(self, context: Any) -> None:
        """Show it."""
        settings, layout = context.scene.pcgstudio, self.layout
        column = layout.column(align=True)
        column.enabled = not settings.running
        column.label(text="What shall the map be?")
        column.prop(settings, "sentence")
        row = column.row(align=True)
        row.prop(settings, "seed")
        row.prop(settings, "resolution")
        column.prop(settings, "folder", text="")
        column.operator("pcgstudio.generate", icon="WORLD")
        if settings.running:
            row = layout.row(align=True)
            row.prop(settings, "progress", text=settings.told[:40], slider=True)
            row.operator("pcgstudio.cancel", text="", icon="CANCEL")
        elif settings.told:
            layout.label(text=settings.told[:120], icon="INFO")
        row = layout.row(align=True)
        row.operator("pcgstudio.import_bundle", icon="IMPORT")
        row.operator("pcgstudio.refresh", text="", icon="FILE_REFRESH")
        row.prop(settings, "watching", text="", icon="HIDE_OFF", toggle=True)
        layout.operator("pcgstudio.export_terrain", icon="EXPORT")


class PCG_PT_parameters(bpy.types.Panel):
    """The numbers of the map; change some and rebuild."""

    bl_label = "Parameters"
    bl_idname = "PCG_PT_parameters"
    bl_parent_id = "PCG_PT_map"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "PCG"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Only where there is a map."""
        return bool(scene.imported(context.scene))

    def draw(self, context: Any) -> None:
        """Show a box a step."""
        settings, layout = context.scene.pcgstudio, self.layout
        row = layout.row(align=True)
        row.enabled = not settings.running
        row.operator("pcgstudio.rebuild", icon="FILE_REFRESH")
        row.operator("pcgstudio.parameters", text="All", icon="PRESET")
        box, step = layout, ""
        for one in settings.parameters:
            if one.step != step:
                step = one.step
                box = layout.box().column(align=True)
                box.label(text=step)
            line = box.split(factor=0.5, align=True)
            line.label(text=one.label.replace("_", " "), icon="DOT" if one.changed else "NONE")
            line.prop(one, one.field, text="")


CLASSES = (PCG_PT_map, PCG_PT_parameters)


def register() -> None:
    """Make the panels known to Blender."""
    for one in CLASSES:
        bpy.utils.register_class(one)


def unregister() -> None:
    """Take them back."""
    for one in reversed(CLASSES):
        bpy.utils.unregister_class(one)
