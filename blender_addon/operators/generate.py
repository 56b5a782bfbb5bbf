# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate: a sound strip becomes a take on the face."""

from __future__ import annotations

from typing import Any

import bpy

from .. import cast, jobs, performing
from .background import BackgroundOperator
from .reasons import why_not_generate


class MIEN_OT_generate(BackgroundOperator, bpy.types.Operator):
    """Key the chosen face to speak the chosen sound strip."""

    bl_idname = "mien.generate"
    bl_label = "Generate"
    bl_description = "Key the chosen face to speak the chosen sound strip"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why."""
        reason = why_not_generate(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    @staticmethod
    def begin(context: Any) -> jobs.Job:
        """Ask for the take."""
        return performing.start(context, cast.active_settings(context.scene))
