# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.film.resample import FaceTrack, resample


def turned(angle):
    pose = np.tile(np.eye(4), (len(angle), 1, 1))
    pose[:, 0, 0] = pose[:, 1, 1] = np.cos(angle)
    pose[:, 0, 1], pose[:, 1, 0] = -np.sin(angle), np.sin(angle)
    return pose


def track_at(times, found=None):
    """Every point moves 10 pixels a second, the head turns 0.3 radians a second."""
    found = np.ones(len(times), bool) if found is None else found
    landmarks = np.zeros((len(times), 478, 3)) + 10.0 * times[:, None, None]
    landmarks[~found] = 1e6
    scores = np.repeat(np.sin(times)[:, None], 52, axis=1)
    return FaceTrack(times, found, landmarks, scores, turned(0.3 * times))


@pytest.mark.parametrize("fps", [23.976, 29.97, 50.0, 60.0])
def test_any_rate_comes_out_at_25_with_the_right_motion(fps):
    track = resample(track_at(np.arange(int(4 * fps)) / fps))
    np.testing.assert_allclose(np.diff(track.times), 0.04)
    assert track.found.all()
    np.testing.assert_allclose(track.landmarks[:, 0, 0], 10.0 * track.times, atol=1e-9)
    np.testing.assert_allclose(track.head_pose, turned(0.3 * track.times), atol=1e-4)


def test_a_variable_rate_is_read_by_its_times():
    times = np.cumsum(np.random.default_rng(0).uniform(0.01, 0.08, 90))
    track = resample(track_at(times - times[0]))
    np.testing.assert_allclose(track.landmarks[:, 0, 0], 10.0 * track.times, atol=1e-9)


def test_where_no_face_was_seen_nothing_is_claimed():
    times = np.arange(100) / 25.0
    found = np.ones(100, bool)
    found[40:60] = False
    found[80] = False
    track = resample(track_at(times, found))
    assert not track.found[41:59].any()
    assert track.found[:40].all()
    assert track.found[60:].all(), "one lost picture is bridged"
    assert track.landmarks.max() < 1e3, "what a lost picture holds is never read"


def test_a_film_without_a_face_stays_empty():
    times = np.arange(30) / 30.0
    assert not resample(track_at(times, np.zeros(30, bool))).found.any()
