# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate where there is no face yet: a Mien Head comes, and speaks."""

from __future__ import annotations

from typing import Any

import bpy

from .. import cast, compat, defaults, first_sight, jobs, performing
from ..problems import AnimatorError
from .background import BackgroundOperator


class MIEN_OT_generate_on_head(BackgroundOperator, bpy.types.Operator):
    """Add a Mien Head that speaks the sound strip."""

    bl_idname = "mien.generate_on_head"
    bl_label = "Generate on a Mien Head"
    bl_description = "There is no face in this scene: add the Mien Head at the 3D cursor, or in front of what stands there, look at it, and let it speak the strip"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why."""
        reason = _why_not(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def invoke(self, context: Any, event: Any) -> set[str]:
        """In a window: show the head from the front, since a scene's first cube may hide it."""
        result = super().invoke(context, event)
        if result != {"CANCELLED"}:
            _look_at_selected(context)
        return result

    def begin(self, context: Any) -> jobs.Job:
        """Add the head, choose it and ask for the take; without a take the head goes again."""
        settings = cast.active_settings(context.scene)
        strip = defaults.strip_for(compat.sequencer_scene(context), settings.strip_name)
        if bpy.ops.mesh.mien_head_add() != {"FINISHED"}:
            raise AnimatorError("The Mien Head could not be added.", "Install Mien again.")
        head = context.view_layer.objects.active
        first_sight.stand_free(head, context.view_layer.objects)
        settings.target = settings.head_target = head
        try:
            job = performing.start(context, settings, strip.name)
        except AnimatorError:
            settings.target = settings.head_target = None
            bpy.data.meshes.remove(head.data)
            raise
        first_sight.look_at(context, head)
        return job


def _look_at_selected(context: Any) -> None:
    areas = [area for area in context.window.screen.areas if area.type == "VIEW_3D"]
    for area in areas[:1]:
        region = next(region for region in area.regions if region.type == "WINDOW")
        with context.temp_override(area=area, region=region):
            bpy.ops.view3d.view_axis(type="FRONT")
            bpy.ops.view3d.view_selected()


def _why_not(context: Any) -> str:
    if context.window_manager.mien.running:
        return "Mien is already working"
    try:
        settings = cast.active_settings(context.scene)
        defaults.strip_for(compat.sequencer_scene(context), settings.strip_name)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    if context.mode != "OBJECT":
        return "Leave the edit mode first: the head is added in object mode"
    return ""
