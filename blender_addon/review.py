# SPDX-License-Identifier: GPL-3.0-or-later
"""A film of one strip's range with its sound, to send around: quick, and marked with what it shows.

It is rendered by Workbench in a copy of the scene, so that nothing of the animator's settings has to be
put back, whatever happens on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import mathutils

from . import character, compat, face_mesh, sounds, strips, takes
from .problems import AnimatorError

SCENE, FACE, VIEW = "SCENE", "FACE", "VIEW"
LENS_MILLIMETRES = 85.0
SENSOR_MILLIMETRES = 36.0
RATE_HZ = 48000
MOST_SUBDIVISION = 1
NO_TAKE = "no take"
# How much wider than the face the picture is.
AROUND = 1.05
# Workbench's studio lights leave skin dark.
EXPOSURE_STOPS = 0.6
BACKGROUND = (0.08, 0.09, 0.1)
STAMPS = (
    "camera",
    "date",
    "filename",
    "frame",
    "frame_range",
    "hostname",
    "labels",
    "lens",
    "marker",
    "memory",
    "note",
    "render_time",
    "scene",
    "sequencer_strip",
    "time",
)
SHOWN_STAMPS = {"frame", "note"}
# The height of the picture that a line of the stamp takes.
STAMP_SHARE = 1 / 36


@dataclass(frozen=True)
class Film:
    """What is filmed, and where it goes.

    `camera` is SCENE, FACE or VIEW; `height` in pixels; `take` names the take in the picture; `view` is the space of a 3D view for VIEW; `sequencer`
    is the scene that the strip lies in.
    """

    scene: Any
    sequencer: Any
    strip: Any
    face: Any
    take: str
    path: Path
    camera: str
    height: int
    stamped: bool
    view: Any = None


def default_path(strip_name: str, take: str) -> Path:
    """Beside the .blend file, else in Blender's temporary folder: file, strip and take in the name."""
    blend = Path(bpy.data.filepath) if bpy.data.filepath else None
    folder = blend.parent if blend else Path(bpy.app.tempdir)
    parts = [blend.stem if blend else "untitled", strip_name, take]
    words = [re.sub(r"[^\w.-]+", "_", part).strip("_.") for part in parts]
    return folder / ("_".join(words) + ".mp4")


def take_on(settings: Any, strip_name: str) -> str:
    """What the take of a strip that plays on a character is called, with its seed."""
    for datablock in character.animated_by_takes(settings.target, settings.head_target):
        for piece in takes.pieces_on(datablock):
            if piece.content["strip"] == strip_name and piece.is_used:
                return _called(piece.content)
    return NO_TAKE


def _called(content: dict[str, Any]) -> str:
    label = str(content.get("label", "take"))
    seed = content.get("made", {}).get("direction", {}).get("seed")
    return label if seed is None or "seed" in label.casefold() else f"{label}, seed {seed}"


def check(film: Film) -> None:
    """Whether it can be made.

    Raises:
        AnimatorError: no camera, nothing to frame, or a folder that is not there.
    """
    if film.camera == SCENE and film.scene.camera is None:
        raise AnimatorError(
            f"Scene '{film.scene.name}' has no camera.", "Add one, or film the face or the view."
        )
    if film.camera == FACE and (film.face is None or face_mesh.mesh_of(film.face) is None):
        raise AnimatorError(
            "There is no face mesh to be filmed.",
            "Choose the face in the Mien panel, or add a camera.",
        )
    if film.camera == VIEW and film.view is None:
        raise AnimatorError(
            "No 3D view is open to be filmed from.", "Film the scene's camera or the face."
        )
    if not film.path.parent.is_dir():
        raise AnimatorError(f"There is no folder {film.path.parent}.", "Choose another path.")


@contextmanager
def stage(film: Film, folder: Path) -> Iterator[Any]:
    """A copy of the scene that films when it is rendered; it goes when the block ends.

    Raises:
        AnimatorError: the sound cannot be mixed.
    """
    made: list[Any] = []
    sound = None
    world = bpy.data.worlds.new("Mien review")
    world.color = BACKGROUND
    copy = film.scene.copy()
    try:
        copy.name = "Mien review"
        place = compat.strip_frames(film.strip)
        copy.frame_start, copy.frame_end = place.left, max(place.left, place.right - 1)
        _set_picture(copy, film)
        copy.world = world
        if film.camera != SCENE:
            copy.timeline_markers.clear()
            copy.camera = _camera(copy, film, made)
        sound = _bring_sound(copy, film, folder)
        _set_stamp(copy.render, film)
        yield copy
    finally:
        bpy.data.scenes.remove(copy)
        bpy.data.worlds.remove(world)
        if sound is not None:
            bpy.data.sounds.remove(sound)
        for thing in made:
            data = thing.data
            bpy.data.objects.remove(thing)
            bpy.data.cameras.remove(data)


