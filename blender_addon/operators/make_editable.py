# SPDX-License-Identifier: GPL-3.0-or-later
"""The one button that makes a linked character one that can be keyed."""

from __future__ import annotations

from typing import Any

import bpy

from .. import cast
from ..mapping import editable
from .on_character import OnCharacter


class MIEN_OT_make_editable(OnCharacter, bpy.types.Operator):
    """Override what a linked character needs to be keyed."""

    bl_idname = "mien.make_editable"
    bl_label = "Make Editable"
    bl_description = (
        "Make library overrides of this linked character and of its meshes, so that keys on it are "
        "kept with this file. The library is not touched"
    )
    bl_options = {"UNDO"}

    @classmethod
    def why_not(cls, context: Any) -> str:
        """Only for what is linked, and where Blender makes overrides."""
        reason = super().why_not(context)
        if reason:
            return reason
        if context.mode != "OBJECT":
            return "Go to Object Mode first"
        faces = [settings.target for settings in cast.everyone(context.scene) if settings.target]
        return "" if any(map(editable.needs, faces)) else "This character can be edited already"

    def work(self, context: Any) -> str:
        """Override, and choose the override as the face."""
        settings = self.settings(context)
        found = editable.make_editable(settings.target, context.scene, context.view_layer)
        settings.target = found
        return f"'{found.name}' can be keyed now."


CLASSES = (MIEN_OT_make_editable,)
