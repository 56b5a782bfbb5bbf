# SPDX-License-Identifier: GPL-3.0-or-later
"""A sound file becomes a strip, without a visit to the sequencer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from . import compat
from .problems import AnimatorError

# What a new file has. Anything else was chosen, and stays.
DEFAULT_RANGE = (1, 250)
DEFAULT_SYNC = "NONE"
HIGHEST_CHANNEL = 128


@dataclass(frozen=True)
class Opened:
    """A new strip, and what else was set for it, in words."""

    strip: Any
    also: tuple[str, ...]


def open_sound(context: Any, path: Path, *, frame: int, channel: int = 0) -> Opened:
    """Add a sound strip to the sequencer's scene and make it the active one.

    A range and a playback that nobody has changed yet are set to the sound: the scene ends with its
    last strip, and playback keeps to the sound.

    Args:
        context: Blender's.
        path: the sound file.
        frame: scene frame at which it begins.
        channel: the lowest one it may lie on; 0 for any.

    Raises:
        AnimatorError: the file has no sound that Blender can play; nothing was changed.
    """
    _check_sound(path)
    scene = _shown_scene(context)
    editor = scene.sequence_editor or scene.sequence_editor_create()
    strip = _new_strip(editor, path, frame, max(1, channel))
    for other in compat.all_strips(scene):
        other.select = other == strip
    editor.active_strip = strip
    return Opened(strip, _fit(scene))


def _check_sound(path: Path) -> None:
    if not path.is_file():
        raise AnimatorError(f"There is no file {path}.", "Choose a sound file.")
    known = set(bpy.data.sounds)
    try:
        sound = bpy.data.sounds.load(str(path))
    except RuntimeError as error:
        raise AnimatorError(
            f"Blender cannot open {path.name}: {error}", "Use WAV or FLAC."
        ) from error
    playable = sound.samplerate > 0 and sound.channels != "INVALID"
    if sound not in known:
        bpy.data.sounds.remove(sound)
    if not playable:
        raise AnimatorError(
            f"Blender finds no sound in {path.name}.",
            "Check that it plays elsewhere; convert it to WAV or FLAC.",
        )


def _shown_scene(context: Any) -> Any:
    """The sequencer's scene; where none is chosen yet, the window's becomes it."""
    scene = compat.sequencer_scene(context)
    compat.show_in_sequencer(context, scene)
    return scene


def _new_strip(editor: Any, path: Path, frame: int, lowest: int) -> Any:
    """Blender moves a strip that would lie on another to a later frame, so a free channel comes first."""
    strips = compat.strips(editor)
    # Above all of its scene, where nothing can be in the way; its length is known only then.
    highest = max((strip.channel for strip in strips), default=0)
    strip = strips.new_sound(
        path.stem, str(path), min(max(highest + 1, lowest), HIGHEST_CHANNEL), frame
    )
    settle_channel(editor, strip, lowest)
    return strip


def settle_channel(editor: Any, strip: Any, lowest: int) -> None:
    """Let a new strip, which lies above all others, sink to the lowest channel that is free there."""
    place = compat.strip_frames(strip)
    for channel in range(lowest, strip.channel):
        others = [
            other for other in compat.strips(editor) if other != strip and other.channel == channel
        ]
        if all(_apart(place, compat.strip_frames(other)) for other in others):
            strip.channel = channel
            break


def _apart(one: compat.StripFrames, other: compat.StripFrames) -> bool:
    return one.right <= other.left or other.right <= one.left


def _fit(scene: Any) -> tuple[str, ...]:
    also = []
    if (scene.frame_start, scene.frame_end) == DEFAULT_RANGE:
        last = max(compat.strip_frames(strip).right for strip in compat.all_strips(scene)) - 1
        scene.frame_end = max(scene.frame_start, last)
        also.append(f"the scene ends on frame {scene.frame_end} now")
    if scene.sync_mode == DEFAULT_SYNC:
        scene.sync_mode = "AUDIO_SYNC"
        also.append("playback keeps to the sound now")
    return tuple(also)
