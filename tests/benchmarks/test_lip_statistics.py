# SPDX-License-Identifier: Apache-2.0
"""Bootstrap intervals, and noise at the level it is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.lip_noise import NOISES, make_noise, mixed, music
from benchmarks.lip_statistics import (
    FEWEST_SPEAKERS,
    by_unit,
    figure,
    median_figure,
    ratio,
    shifted,
)


def test_the_interval_of_a_share_is_near_the_binomial_one():
    hits = np.random.default_rng(0).random(400) < 0.8
    found = figure([(float(h), 1.0) for h in hits], ratio, ["one"] * 400)
    spread = 1.96 * np.sqrt(0.8 * 0.2 / 400)
    assert found.value == pytest.approx(hits.mean())
    assert found.high - found.low == pytest.approx(2 * spread, rel=0.15)


def test_speakers_are_drawn_where_there_are_enough():
    table = np.ones((12, 2))
    many = [str(n % FEWEST_SPEAKERS) for n in range(12)]
    assert by_unit(table, many).shape == (FEWEST_SPEAKERS, 2)
    assert by_unit(table, many).sum() == table.sum()
    assert by_unit(table, ["a"] * 12) is table


def test_one_clip_has_no_interval_and_none_no_figure():
    assert np.isnan(figure([(1.0, 2.0)], ratio, ["a"]).low)
    assert np.isnan(figure([], ratio, []).value)
    assert np.isnan(median_figure([]).value)


def test_a_positive_lag_moves_the_first_curve_later():
    left, right = shifted(np.array([0, 1, 2, 3.0]), np.array([9, 0, 1, 2.0]), 1)
    assert left.tolist() == right.tolist() == [0, 1, 2]


@pytest.mark.parametrize("snr", [20, 10, 0])
def test_noise_has_the_level_that_was_asked_for(snr):
    generator = np.random.default_rng(0)
    speech = (0.05 * generator.normal(size=32_000)).astype(np.float32)
    noise = make_noise("white", 32_000, 1, [])
    added = mixed(speech, noise, snr) - speech
    got = 10 * np.log10(np.square(speech).mean() / np.square(added).mean())
    assert got == pytest.approx(snr, abs=0.1)


def test_music_is_the_same_every_time_and_as_long_as_asked():
    one, two = (music(40_000, np.random.default_rng(5)) for _ in range(2))
    assert len(one) == 40_000
    assert (one == two).all()
    assert 0.01 < np.abs(one).max() < 2.0
    assert "music" in NOISES