def _set_picture(copy: Any, film: Film) -> None:
    render = copy.render
    aspect = (
        render.resolution_x * render.pixel_aspect_x / (render.resolution_y * render.pixel_aspect_y)
    )
    if film.camera == FACE:
        aspect = 1.0
    # H.264 wants even numbers of pixels.
    render.resolution_y = 2 * round(film.height / 2)
    render.resolution_x = 2 * round(film.height * aspect / 2)
    render.pixel_aspect_x = render.pixel_aspect_y = 1.0
    render.resolution_percentage = 100
    render.engine = "BLENDER_WORKBENCH"
    render.use_border = render.use_multiview = render.use_motion_blur = False
    render.use_compositing = render.film_transparent = False
    # Without it the film has no sound.
    render.use_sequencer = True
    render.use_lock_interface = True
    copy.frame_step = 1
    compat.set_film(copy)
    render.use_file_extension = True
    render.use_overwrite, render.use_placeholder = True, False
    render.filepath = str(film.path)
    copy.display.render_aa = "5"
    # Finer skin is hardly seen in such a film, and a head of 5,000 vertices takes twice as long with it.
    levels = render.simplify_subdivision_render if render.use_simplify else MOST_SUBDIVISION
    render.use_simplify = True
    render.simplify_subdivision_render = min(levels, MOST_SUBDIVISION)
    # Materials' viewport colours are white unless somebody set them; textures and paint tell more.
    shading = copy.display.shading
    shading.light, shading.color_type = "STUDIO", "TEXTURE"
    shading.background_type = "WORLD"
    copy.view_settings.view_transform = "Standard"
    copy.view_settings.exposure = EXPOSURE_STOPS


def _set_stamp(render: Any, film: Film) -> None:
    render.use_stamp = film.stamped
    render.metadata_input = "SCENE"
    for name in STAMPS:
        setattr(render, f"use_stamp_{name}", name in SHOWN_STAMPS)
    render.stamp_note_text = f"{film.strip.name}: {film.take}"
    render.stamp_font_size = max(8, round(film.height * STAMP_SHARE))
    render.stamp_foreground, render.stamp_background = (1, 1, 1, 1), (0, 0, 0, 0.5)


def _bring_sound(copy: Any, film: Film, folder: Path) -> Any:
    """All that is heard over the range, as the only strip of the copy; returns its sound.

    Films and pictures in the sequencer would be rendered instead of the face, and from 5.0 on the
    sequencer may show another scene than the window.
    """
    path = folder / "sound.wav"
    mixed = film.sequencer.copy()
    try:
        mixed.frame_start, mixed.frame_end = copy.frame_start, copy.frame_end
        seconds = (mixed.frame_end - mixed.frame_start + 1) / strips.scene_fps(mixed)
        with bpy.context.temp_override(scene=mixed):
            bpy.ops.sound.mixdown(
                filepath=str(path), container="WAV", codec="PCM", format="S16", mixrate=RATE_HZ
            )
        sounds.wait_for_wave(path, seconds, RATE_HZ)
    except (RuntimeError, TimeoutError) as error:
        raise AnimatorError(
            f"Blender could not mix the sound of strip '{film.strip.name}': {error}",
            "Check that its sound plays.",
        ) from error
    finally:
        bpy.data.scenes.remove(mixed)
    copy.sequence_editor_clear()
    editor = copy.sequence_editor_create()
    name = film.strip.name
    return compat.strips(editor).new_sound(name, str(path), 1, copy.frame_start).sound


def _camera(copy: Any, film: Film, made: list[Any]) -> Any:
    camera = bpy.data.objects.new("Mien review", bpy.data.cameras.new("Mien review"))
    made.append(camera)
    copy.collection.objects.link(camera)
    if film.camera == VIEW:
        _look_from(camera, film.view)
        return camera
    mesh = face_mesh.mesh_of(film.face)
    middle, radius = face_mesh.sphere(mesh)
    camera.data.lens = LENS_MILLIMETRES
    distance = AROUND * radius / (SENSOR_MILLIMETRES / 2.0 / LENS_MILLIMETRES)
    camera.data.clip_start = distance / 100.0
    camera.data.clip_end = distance * 10.0
    forward = mesh.matrix_world.to_quaternion() @ mathutils.Vector((0.0, -1.0, 0.0))
    camera.location = middle + distance * forward
    camera.rotation_euler = (-forward).to_track_quat("-Z", "Y").to_euler()
    return camera


def _look_from(camera: Any, space: Any) -> None:
    """Stand where the 3D view looks from. A view shows twice as wide as a camera of its focal length."""
    data, region = camera.data, space.region_3d
    data.lens, data.sensor_width = space.lens, 2.0 * SENSOR_MILLIMETRES
    data.clip_start, data.clip_end = space.clip_start, space.clip_end
    camera.matrix_world = region.view_matrix.inverted()
    if not region.is_perspective:
        data.type = "ORTHO"
        data.ortho_scale = 2.0 * SENSOR_MILLIMETRES * region.view_distance / space.lens
