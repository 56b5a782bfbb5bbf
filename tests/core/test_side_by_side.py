# SPDX-License-Identifier: Apache-2.0
"""Pieces of a clip in several threads: in order, the same bytes, and given up at once when cancelled."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from core.side_by_side import side_by_side
from core.speech.encoder import SpeechEncoder
from core.speech.prosody import PitchTracker


def test_answers_come_in_the_order_of_the_pieces():
    first_waits = threading.Event()

    def work(piece):
        if piece == 0:
            assert first_waits.wait(10)
        first_waits.set()
        return piece

    with side_by_side(work, range(20), 2) as answers:
        assert list(answers) == list(range(20))


def test_leaving_early_drops_what_has_not_begun():
    begun = []

    def give_up():
        with side_by_side(begun.append, range(10_000), 2) as answers:
            next(answers)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up()
    assert len(begun) < 10_000


@pytest.mark.parametrize("count", [3_000, 30_026, 16_000 * 35])
@pytest.mark.parametrize("threads", [2, 3])
def test_more_threads_give_the_same_bytes(models_folder, count, threads):
    """At 30,026 samples a net with threads of its own gave other digits."""
    samples = np.random.default_rng(5).standard_normal(count).astype(np.float32) * 0.1
    one, more = SpeechEncoder(models_folder), SpeechEncoder(models_folder, threads)
    assert np.array_equal(one.encode(samples), more.encode(samples))
    one, more = PitchTracker(models_folder), PitchTracker(models_folder, threads)
    assert np.array_equal(one.track(samples, 1.0), more.track(samples, 1.0))
