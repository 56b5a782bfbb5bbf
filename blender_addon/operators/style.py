# SPDX-License-Identifier: GPL-3.0-or-later
"""Styles of acting: the menu, applying one, saving one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import StringProperty

from .. import cast, status, styles
from ..problems import AnimatorError


class MIEN_OT_style_apply(bpy.types.Operator):
    """Give the manner of acting what a style says."""

    bl_idname = "mien.style_apply"
    bl_label = "Apply Style"
    bl_options = {"UNDO", "INTERNAL"}

    path: StringProperty(name="File", description="The style's JSON file", subtype="FILE_PATH")

    @classmethod
    def description(cls, _context: Any, properties: Any) -> str:
        """The style's own words."""
        path = Path(properties.path)
        found = styles.list_styles(path.parent)
        words = next((style.description for style in found if style.path == path), "")
        return f"{words}\n\nSets every strength and manner, never the emotion".strip()

    def execute(self, context: Any) -> set[str]:
        """Set what the style names, and the rest of the manner to its defaults."""
        try:
            name = styles.apply_style(cast.active_settings(context.scene), Path(self.path))
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        self.report({"INFO"}, f"The face acts in style '{name}' at the next take.")
        return {"FINISHED"}


class MIEN_OT_style_save(bpy.types.Operator):
    """Save the present manner of acting as a style of your own."""

    bl_idname = "mien.style_save"
    bl_label = "Save Style"
    bl_description = (
        "Save the present strengths and manner, without the emotion, as a style of your own for "
        "every file. One of the same name is replaced"
    )

    style_name: StringProperty(name="Name", description="What the menu calls the style")
    words: StringProperty(name="Description", description="What the style is for, in a sentence")

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the name."""
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: Any) -> set[str]:
        """Write the file."""
        try:
            path = styles.save_style(
                cast.active_settings(context.scene), self.style_name, self.words
            )
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        self.report({"INFO"}, f"Saved {path}.")
        return {"FINISHED"}


class MIEN_MT_styles(bpy.types.Menu):
    """Styles that come with Mien, and the animator's own."""

    bl_label = "Style"
    bl_description = "How somebody acts: presets of all strengths and manners, never of the emotion"

    def draw(self, context: Any) -> None:
        """List both folders, and offer to save."""
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        _list(layout, styles.list_styles(styles.shipped_folder()))
        own = styles.list_styles(styles.own_folder())
        if own:
            layout.separator()
            _list(layout, own)
        layout.separator()
        layout.operator("mien.style_save", text="Save Style...", icon="FILE_TICK")


def _list(layout: Any, found: list[styles.Style]) -> None:
    for style in found:
        layout.operator("mien.style_apply", text=style.name).path = str(style.path)


CLASSES = (MIEN_OT_style_apply, MIEN_OT_style_save, MIEN_MT_styles)
