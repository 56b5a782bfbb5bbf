# SPDX-License-Identifier: GPL-3.0-or-later
"""Thinned columns: few rows, and no sample missed by more than was allowed."""

from __future__ import annotations

import numpy as np
import pytest
from bl_ext.devrepo.mien.thinning import kept_rows

TIMES = np.arange(400) / 24
WAVES = np.column_stack([np.sin(TIMES), 0.3 * np.cos(3 * TIMES)])


def missed(kept):
    lines = [np.interp(TIMES, TIMES[kept], column[kept]) for column in WAVES.T]
    return np.abs(np.column_stack(lines) - WAVES).max()


@pytest.mark.parametrize("tolerance", [0.05, 0.002])
def test_no_column_misses_by_more_than_the_tolerance(tolerance):
    kept = kept_rows(TIMES, WAVES, tolerance, 1000)
    assert missed(kept) <= tolerance
    assert 10 < len(kept) < 300
    assert (kept[0], kept[-1]) == (0, len(TIMES) - 1)


def test_what_stands_still_is_one_row():
    assert list(kept_rows(TIMES, np.full((400, 3), 0.2), 0.002, 1000)) == [0]
    assert list(kept_rows(TIMES[:1], WAVES[:1], 0.002, 1000)) == [0]


def test_corners_are_kept_exactly():
    column = np.where(np.arange(400) < 150, 0.0, 1.0)[:, None]
    assert list(kept_rows(TIMES, column, 0.002, 1000)) == [0, 149, 150, 399]


def test_no_more_rows_than_allowed():
    noise = np.random.default_rng(0).random((400, 1))
    assert 2 <= len(kept_rows(TIMES, noise, 0.002, 50)) <= 50
