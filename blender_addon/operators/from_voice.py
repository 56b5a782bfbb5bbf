# SPDX-License-Identifier: GPL-3.0-or-later
"""From Voice: the emotion heard in a sound strip becomes keys that the animator edits."""

from __future__ import annotations

from typing import Any

import bpy

from .. import compat, defaults, jobs, listening
from .asked import CHARACTER, STRIP
from .background import BackgroundOperator
from .reasons import asked_by_a_panel, why_not_listen, why_not_start


class MIEN_OT_emotion_from_voice(BackgroundOperator, bpy.types.Operator):
    """Key the emotion that is heard in the sound strip."""

    bl_idname = "mien.emotion_from_voice"
    bl_label = "From Voice"
    bl_description = (
        "Listen to the strip and key the emotion heard in it, as a blend with its intensity, "
        "for you to edit. Keys of these settings over the strip are replaced; others stay"
    )
    bl_options = {"UNDO"}

    character: CHARACTER
    strip: STRIP

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why; a script is told when it has said what it wants."""
        reason = (why_not_listen if asked_by_a_panel(context) else why_not_start)(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def begin(self, context: Any) -> jobs.Job:
        """Ask what is heard."""
        settings = defaults.settings_at(context.scene, self.character)
        scene = compat.sequencer_scene(context)
        strip = defaults.strip_for(scene, self.strip or settings.strip_name)
        return listening.start(context, settings, strip.name)
