# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import pytest

from core.face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from core.face.model import load_face_model
from core.motion.gaze import look_channels
from core.training.film_upper import fit_upper
from core.training.track_film import POINTS_PATH

FRAMES, FPS = 100, 25.0
# Brows, lids and gaze one after the other: which channel moves in which frames, how far.
MOVES = {
    ("browInnerUp",): (10, 25, 0.6),
    ("browDownLeft", "browDownRight"): (30, 45, 0.6),
    ("browOuterUpLeft",): (50, 62, 0.5),
    ("eyeBlinkLeft", "eyeBlinkRight"): (66, 74, 1.0),
}
LOOK = slice(80, 95)
LOOK_RADIANS = (0.12, 0.2)


def made():
    """(T, 57) what the face does."""
    values = np.zeros((FRAMES, len(CHANNEL_NAMES)), np.float32)
    for names, (first, last, most) in MOVES.items():
        for name in names:
            values[first:last, ARKIT_NAMES.index(name)] = most * np.hanning(last - first)
    values[LOOK, 55:] = LOOK_RADIANS
    for name, curve in look_channels(values[:, 55:].astype(float)).items():
        values[:, ARKIT_NAMES.index(name)] = curve
    values[:, 52] = 0.1 * np.sin(np.arange(FRAMES) / 9.0)
    values[:, 53] = 0.2 * np.sin(np.arange(FRAMES) / 13.0)
    values[:, 54] = 0.05 * np.sin(np.arange(FRAMES) / 7.0)
    return values


def turns(values):
    """(T, 4, 4) what a tracker says of the head: face to camera, +Y up, +Z toward the viewer."""
    pitch, yaw, roll = values[:, 52:55].astype(float).T
    poses = np.tile(np.eye(4), (len(values), 1, 1))
    forward = np.stack(
        [np.cos(pitch) * np.sin(yaw), np.sin(pitch), np.cos(pitch) * np.cos(yaw)], axis=1
    )
    side = np.stack([np.cos(roll) * np.cos(yaw), -np.sin(roll), -np.sin(yaw)], axis=1)
    side -= (side * forward).sum(axis=1, keepdims=True) * forward
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    poses[:, :3, 0], poses[:, :3, 2] = side, forward
    poses[:, :3, 1] = np.cross(forward, side)
    return poses


@pytest.fixture(scope="module")
def seen():
    """The same from points, in pixels, as a tracker gives them."""
    index = np.array(json.loads(POINTS_PATH.read_text(encoding="utf-8"))["points"])
    values = made()
    face = load_face_model()
    points = face.landmarks478(values[:, :52])[:, index].astype(float) * 1500.0
    noise = np.random.default_rng(0).normal(0.0, 0.05, points.shape)
    fitted = fit_upper(
        points + noise,
        index=index,
        start=np.array([0, FRAMES]),
        head_pose=turns(values),
        fps=FPS,
        face=face,
    )
    return values, fitted


def column(values, name):
    return values[:, CHANNEL_NAMES.index(name)]


@pytest.mark.parametrize(
    "name",
    ["browInnerUp", "browDownLeft", "browOuterUpLeft", "eyeBlinkLeft", "eyeBlinkRight"],
)
def test_each_part_moves_when_it_moved(seen, name):
    made_, got = (column(values, name) for values in seen)
    assert np.corrcoef(made_, got)[0, 1] > 0.9
    assert got.max() == pytest.approx(made_.max(), abs=0.25)


def test_brows_stay_where_only_lids_and_gaze_move(seen):
    got = seen[1]
    for name in ("browInnerUp", "browDownLeft", "browOuterUpLeft", "browOuterUpRight"):
        assert column(got, name)[66:].max() < 0.12, name


def test_gaze_and_head_have_the_documented_signs(seen):
    values, got = seen
    for name in ("headPitch", "headYaw", "headRoll"):
        assert np.corrcoef(column(values, name), column(got, name))[0, 1] > 0.95, name
        assert np.ptp(column(got, name)) == pytest.approx(np.ptp(column(values, name)), rel=0.2)
    for name, wanted in zip(("gazePitch", "gazeYaw"), LOOK_RADIANS, strict=True):
        assert column(got, name)[LOOK].mean() == pytest.approx(wanted, abs=0.06), name


def test_what_a_camera_does_not_show_stays_zero(seen):
    for name in ("cheekPuff", "cheekSquintLeft", "noseSneerRight", "tongueOut", "jawForward"):
        assert not column(seen[1], name).any()


def test_rest_may_be_taken_from_some_frames(seen):
    index = np.array(json.loads(POINTS_PATH.read_text(encoding="utf-8"))["points"])
    values = np.zeros((FRAMES, len(CHANNEL_NAMES)), np.float32)
    # A sad actor: the brow is up in three quarters of the film.
    values[25:, CHANNEL_NAMES.index("browInnerUp")] = 0.6
    face = load_face_model()
    fit = {
        name: fit_upper(
            face.landmarks478(values[:, :52])[:, index].astype(float),
            index=index,
            start=np.array([0, FRAMES]),
            head_pose=turns(values),
            fps=FPS,
            face=face,
            rest=rest,
        )
        for name, rest in (("all", None), ("neutral", np.arange(FRAMES) < 20))
    }
    assert column(fit["neutral"], "browInnerUp")[40:].mean() > 0.4
    assert column(fit["all"], "browInnerUp")[40:].mean() < 0.1
