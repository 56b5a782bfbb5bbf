# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np

from core.avatar.track.cuts import COLUMNS, ROWS, find_cuts, thumbnail


def landmarks_at(middles):
    """(T, 478, 3): a face of 100 pixels' width around each middle."""
    shape = np.zeros((478, 3))
    shape[:, 0] = np.linspace(-50, 50, 478)
    return np.asarray(middles, float)[:, None, :] * [1.0, 1.0] @ np.eye(2, 3) + shape


def pictures(count, seed):
    """Thumbnails of one shot: one picture with a little noise on each."""
    rng = np.random.default_rng(seed)
    scene = rng.random((ROWS, COLUMNS))
    return scene + 0.01 * rng.normal(size=(count, ROWS, COLUMNS))


def test_a_thumbnail_holds_the_means_of_blocks():
    pixels = np.zeros((72, 128, 3), np.uint8)
    pixels[:36] = 255
    small = thumbnail(pixels)
    assert small.shape == (ROWS, COLUMNS)
    np.testing.assert_allclose(small[:18], 1.0, atol=1e-6)
    np.testing.assert_allclose(small[18:], 0.0)


def test_another_scene_is_a_cut_and_more_light_is_none():
    scenes = np.concatenate([pictures(5, 1), 0.4 * pictures(4, 1), pictures(6, 2)])
    middles = np.tile([200.0, 150.0], (15, 1))
    cuts = find_cuts(scenes, landmarks_at(middles), np.ones(15, bool))
    assert np.flatnonzero(cuts).tolist() == [9]


def test_a_face_that_jumps_before_the_same_wall_is_a_cut_and_one_that_moves_is_none():
    wall = pictures(12, 3)
    rng = np.random.default_rng(4)
    wall[6:] += 0.06 * rng.normal(size=(ROWS, COLUMNS))
    middles = np.tile([200.0, 150.0], (12, 1)) + np.arange(12)[:, None] * [8.0, 0.0]
    assert not find_cuts(wall, landmarks_at(middles), np.ones(12, bool)).any()
    middles[6:] += [60.0, 0.0]
    cuts = find_cuts(wall, landmarks_at(middles), np.ones(12, bool))
    assert np.flatnonzero(cuts).tolist() == [6]
    found = np.ones(12, bool)
    found[6] = False
    assert not find_cuts(wall, landmarks_at(middles), found).any()
