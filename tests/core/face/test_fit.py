# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.face import fit
from core.face.arkit import ARKIT_NAMES
from core.face.model import load_face_model

MOVED = ("jawOpen", "mouthPucker", "mouthUpperUpLeft", "mouthUpperUpRight")


@pytest.fixture(scope="module")
def face():
    return load_face_model()


@pytest.fixture(scope="module")
def mouth(face):
    generator = np.random.default_rng(0)
    columns = [ARKIT_NAMES.index(n) for n in MOVED]
    values = generator.uniform(0.0, 0.6, (40, len(MOVED)))
    values[:, 3] = values[:, 2]
    per_channel = face.pieces478.per_channel[columns].astype(float)
    return values, per_channel, np.tensordot(values, per_channel, axes=1)


def prices(count):
    return fit.Prices(np.full(count, 0.01), np.zeros(count), ((2, 3),), 1.0)


def test_channels_come_back_from_the_points_they_moved(mouth):
    values, per_channel, motion = mouth
    got = fit.fit_channels(motion, per_channel, np.ones(motion.shape[1]), prices(4))
    assert np.abs(got - values).max() < 0.03


def test_noisy_points_still_give_the_jaw(mouth):
    values, per_channel, motion = mouth
    noise = np.random.default_rng(1).normal(0.0, 5e-4, motion.shape)
    got = fit.fit_channels(motion + noise, per_channel, np.ones(motion.shape[1]), prices(4))
    assert np.corrcoef(got[:, 0], values[:, 0])[0, 1] > 0.98
    assert got.min() >= 0.0
    assert got.max() <= 1.0


def test_the_box_solution_is_a_minimum():
    generator = np.random.default_rng(2)
    root = generator.normal(size=(6, 6))
    gram, drive = root @ root.T + np.eye(6), generator.normal(size=(50, 6)) * 3.0
    x = fit.solve_in_box(gram, drive, sweeps=400)
    slope = x @ gram - drive
    inside = (x > 1e-9) & (x < 1 - 1e-9)
    assert np.abs(slope[inside]).max() < 1e-6
    assert (slope[x <= 1e-9] > -1e-6).all()
    assert (slope[x >= 1 - 1e-9] < 1e-6).all()


def test_pose_and_camera_are_taken_out(face, mouth):
    _, _, motion = mouth
    neutral = face.pieces478.neutral.astype(float)
    generator = np.random.default_rng(3)
    turned = []
    for points in neutral + motion:
        rotation, _ = np.linalg.qr(np.eye(3) + generator.normal(0.0, 0.08, (3, 3)))
        rotation *= np.sign(np.diag(rotation))
        turned.append(1800.0 * points @ rotation + generator.normal(0.0, 30.0, 3))
    stable = np.array(fit.STABLE_POINTS_478)
    got = fit.align_rigidly(np.array(turned), neutral, stable, np.zeros(len(turned), int))
    assert np.abs(got - (neutral + motion)).max() < 1e-3


def test_identity_explains_another_face(face):
    neutral = face.pieces478.neutral.astype(float)
    directions = face.identity_landmarks478().astype(float)
    other = neutral + 0.8 * directions[11] + 0.5 * directions[27]
    found = fit.fit_identity(other, neutral, directions, ridge=0.1)
    rebuilt = neutral + np.tensordot(found.values, directions, axes=1)
    assert np.abs(rebuilt - other).max() < 1e-3


def test_a_measure_of_its_own_holds_against_the_prices(mouth):
    values, per_channel, motion = mouth
    dear = fit.Prices(np.full(4, 300.0), np.zeros(4), ((2, 3),), 1.0)
    rows = np.zeros((1, *motion.shape[1:]))
    rows[0, 13, 2], rows[0, 14, 2] = 30.0, -30.0
    errors = []
    for measures in (None, rows):
        got = fit.fit_channels(motion, per_channel, np.ones(motion.shape[1]), dear, measures)
        left = motion - np.tensordot(got, per_channel, axes=1)
        errors.append(np.abs(left[:, 13, 2] - left[:, 14, 2]).max() * 1e3)
    assert errors[0] > 0.3
    assert errors[1] < 0.1
    assert np.corrcoef(got[:, 0], values[:, 0])[0, 1] > 0.98
