# SPDX-License-Identifier: Apache-2.0
"""The feelings that the decoders of the comparison are taught."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.dual_decoder_feelings import draw_activation, felt_displacement, pure_activation
from core.face.arkit import ARKIT_NAMES
from core.motion.phrasing import STEP_SECONDS, Phrasing
from core.motion.prototypes import MOVED_EMOTIONS, prototype_table

TIMES = np.arange(100) / 25.0


def phrasing(effort=0.0):
    """One phrase from 1.5 to 3 s, with a stress in it."""
    time = np.arange(405) * STEP_SECONDS
    speaks = ((time > 1.5) & (time < 3.0)).astype(float)
    return Phrasing(
        time,
        np.array([1.5]),
        np.array([3.0]),
        speaks,
        effort * speaks,
        speaks,
        np.array([2.0]),
        np.array([0.8]),
    )


def shown(emotion, intensity=1.0, effort=0.0, seed=0):
    chance = np.random.default_rng(seed)
    return felt_displacement(phrasing(effort), pure_activation(emotion, intensity), TIMES, chance)


def test_no_feeling_adds_nothing():
    assert not shown("neutral").any()


@pytest.mark.parametrize("emotion", MOVED_EMOTIONS)
def test_the_apex_is_the_prototype_and_lies_in_the_phrase(emotion):
    face = shown(emotion)[:, : len(ARKIT_NAMES)]
    prototype = prototype_table().emotions[MOVED_EMOTIONS.index(emotion)].weights
    along = face @ prototype / (prototype @ prototype)
    assert 0.6 < along.max() < 1.5
    assert 1.0 < TIMES[along.argmax()] < 3.1
    assert along[-1] < along.max()


def test_strength_follows_the_request_and_the_voice():
    assert 0.25 < shown("happy", 0.3).sum() / shown("happy").sum() < 0.35
    assert shown("happy", effort=1.0).sum() > 1.05 * shown("happy", effort=-1.0).sum()


def test_takes_differ_and_repeat():
    np.testing.assert_array_equal(shown("sad", seed=1), shown("sad", seed=1))
    assert np.abs(shown("sad", seed=1) - shown("sad", seed=2)).max() > 0.02


def test_requests_are_mostly_one_feeling_and_within_the_range():
    chance = np.random.default_rng(0)
    drawn = np.stack([draw_activation(chance) for _ in range(400)])
    kinds = (drawn > 0.0).sum(axis=1)
    assert set(kinds) == {1, 2}
    assert 0.7 < (kinds == 1).mean() < 0.9
    assert drawn.sum(axis=1).min() >= 0.2
    assert drawn.sum(axis=1).max() <= 1.5
