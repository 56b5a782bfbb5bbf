# SPDX-License-Identifier: GPL-3.0-or-later
"""From Voice: the emotion heard in a sound strip becomes keys that the animator edits."""

from __future__ import annotations

from typing import Any

import bpy

from .. import cast, jobs, listening
from .background import BackgroundOperator
from .reasons import why_not_listen


class MIEN_OT_emotion_from_voice(BackgroundOperator, bpy.types.Operator):
    """Key the emotion that is heard in the chosen sound strip."""

    bl_idname = "mien.emotion_from_voice"
    bl_label = "From Voice"
    bl_description = (
        "Listen to the chosen strip and key the emotion heard in it, as a blend with its intensity, "
        "for you to edit. Keys of these settings over the strip are replaced; others stay"
    )
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why."""
        reason = why_not_listen(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    @staticmethod
    def begin(context: Any) -> jobs.Job:
        """Ask what is heard."""
        return listening.start(context, cast.active_settings(context.scene))
