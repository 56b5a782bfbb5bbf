# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.face.arkit import ARKIT_NAMES
from core.face.fit import solve_in_box, sweep_box
from core.face.model import load_face_model
from core.mixing.solve_back import solve_back


@pytest.fixture(scope="module")
def face():
    return load_face_model()


def values(frames=1, **channels):
    layer = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    for name, value in channels.items():
        layer[:, ARKIT_NAMES.index(name)] = value
    return layer


def asked_between(start, end, face):
    return face.landmarks68(end) - face.landmarks68(start)


def test_nothing_asked_leaves_every_bit(face):
    prior = np.random.default_rng(0).random((30, 52), np.float32)
    asked = np.zeros((30, 68, 3), np.float32)
    assert solve_back(prior, asked, face).tobytes() == prior.tobytes()
    asked[7, 48:] = 0.001
    solved = solve_back(prior, asked, face)
    assert np.array_equal(np.delete(solved, 7, axis=0), np.delete(prior, 7, axis=0))
    assert not np.array_equal(solved[7], prior[7])


def test_a_smile_of_one_side_is_answered_on_that_side(face):
    prior = values(jawOpen=0.2, mouthSmileLeft=0.3, mouthSmileRight=0.3)
    wanted = values(jawOpen=0.2, mouthSmileLeft=0.5, mouthSmileRight=0.3)
    change = (solve_back(prior, asked_between(prior, wanted, face), face) - prior)[0]
    left, right = (ARKIT_NAMES.index(f"mouthSmile{side}") for side in ("Left", "Right"))
    assert change[left] == pytest.approx(0.2, abs=0.05)
    assert abs(change[right]) < 0.02


def test_points_come_where_they_are_asked_and_channels_stay_in_range(face):
    random = np.random.default_rng(1)
    columns = [
        column
        for column, name in enumerate(ARKIT_NAMES)
        if name.startswith(("brow", "mouthS", "mouthLower", "mouthUpper", "jawOpen"))
    ]
    prior, wanted = np.zeros((2, 200, 52), np.float32)
    prior[:, columns] = random.random((200, len(columns))) * 0.5
    wanted[:, columns] = np.clip(
        prior[:, columns] + random.normal(0, 0.1, (200, len(columns))), 0, 1
    )
    asked = asked_between(prior, wanted, face)
    solved = solve_back(prior, asked, face)
    assert solved.min() >= 0.0
    assert solved.max() <= 1.0
    left = np.linalg.norm(asked_between(solved, wanted, face), axis=2)
    assert left.mean() < 0.1 * np.linalg.norm(asked, axis=2).mean()


def test_more_than_a_face_can_do_stays_in_range(face):
    asked = np.random.default_rng(2).normal(0, 0.05, (50, 68, 3)).astype(np.float32)
    for prior in (np.zeros((50, 52), np.float32), np.ones((50, 52), np.float32)):
        solved = solve_back(prior, asked, face)
        assert solved.min() >= 0.0
        assert solved.max() <= 1.0
        hidden = [
            column
            for column, name in enumerate(ARKIT_NAMES)
            if name.startswith(("eyeLook", "eyeSquint", "tongue", "cheek", "noseSneer"))
        ]
        assert np.array_equal(solved[:, hidden], prior[:, hidden])


def test_a_feeling_without_mouth_moves_the_jaw_alone(face):
    prior = values(jawOpen=0.2, mouthPucker=0.2)
    asked = asked_between(prior, values(jawOpen=0.3, mouthPucker=0.4), face)
    solved = solve_back(prior, asked, face, mouth_moves=False)
    moved = {ARKIT_NAMES[column] for column in np.flatnonzero((solved != prior)[0])}
    assert "jawOpen" in moved
    assert all(name.startswith("jaw") for name in moved)


def test_sweeps_from_any_start_find_the_minimum_of_the_box():
    random = np.random.default_rng(3)
    root = random.normal(size=(12, 8))
    gram = root.T @ root + np.eye(8)
    drive = random.normal(0, 5, (40, 8))
    from_zero = solve_in_box(gram, drive, 200)
    from_one = sweep_box(gram, drive, np.ones_like(drive), (0.0, 1.0), 200)
    np.testing.assert_allclose(from_zero, from_one, atol=1e-9)
    slope = drive - from_zero @ gram
    assert (slope[from_zero <= 0.0] <= 1e-8).all()
    assert (slope[from_zero >= 1.0] >= -1e-8).all()
    inside = (from_zero > 0.0) & (from_zero < 1.0)
    assert np.abs(slope[inside]).max() < 1e-8
