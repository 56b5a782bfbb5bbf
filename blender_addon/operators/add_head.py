# SPDX-License-Identifier: GPL-3.0-or-later
"""Add > Mesh > Mien Head."""

from __future__ import annotations

import bpy

from ..head.data import HeadFileError, checked_head_file, read_head
from ..head.mesh import make_head
from ..places import core_folder


class MESH_OT_mien_head_add(bpy.types.Operator):
    """Adds the default head as one new object."""

    bl_idname = "mesh.mien_head_add"
    bl_label = "Mien Head"
    bl_description = (
        "Add a head that speaks: 52 ARKit shape keys, eyes, teeth, tongue and brows in one mesh"
    )
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only in object mode, and in a collection that may be changed."""
        if context.mode != "OBJECT":
            cls.poll_message_set("Leave the edit mode first: the head is added in object mode")
            return False
        if not context.collection.is_editable:
            cls.poll_message_set("The active collection is linked: click one of this file's own")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Build the head at the 3D cursor and select it alone."""
        try:
            head = read_head(checked_head_file(core_folder() / "models"))
        except HeadFileError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        head_object = make_head(head, "Mien Head")
        context.collection.objects.link(head_object)
        head_object.location = context.scene.cursor.location
        for other in context.selected_objects:
            other.select_set(state=False)
        head_object.select_set(state=True)
        context.view_layer.objects.active = head_object
        return {"FINISHED"}


def draw_menu_entry(self: bpy.types.Menu, _context: bpy.types.Context) -> None:
    """Add the head to the mesh menu."""
    self.layout.operator(MESH_OT_mien_head_add.bl_idname, icon="USER")


def register() -> None:
    """Register the operator and its menu entry."""
    bpy.utils.register_class(MESH_OT_mien_head_add)
    bpy.types.VIEW3D_MT_mesh_add.append(draw_menu_entry)


def unregister() -> None:
    """Take the menu entry and the operator away."""
    bpy.types.VIEW3D_MT_mesh_add.remove(draw_menu_entry)
    bpy.utils.unregister_class(MESH_OT_mien_head_add)
