# SPDX-License-Identifier: GPL-3.0-or-later
"""A sound strip -> the exact map from scene frames to the time of its sound.

Blender starts a strip's sound at the whole frame `content_start`, plays it in seconds whatever
the scene's frame rate is, and cuts it at whole frames; all of this was checked against clicks in
mixed-down strips (tests/blender_addon/test_strips.py). So a scene frame f hears the second

    trim_start / fps + speed * ((f - content_start) / fps - sound_offset)

of the sound, and a grid at fps / speed from there meets every scene frame.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from typing import Any

import bpy

from . import compat
from .problems import AnimatorError


@dataclass(frozen=True)
class StripMap:
    """Which part of a sound the scene hears, and when.

    Scene frame `first_frame + i` hears second `start_seconds + i / grid_fps` of the sound, for i
    in 0 .. frames - 1. `mixed` says that no straight map into the strip's file exists (the speed
    changes inside the strip, say), so that the sound is the strip's own mixdown.
    """

    start_seconds: float
    grid_fps: float
    first_frame: int
    frames: int
    mixed: bool = False

    @property
    def duration_seconds(self) -> float:
        """Length of the heard part, in seconds of the sound."""
        return self.frames / self.grid_fps


def scene_fps(scene: Any) -> float:
    """Frames per second; fps_base makes 23.976 of 24 and 29.97 of 30."""
    return float(scene.render.fps / scene.render.fps_base)


def find_strip(scene: Any, name: str) -> Any:
    """The strip called `name`, or the active one when `name` is empty.

    Raises:
        AnimatorError: no such strip, none active, or a strip that carries no sound.
    """
    strip = _named_or_active(scene, name)
    if strip.type != "SOUND":
        raise AnimatorError(
            f"Strip '{strip.name}' carries no sound (it is a {strip.type.lower()} strip).",
            "Choose a sound strip; a movie's sound is a strip of its own, next to the picture.",
        )
    if strip.sound is None:
        raise AnimatorError(
            f"Sound strip '{strip.name}' has lost its sound.",
            "Choose its file again in the strip's Source panel.",
        )
    return strip


def _named_or_active(scene: Any, name: str) -> Any:
    if name:
        strip = next((strip for strip in compat.all_strips(scene) if strip.name == name), None)
        if strip is None:
            raise AnimatorError(
                f"There is no strip '{name}' in scene '{scene.name}'.",
                "Choose a sound strip in the Mien panel.",
            )
        return strip
    strip = scene.sequence_editor.active_strip if scene.sequence_editor else None
    if strip is None:
        raise AnimatorError(
            "No sound strip is selected.",
            "Click a sound strip in the sequencer, or choose one in the Mien panel.",
        )
    return strip


def place_of(scene: Any, strip: Any) -> list[Any]:
    """All that decides when a strip's sound is heard, as plain data; quick enough for every redraw."""
    parents = []
    parent = strip.parent_meta()
    while parent is not None:
        parents.append([*astuple(compat.strip_frames(parent))])
        parent = parent.parent_meta()
    return [
        scene_fps(scene),
        *astuple(compat.strip_frames(strip)),
        compat.sound_offset_seconds(strip),
        compat.retiming_frames(strip),
        parents,
    ]


def text_of(strip: Any) -> str | None:
    """What a sound strip says, if the animator has written it and wants it used."""
    line = strip.mien
    return line.text if line.use_text and line.text.strip() else None


def map_strip(scene: Any, strip: Any) -> StripMap:
    """The map of `strip` in `scene`, over the frames at which it can be heard.

    Raises:
        AnimatorError: no frame of the strip has sound.
    """
    fps = scene_fps(scene)
    place = compat.strip_frames(strip)
    first, last = _heard_range(strip, place)
    speed = _speed(scene, strip, place)
    if speed is None:
        _check_range(strip, first, last)
        return mixed_map(scene, strip, StripMap(0.0, fps, first, last - first))
    offset_frames = compat.sound_offset_seconds(strip) * fps
    trimmed_frames = place.trim_start / speed
    # The first whole frame at which the sound has begun; rounding noise must not cost a frame.
    begins = math.ceil(place.content_start + offset_frames - trimmed_frames - 1e-4)
    first = max(first, begins)
    _check_range(strip, first, last)
    since_content = first - place.content_start - offset_frames
    start = (place.trim_start + speed * since_content) / fps
    return StripMap(max(0.0, start), fps / speed, first, last - first)


def mixed_map(scene: Any, strip: Any, heard: StripMap) -> StripMap:
    """The map into the strip's own mixdown over the same frames.

    Blender plays and mixes no sound before frame 0.

    Raises:
        AnimatorError: the strip ends before frame 0.
    """
    last = heard.first_frame + heard.frames
    first = max(heard.first_frame, 0)
    _check_range(strip, first, last)
    return StripMap(0.0, scene_fps(scene), first, last - first, mixed=True)


def _heard_range(strip: Any, place: compat.StripFrames) -> tuple[int, int]:
    """First frame and exclusive last frame inside content, handles and all metas around."""
    first = max(place.left, place.content_start)
    last = min(place.right, place.content_start + place.content_frames)
    parent = strip.parent_meta()
    while parent is not None:
        around = compat.strip_frames(parent)
        first, last = max(first, around.left), min(last, around.right)
        parent = parent.parent_meta()
    return first, last


def _check_range(strip: Any, first: int, last: int) -> None:
    if last <= first:
        raise AnimatorError(
            f"Strip '{strip.name}' has no audible frame: its sound is trimmed away.",
            "Drag the strip's handles (or those of the meta strip around it) back over the sound.",
        )


def _speed(scene: Any, strip: Any, place: compat.StripFrames) -> float | None:
    """Seconds of sound per second of scene; None when it is not constant over the strip.

    Retiming keys tell only where they lie in the scene, so two of them (start and end) give the
    speed from the length the content would have without them, and more of them give nothing.
    4.4 and 4.5 put the last key on the content's last frame, 5.x on its end: the strip's own
    length shows which. A content that is hard-trimmed as well plays differently from version to
    version, so the mixdown is asked there. Where Blender hides the keys, a strip as long as its
    sound is taken as not retimed, and any other is mixed down.
    """
    keys = compat.retiming_frames(strip)
    if keys is None:
        whole = place.content_frames + place.trim_start + place.trim_end
        return 1.0 if whole == _original_frames(scene, strip) else None
    if not keys:
        return 1.0
    if len(keys) != 2 or keys[0] != place.content_start or place.trim_start or place.trim_end:
        return None
    span = keys[1] - keys[0]
    last_key_is_end = span == place.content_frames
    original = _original_frames(scene, strip) - (0 if last_key_is_end else 1)
    return original / span if span > 0 and original > 0 else None


def _original_frames(scene: Any, strip: Any) -> int:
    """Length of the content without retiming, in Blender's own count; 0 if it cannot be known.

    Blender tells it only of a strip that is not retimed, so a fresh one is made of the same file.
    """
    path = bpy.path.abspath(strip.sound.filepath, library=strip.sound.library)
    known = set(bpy.data.sounds)
    probe = bpy.data.scenes.new("Mien probe")
    try:
        probe.render.fps, probe.render.fps_base = scene.render.fps, scene.render.fps_base
        fresh = compat.strips(probe.sequence_editor_create()).new_sound("probe", path, 1, 1)
        readable = fresh.sound.samplerate > 0
        return compat.strip_frames(fresh).content_frames if readable else 0
    finally:
        bpy.data.scenes.remove(probe)
        for sound in set(bpy.data.sounds) - known:
            bpy.data.sounds.remove(sound)
