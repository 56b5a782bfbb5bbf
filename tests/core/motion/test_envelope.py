# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.direction import Direction
from core.motion.envelope import emotion_curves, unhurried, unhurried_activation
from core.motion.phrasing import find_phrasing
from core.motion.prototypes import MOVED_EMOTIONS, prototype_table

STEP = np.repeat([0.0, 1.0, 0.0], 300)


def test_a_rise_is_done_in_its_time_and_a_fall_begins_in_its_own():
    curve = unhurried(STEP, coming=0.5, going=1.0, ahead=1.0)
    assert curve[:248].max() < 1e-9
    assert curve[302:598].min() > 1.0 - 1e-9
    assert curve[702:].max() < 1e-9
    assert (np.diff(curve[:302]) >= -1e-12).all()
    assert (np.diff(curve[598:]) <= 1e-12).all()


def test_0_seconds_come_and_go_at_once():
    assert np.array_equal(unhurried(STEP, coming=0.0, going=0.0, ahead=0.5), STEP)
    late = unhurried(STEP, coming=0.0, going=1.0, ahead=0.5)
    assert np.array_equal(late[:600], STEP[:600])
    early = unhurried(STEP, coming=0.6, going=0.0, ahead=0.5)
    assert early[601:].max() <= 0.5


def test_there_are_no_corners():
    curve = unhurried(STEP, coming=0.5, going=0.8, ahead=1.0)
    assert np.abs(np.diff(curve, 2)).max() < 3e-3  # a corner would have 0.02


@pytest.fixture(scope="module")
def phrasing(prosody):
    return find_phrasing(*prosody)


def shown(phrasing, asked, **direction):
    activation = np.zeros((len(phrasing.time_seconds), len(MOVED_EMOTIONS)))
    activation[:, MOVED_EMOTIONS.index("sad")] = asked
    asked = Direction(**direction)
    felt = unhurried_activation(prototype_table(), activation, asked)
    curves = emotion_curves(phrasing, prototype_table(), felt, asked)
    return curves[:, MOVED_EMOTIONS.index("sad")]


def test_the_shown_feeling_is_in_proportion_to_the_asked(phrasing):
    ramp = np.linspace(0.0, 1.0, len(phrasing.time_seconds))
    assert np.allclose(shown(phrasing, 1.5 * ramp), 1.5 * shown(phrasing, ramp))
    assert not shown(phrasing, 0.0 * ramp).any()


def test_onset_and_decay_stretch_a_key(phrasing):
    time = phrasing.time_seconds
    key = ((time > 4.0) & (time < 7.0)).astype(float)
    quick = shown(phrasing, key, onset=0.0, decay=0.0)
    slow = shown(phrasing, key, onset=2.0, decay=2.0)
    assert quick[time < 3.95].max() == 0.0
    assert quick[time > 7.05].max() == 0.0
    assert slow[(time > 3.0) & (time < 3.9)].max() > 0.05
    assert slow[(time > 7.2) & (time < 8.0)].max() > 0.3
