# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens inside Blender: the add-on enabled, a head that speaks, a film of it, a file to open."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any, TextIO

import bpy
import numpy as np
from stage import set_stage

HERE = Path(__file__).resolve().parent
FPS = 24
SIZE_PIXELS = 512
# Share of the range, and how much of the asked intensity shows there.
_FEELING = ((0.0, 0.4), (0.3, 1.0), (0.8, 1.0), (1.0, 0.7))


def link_folder(link: Path, target: Path) -> None:
    """Make a folder appear under another name; Windows needs a junction, because links need rights there."""
    if sys.platform == "win32":
        import _winapi  # noqa: PLC0415

        _winapi.CreateJunction(str(target), str(link))
    else:
        link.symlink_to(target, target_is_directory=True)


def enable_addon(folder: Path) -> None:
    """Enable the add-on of this repository as an extension."""
    folder.mkdir()
    link_folder(folder / "mien", HERE.parent / "blender_addon")
    repositories = bpy.context.preferences.extensions.repos
    repositories.new(
        name="Mien demo", module="mien_demo", custom_directory=str(folder), remote_url=""
    )
    bpy.ops.preferences.addon_enable(module="bl_ext.mien_demo.mien")
    if not hasattr(bpy.types.Scene, "mien"):
        raise RuntimeError("Blender could not enable the add-on")


def new_scene(audio: Path) -> tuple[bpy.types.Scene, bpy.types.Strip]:
    """An empty scene at 24 frames per second with the recording as a strip at frame 1, packed into the file."""
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = FPS, 1.0
    strip = scene.sequence_editor_create().strips.new_sound(audio.stem, str(audio), 1, 1)
    if strip.sound.samplerate == 0:
        raise RuntimeError(
            f"{audio} holds no sound that Blender can read: give a WAV, FLAC, MP3, OGG or MP4 file"
        )
    strip.sound.pack()
    # Blender 5.2 renamed the property and warns about the old one.
    frames = strip.duration if hasattr(strip, "duration") else strip.frame_final_duration
    scene.frame_start, scene.frame_end = 1, math.ceil(frames)
    scene.sync_mode = "AUDIO_SYNC"
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = scene
    return scene, strip


def feeling(scene: bpy.types.Scene, emotion: str, intensity: float) -> dict[str, Any]:
    """The emotion over the scene's range, as the worker's and the command line's emotion track.

    It comes while the first words are spoken, and ebbs a little toward the end.
    """
    last = scene.frame_end - scene.frame_start
    frames = sorted({round(share * last) for share, _ in _FEELING})
    shares = np.interp(np.array(frames) / max(1, last), *np.array(_FEELING).T)
    return {
        "time_seconds": [frame / FPS for frame in frames],
        "intensity": [round(intensity * share, 4) for share in shares.tolist()],
        "weights": {emotion: [1.0] * len(frames)},
    }


def generate(
    scene: bpy.types.Scene, strip: bpy.types.Strip, emotion: str, track: dict[str, Any]
) -> bpy.types.Object:
    """Add the head, key the feeling and let the add-on make the head speak; returns the head."""
    bpy.ops.mesh.mien_head_add()
    head = bpy.context.object
    settings = scene.mien
    settings.strip_name = strip.name
    settings.target = settings.head_target = head
    settings.emotion = emotion
    key_intensity(scene, track)
    if bpy.ops.mien.generate() != {"FINISHED"}:
        raise RuntimeError("the add-on made no take")
    return head


def key_intensity(scene: bpy.types.Scene, track: dict[str, Any]) -> None:
    """Key the setting as an animator would, with straight lines between the keys."""
    preferences = bpy.context.preferences.edit
    usual = preferences.keyframe_new_interpolation_type
    preferences.keyframe_new_interpolation_type = "LINEAR"
    for second, intensity in zip(track["time_seconds"], track["intensity"], strict=True):
        scene.mien.intensity = intensity
        scene.mien.keyframe_insert("intensity", frame=scene.frame_start + round(second * FPS))
    preferences.keyframe_new_interpolation_type = usual


def film_settings(scene: bpy.types.Scene, path: Path) -> None:
    """H.264 and AAC in MP4, 512 x 512."""
    render = scene.render
    render.resolution_x = render.resolution_y = SIZE_PIXELS
    render.resolution_percentage = 100
    # Blender 5 lists film formats only once the medium is chosen.
    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = "VIDEO"
    render.image_settings.file_format = "FFMPEG"
    render.ffmpeg.format, render.ffmpeg.codec = "MPEG4", "H264"
    render.ffmpeg.constant_rate_factor = "HIGH"
    render.ffmpeg.audio_codec, render.ffmpeg.audio_bitrate = "AAC", 192
    render.filepath = str(path)


def look_through_camera() -> None:
    """So that whoever opens the file sees the face at once."""
    for screen in bpy.data.screens:
        for area in screen.areas:
            if area.type == "VIEW_3D":
                area.spaces.active.region_3d.view_perspective = "CAMERA"


def render_film(screen: TextIO) -> None:
    """Render every frame, with a counter where a person watches."""

    def count(rendered: bpy.types.Scene, _depsgraph: object = None) -> None:
        told = f"\r  frame {rendered.frame_current} of {rendered.frame_end} "
        print(told, end="", file=screen, flush=True)

    if screen.isatty():
        bpy.app.handlers.render_post.append(count)
    bpy.ops.render.render(animation=True)
    if screen.isatty():
        print("\r" + " " * 30, end="\r", file=screen)


def describe_film(scene: bpy.types.Scene) -> str:
    """How long and how large, and by which Blender."""
    frames = scene.frame_end - scene.frame_start + 1
    return (
        f"{frames} frames of {SIZE_PIXELS} x {SIZE_PIXELS} pixels, Blender {bpy.app.version_string}"
    )


def film(scene: bpy.types.Scene, head: bpy.types.Object, path: Path, screen: TextIO) -> None:
    """Stage the head and film every frame; the film gets its name when it is whole."""
    set_stage(scene, head)
    # Five samples instead of eight save a third of the time and are hardly seen in motion.
    scene.display.render_aa = "5"
    part = path.with_suffix(".part.mp4")
    film_settings(scene, part)
    render_film(screen)
    part.replace(path)


def save(scene: bpy.types.Scene, path: Path) -> None:
    """Save the file as someone would like to find it: at its first frame, seen through the camera."""
    look_through_camera()
    scene.render.filepath = "//" + path.with_suffix(".mp4").name
    scene.frame_set(scene.frame_start)
    bpy.ops.wm.save_as_mainfile(filepath=str(path), compress=True)
