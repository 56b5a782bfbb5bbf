# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.curves import Span
from core.motion.speech_gate import rest_in_pauses

TIMES = np.arange(200) * 0.02


def opened(curve):
    """Two channels that follow one curve (200,)."""
    return np.stack([curve, 0.5 * curve], axis=1).astype(np.float32)


def test_speech_and_short_pauses_are_left_alone():
    values = opened(0.3 + 0.2 * np.sin(40 * TIMES))
    np.testing.assert_array_equal(rest_in_pauses(values, TIMES, [Span("sil", 1.0, 1.2)]), values)


def test_a_pause_closes_once_and_opens_once():
    dip = np.minimum(np.abs(TIMES - 2.0), 0.5)
    flap = 0.15 * np.exp(-(((TIMES - 1.96) / 0.05) ** 2))
    kept = rest_in_pauses(opened(dip + flap), TIMES, [Span("sil", 1.5, 2.5)])[:, 0]
    turns = np.diff(np.sign(np.diff(kept[76:106]).round(4)))
    assert (turns < 0).sum() == 0
    assert kept[98] < 0.1
    np.testing.assert_allclose(kept[:75], (dip + flap)[:75], atol=1e-6)


def test_breath_before_speech_is_no_flap():
    breath = opened(0.3 * np.exp(-(((TIMES - 2.8) / 0.08) ** 2)))
    kept = rest_in_pauses(breath, TIMES, [Span("sil", 1.0, 3.0)])
    np.testing.assert_allclose(kept[135:], breath[135:], atol=1e-6)


def test_a_pause_that_only_closes_and_opens_keeps_its_shape():
    valley = opened(np.minimum(np.abs(TIMES - 2.0), 0.4))
    kept = rest_in_pauses(valley, TIMES, [Span("sil", 1.7, 2.3)])
    np.testing.assert_allclose(kept, valley, atol=5e-3)


@pytest.mark.parametrize(
    ("pause", "deep"),
    [((0.0, 4.0), (0.0, 4.0)), ((0.0, 3.0), (0.0, 1.79)), ((1.0, 4.0), (1.81, 4.0))],
)
def test_lips_rest_deep_inside(pause, deep):
    noise = opened(np.random.default_rng(0).uniform(0.0, 0.1, 200))
    kept = rest_in_pauses(noise, TIMES, [Span("sil", *pause)])
    assert kept[(deep[0] <= TIMES) & (deep[1] >= TIMES)].max() == 0.0


def test_no_frames_are_no_trouble():
    empty = rest_in_pauses(np.zeros((0, 3), np.float32), np.zeros(0), [])
    assert empty.shape == (0, 3)
