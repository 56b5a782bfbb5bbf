# SPDX-License-Identifier: GPL-3.0-or-later
"""Clear: the face as it was before Mien."""

from __future__ import annotations

from typing import Any

import bpy

from .. import apply, cast, status, stillness
from .reasons import why_not_clear


class MIEN_OT_clear(bpy.types.Operator):
    """Remove all of Mien's takes from the chosen face and head; your own animation stays."""

    bl_idname = "mien.clear"
    bl_label = "Clear"
    bl_description = (
        "Remove all of Mien's takes from the chosen face and head; your own animation stays"
    )
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why."""
        reason = why_not_clear(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: Any) -> set[str]:
        """Remove the takes and say how many."""
        settings = cast.active_settings(context.scene)
        with stillness.still():
            text = status.cleared(*apply.clear_takes(settings.target, settings.head_target))
        status.ended(context, text)
        self.report({"INFO"}, text)
        return {"FINISHED"}
