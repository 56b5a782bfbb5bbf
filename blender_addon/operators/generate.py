# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate: a sound strip becomes a take on the face."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty

from .. import character, defaults, gaze_track, jobs, performing
from ..emotions import CHOICES
from ..for_one_take import settings_for_one_take
from .asked import CHARACTER, STRIP
from .background import BackgroundOperator
from .reasons import asked_by_a_panel, why_not_generate, why_not_start

AS_SET = "AS_SET"


class MIEN_OT_generate(BackgroundOperator, bpy.types.Operator):
    """Key the face to speak the sound strip."""

    bl_idname = "mien.generate"
    bl_label = "Generate"
    bl_description = (
        "Key the face to speak the sound strip. Where nothing is chosen, it takes the active sound "
        "strip or the only one, and the active face or the only one"
    )
    bl_options = {"UNDO"}

    character: CHARACTER
    strip: STRIP
    emotion: EnumProperty(
        name="Emotion",
        description="Emotion of this take alone; keys on the emotion still have their say",
        items=[
            (AS_SET, "As Set", "As the character's settings say"),
            *((name, label, what) for name, label, what, _ in CHOICES),
        ],
        options={"SKIP_SAVE"},
    )
    intensity: FloatProperty(
        name="Intensity",
        description="Intensity of this take alone, factor from 0 (neutral) to 1.5; below 0: as set",
        default=-1.0,
        min=-1.0,
        max=1.5,
        options={"SKIP_SAVE"},
    )
    seed: IntProperty(
        name="Seed",
        description="Seed of this take alone, from 0; below 0: as set",
        default=-1,
        min=-1,
        options={"SKIP_SAVE"},
    )
    new_take: BoolProperty(
        name="New Take",
        description="Keep the strip's present take, unheard, beside a new one with the next seed",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why; a script is told when it has said what it wants."""
        reason = (why_not_generate if asked_by_a_panel(context) else why_not_start)(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def begin(self, context: Any) -> jobs.Job:
        """Fill in what was not chosen, and ask for the take."""
        settings = defaults.settings_at(context.scene, self.character)
        choice = defaults.decide(context, settings, self.strip)
        character.check_character(choice.face, choice.head)
        gaze_track.check_aim(settings)
        choice = defaults.fill(context, settings, self.strip)
        if self.new_take and self.seed < 0:
            settings.seed += 1
        with settings_for_one_take(settings, self._asked()):
            return performing.start(context, settings, choice.strip.name, beside=self.new_take)

    def _asked(self) -> dict[str, Any]:
        given = {"emotion": self.emotion, "intensity": self.intensity, "seed": self.seed}
        left_out = {"emotion": AS_SET, "intensity": -1.0, "seed": -1}
        return {
            name: value
            for name, value in given.items()
            if value != left_out[name] and not (name == "intensity" and self.intensity < 0.0)
        }
