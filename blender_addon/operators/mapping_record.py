# SPDX-License-Identifier: GPL-3.0-or-later
"""Pose, then press: recording what channels do, one by one, in a guided walk, or from pose assets."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from .. import cast
from ..mapping import assets, guide, recording
from ..problems import AnimatorError
from ..rigs.sources import SOURCES
from .on_character import OnCharacter

ACTIONS = (
    ("START", "Start", "Take the present pose as neutral and begin with the first pose"),
    ("NEXT", "Record and Go On", "Record the pose and go to the next one"),
    ("SKIP", "Skip", "Leave this pose out and go to the next one"),
    ("BACK", "Back", "Go back to the pose before"),
    ("STOP", "Finish", "End here; channels without a pose are made of posed ones"),
)


class _FromNeutral(OnCharacter):
    """What compares with the neutral pose needs one."""

    @classmethod
    def why_not(cls, context: Any) -> str:
        """Of any character: which one is meant is known only when the button is pressed."""
        faces = [settings.target for settings in cast.everyone(context.scene) if settings.target]
        reason = super().why_not(context)
        if reason or any(map(recording.has_neutral, faces)):
            return reason
        return "Bring the rig to rest and press Record Neutral first"


class MIEN_OT_record_neutral(OnCharacter, bpy.types.Operator):
    """Take the present pose of the rig as its rest."""

    bl_idname = "mien.record_neutral"
    bl_label = "Record Neutral"
    bl_description = (
        "Take the present pose of the rig as its rest, which later poses are compared with"
    )
    bl_options = {"UNDO"}

    def work(self, context: Any) -> str:
        """Record it."""
        recording.record_neutral(self.face(context))
        return "The neutral pose is recorded. Pose a channel, then press Record Pose."


class MIEN_OT_record_pose(_FromNeutral, bpy.types.Operator):
    """Make the present pose what a channel does."""

    bl_idname = "mien.record_pose"
    bl_label = "Record Pose"
    bl_description = (
        "Make what differs from the neutral pose (bones, objects, shape keys, sliders) what this "
        "channel does, and bring the rig back to neutral"
    )
    bl_options = {"UNDO"}

    source: StringProperty(
        name="Channel",
        description="What the pose is of: a channel such as jawOpen, a viseme, a mouth or an emotion. "
        "Empty: the channel of the link that is shown",
    )

    def work(self, context: Any) -> str:
        """Record it."""
        face = self.face(context)
        source = self.source or recording.chosen_source(face)
        if source not in SOURCES:
            raise AnimatorError(
                f"'{source}' is no channel that Mien speaks.",
                "Choose one in the list, such as jawOpen.",
            )
        links = recording.record(face, source)
        return f"{source} moves {len(links)} target{'s' if len(links) > 1 else ''} now."


class MIEN_OT_to_neutral(_FromNeutral, bpy.types.Operator):
    """Bring the rig back to its recorded rest."""

    bl_idname = "mien.to_neutral"
    bl_label = "To Neutral"
    bl_description = "Bring the rig back to its recorded neutral pose, without a key"
    bl_options = {"UNDO"}

    def work(self, context: Any) -> str:
        """Put it back."""
        recording.to_neutral(self.face(context))
        return "The rig is neutral."


class MIEN_OT_guide(OnCharacter, bpy.types.Operator):
    """Walk through the poses that show most of a speaking face."""

    bl_idname = "mien.guide"
    bl_label = "Guided Mapping"
    bl_options = {"UNDO"}

    action: EnumProperty(name="Action", description="What to do", items=ACTIONS)

    @classmethod
    def description(cls, _context: Any, properties: Any) -> str:
        """What the button's own action does."""
        return next(words for name, _, words in ACTIONS if name == properties.action)

    def work(self, context: Any) -> str:
        """Start, record, skip, go back or end."""
        face = self.face(context)
        if self.action == "START":
            guide.start(face)
            return "Pose what the panel asks for, then press Record and Go On."
        if guide.step_of(face) == guide.DONE:
            raise AnimatorError("No guided mapping is going on.", "Press Guided Mapping first.")
        if self.action == "NEXT":
            return f"Recorded {' and '.join(guide.press(face))}."
        if self.action == "STOP":
            made = guide.stop(face)
            return f"Mapped. Filled from other poses: {', '.join(made) or 'nothing'}."
        (guide.skip if self.action == "SKIP" else guide.back)(face)
        return "Skipped." if self.action == "SKIP" else "Back."


class MIEN_OT_from_pose_assets(OnCharacter, bpy.types.Operator):
    """Read what channels do from a pose library."""

    bl_idname = "mien.from_pose_assets"
    bl_label = "From Pose Assets"
    bl_description = (
        "Read poses of this file's pose library whose names Mien knows (jawOpen, smile, A I U E O, "
        "viseme_PP ...): each becomes what its channel does. Without a library, every Action with one "
        "key a curve counts as a pose"
    )
    bl_options = {"UNDO"}

    def work(self, context: Any) -> str:
        """Read them."""
        found = assets.record_poses(self.face(context))
        return f"Read from poses: {', '.join(found)}."


CLASSES = (
    MIEN_OT_record_neutral,
    MIEN_OT_record_pose,
    MIEN_OT_to_neutral,
    MIEN_OT_guide,
    MIEN_OT_from_pose_assets,
)
