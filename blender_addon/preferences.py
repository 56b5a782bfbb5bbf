# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's preferences: the research model of emotion in the voice, off unless chosen."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty

from .problems import AnimatorError

LICENCE = (
    "The research model hears emotions better, but was trained on recordings under CC BY-NC-SA 4.0 "
    "(RAVDESS): not for commercial work. What it suggests, and takes that listen to the voice with "
    "it, come under that limit. It is not part of the extension: download it apart, and choose its "
    "folder here."
)
LINE_CHARACTERS = 90


class MienPreferences(bpy.types.AddonPreferences):
    """Edit > Preferences > Add-ons > Mien."""

    bl_idname = __package__

    use_research: BoolProperty(
        name="Research Model (Non-Commercial)",
        description="Hear emotion in voices with the research model, which is not for commercial "
        "work. Off: with the model that comes with Mien, which is free to use",
    )
    research_folder: StringProperty(
        name="Folder",
        description="Folder that holds the research model, its card and its list with hashes",
        subtype="DIR_PATH",
    )

    def draw(self, context: Any) -> None:
        """Draw the choice, what it means, and the folder."""
        column = self.layout.column()
        column.prop(self, "use_research")
        words = column.column(align=True)
        for line in textwrap.wrap(LICENCE, LINE_CHARACTERS):
            words.label(text=line)
        row = column.row()
        row.enabled = self.use_research
        row.prop(self, "research_folder")


def research_folder() -> str | None:
    """The research model's folder where the animator has switched it on, else None.

    Raises:
        AnimatorError: it is switched on without a folder that holds models.
    """
    chosen = bpy.context.preferences.addons[__package__].preferences
    if not chosen.use_research:
        return None
    folder = Path(bpy.path.abspath(chosen.research_folder)) if chosen.research_folder else None
    if folder is None or not (folder / "models.json").is_file():
        raise AnimatorError(
            "The research model is switched on, but its folder "
            + (f"'{folder}' holds no models.json." if folder else "is not chosen."),
            "Choose it in Preferences > Add-ons > Mien, or switch the research model off.",
        )
    return str(folder)


def register() -> None:
    """Register the preferences."""
    bpy.utils.register_class(MienPreferences)


def unregister() -> None:
    """Undo `register`."""
    bpy.utils.unregister_class(MienPreferences)
