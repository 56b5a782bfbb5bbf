# SPDX-License-Identifier: Apache-2.0
"""A film that never was: landmarks of a known person before a known camera, as a tracker would see them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.avatar.person import PersonMesh, person_mesh
from core.avatar.track.fit_pose import FACING, Lens, Poses, rotation_matrices
from core.avatar.track.fit_result import FilmLandmarks
from core.face.arkit import ARKIT_NAMES
from core.motion.gaze import look_channels

FPS, SIZE = 25.0, (640, 480)
NOISE_PIXELS = 0.3
# Every three seconds begin with so much rest.
REST_SECONDS = 1.2


@dataclass(frozen=True, eq=False)
class Truth:
    """What the film was made of; arrays as in FilmTrack."""

    landmarks: FilmLandmarks
    mesh: PersonMesh
    poses: Poses
    values: np.ndarray
    gaze: np.ndarray


def column(name):
    return ARKIT_NAMES.index(name)


def synthetic_film(face, seconds=10.0, *, focal=1.2, seed=1, still=False):
    """A speaking person who nods, turns, blinks and looks about."""
    dice = np.random.default_rng(seed)
    times = np.arange(round(seconds * FPS)) / FPS
    identity = np.random.default_rng(5).normal(0.0, 0.35, len(face.identity_names))
    values, gaze = performed(times)
    mesh = person_mesh(face, identity.astype(np.float32))
    poses = nodding(times, focal * max(SIZE), still=still)
    shaped = mesh.vertices + np.tensordot(values, mesh.deltas, axes=1)
    points = np.einsum(
        "tnkc,nk->tnc", shaped[:, face.landmark478_vertices], face.landmark478_weights
    )
    seen = poses.seen(points.astype(np.float64))
    pixels = np.concatenate([poses.pixels(seen), np.zeros((len(times), 478, 1))], axis=2)
    scale = 1.0 / poses.millimetres_per_pixel()
    pixels[..., 2] = (seen[..., 2] - seen[:, :1, 2]) * 1e3 * scale[:, None]
    pixels += dice.normal(0.0, NOISE_PIXELS, pixels.shape)
    film = FilmLandmarks(
        pixels, times, np.ones(len(times), bool), np.zeros(len(times), np.int32), SIZE
    )
    return Truth(film, mesh, poses, values, gaze)


def performed(times):
    """(T, 52) values and (T, 2) gaze in radians."""
    values = np.zeros((len(times), len(ARKIT_NAMES)))
    speaking = (times % 3.0 > REST_SECONDS) & (times % 3.0 < 2.8)
    phase = (times % 3.0) - REST_SECONDS
    syllable = np.where(speaking, np.sin(np.pi * phase / 0.32) ** 2, 0.0)
    values[:, column("jawOpen")] = 0.35 * syllable
    for side in ("Left", "Right"):
        values[:, column(f"mouthLowerDown{side}")] = 0.25 * syllable
        values[:, column(f"mouthSmile{side}")] = np.where(times % 6.0 > 4.4, 0.4, 0.0) * syllable
        values[:, column(f"eyeBlink{side}")] = np.exp(-np.square((times % 2.5 - 1.0) / 0.07) / 2)
        values[:, column(f"browOuterUp{side}")] = np.where(speaking & (times % 6.0 < 3.0), 0.5, 0.0)
    values[:, column("mouthPucker")] = np.where(times % 6.0 < 3.0, 0.5, 0.0) * syllable
    values[:, column("browInnerUp")] = np.where(speaking & (times % 6.0 < 3.0), 0.4, 0.0)
    gaze = np.radians(6.0) * np.stack(
        [np.sign(np.sin(times * 1.7)) * (times % 3.0 > 1.5), np.sign(np.sin(times * 2.3))], axis=1
    )
    for name, curve in look_channels(gaze).items():
        values[:, column(name)] = curve
    return values, gaze


def nodding(times, focal, *, still=False):
    """Head poses before the camera: turns of 18 and nods of 9 degrees, coming nearer and going."""
    share = 0.0 if still else 1.0
    turns = share * np.stack(
        [
            np.radians(9.0) * np.sin(times * 1.9),
            np.radians(18.0) * np.sin(times * 0.9),
            np.radians(4.0) * np.sin(times * 1.3),
        ],
        axis=1,
    )
    rotation = rotation_matrices(turns) @ FACING
    distance = 0.65 + share * 0.08 * np.sin(times * 0.7)
    place = np.stack([0.02 * share * np.sin(times), 0.0 * times, distance], axis=1)
    return Poses(
        Lens(focal, (SIZE[0] / 2.0, SIZE[1] / 2.0)),
        rotation,
        place - rotation @ np.array([0.0, -0.08, 0.19]),
    )
