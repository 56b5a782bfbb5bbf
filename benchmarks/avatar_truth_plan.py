# SPDX-License-Identifier: Apache-2.0
"""What the ground truth shows: faces of Mien's own performances, turned heads, cameras, splits.

Training faces speak other recordings than held-out ones; cameras outside the training range see the
same held-out kind of faces. All of it follows from the seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.avatar.blender_lens import camera_from_lens
from core.avatar.camera import Camera
from core.direction import Direction
from core.errors import MienError
from core.face.arkit import ARKIT_NAMES
from core.hearing import hear
from core.loaded import load_models
from core.performance import perform_heard

Floats = NDArray[np.float32]
Matrices = NDArray[np.float64]

TRAINING, HELD_OUT, OFF_RANGE = "training", "held_out", "off_range"
LENS_MILLIMETRES = 95.0
SENSOR_MILLIMETRES = 36.0

_REPOSITORY = Path(__file__).resolve().parents[1]
_SAMPLES = _REPOSITORY.parent / "shared/data/speech_samples"
_SPOKEN = {
    TRAINING: (
        _REPOSITORY / "demo/speech.flac",
        _SAMPLES / "acoustic_corpus.wav",
        _SAMPLES / "cold_corpus.wav",
    ),
    HELD_OUT: (_SAMPLES / "michaelandsickmichael.wav", _SAMPLES / "cold_corpus3.wav"),
}
_EMOTIONS = ("neutral", "happy", "angry", "sad", "surprised")
_FRAMES_A_SECOND = 25.0
# Every sixth training face is one channel at its end (both sides of a pair together).
_EXTREME_SHARE = 1 / 6
_EXTREME_VALUES = (0.85, 1.0)
# Where the head turns, and how far at most each way (pitch, roll, yaw) and altogether.
_PIVOT_METRES = np.array([0.0, 0.02, 0.08])
_TURN_DEGREES = np.array([11.0, 9.0, 14.0])
_MOST_TURN_DEGREES = 15.0
_AIM_METRES = np.array([0.0, -0.025, 0.165])
_YAW_DEGREES, _PITCH_DEGREES, _DISTANCE_METRES = 35.0, 15.0, (0.9, 1.1)
_OFF_DEGREES = 20.0


@dataclass(frozen=True, eq=False)
class Plan:
    """All frames of a set.

    Attributes:
        values: (T, 52) float32 ARKit channels.
        head_to_root: (T, 4, 4) float64.
        camera_to_root: (T, 4, 4) float64, Blender's camera axes.
        split: (T,) names TRAINING, HELD_OUT or OFF_RANGE.
    """

    values: Floats
    head_to_root: Matrices
    camera_to_root: Matrices
    split: tuple[str, ...]


def make_plan(training: int, held_out: int, off_range: int, seed: int) -> Plan:
    """Choose faces, head turns and cameras.

    Args:
        training: number of frames to learn from.
        held_out: number of frames of other speech, seen from the same range of directions.
        off_range: number of frames of other speech, seen from 20 degrees outside that range.
        seed: another one gives another set.

    Raises:
        MienError: a recording is not there.
    """
    random = np.random.default_rng(seed)
    extremes = round(training * _EXTREME_SHARE)
    faces = np.concatenate(
        [
            _spoken_faces(_SPOKEN[TRAINING], training - extremes, random),
            _extreme_faces(extremes, random),
            _spoken_faces(_SPOKEN[HELD_OUT], held_out + off_range, random),
        ]
    )
    count = len(faces)
    inside = camera_directions(training + held_out, random)
    outside = _moved_out(camera_directions(off_range, random))
    return Plan(
        faces,
        np.stack([head_turn(random) for _ in range(count)]),
        np.stack([camera_toward_head(*view) for view in np.concatenate([inside, outside])]),
        (TRAINING,) * training + (HELD_OUT,) * held_out + (OFF_RANGE,) * off_range,
    )


def camera_of(camera_to_root: Matrices, size: int) -> Camera:
    """The camera of a square picture."""
    return camera_from_lens(
        size,
        size,
        lens_mm=LENS_MILLIMETRES,
        sensor_width_mm=SENSOR_MILLIMETRES,
        sensor_height_mm=SENSOR_MILLIMETRES,
        sensor_fit="AUTO",
        shift_x=0.0,
        shift_y=0.0,
        pixel_aspect_x=1.0,
        pixel_aspect_y=1.0,
        camera_to_root=camera_to_root,
    )


def camera_directions(count: int, random: np.random.Generator) -> NDArray[np.float64]:
    """(count, 3) yaw and pitch in degrees and distance in metres, spread evenly over the range.

    The additive recurrence of Roberts (2018) on the generalised golden ratio: evener than chance.
    """
    ratio = 1.2207440846057596
    steps = ratio ** -np.arange(1.0, 4.0)
    even = (random.random(3) + np.arange(count)[:, None] * steps) % 1.0
    near, far = _DISTANCE_METRES
    low = np.array([-_YAW_DEGREES, -_PITCH_DEGREES, near])
    high = np.array([_YAW_DEGREES, _PITCH_DEGREES, far])
    return np.asarray(low + even * (high - low))


def _moved_out(views: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each view at 20 degrees outside the range, to a side, above or below in turn."""
    moved = views.copy()
    yaw, pitch = _YAW_DEGREES + _OFF_DEGREES, _PITCH_DEGREES + _OFF_DEGREES
    for row, (column, degrees) in enumerate(((0, yaw), (1, pitch), (0, -yaw), (1, -pitch))):
        moved[row::4, column] = degrees
    return moved


