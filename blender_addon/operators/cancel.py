# SPDX-License-Identifier: GPL-3.0-or-later
"""Cancel: stop the running job."""

from __future__ import annotations

from typing import Any

import bpy

from .reasons import why_not_cancel


class MIEN_OT_cancel(bpy.types.Operator):
    """Stop the take that is being made; nothing is changed."""

    bl_idname = "mien.cancel"
    bl_label = "Cancel"
    bl_description = "Stop the take that is being made; nothing is changed"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why."""
        reason = why_not_cancel(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: Any) -> set[str]:
        """Leave a note; the generating operator reads it at its next tick."""
        context.window_manager.mien.cancel_asked = True
        return {"FINISHED"}
