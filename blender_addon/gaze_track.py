# SPDX-License-Identifier: GPL-3.0-or-later
"""An object or the camera to look at -> the worker's gaze track: where it lies, seen from the head.

Angles are those of the aim in the frame of the head at rest, without the turns of an earlier take
of Mien: the face looks along -Y, +X is the character's left, +Z is up. They are measured from the
middle between the eyes (eyes.py).
"""

from __future__ import annotations

import math
from typing import Any

import mathutils
import numpy as np

from . import compat, scene_time, spots, takes, thinning
from .emotion_track import MOST_KEYS
from .eyes import eyes_middle
from .problems import AnimatorError
from .strips import StripMap

FREE, OBJECT, CAMERA = "FREE", "OBJECT", "CAMERA"
# A tenth of a degree; a person's eyes miss what they look at by more.
TOLERANCE_RADIANS = 0.002
# Where an aim passes behind the head, it leaves one side this long before it appears at the other.
JUMP_SECONDS = 0.001
# What a take turns an object's head by.
DELTAS = {"delta_rotation_euler", "delta_rotation_quaternion"}


def check_aim(settings: Any) -> None:
    """Whether the chosen aim is there.

    Raises:
        AnimatorError: no object is chosen, it was deleted, or the scene has no camera.
    """
    scene = settings.id_data
    if settings.gaze_aim == OBJECT and settings.gaze_object is None:
        raise AnimatorError(
            "No object to look at is chosen.",
            "Choose one under Eyes and Head > Look At in the Mien panel.",
        )
    if settings.gaze_aim == OBJECT and not settings.gaze_object.users_collection:
        raise AnimatorError(
            f"Object '{settings.gaze_object.name}', which the face looks at, was deleted: it is in "
            "no collection.",
            "Choose another one under Eyes and Head > Look At in the Mien panel.",
        )
    if settings.gaze_aim == CAMERA and not scene_time.cameras(scene):
        raise AnimatorError(
            f"Scene '{scene.name}' has no camera to look at.",
            "Add one, or choose it in Properties > Scene.",
        )


def gaze_track(settings: Any, heard: StripMap) -> dict[str, Any] | None:
    """Where the aim lies over the heard frames, in the worker's columns; None without an aim.

    Where neither aim nor head can move, one look at the first frame is enough; else a copy of the
    scene goes through the frames (scene_time).

    Raises:
        AnimatorError: the aim is not there.
    """
    check_aim(settings)
    scene = settings.id_data
    if settings.gaze_aim == FREE:
        return None
    face = settings.target
    head = settings.head_target or face
    aims = scene_time.cameras(scene) if settings.gaze_aim == CAMERA else [settings.gaze_object]
    moving = len(aims) > 1 or any(_may_move(thing) for thing in (*aims, face, head))
    count = heard.frames if moving else 1
    frames = range(heard.first_frame, heard.first_frame + count)
    eyes = mathutils.Vector(eyes_middle(face))
    resting = _resting_delta(head)
    angles = np.empty((count, 2))
    with scene_time.other_frames(scene, (*aims, face, head)) as others:
        for i, _ in enumerate(others.at(frames)):
            aim = others.camera if settings.gaze_aim == CAMERA else settings.gaze_object
            point = others.place(aim).translation
            angles[i] = _angles(others, point, (face, head), eyes, resting)
    return _columns(np.arange(count) / heard.grid_fps, angles)


def _may_move(thing: Any) -> bool:
    """True when something other than a take of Mien may move an object or what carries it."""
    while thing is not None:
        animation = thing.animation_data
        moved = bool(thing.constraints) or thing.rigid_body is not None
        if moved or thing.parent_type != "OBJECT" or (animation and _is_animated(animation)):
            return True
        thing = thing.parent
    return False


def _is_animated(animation: Any) -> bool:
    tracks = [
        strip
        for track in animation.nla_tracks
        for strip in track.strips
        if takes.read_mark(strip.action) is None
    ]
    own = takes.read_mark(animation.action) is not None
    paths = compat.animated_paths(animation) - (DELTAS if own else set())
    return bool(tracks or animation.drivers or paths)


def _resting_delta(head: Any) -> Any:
    """The head's delta rotation without Mien's takes, where it has any; else None: as it stands."""
    if not takes.takes_on(head):
        return None
    path = spots.transform_paths(head, "")["rotation"]
    values = takes.remember(head, [path])["values"][path]
    return spots.rotation_matrix(values, head.rotation_mode)


def _angles(
    others: scene_time.OtherFrames, aim: Any, bodies: tuple[Any, Any], eyes: Any, resting: Any
) -> tuple[float, float]:
    """Pitch and yaw (radians) of a world point, from the eyes of the head at rest."""
    face, head = bodies
    place = others.place(head)
    rest = place.copy()
    if resting is not None:
        seen = others.object(head)
        own = spots.own_rotation(seen)
        turned = spots.delta_rotation(seen) @ own
        rest = place @ (turned.inverted() @ resting @ own).to_4x4()
    eye = others.place(face) @ eyes
    if _carries(head, face):
        eye = rest @ (place.inverted() @ eye)
    way = rest.to_quaternion().inverted() @ (aim - eye)
    return math.atan2(way.z, math.hypot(way.x, way.y)), math.atan2(way.x, -way.y)


def _carries(head: Any, face: Any) -> bool:
    while face is not None and face != head:
        face = face.parent
    return face is not None


def _columns(seconds: np.ndarray, angles: np.ndarray) -> dict[str, Any]:
    """The few keys that say the same; yaw that passes behind the head jumps."""
    around = np.flatnonzero(np.abs(np.diff(angles[:, 1])) > math.pi) + 1
    edges = np.column_stack([angles[around, 0], np.copysign(math.pi, angles[around - 1, 1])])
    seconds = np.insert(seconds, around, seconds[around] - JUMP_SECONDS)
    angles = np.insert(angles, around, edges, axis=0)
    kept = thinning.kept_rows(seconds, angles, TOLERANCE_RADIANS, MOST_KEYS)
    pitch, yaw = np.round(angles[kept], 6).T
    return {
        "time_seconds": np.round(seconds[kept], 9).tolist(),
        "pitch": pitch.tolist(),
        "yaw": yaw.tolist(),
    }
