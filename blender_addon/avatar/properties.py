# SPDX-License-Identifier: GPL-3.0-or-later
"""What the animator sets about avatars: which file an object carries, and how a scene is rendered."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from .. import compat

EXR, PNG = "OPEN_EXR_MULTILAYER", "PNG"
FORMATS = (
    (EXR, "OpenEXR", "Multilayer: colour with alpha, and depth for objects before and behind"),
    (PNG, "PNG", "Colour with alpha, 8 bits a channel"),
)
# Nothing that animates these would be evaluated, so nothing can be keyed.
FIXED: set[str] = set()
FIXED_PATH = FIXED | compat.relative_path_options()
# A linked rig that was made editable keeps an avatar of its own.
OVERRIDABLE = {"LIBRARY_OVERRIDABLE"}


def _carries_avatar(_settings: Any, candidate: Any) -> bool:
    return bool(candidate.mien_avatar.path)


class MienAvatar(bpy.types.PropertyGroup):
    """The avatar that an object carries, on `object.mien_avatar`."""

    path: StringProperty(
        name="Avatar",
        description="Avatar file (.mienavatar) that this object carries; empty for none",
        subtype="FILE_PATH",
        options=FIXED_PATH,
        override=OVERRIDABLE,
    )
    place: PointerProperty(
        name="Place",
        description="Object at whose origin the middle of the neck's cut stands, its face to -Y; choose "
        "one that keeps with the shoulders while the head turns. Empty: the object itself",
        type=bpy.types.Object,
        override=OVERRIDABLE,
    )


class MienAvatarShot(bpy.types.PropertyGroup):
    """How avatars are rendered in a scene, on `scene.mien_avatar`."""

    path: StringProperty(
        name="File",
        description="Avatar file (.mienavatar) to attach next",
        subtype="FILE_PATH",
        options=FIXED_PATH,
    )
    holder: PointerProperty(
        name="Attached To",
        description="The rig or empty whose avatar is rendered",
        type=bpy.types.Object,
        poll=_carries_avatar,
    )
    use_scene_range: BoolProperty(
        name="Scene Range",
        description="Render the scene's frames. Off: the frames set here",
        default=True,
        options=FIXED,
    )
    frame_start: IntProperty(
        name="Start", description="First frame to render", default=1, options=FIXED
    )
    frame_end: IntProperty(
        name="End", description="Last frame to render", default=250, options=FIXED
    )
    use_motion_blur: BoolProperty(
        name="Motion Blur",
        description="Blur what moves while the shutter is open, as the scene's Motion Blur sets it "
        "(Shutter and Position)",
        options=FIXED,
    )
    moments: IntProperty(
        name="Moments",
        description="How many moments of an open shutter are mixed, 2 to 64; a frame takes so many "
        "times as long",
        default=8,
        min=2,
        # As many as a file may hold (core/avatar/shot.py).
        max=64,
        options=FIXED,
    )
    file_format: EnumProperty(
        name="Format", description="What the frames are written as", items=FORMATS, options=FIXED
    )
    folder: StringProperty(
        name="Folder",
        description="Where the frames go, in a folder of the avatar's name; // is beside the .blend file",
        default="//avatar",
        subtype="DIR_PATH",
        options=FIXED_PATH,
    )
    name: StringProperty(
        name="Name",
        description="What the frames and their folder are called; empty: as the object",
        options=FIXED,
    )
    plate: StringProperty(
        name="Over Film",
        description="Tracked film (folder ending in .mientrack) of the person that the frames lie over, at "
        "the film's own camera and size; its first picture lies under the first frame. Empty: frames with "
        "alpha, at the scene's camera",
        subtype="DIR_PATH",
        options=FIXED_PATH,
    )
    look: StringProperty(
        name="Look",
        description="Name of the film whose hair and light the avatar wears in frames, preview and .ply, of "
        "those that it was trained on. Empty: its usual one",
        options=FIXED,
    )
    use_strip: BoolProperty(
        name="Add Strip",
        description="Put the finished frames into the sequencer as an image strip, frame for frame in "
        "step with the scene; while it has pictures F12 renders it instead of the scene (Output > Post "
        "Processing > Sequencer)",
        default=True,
        options=FIXED,
    )
    preview_size: IntProperty(
        name="Preview Size",
        description="Longer side of the preview in pixels, 64 to 1024",
        default=256,
        min=64,
        max=1024,
        options=FIXED,
    )
    preview_scale: FloatProperty(
        name="Preview Scale",
        description="How large the preview is drawn in the viewport, 0.5 to 4; it stays as sharp as "
        "Preview Size makes it",
        default=1.0,
        min=0.5,
        max=4.0,
        options=FIXED,
    )


CLASSES = (MienAvatar, MienAvatarShot)


def register() -> None:
    """Register the groups and hang them on objects and scenes."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Object.mien_avatar = PointerProperty(type=MienAvatar, override=OVERRIDABLE)
    bpy.types.Scene.mien_avatar = PointerProperty(type=MienAvatarShot)


def unregister() -> None:
    """Undo `register`, in reverse."""
    del bpy.types.Scene.mien_avatar
    del bpy.types.Object.mien_avatar
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
