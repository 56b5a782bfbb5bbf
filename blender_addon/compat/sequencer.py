# SPDX-License-Identifier: GPL-3.0-or-later
"""Strips and what the sequencer shows: renamed in 4.4 and 5.2, and a scene of its own from 5.0 on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bpy


@dataclass(frozen=True)
class StripFrames:
    """Where a strip lies, in whole scene frames; ends are exclusive.

    `content_start` is the frame at which the (hard-trimmed) content begins, `trim_start` and
    `trim_end` are the frames cut off the content itself, `content_frames` is its length after
    retiming.
    """

    content_start: int
    content_frames: int
    left: int
    right: int
    trim_start: int
    trim_end: int


def strip_frames(strip: Any) -> StripFrames:
    """Read a strip's place. 5.2 has new names; the old ones warn there and end with 6.0.

    Effects (titles, colours, blurs) have no content that could be trimmed.
    """
    if "left_handle" in strip.bl_rna.properties:
        return StripFrames(
            content_start=int(strip.content_start),
            content_frames=int(strip.content_duration),
            left=strip.left_handle,
            right=strip.right_handle,
            trim_start=getattr(strip, "content_trim_start", 0),
            trim_end=getattr(strip, "content_trim_end", 0),
        )
    return StripFrames(
        content_start=int(strip.frame_start),
        content_frames=strip.frame_duration,
        left=strip.frame_final_start,
        right=strip.frame_final_end,
        trim_start=getattr(strip, "animation_offset_start", 0),
        trim_end=getattr(strip, "animation_offset_end", 0),
    )


def sound_offset_seconds(strip: Any) -> float:
    """How much later than its content start a strip's sound begins (4.2 has no such setting)."""
    return float(getattr(strip, "sound_offset", 0.0))


def retiming_frames(strip: Any) -> list[int] | None:
    """Scene frames of a strip's retiming keys; None before 4.4, which has them and hides them."""
    if not hasattr(strip, "retiming_keys"):
        return None
    return [key.timeline_frame for key in strip.retiming_keys]


def strips(owner: Any) -> Any:
    """Strips directly inside a sequence editor or a meta strip (`sequences` before 4.4)."""
    return owner.strips if hasattr(owner, "strips") else owner.sequences


def place_strip(strip: Any, start: int, left: int, right: int) -> None:
    """Let a strip's untrimmed content begin at frame `start`, and show it from `left` to `right`.

    Blender moves it to another channel where it lies on another strip meanwhile.
    """
    if "left_handle" in strip.bl_rna.properties:
        strip.left_handle_offset = strip.right_handle_offset = 0
        strip.content_start = start
        strip.left_handle, strip.right_handle = left, right
    else:
        strip.frame_offset_start = strip.frame_offset_end = 0
        strip.frame_start = start
        strip.frame_final_start, strip.frame_final_end = left, right


def new_image_strip(editor: Any, name: str, path: str, channel: int, frame: int) -> Any:
    """A strip of one picture, as large as fits into the scene's.

    Where Blender's sequencer cannot read it (multilayer OpenEXR before 4.5), its element has no width.
    """
    return strips(editor).new_image(name, path, channel, frame, fit_method="FIT")


def replace_pictures(strip: Any, folder: str, names: Sequence[str]) -> None:
    """Let an image strip show other files, one a frame. Nothing is trimmed off its content then."""
    trims = ("content_trim_start", "content_trim_end")
    if trims[0] not in strip.bl_rna.properties:
        trims = ("animation_offset_start", "animation_offset_end")
    for trim in trims:
        setattr(strip, trim, 0)
    elements = strip.elements
    while len(elements) > len(names):
        elements.pop(-1)
    for element, name in zip(elements, names, strict=False):
        if element.filename != name:
            element.filename = name
    for name in names[len(elements) :]:
        elements.append(name)
    read_pictures_again(strip, folder)


def read_pictures_again(strip: Any, folder: str) -> None:
    """Let an image strip read its files in `folder`, be it the same: pictures that were read are forgotten."""
    strip.directory = folder


def sound_strip_type() -> Any:
    """The type of sound strips (`SoundSequence` before 4.4)."""
    return getattr(bpy.types, "SoundStrip", None) or bpy.types.SoundSequence


def all_strips(scene: Any) -> list[Any]:
    """Every strip of a scene, those inside meta strips too; empty without a sequencer."""
    editor = scene.sequence_editor
    if editor is None:
        return []
    return list(editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all)


def strip_named(scene: Any, name: str) -> Any:
    """The strip of a scene with a name, be it inside a meta strip, or None."""
    found = strip_search(scene)
    return None if found is None else getattr(*found).get(name)


def strip_search(scene: Any) -> tuple[Any, str] | None:
    """Data and property name for a search field over all strips, or None without a sequencer."""
    editor = scene.sequence_editor
    if editor is None:
        return None
    return editor, "strips_all" if hasattr(editor, "strips_all") else "sequences_all"


def has_pictures(scene: Any) -> bool:
    """Whether a scene's sequencer has something to show, so that F12 renders it instead of the scene."""
    editor = scene.sequence_editor
    return editor is not None and any(
        not (strip.type == "SOUND" or strip.mute or editor.channels[strip.channel].mute)
        for strip in strips(editor)
    )


def sequencer_scene(context: Any) -> Any:
    """The scene whose strips the sequencer shows: from 5.0 on it may differ from the window's."""
    return getattr(context.workspace, "sequencer_scene", None) or context.scene


def show_in_sequencer(context: Any, scene: Any) -> None:
    """Where the sequencer shows no scene yet (possible from 5.0 on), let it show `scene`."""
    workspace = context.workspace
    if hasattr(workspace, "sequencer_scene") and workspace.sequencer_scene is None:
        workspace.sequencer_scene = scene
