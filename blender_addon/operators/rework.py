# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to a take that is there: a part made again, re-timed, baked."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from .. import baking, cast, compat, defaults, jobs, regenerate, regions, retiming, status, strips
from ..directions import direction
from ..problems import AnimatorError
from ..strips import StripMap
from .background import BackgroundOperator
from .reasons import why_not_generate, why_not_rework

STRIP = StringProperty(
    name="Strip",
    description="Sound strip whose take is meant; empty takes the one of the shown character",
    options={"SKIP_SAVE"},
)


class MIEN_OT_regenerate(BackgroundOperator, bpy.types.Operator):
    """Make some frames and regions of a take again."""

    bl_idname = "mien.regenerate"
    bl_label = "Regenerate Part"
    bl_description = (
        "Make some frames and regions of the take again by the present settings; all other keys stay "
        "as they are, yours too. Frames are those of the preview range, where there is one (P in the "
        "Timeline)"
    )
    bl_options = {"REGISTER", "UNDO"}

    strip: STRIP
    first_frame: IntProperty(
        name="First Frame",
        description="First scene frame that may change; with both at 0 the preview range counts, or "
        "the whole take",
    )
    last_frame: IntProperty(name="Last Frame", description="Last scene frame that may change")
    regions: EnumProperty(
        name="Regions",
        description="Regions of the face that are made again",
        items=regions.REGIONS,
        options={"ENUM_FLAG"},
        default=set(regions.EVERY),
    )
    seed: IntProperty(
        name="Seed",
        description="Another number gives another acting of this part; below 0 keeps the setting",
        default=-1,
        min=-1,
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why."""
        reason = why_not_generate(context) or why_not_rework(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask which part, then run to the end: what was heard is known, so it is quick."""
        settings = cast.active_settings(context.scene)
        self.first_frame, self.last_frame = _span(context, settings, self)
        self.seed = settings.seed + 1
        return context.window_manager.invoke_props_dialog(self)

    def begin(self, context: Any) -> jobs.Job:
        """Ask for the part."""
        settings = cast.active_settings(context.scene)
        first, last = _span(context, settings, self)
        part = regenerate.Part(first, last, frozenset(self.regions))

        def directed(now: Any, heard: StripMap) -> dict[str, Any]:
            asked = direction(now, heard)
            return asked if self.seed < 0 else {**asked, "seed": self.seed}

        return regenerate.start(context, settings, self.strip, part, directed=directed)


class MIEN_OT_retime(BackgroundOperator, bpy.types.Operator):
    """Let the take follow its strip."""

    bl_idname = "mien.retime"
    bl_label = "Re-Time"
    bl_description = (
        "The strip was moved, stretched, trimmed or got another sound: let its take follow. Where the "
        "same sound is heard, keys are moved, your edits too; else the take is made again"
    )
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why."""
        reason = why_not_generate(context) or why_not_rework(context)
        if not reason:
            reason = retiming.why_not(context, cast.active_settings(context.scene))
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: Any) -> set[str]:
        """Move the keys at once, or make the take again to the end."""
        return self._moved(context) or super().execute(context)

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Move the keys at once, or make the take again beside Blender."""
        return self._moved(context) or super().invoke(context, event)

    def begin(self, context: Any) -> jobs.Job:
        """Make the take again."""
        return retiming.again(context, cast.active_settings(context.scene))

    def _moved(self, context: Any) -> set[str] | None:
        try:
            said = retiming.move(context, cast.active_settings(context.scene))
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        if said is None:
            return None
        status.ended(context, said)
        self.report({"INFO"}, said)
        return {"FINISHED"}


class MIEN_OT_bake(bpy.types.Operator):
    """Bake a take's layers to one Action."""

    bl_idname = "mien.bake"
    bl_label = "Bake to One Action"
    bl_description = (
        "Make one Action of the take's layers, with as few keys as it needs, muted layers left out. It "
        "is yours then, and Mien leaves it alone"
    )
    bl_options = {"UNDO"}

    strip: STRIP

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why."""
        reason = why_not_rework(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context: Any) -> set[str]:
        """Bake it."""
        settings = cast.active_settings(context.scene)
        try:
            scene = compat.sequencer_scene(context)
            strip = defaults.strip_for(scene, self.strip or settings.strip_name)
            said = baking.bake(settings, strip.name)
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        status.ended(context, said)
        self.report({"INFO"}, said)
        return {"FINISHED"}


def _span(context: Any, settings: Any, asked: Any) -> tuple[int, int]:
    """The asked frames, else the preview range, else the whole take; inside the strip's frames."""
    sequencer = compat.sequencer_scene(context)
    strip = defaults.strip_for(sequencer, asked.strip or settings.strip_name)
    heard = strips.map_strip(sequencer, strip)
    whole = (heard.first_frame, heard.first_frame + heard.frames - 1)
    first, last = whole
    if asked.first_frame or asked.last_frame:
        first, last = asked.first_frame, asked.last_frame
    elif context.scene.use_preview_range:
        first, last = context.scene.frame_preview_start, context.scene.frame_preview_end
    return max(first, whole[0]), min(last, whole[1])


CLASSES = (MIEN_OT_regenerate, MIEN_OT_retime, MIEN_OT_bake)
