# SPDX-License-Identifier: GPL-3.0-or-later
"""What several operators ask for, and when they may run at all."""

from __future__ import annotations

from typing import Any

from bpy.props import IntProperty, StringProperty

CHARACTER = IntProperty(
    name="Character",
    description="Which character of the scene, 0 is the first one; -1 is the one that the panel shows",
    default=-1,
    min=-1,
    options={"SKIP_SAVE"},
)
STRIP = StringProperty(
    name="Strip",
    description="Name of the sound strip; empty: as set, else the active or the only one",
    options={"SKIP_SAVE"},
)


class SaysWhyGrey:
    """An operator whose button is grey for a reason: the text of its `why_not`, empty where it may run."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why."""
        reason = cls.why_not(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason


class WhenIdle:
    """What Mien works on keeps still meanwhile: strips, takes, and characters by their place."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why."""
        if context.window_manager.mien.running:
            cls.poll_message_set("Mien is working; wait, or cancel first")
            return False
        return True
