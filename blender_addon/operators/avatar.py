# SPDX-License-Identifier: GPL-3.0-or-later
"""Avatars: attach and add, what lies over the render, colours, preview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
import numpy as np
from bpy.props import StringProperty

from .. import status
from ..avatar import attaching, colours, compositing, preview, rendering, sitter, worker
from ..avatar.lens import scale_of
from ..problems import AnimatorError
from . import avatar_reasons as reasons
from .asked import SaysWhyGrey

FILE = StringProperty(
    name="File",
    description="Avatar file (.mienavatar); empty: the one chosen under Avatar in the Mien panel",
    subtype="FILE_PATH",
    options={"SKIP_SAVE"},
)


class OfAvatars(SaysWhyGrey):
    """An operator whose button is grey for a reason; `work` does it and returns what to say."""

    why_not: Callable[[Any], str]

    def work(self, context: Any) -> str:
        """Do it, and return what to say; raises AnimatorError with nothing changed."""
        raise NotImplementedError

    def execute(self, context: Any) -> set[str]:
        """Do it, and say what was done or why not."""
        try:
            text = self.work(context)
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        status.ended(context, text)
        self.report({"INFO"}, text)
        return {"FINISHED"}


class MIEN_OT_avatar_attach(OfAvatars, bpy.types.Operator):
    """Let the active object carry an avatar."""

    bl_idname = "mien.avatar_attach"
    bl_label = "Attach"
    bl_description = (
        "Let the active rig or empty carry the avatar: it is moved by the rig's curves and stands at the "
        "object, or at its Place"
    )
    bl_options = {"REGISTER", "UNDO"}

    filepath: FILE

    @classmethod
    def why_not(cls, context: Any) -> str:
        """Why the button is grey."""
        return reasons.why_not_attach(context)

    def work(self, context: Any) -> str:
        """Attach it."""
        path = self.filepath or context.scene.mien_avatar.path
        said = attaching.attach(context.scene, context.active_object, path)
        worker.wake()
        return said


class MIEN_OT_avatar_add(OfAvatars, bpy.types.Operator):
    """Add an avatar with a stand-in for the viewport."""

    bl_idname = "mien.avatar_add"
    bl_label = "Add Avatar"
    bl_description = (
        "Add an empty that carries the avatar at the 3D cursor, with a head as its stand-in in the "
        "viewport. The stand-in can be keyed as any face, and is not rendered"
    )
    bl_options = {"REGISTER", "UNDO"}

    filepath: FILE

    @classmethod
    def why_not(cls, context: Any) -> str:
        """Why the button is grey."""
        return reasons.why_not_add(context)

    def work(self, context: Any) -> str:
        """Add it."""
        said = attaching.add(context, self.filepath or context.scene.mien_avatar.path)
        worker.wake()
        return said


class MIEN_OT_avatar_detach(OfAvatars, bpy.types.Operator):
    """Let the object carry its avatar no longer."""

    bl_idname = "mien.avatar_detach"
    bl_label = "Detach"
    bl_description = "Let the object carry its avatar no longer; frames and animation stay"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def why_not(cls, context: Any) -> str:
        """Why the button is grey."""
        return reasons.why_not_detach(context)

    def work(self, context: Any) -> str:
        """Forget the file; it is offered again under File."""
        holder = attaching.needed_holder(context.scene)
        settings = context.scene.mien_avatar
        settings.path, settings.holder = holder.mien_avatar.path, None
        holder.property_unset("mien_avatar")
        return f"'{holder.name}' carries no avatar any more."


class MIEN_OT_avatar_compositor(OfAvatars, bpy.types.Operator):
    """Lay the avatar's frames over the render."""

    bl_idname = "mien.avatar_compositor"
    bl_label = "Set Up Compositor"
    bl_description = (
        "Lay the rendered frames over the scene's render, in step with it; frames with depth (OpenEXR) "
        "are covered by what stands before them. Pressed again it takes new frames, and your own nodes and "
        "links stay"
    )
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def why_not(cls, context: Any) -> str:
        """Why the button is grey."""
        return reasons.why_not_compositor(context)

    def work(self, context: Any) -> str:
        """Set it up."""
        asked = rendering.order(context.scene)
        place = sitter.sitter(asked.scene, asked.holder).place
        scale = scale_of(np.array(place.matrix_world))
        return compositing.set_up(asked.scene, asked.frames, scale)


class MIEN_OT_avatar_compositor_remove(OfAvatars, bpy.types.Operator):
    """Take Mien's nodes out of the compositor."""

    bl_idname = "mien.avatar_compositor_remove"
    bl_label = "Remove from Compositor"
    bl_description = (
        "Take Mien's nodes out of the compositor and show strips again that were muted for it; your own "
        "nodes stay"
    )
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def why_not(cls, context: Any) -> str:
        """Why the button is grey."""
        return reasons.why_not_compositor_remove(context)

    def work(self, context: Any) -> str:
        """Take them away."""
        return compositing.remove(context.scene)


class MIEN_OT_avatar_colours(OfAvatars, bpy.types.Operator):
    """Show avatars in their film's colours."""

    bl_idname = "mien.avatar_colours"
    bl_label = "Match Film Colours"
    bl_description = (
        "Set the scene's view transform to Standard, without look, exposure or gamma, so that an avatar "
        "has the colours of its film. It changes how the whole scene looks"
    )
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def why_not(cls, context: Any) -> str:
        """Why the button is grey."""
        return "" if colours.advice(context.scene) else "The scene shows the film's own colours"

    def work(self, context: Any) -> str:
        """Set the view."""
        return colours.match(context.scene)


class MIEN_OT_avatar_preview(OfAvatars, bpy.types.Operator):
    """Show the avatar in the corner of the 3D view, on and off."""

    bl_idname = "mien.avatar_preview"
    bl_label = "Preview Avatar"
    bl_description = (
        "Show the avatar in the corner of the 3D view as the render sees it, small, and again whenever "
        "rig, frame, camera or look change. Nothing of it is in the file; press again to end it"
    )
    # Nothing of it is in the file, so there is nothing to undo.
    bl_options = {"REGISTER"}

    @classmethod
    def why_not(cls, context: Any) -> str:
        """Why the button is grey."""
        return reasons.why_not_preview(context)

    def execute(self, context: Any) -> set[str]:
        """Switch it on, or off."""
        if preview.is_on():
            preview.stop()
            status.redraw(context)
            return {"FINISHED"}
        try:
            preview.start(context)
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        status.ended(context, "")
        if not bpy.app.background:
            preview.go_on_by_timer()
        return {"FINISHED"}


CLASSES = (
    MIEN_OT_avatar_attach,
    MIEN_OT_avatar_add,
    MIEN_OT_avatar_detach,
    MIEN_OT_avatar_compositor,
    MIEN_OT_avatar_compositor_remove,
    MIEN_OT_avatar_colours,
    MIEN_OT_avatar_preview,
)
