# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.motion.blink_times import blink_times
from core.motion.phrasing import Phrasing

MINUTES = 10
TIME = np.arange(MINUTES * 6000) * 0.01
ENDS = np.arange(2.4, TIME[-1] - 4.0, 4.0)
STARTS = ENDS - 2.4


@pytest.fixture(scope="module")
def phrasing():
    """Phrases of 2.4 s with pauses of 1.6 s."""
    nothing = np.zeros(len(TIME))
    speech = ((TIME % 4.0) < 2.4).astype(float)
    return Phrasing(
        TIME, STARTS, ENDS, speech, nothing, nothing, STARTS + 1.0, np.ones(len(STARTS))
    )


def blinks(phrasing, rate=1.0, shifts=(), seed=0):
    return blink_times(phrasing, np.array(shifts), np.full(len(TIME), rate), seed)[0]


def test_people_blink_as_often_and_never_stare(phrasing):
    gaps = np.concatenate([np.diff(blinks(phrasing, seed=seed)) for seed in range(3)])
    assert 17 <= 60.0 / gaps.mean() <= 26
    assert gaps.min() >= 0.45
    assert gaps.max() < 9.0
    assert gaps.std() > 0.3 * gaps.mean()


def test_blinks_gather_after_phrases(phrasing):
    since = (blinks(phrasing) - 2.4) % 4.0
    assert np.mean(since < 0.6) > 2.0 * 0.6 / 4.0


def test_stressed_syllables_are_spared_and_followed(phrasing):
    since = np.concatenate([(blinks(phrasing, seed=s) - 1.0) % 4.0 for s in range(4)])
    inside, after = np.mean(since < 0.25) / 0.25, np.mean((since > 0.45) & (since < 0.75)) / 0.3
    assert after > 1.15 * inside


def test_large_shifts_of_gaze_bring_blinks(phrasing):
    shifts = np.arange(1.5, TIME[-1], 8.0)
    near = [
        np.mean(np.abs(blinks(phrasing, shifts=s, seed=1)[:, None] - shifts).min(axis=1) < 0.1)
        for s in ((), shifts)
    ]
    assert near[1] > 2.0 * near[0]


def test_the_rate_may_change_and_may_be_0(phrasing):
    assert len(blinks(phrasing, rate=0.0)) == 0
    rate = np.where(TIME[-1] / 2 > TIME, 0.0, 1.0)
    times = blink_times(phrasing, np.zeros(0), rate, 0)[0]
    assert times.min() > TIME[-1] / 2
    assert 1.4 < len(blinks(phrasing, rate=2.0)) / len(blinks(phrasing)) < 2.4
