# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.avatar.track.smooth import Clock, Smoothing, noise_of, smooth_films

FPS = 25.0
TIMES = np.arange(250) / FPS
CLOCK = Clock(TIMES, np.zeros(len(TIMES), np.int32))
SETTINGS = Smoothing(still_hz=1.5, moving_hz=9.0, noise=1.0)


def noise(level, seed=0):
    return np.random.default_rng(seed).normal(0.0, level, len(TIMES))


def smoothed(curve, clock=CLOCK):
    return smooth_films(curve[:, None], curve[:, None], clock, SETTINGS)[:, 0]


def test_the_noise_is_told_from_the_curve():
    curve = 10.0 * np.sin(TIMES * 3.0) + noise(0.3)
    assert noise_of(curve[:, None])[0] == pytest.approx(0.3, rel=0.2)


def test_what_is_still_holds_still():
    assert smoothed(noise(0.3)).std() < 0.5 * 0.3
    assert np.diff(smoothed(noise(0.3))).std() < 0.15 * 0.3


def test_a_jump_keeps_its_place_and_height():
    jump = np.where(TIMES > 5.0, 5.0, 0.0)
    own = smoothed(jump + noise(0.2))
    assert np.abs(own - jump)[[*range(120), *range(132, 250)]].max() < 0.5
    middle = np.interp(2.5, own[120:132], TIMES[120:132])
    # Between the two pictures about the jump.
    assert middle == pytest.approx(5.02, abs=0.02)


def test_a_nod_neither_lags_nor_shrinks():
    nod = 8.0 * np.sin(2.0 * np.pi * TIMES)
    own = smoothed(nod + noise(0.2))
    assert np.polyfit(nod, own, 1)[0] == pytest.approx(1.0, abs=0.02)
    assert np.square(own - nod).mean() < np.square(0.2)
    shifts = [np.square(np.roll(own, shift) - nod)[5:-5].mean() for shift in (-1, 0, 1)]
    assert np.argmin(shifts) == 1


def test_films_are_smoothed_apart():
    film_of = (np.arange(len(TIMES)) >= 125).astype(np.int32)
    clock = Clock(np.where(film_of == 1, TIMES - TIMES[125], TIMES), film_of)
    both = smoothed(np.where(film_of == 1, 50.0, 0.0) + noise(0.2), clock)
    assert both[124] == pytest.approx(0.0, abs=0.4)
    assert both[125] == pytest.approx(50.0, abs=0.4)


def test_what_is_trusted_stays():
    curve = noise(0.3)
    trust = np.ones(len(TIMES))
    trust[100] = 1e4
    own = smooth_films(curve[:, None], curve[:, None], CLOCK, SETTINGS, trust)[:, 0]
    assert own[100] == pytest.approx(curve[100], abs=0.01)
    assert smoothed(curve)[100] != pytest.approx(curve[100], abs=0.01)


def test_a_film_of_three_pictures_is_left_as_it_is():
    clock = Clock(np.arange(3.0), np.zeros(3, np.int32))
    curve = np.array([[0.0], [5.0], [0.0]])
    np.testing.assert_array_equal(smooth_films(curve, curve, clock, SETTINGS), curve)
