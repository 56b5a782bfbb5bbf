# SPDX-License-Identifier: GPL-3.0-or-later
"""Avatars: what the worker does while Blender stays usable: frames, keys from a film, a .ply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from .. import defaults, jobs
from ..avatar import attaching, film_keys, ply, rendering
from ..problems import AnimatorError
from . import avatar_reasons as reasons
from .asked import CHARACTER, SaysWhyGrey
from .background import BackgroundOperator

NEUTRAL, POSED = "NEUTRAL", "POSED"
POSES = (
    (POSED, "Current Frame", "As the rig stands at the current frame"),
    (NEUTRAL, "Neutral", "The person at rest"),
)
CURRENT_FRAME = -1_048_575


class MIEN_OT_avatar_render(SaysWhyGrey, BackgroundOperator, bpy.types.Operator):
    """Render the avatar's frames in the background."""

    bl_idname = "mien.avatar_render"
    bl_label = "Render Avatar"
    bl_description = (
        "Render the avatar at the scene's camera over the frame range, moved by the rig's curves as "
        "they play. Blender stays usable; Esc stops it, and frames that are finished stay. "
        "Frames that are there already, of the same curves, are not rendered again"
    )
    bl_options = {"UNDO"}
    said_if_cancelled = "Cancelled. Frames that were finished stay; no strip was added."

    why_not = staticmethod(reasons.why_not_render)

    def begin(self, context: Any) -> jobs.Job:
        """Sample the scene and ask for the frames."""
        return rendering.start(context, rendering.order(context.scene))


class _AsksForFile(BackgroundOperator):
    """Asks for a file before it starts, unless it was given one."""

    filepath: str
    _browsed = False

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Open the file browser, which then calls `execute`."""
        if self.filepath:
            return super().invoke(context, event)
        self.filepath = self.suggested(context)
        self._browsed = True
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def suggested(self, context: Any) -> str:
        """What the file browser offers at first."""
        return ""

    def execute(self, context: Any) -> set[str]:
        """From the file browser by timer, so that Blender stays usable; from scripts to the end."""
        return super().invoke(context, None) if self._browsed else super().execute(context)


class MIEN_OT_film_to_keys(SaysWhyGrey, _AsksForFile, bpy.types.Operator):
    """Key what a filmed face does on the character."""

    bl_idname = "mien.film_to_keys"
    bl_label = "Film to Keys..."
    bl_description = (
        "Read from a film what one person's face does, and key it on the character as a take of its "
        "own, frame for frame; the mouth on Lips, the rest on Expression, Gaze and Head. It begins "
        "with the film's sound strip where that lies in the sequencer, else at the current frame"
    )
    bl_options = {"UNDO"}

    filepath: StringProperty(
        name="Film",
        description="Film of one face, with or without sound",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    frame: IntProperty(
        name="Frame",
        description="Scene frame at which the film begins; left out: the current frame",
        default=CURRENT_FRAME,
        options={"HIDDEN", "SKIP_SAVE"},
    )
    character: CHARACTER
    filter_movie: BoolProperty(
        name="Films", description="Show films", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )
    filter_folder: BoolProperty(
        name="Folders", description="Show folders", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )

    why_not = staticmethod(reasons.why_not_film_to_keys)

    def begin(self, context: Any) -> jobs.Job:
        """Ask what the face does."""
        settings = defaults.settings_at(context.scene, self.character)
        frame = context.scene.frame_current if self.frame == CURRENT_FRAME else self.frame
        return film_keys.start(context, settings, Path(bpy.path.abspath(self.filepath)), frame)


class MIEN_OT_avatar_ply(SaysWhyGrey, _AsksForFile, bpy.types.Operator):
    """Export the avatar's Gaussians."""

    bl_idname = "mien.avatar_ply"
    bl_label = "Export Avatar as PLY..."
    bl_description = (
        "Write the avatar as a standard 3D Gaussian splatting .ply for other tools: as the rig stands "
        "at the current frame, or the person at rest"
    )
    bl_options = {"REGISTER"}

    filepath: StringProperty(
        name="File",
        description="The .ply to write; one that is there is replaced",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    pose: EnumProperty(name="Pose", description="What is written", items=POSES)
    filter_glob: StringProperty(default="*.ply", options={"HIDDEN"})
    check_existing: BoolProperty(
        name="Check Existing",
        description="Warn before a file is replaced",
        default=True,
        options={"HIDDEN"},
    )

    why_not = staticmethod(reasons.why_not_ply)

    def suggested(self, context: Any) -> str:
        """Beside the .blend file, as the object is called."""
        return bpy.path.abspath(f"//{attaching.needed_holder(context.scene).name}.ply")

    def begin(self, context: Any) -> jobs.Job:
        """Ask for the file."""
        if not self.filepath:
            raise AnimatorError("No file is named to write to.", "Choose one ending in .ply.")
        path = attaching.file_of(self.filepath).absolute()
        if path.suffix.lower() != ".ply":
            path = path.with_name(f"{path.name}.ply")
        return ply.start(context, path, posed=self.pose == POSED)


CLASSES = (MIEN_OT_avatar_render, MIEN_OT_film_to_keys, MIEN_OT_avatar_ply)
