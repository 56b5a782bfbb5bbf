# SPDX-License-Identifier: GPL-3.0-or-later
"""Open Sound: a file becomes a strip, from the 3D view as well as from the sequencer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from .. import opening, status
from ..problems import AnimatorError
from .asked import WhenIdle

CURRENT_FRAME = -1_048_575


class MIEN_OT_open_sound(WhenIdle, bpy.types.Operator):
    """Add a sound file as a strip that Mien can speak."""

    bl_idname = "mien.open_sound"
    bl_label = "Open Sound..."
    bl_description = (
        "Add a sound file to the sequencer at the current frame, on a free channel. In a file that "
        "still has Blender's usual range, the scene then ends with the sound; playback is set to "
        "keep to the sound unless you chose otherwise"
    )
    bl_options = {"UNDO"}

    filepath: StringProperty(
        name="File",
        description="Sound file to open",
        subtype="FILE_PATH",
        # Blender fills in the last one, and a button would then open that again without asking.
        options={"SKIP_SAVE"},
    )
    frame: IntProperty(
        name="Frame",
        description="Scene frame at which the strip begins; left out: the current frame",
        default=CURRENT_FRAME,
        options={"HIDDEN", "SKIP_SAVE"},
    )
    channel: IntProperty(
        name="Channel",
        description="Lowest channel that the strip may lie on, 1 to 128; 0: the lowest free one",
        min=0,
        max=opening.HIGHEST_CHANNEL,
        options={"SKIP_SAVE"},
    )
    filter_sound: BoolProperty(
        name="Sounds", description="Show sound files", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )
    filter_movie: BoolProperty(
        name="Films", description="Show films", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )
    filter_folder: BoolProperty(
        name="Folders", description="Show folders", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the file, unless one was dropped."""
        if self.filepath:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Any) -> set[str]:
        """Add the strip and say what else was set."""
        frame = context.scene.frame_current if self.frame == CURRENT_FRAME else self.frame
        path = Path(bpy.path.abspath(self.filepath))
        try:
            opened = opening.open_sound(context, path, frame=frame, channel=self.channel)
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        text = (
            "; ".join([f"Added strip '{opened.strip.name}' on frame {frame}", *opened.also]) + "."
        )
        status.ended(context, text)
        self.report({"INFO"}, text)
        return {"FINISHED"}


class MIEN_FH_sound(bpy.types.FileHandler):
    """A sound file that is dropped on the 3D view opens as a strip."""

    bl_idname = "MIEN_FH_sound"
    bl_label = "Sound for Mien"
    bl_import_operator = "mien.open_sound"
    bl_file_extensions = ".wav;.flac;.ogg;.mp3;.m4a;.opus;.aif;.aiff"

    @classmethod
    def poll_drop(cls, context: Any) -> bool:
        """The sequencer has its own way."""
        return context.area is not None and context.area.type == "VIEW_3D"


CLASSES = (MIEN_OT_open_sound, MIEN_FH_sound)
