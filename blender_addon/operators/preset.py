# SPDX-License-Identifier: GPL-3.0-or-later
"""Emotions, styles and presets chosen by their pictures; saving a preset of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from .. import cast, presets, status
from ..emotions import CHOICES
from ..problems import AnimatorError


class MIEN_OT_emotion_choose(bpy.types.Operator):
    """Choose the emotion of the shown character."""

    bl_idname = "mien.emotion_choose"
    bl_label = "Choose Emotion"
    bl_options = {"UNDO", "INTERNAL"}

    emotion: EnumProperty(
        name="Emotion",
        description="Emotion of the shown character",
        items=[(name, label, what, "NONE", number) for name, label, what, number in CHOICES],
    )

    @classmethod
    def description(cls, _context: Any, properties: Any) -> str:
        """What the face does."""
        return next(what for name, _, what, _ in CHOICES if name == properties.emotion)

    def execute(self, context: Any) -> set[str]:
        """Set it."""
        cast.active_settings(context.scene).emotion = self.emotion
        return {"FINISHED"}


class MIEN_OT_preset_apply(bpy.types.Operator):
    """Give the shown character an emotion, its intensity and a manner in one click."""

    bl_idname = "mien.preset_apply"
    bl_label = "Apply Preset"
    bl_description = "Set the shown character's emotion, intensity and manner of acting"
    bl_options = {"UNDO"}

    preset: StringProperty(
        name="Preset", description="Name of the preset, such as Angry Whisper; see the panel"
    )

    @classmethod
    def description(cls, _context: Any, properties: Any) -> str:
        """The preset's own words."""
        found = [each for each in presets.list_presets() if each.key == properties.preset]
        words = found[-1].description if found else ""
        return f"{words}\n\nSets emotion, intensity and every strength and manner".strip()

    def execute(self, context: Any) -> set[str]:
        """Set what the preset says."""
        try:
            found = presets.find_preset(self.preset)
            name = presets.apply_preset(cast.active_settings(context.scene), found.path)
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        self.report({"INFO"}, f"The next take is '{name}'.")
        return {"FINISHED"}


class MIEN_OT_preset_save(bpy.types.Operator):
    """Save emotion, intensity and manner as a preset of one's own."""

    bl_idname = "mien.preset_save"
    bl_label = "Save Preset"
    bl_description = (
        "Save the shown character's emotion, intensity and manner as a preset of your own for "
        "every file. One of the same name is replaced"
    )

    preset_name: StringProperty(name="Name", description="What the panel calls the preset")
    words: StringProperty(name="Description", description="What the preset is for, in a sentence")

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the name."""
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: Any) -> set[str]:
        """Write the file."""
        try:
            path: Path = presets.save_preset(
                cast.active_settings(context.scene), self.preset_name, self.words
            )
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        self.report({"INFO"}, f"Saved {path}.")
        return {"FINISHED"}


CLASSES = (MIEN_OT_emotion_choose, MIEN_OT_preset_apply, MIEN_OT_preset_save)