def _spoken_faces(recordings: Sequence[Path], count: int, random: np.random.Generator) -> Floats:
    """(count, 52): moments of every recording spoken with every emotion, evenly over their time."""
    if not count:
        return np.zeros((0, len(ARKIT_NAMES)), np.float32)
    models = load_models(None)
    takes = []
    for path in recordings:
        if not path.is_file():
            raise MienError(
                code="recording_missing",
                message=f"The ground truth speaks {path}, which is not there.",
                advice="Put the recordings of the Montreal Forced Aligner's tests into that folder.",
            )
        heard = hear(path, models, _silent)
        for emotion in _EMOTIONS:
            direction = Direction(emotion=emotion, intensity=1.0, seed=int(random.integers(1000)))
            take = perform_heard(heard, direction, _FRAMES_A_SECOND, models, _silent)
            takes.append(take.values[:, : len(ARKIT_NAMES)])
    # Takes laid end to end: equal steps, with chance within a step.
    film = np.concatenate(takes)
    at = (np.arange(count) + random.random(count)) / count * len(film)
    return np.asarray(film[at.astype(np.int64)], np.float32)


def _silent(_fraction: float, _stage: str) -> None:
    """Progress that nobody watches."""


def _extreme_faces(count: int, random: np.random.Generator) -> Floats:
    """(count, 52): single channels near their end; more than there are channels start anew."""
    names = [name for name in ARKIT_NAMES if not name.endswith("Right") or name in _ONE_SIDED]
    order = random.permutation(len(names))
    faces = np.zeros((count, len(ARKIT_NAMES)), np.float32)
    for row in range(count):
        name = names[order[row % len(names)]]
        value = random.uniform(*_EXTREME_VALUES)
        faces[row, ARKIT_NAMES.index(name)] = value
        if name.endswith("Left") and name not in _ONE_SIDED:
            faces[row, ARKIT_NAMES.index(f"{name.removesuffix('Left')}Right")] = value
    return faces


# Directions of the whole mouth and jaw, not sides of a pair.
_ONE_SIDED = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")


def head_turn(random: np.random.Generator) -> Matrices:
    """A rigid turn about the neck's top."""
    vector = random.uniform(-1.0, 1.0, 3) * _TURN_DEGREES
    angle = float(np.linalg.norm(vector))
    angle, axis = np.radians(min(angle, _MOST_TURN_DEGREES)), vector / angle
    cross = np.cross(np.eye(3), -axis)
    turn = np.eye(4)
    turn[:3, :3] += np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross
    turn[:3, 3] = _PIVOT_METRES - turn[:3, :3] @ _PIVOT_METRES
    return turn


def camera_toward_head(yaw_degrees: float, pitch_degrees: float, metres: float) -> Matrices:
    """Blender's camera that looks at the head: from its left at positive yaw, from above likewise."""
    yaw, pitch = np.radians([yaw_degrees, pitch_degrees])
    away = np.array([np.sin(yaw) * np.cos(pitch), -np.cos(yaw) * np.cos(pitch), np.sin(pitch)])
    right = np.array([np.cos(yaw), np.sin(yaw), 0.0])
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right, np.cross(away, right), away], axis=1)
    matrix[:3, 3] = _AIM_METRES + metres * away
    return matrix
