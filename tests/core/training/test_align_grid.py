# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("pocketsphinx")
from core.training.align_grid import LONGEST_STOP, STOP_BEFORE_BURST, shorten_stops

BURST = 0.6


@pytest.fixture(scope="module")
def sound():
    """Silence up to a burst, then a voice."""
    samples = np.random.default_rng(0).normal(0.0, 1e-4, 16000)
    samples[int(BURST * 16000) :] *= 1000.0
    return samples.astype(np.float32)


def test_a_stop_gives_up_the_silence_before_it(sound):
    ((label, start, end),) = shorten_stops(sound, [("P", 0.1, 0.65)])
    assert (label, end) == ("P", 0.65)
    assert start == pytest.approx(BURST - STOP_BEFORE_BURST, abs=0.015)


def test_short_stops_and_long_sounds_stay(sound):
    rows = [("B", BURST - LONGEST_STOP + 0.02, BURST + 0.01), ("M", 0.1, 0.65)]
    assert shorten_stops(sound, rows) == rows
