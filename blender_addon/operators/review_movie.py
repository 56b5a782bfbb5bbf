# SPDX-License-Identifier: GPL-3.0-or-later
"""Review Movie: a film of the strip's range with its sound, beside the .blend file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from .. import compat, defaults, filming, review
from .asked import CHARACTER, STRIP
from .background import BackgroundOperator
from .reasons import asked_by_a_panel, why_not_film, why_not_start

AUTO = "AUTO"
CAMERAS = (
    (AUTO, "Automatic", "The scene's camera; without one, a camera in front of the face"),
    (review.SCENE, "Scene", "The scene's camera"),
    (review.FACE, "Face", "A camera in front of the face, for a square picture"),
    (review.VIEW, "View", "As the 3D view looks at it"),
)


class MIEN_OT_review_movie(BackgroundOperator, bpy.types.Operator):
    """Film the strip's range with its sound."""

    bl_idname = "mien.review_movie"
    bl_label = "Review Movie"
    bl_description = (
        "Film the strip's range with the scene's sound to an MP4 beside the .blend file, quickly by "
        "Workbench. Your render settings are not touched"
    )

    character: CHARACTER
    strip: STRIP
    filepath: StringProperty(
        name="File",
        description="MP4 to write; empty: beside the .blend file, named after strip and take",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    camera: EnumProperty(name="Camera", description="Where it is filmed from", items=CAMERAS)
    height: IntProperty(
        name="Height",
        description="Height of the picture in pixels, 64 to 2160",
        default=720,
        min=64,
        max=2160,
    )
    use_stamp: BoolProperty(
        name="Stamp",
        description="Write strip, take, seed and frame into the picture",
        default=True,
    )
    use_open: BoolProperty(
        name="Open",
        description="Open the film when it is there; never without a window",
        default=True,
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why; a script is told when it has said what it wants."""
        reason = (why_not_film if asked_by_a_panel(context) else why_not_start)(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def begin(self, context: Any) -> filming.Filming:
        """Find strip and camera, and film."""
        settings = defaults.settings_at(context.scene, self.character)
        sequencer = compat.sequencer_scene(context)
        strip = defaults.strip_for(sequencer, self.strip or settings.strip_name)
        take = review.take_on(settings, strip.name)
        path = review.default_path(strip.name, take)
        camera = self.camera
        if camera == AUTO:
            camera = review.FACE if context.scene.camera is None else review.SCENE
        film = review.Film(
            scene=context.scene,
            sequencer=sequencer,
            strip=strip,
            face=settings.target,
            take=take,
            path=Path(bpy.path.abspath(self.filepath)) if self.filepath else path,
            camera=camera,
            height=self.height,
            stamped=self.use_stamp,
            view=_view(context) if camera == review.VIEW else None,
        )
        review.check(film)
        return filming.Filming(film)

    def finished(self, context: Any) -> None:
        """Open the film."""
        if self.use_open and not bpy.app.background:
            bpy.ops.wm.path_open(filepath=str(self._job.film.path))


def _view(context: Any) -> Any:
    """The 3D view that asks, else the first one of the window."""
    if getattr(context, "area", None) is not None and context.area.type == "VIEW_3D":
        return context.area.spaces.active
    areas = context.window.screen.areas if context.window else ()
    return next((area.spaces.active for area in areas if area.type == "VIEW_3D"), None)
