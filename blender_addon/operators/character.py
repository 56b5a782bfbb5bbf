# SPDX-License-Identifier: GPL-3.0-or-later
"""Characters of a scene: add one, take one away, show one in the panel."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import IntProperty

from .. import cast
from .asked import WhenIdle


class MIEN_OT_character_add(WhenIdle, bpy.types.Operator):
    """A further character with a face, a strip and a direction of its own."""

    bl_idname = "mien.character_add"
    bl_label = "Add Character"
    bl_description = (
        "Add a character with a face, a strip and a direction of its own. A selected object that "
        "is no character's face yet becomes its face"
    )
    bl_options = {"UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Add it, and show it."""
        known = {settings.target for settings in cast.everyone(context.scene)}
        chosen = context.active_object
        free = chosen is not None and chosen not in known and chosen.select_get()
        settings = cast.add(context.scene)
        if free and cast.can_be_face(chosen):
            settings.target = chosen
        return {"FINISHED"}


class MIEN_OT_character_remove(WhenIdle, bpy.types.Operator):
    """The shown character's settings go; takes on its face stay."""

    bl_idname = "mien.character_remove"
    bl_label = "Remove Character"
    bl_description = (
        "Remove the shown character's settings and their keys. Takes on its face stay until they "
        "are cleared"
    )
    bl_options = {"UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Remove it."""
        cast.remove(context.scene, cast.shown_place(context.scene))
        return {"FINISHED"}


class MIEN_OT_character_show(bpy.types.Operator):
    """Show this character's settings in the panel."""

    bl_idname = "mien.character_show"
    bl_label = "Show Character"
    bl_description = "Show this character's settings in the panel"
    bl_options = {"UNDO", "INTERNAL"}

    place: IntProperty(name="Place", description="0 is the first character", min=0)

    def execute(self, context: Any) -> set[str]:
        """Show it."""
        context.scene.mien_cast.active = self.place
        return {"FINISHED"}


CLASSES = (MIEN_OT_character_add, MIEN_OT_character_remove, MIEN_OT_character_show)
