# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.face.landmarks import FACE_PARTS_68
from core.mixing.one_euro import OneEuro, low_pass, one_euro, smooth_parts

STILL = OneEuro(0.6, 0.0)


def points(curve):
    """One point that moves along x by a curve in metres."""
    values = np.zeros((len(curve), 1, 3), np.float32)
    values[:, 0, 0] = curve
    return values


@pytest.mark.parametrize("fps", [12.0, 25.0, 60.0, 120.0])
def test_it_does_not_lag(fps):
    time = np.arange(int(8 * fps)) / fps
    bump = np.exp(-(((time - 4.0) / 0.8) ** 2)) * 0.01
    smooth = one_euro([points(bump)], time, [STILL])[0][:, 0, 0]
    assert abs(time[smooth.argmax()] - 4.0) <= 1.01 / fps
    assert 0.6 < smooth.max() / bump.max() < 1.0


def test_trembling_goes_and_posture_stays():
    time = np.arange(480) / 60
    tremble = 0.001 * np.sin(2 * np.pi * 8 * time)
    smooth = one_euro([points(0.005 + tremble)], time, [STILL])[0][60:-60, 0, 0]
    assert np.abs(smooth - 0.005).max() < 0.0001


def test_speed_lets_fast_motion_through():
    time = np.arange(240) / 60
    step = points(0.01 * (time > 2.0))
    slow, fast = (one_euro([step], time, [OneEuro(0.6, beta)])[0][:, 0, 0] for beta in (0.0, 0.2))
    way = [np.searchsorted(each, 0.009) - np.searchsorted(each, 0.001) for each in (slow, fast)]
    assert way[1] < 0.5 * way[0]


def test_the_rate_changes_little():
    results = []
    for fps in (24.0, 60.0, 120.0):
        time = np.arange(int(6 * fps) + 1) / fps
        curve = 0.01 * (1 - np.cos(2 * np.pi * 0.4 * time))
        smooth = one_euro([points(curve)], time, [OneEuro(0.6, 0.005)])[0][:, 0, 0]
        results.append(np.interp(np.linspace(0.5, 5.5, 50), time, smooth))
    assert np.abs(results[0] - results[2]).max() < 0.0006
    assert np.abs(results[1] - results[2]).max() < 0.0003


def test_nothing_stays_nothing_and_one_frame_stays():
    nothing = np.zeros((50, 4, 3), np.float32)
    (filtered,) = one_euro([nothing], np.arange(50) / 24, [STILL])
    assert filtered.tobytes() == nothing.tobytes()
    one = np.ones((1, 4, 3), np.float32)
    assert np.array_equal(one_euro([one], np.zeros(1), [STILL])[0], one)
    assert low_pass(np.ones((1, 2)), 1.0, np.zeros(1)).tolist() == [[1.0, 1.0]]


def test_lids_are_left_alone_and_a_silent_mouth_too():
    moved = np.random.default_rng(0).normal(0, 0.001, (100, 68, 3)).astype(np.float32)
    time = np.arange(100) / 30
    speaking, silent = (smooth_parts(moved, time, np.full(100, s)) for s in (1.0, 0.0))
    eyes, mouth = (list(FACE_PARTS_68[part]) for part in ("eyes", "mouth"))
    assert np.array_equal(speaking[:, eyes], moved[:, eyes])
    assert np.array_equal(silent[:, mouth], moved[:, mouth])
    assert np.abs(speaking[20:80, mouth]).mean() < 0.4 * np.abs(moved[20:80, mouth]).mean()
