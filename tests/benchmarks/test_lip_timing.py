# SPDX-License-Identifier: Apache-2.0
"""Mean temporal misalignment on curves whose misalignment is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.lip_timing import extreme_frames, misalignment, smooth, warping_path


def mouth(times):
    """Opening and shutting at uneven times and heights, as speech does."""
    return sum(
        height * np.exp(-0.5 * ((times - at) / 0.06) ** 2)
        for at, height in ((0.5, 6), (0.9, 3), (1.25, 8), (1.7, 5), (2.2, 7), (2.7, 4), (3.3, 6))
    )


@pytest.mark.parametrize("fps", [25.0, 30.0, 60.0])
@pytest.mark.parametrize("shift", [0.0, 1 / 30, 2 / 30, 3 / 30])
def test_a_shifted_curve_is_misaligned_by_its_shift(fps, shift):
    times = np.arange(0.0, 4.0, 1.0 / fps)
    for sign in (-1, 1):
        found = misalignment(mouth(times), mouth(times + sign * shift), fps)
        assert np.mean(found.seconds) == pytest.approx(shift, abs=0.012)
        assert len(found.seconds) >= 0.6 * found.extremes


def test_size_and_offset_of_the_guess_do_not_matter_when_it_is_in_time():
    times = np.arange(0.0, 4.0, 1.0 / 30)
    found = misalignment(mouth(times), 3.0 + 0.8 * mouth(times), 30.0)
    assert max(found.seconds) <= 1 / 30
    assert len(found.seconds) == found.extremes


def test_a_still_mouth_joins_nothing():
    times = np.arange(0.0, 4.0, 1.0 / 30)
    found = misalignment(mouth(times), np.ones(len(times)), 30.0)
    assert found.seconds == ()
    assert found.extremes > 10


def test_longer_clips_are_cut_and_lose_nothing_else():
    times = np.arange(0.0, 24.0, 1.0 / 30)
    curve = mouth(times % 4.0)
    found = misalignment(curve, curve, 30.0)
    assert found.seconds
    assert set(found.seconds) == {0.0}


def test_extremes_are_the_turning_points_and_flat_tops_count_once():
    curve = np.array([0, 1, 2, 1, 0, 0, 0, 3, 3, 3, 1, 2], float)
    assert extreme_frames(curve) == {2: 1, 5: -1, 8: 1, 10: -1}


def test_the_path_is_monotone_and_joins_the_ends():
    rng = np.random.default_rng(0)
    path = np.array(warping_path(rng.normal(size=40).cumsum(), rng.normal(size=33).cumsum()))
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [39, 32]
    assert set(map(tuple, np.diff(path, axis=0).tolist())) <= {(1, 1), (1, 0), (0, 1)}


def test_smoothing_keeps_length_and_level():
    assert smooth(np.full(50, 3.0)) == pytest.approx(np.full(50, 3.0))
    assert smooth(np.eye(1, 51, 25)[0]).sum() == pytest.approx(1.0)
