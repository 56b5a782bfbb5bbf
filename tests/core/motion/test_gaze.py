# SPDX-License-Identifier: Apache-2.0
"""Aims of the eyes, and the head that follows them."""

from __future__ import annotations

import numpy as np
import pytest

from core.direction import Direction
from core.face.arkit import CHANNEL_NAMES
from core.gaze_track import GazeTrack
from core.motion.gaze import aim_shifts
from core.motion.head import turned_to
from core.motion.phrasing import find_phrasing

PITCH, YAW = (CHANNEL_NAMES.index(f"gaze{axis}") for axis in ("Pitch", "Yaw"))
HEAD_YAW = CHANNEL_NAMES.index("headYaw")


@pytest.fixture(scope="module")
def look(prosody, express_with):
    measured, seconds = prosody
    time = np.arange(int(seconds * 50)) / 50

    def run(**direction):
        return express_with(measured, Direction(seed=2, **direction), seconds, time).values

    return run


def aimed(degrees):
    """Straight ahead, and from 5 s on so far to the left."""
    yaw = np.radians([0.0, 0.0, degrees, degrees])
    return GazeTrack(np.array([0.0, 4.98, 5.0, 11.0]), np.zeros(4), yaw)


def test_an_aim_is_kept_while_the_head_moves(look):
    values = look(gaze_track=aimed(8.0))
    seen = values[:, YAW] + values[:, HEAD_YAW]
    assert np.degrees(np.abs(seen[300:] - np.radians(8.0))).max() < 1.5
    assert np.degrees(values[300:, HEAD_YAW].std()) > 0.3


def test_a_loose_aim_is_left_now_and_then(look):
    def straying(hold):
        values = look(gaze_track=aimed(0.0), gaze_hold=hold)
        return np.degrees((values[:, YAW] + values[:, HEAD_YAW]).std())

    assert straying(0.0) > straying(0.5) > 2.0 * straying(1.0)


def test_without_hold_the_track_does_not_count(look):
    assert np.array_equal(look(gaze_track=aimed(8.0), gaze_hold=0.0), look())


def test_the_head_helps_where_eyes_do_not_reach():
    turn = np.degrees(turned_to(np.radians(np.tile([[0.0, 5.0], [0.0, 40.0]], (200, 1)))[::2]))
    assert np.abs(turn[:, 1]).max() < 1.5
    far = np.degrees(turned_to(np.radians(np.tile([[0.0, 40.0]], (400, 1)))))
    assert 18.0 < far[:, 1].mean() < 30.0


def test_a_jumping_aim_is_a_shift(prosody):
    phrasing = find_phrasing(*prosody)
    times = aim_shifts(phrasing, aimed(20.0).at(phrasing.time_seconds))
    assert len(times) == 1
    assert times[0] == pytest.approx(4.95, abs=0.1)


def test_saccades_0_leaves_the_eyes_on_the_listener(look):
    still = dict.fromkeys(("saccade_strength", "idle_strength", "head_strength"), 0.0)
    assert np.abs(look(**still)[:, [PITCH, YAW]]).max() < 1e-6
    near, far = (look(saccade_strength=s, head_strength=0.0)[:, YAW].std() for s in (1.0, 2.0))
    assert far > 1.5 * near
