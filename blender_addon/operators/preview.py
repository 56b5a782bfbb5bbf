# SPDX-License-Identifier: GPL-3.0-or-later
"""Preview: the take on the rig before any key is written, on and off."""

from __future__ import annotations

from typing import Any

import bpy

from .. import cast, preview, preview_handlers, status
from ..problems import AnimatorError
from .reasons import why_not_preview


class MIEN_OT_preview(bpy.types.Operator):
    """Let the chosen face speak the chosen strip in the viewport; nothing is keyed."""

    bl_idname = "mien.preview"
    bl_label = "Preview"
    bl_description = (
        "Let the chosen face speak the chosen strip in the viewport, as the settings ask, also while "
        "it plays. Nothing is keyed or saved; press again to end it"
    )
    # Nothing of it is in the file, so there is nothing to undo.
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why."""
        reason = why_not_preview(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: Any) -> set[str]:
        """Switch it on, or off."""
        settings = cast.active_settings(context.scene)
        if preview.is_on(settings):
            preview.stop()
            status.redraw(context)
            return {"FINISHED"}
        try:
            preview.start(context, settings)
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        status.ended(context, "")
        if not bpy.app.background:
            preview_handlers.start_timer(preview.pump, preview.is_on, preview.stop)
        return {"FINISHED"}
