# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys cut, spliced, moved and re-timed: what is kept stays as it was."""

from __future__ import annotations

import numpy as np
import pytest
from bl_ext.devrepo.mien import keys

FRAMES = np.arange(0, 240, 0.25)


def between(frames, start, end):
    return (frames >= start) & (frames <= end)


def walk(seed, count=200, size=0.05):
    return np.cumsum(np.random.default_rng(seed).normal(size=count)) * size


def fitted(seed, first=10):
    return keys.fit_keys(walk(seed), first, tolerance=0.02)


@pytest.mark.parametrize("frame", [-5.0, 10.0, 47.0, 61.5, 209.0, 300.0])
def test_one_more_key_leaves_the_curve_as_it_was(frame):
    curve = fitted(1)
    more = keys.with_key(curve, frame)
    assert frame in more.frames
    around = np.arange(-20, 320, 0.25)
    expected = keys.evaluate(curve, around)
    np.testing.assert_allclose(keys.evaluate(more, around), expected, atol=2e-5)


def test_a_cut_is_the_same_curve_with_a_key_at_both_ends():
    curve = fitted(2)
    part = keys.cut(curve, 33, 71.5)
    assert (part.frames[0], part.frames[-1]) == (33, 71.5)
    inside = FRAMES[between(FRAMES, 33, 71.5)]
    expected = keys.evaluate(curve, inside)
    np.testing.assert_allclose(keys.evaluate(part, inside), expected, atol=2e-5)
    with pytest.raises(ValueError, match="ends before"):
        keys.cut(curve, 20, 10)


@pytest.mark.parametrize("span", [(40, 80), (33.5, 190), (11, 12), (60, 60)])
def test_a_splice_changes_nothing_outside_its_span(span):
    old, new = fitted(3), fitted(4)
    start, end = span
    joined = keys.splice(old, new, start, end)
    outside = FRAMES[~between(FRAMES, start + 0.1, end - 0.1)]
    expected = keys.evaluate(old, outside)
    np.testing.assert_allclose(keys.evaluate(joined, outside), expected, atol=2e-5)
    was = np.column_stack([old.frames, old.values])
    now = np.column_stack([joined.frames, joined.values])
    for frames, points in ((was[:, 0] < start, was), (was[:, 0] > end, was)):
        kept = {tuple(point) for point in points[frames]}
        assert kept <= {tuple(point) for point in now}
    inner = new.frames[(new.frames > start) & (new.frames < end)]
    assert set(inner) == set(joined.frames[(joined.frames > start) & (joined.frames < end)])
    assert (np.diff(joined.frames) > 0).all()


def test_a_splice_only_bends_the_segments_at_the_borders():
    old, new = fitted(5), fitted(6)
    joined = keys.splice(old, new, 50, 150)
    first, last = new.frames[new.frames > 50][0], new.frames[new.frames < 150][-1]
    inside = FRAMES[between(FRAMES, first, last)]
    expected = keys.evaluate(new, inside)
    np.testing.assert_allclose(keys.evaluate(joined, inside), expected, atol=2e-5)


def test_a_splice_over_everything_is_the_new_curve():
    old, new = fitted(7), fitted(8)
    joined = keys.splice(old, new, 10, 209)
    assert np.array_equal(joined.frames, new.frames)
    assert np.array_equal(joined.values, new.values)


def test_a_resting_curve_is_returned_to_after_the_span():
    resting = keys.fit_keys(np.zeros(200), 10, tolerance=0.01)
    joined = keys.splice(resting, fitted(9), 60, 90)
    outside = np.r_[np.arange(0, 61), np.arange(90, 240)]
    assert np.abs(keys.evaluate(joined, outside)).max() == 0
    assert np.abs(keys.evaluate(joined, np.arange(62, 88))).max() > 0.1


def test_curves_of_different_kind_are_not_joined():
    with pytest.raises(ValueError, match="cannot stand inside"):
        keys.splice(fitted(1), keys.stepped_keys(walk(1), 10), 40, 60)


def test_stepped_keys_are_spliced_too():
    old, new = (keys.stepped_keys(np.round(walk(seed), 1), 10) for seed in (1, 2))
    joined = keys.splice(old, new, 60, 90)
    outside, inside = np.r_[0:60, 90:240], np.arange(61, 90)
    assert np.array_equal(keys.evaluate(joined, outside), keys.evaluate(old, outside))
    assert np.array_equal(keys.evaluate(joined, inside), keys.evaluate(new, inside))


def test_re_timed_keys_are_the_same_curve_at_other_frames():
    curve = fitted(3)
    again = keys.mapped(curve, 1.25, -30)
    expected = keys.evaluate(curve, FRAMES)
    np.testing.assert_allclose(keys.evaluate(again, FRAMES * 1.25 - 30), expected, atol=2e-5)
    later = keys.shifted(curve, 1000)
    assert np.array_equal(later.frames, curve.frames + 1000)
    np.testing.assert_allclose(keys.evaluate(later, FRAMES + 1000), expected, atol=1e-4)
    with pytest.raises(ValueError, match="above zero"):
        keys.mapped(curve, 0, 0)
