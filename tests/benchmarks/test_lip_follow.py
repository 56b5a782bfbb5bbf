# SPDX-License-Identifier: Apache-2.0
"""Correlation, lag, shiver, effort and stillness on toy films."""

from __future__ import annotations

import math

import numpy as np
import pytest
from lip_toys import TIMES, answer, clip, film

from benchmarks.lip_follow import best_lag, follow, shiver, timing
from benchmarks.lip_rest import (
    intensity_correlation,
    lip_intensity,
    pause_motion,
)
from benchmarks.lip_statistics import correlation_sums, figure, pearson

FILM_TIMES = np.arange(0.0, 4.0, 0.04)


def speech(times):
    return 5 + 3 * np.sin(2 * np.pi * 1.3 * times) + 2 * np.sin(2 * np.pi * 2.9 * times + 1)


def filmed(name="a", speaker="s", pauses=()):
    return clip(name, speaker, film=film(speech(FILM_TIMES)), pauses=pauses)


def test_r_is_numpys_over_all_frames():
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(2, 3, 50))
    right += left
    rows = [correlation_sums(x, y) for x, y in zip(left, right, strict=True)]
    wanted = np.corrcoef(left.ravel(), right.ravel())[0, 1]
    assert figure(rows, pearson, ["a", "b", "c"]).value == pytest.approx(wanted)


def test_a_scaled_copy_follows_perfectly_and_without_delay():
    pairs = [(filmed(), answer(7.0 + 0.3 * speech(TIMES)))]
    assert follow(pairs, "opening").value == pytest.approx(1.0, abs=0.002)
    assert best_lag(pairs, "opening")[0] == 0.0
    assert timing(pairs)[0].value < 0.01


def test_an_early_mouth_has_a_positive_best_lag():
    pairs = [(filmed(), answer(speech(TIMES + 0.08)))]
    lag, at_best = best_lag(pairs, "opening")
    assert lag == pytest.approx(0.08)
    assert at_best.value > 0.999 > follow(pairs, "opening").value
    assert timing(pairs)[0].value == pytest.approx(0.08, abs=0.02)


def test_what_neither_side_has_is_no_figure():
    assert math.isnan(follow([(filmed(), answer())], "protrusion").value)
    assert math.isnan(follow([(clip(), answer())], "opening").value)


def test_shiver_is_told_from_speech():
    shaking = speech(TIMES) + 2 * np.sin(2 * np.pi * 10 * TIMES)
    own, truth = shiver([(filmed(), answer(shaking))])
    assert own.value > 0.2
    assert truth.value < 0.001


def points(opening):
    moved = np.zeros((len(opening), 20, 3))
    moved[:, :, 2] = opening[:, None]
    return moved


def test_a_mouth_that_moves_in_a_pause_is_seen():
    moving = answer(lip_points=points(3.0 * TIMES))
    still = answer(lip_points=points(np.where(TIMES < 2.0, 3.0 * TIMES, 6.0)))
    labelled = filmed(pauses=((2.0, 4.0),))
    assert pause_motion([(labelled, moving)])[0].value == pytest.approx(3.0)
    assert pause_motion([(labelled, still)])[0].value == 0.0
    assert pause_motion([(labelled, still)])[1].value > 1.0


def test_effort_is_correlated_within_each_speaker():
    clips = [clip(f"{s}{n}", s) for s in "ab" for n in range(4)]
    # Speaker b is ten times as loud and moves a tenth: only what happens within him counts.
    level = {c.key: (1 + int(c.name[1])) * (10 if c.speaker == "b" else 1) for c in clips}
    moved = {c.key: (1 + int(c.name[1])) * (0.1 if c.speaker == "b" else 1) for c in clips}
    assert intensity_correlation(clips, level, moved).value == pytest.approx(1.0)
    against = {key: -value for key, value in moved.items()}
    assert intensity_correlation(clips, level, against).value == pytest.approx(-1.0)


def test_lip_intensity_is_displacement_a_frame():
    assert lip_intensity(points(np.arange(10) * 0.5)) == pytest.approx(0.5)
