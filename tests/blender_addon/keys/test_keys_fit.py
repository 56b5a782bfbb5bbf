# SPDX-License-Identifier: GPL-3.0-or-later
"""Fitted keys: within the tolerance, exact where asked, no overshoot, few."""

from __future__ import annotations

import numpy as np
import pytest
from bl_ext.devrepo.mien import keys

RNG = np.random.default_rng(7)
TIME = np.arange(240) / 24
CURVES = {
    "walk": np.cumsum(RNG.normal(size=400)) * 0.05,
    "noise": RNG.normal(size=300),
    "steps": np.repeat(RNG.random(30), 9),
    "spikes": np.where(RNG.random(300) < 0.05, 1.0, 0.0),
    "sine": 0.5 + 0.5 * np.sin(3 * TIME),
    "ramp": np.linspace(-1, 2, 130),
    "bumps": np.maximum(0, np.sin(5 * TIME)) ** 2,
    "small noise on a ramp": np.linspace(0, 1, 300) + 0.004 * RNG.normal(size=300),
    "blinks": np.tile(np.r_[np.zeros(60), 0.4, 1.0, 0.9, 0.5, 0.2], 4),
    "two frames": np.array([0.1, 0.7]),
    "three frames": np.array([0.1, 0.7, 0.1]),
    "large": 1000 * np.sin(2 * TIME),
    "far from zero": 40 + 0.1 * np.cumsum(RNG.normal(size=225)),
    "very large": 1000 * np.cumsum(RNG.normal(size=225)),
}
TOLERANCES = {"large": 5.0, "very large": 0.7}


def fit(name, **more):
    tolerance = TOLERANCES.get(name, 0.01)
    return keys.fit_keys(CURVES[name], 1, tolerance=tolerance, **more), tolerance


@pytest.mark.parametrize("name", CURVES)
def test_every_frame_is_met_within_the_tolerance(name):
    curve, tolerance = fit(name)
    frames = np.arange(1, len(CURVES[name]) + 1)
    assert np.abs(keys.evaluate(curve, frames) - CURVES[name]).max() <= tolerance


@pytest.mark.parametrize("name", CURVES)
def test_between_frames_the_curve_stays_between_their_samples(name):
    curve, tolerance = fit(name)
    samples = CURVES[name]
    between = np.arange(1, len(samples), 1 / 16)
    frame = np.floor(between).astype(int) - 1
    after = np.minimum(frame + 1, len(samples) - 1)
    values = keys.evaluate(curve, between)
    above = values - np.maximum(samples[frame], samples[after])
    below = np.minimum(samples[frame], samples[after]) - values
    assert max(above.max(), below.max()) <= tolerance * 1.001


@pytest.mark.parametrize("name", CURVES)
def test_the_curve_goes_one_way_between_two_keys(name):
    curve, _ = fit(name)
    for i in range(len(curve.frames) - 1):
        inside = np.linspace(curve.frames[i], curve.frames[i + 1], 33)
        step = np.diff(keys.evaluate(curve, inside))
        size = max(1.0, np.abs(curve.values).max())
        assert (step >= -2e-6 * size).all() or (step <= 2e-6 * size).all()


@pytest.mark.parametrize("name", ["walk", "sine", "blinks", "bumps", "large"])
def test_turns_have_a_flat_key_at_the_sample(name):
    curve, _ = fit(name)
    samples = np.float32(CURVES[name])
    peak = int(np.argmax(samples[1:-1])) + 1
    key = int(np.flatnonzero(curve.values == samples[peak])[0])
    assert samples[int(curve.frames[key]) - 1] == samples[peak]
    turning = (curve.values[1:-1] - curve.values[:-2]) * (curve.values[2:] - curve.values[1:-1])
    for at in np.flatnonzero(turning < 0) + 1:
        assert curve.values[at] == samples[int(curve.frames[at]) - 1]
        assert curve.left[at, 1] == curve.values[at] == curve.right[at, 1]


@pytest.mark.parametrize("name", CURVES)
def test_handles_are_in_line(name):
    curve, _ = fit(name)
    before = np.column_stack([curve.frames, curve.values]) - curve.left
    after = curve.right - np.column_stack([curve.frames, curve.values])
    slopes = before[:, 1] / before[:, 0], after[:, 1] / after[:, 0]
    np.testing.assert_allclose(*slopes, atol=2e-3 * max(1, np.abs(curve.values).max()))


@pytest.mark.parametrize("name", ["walk", "noise", "sine", "blinks", "small noise on a ramp"])
def test_frames_asked_for_are_met_exactly(name):
    asked = [0, 3, 17, 18, 19, 50, 123, len(CURVES[name]) - 1]
    curve, tolerance = fit(name, exact=asked)
    values = keys.evaluate(curve, np.array(asked) + 1)
    assert np.array_equal(values, np.float32(CURVES[name])[asked])
    assert set(np.array(asked) + 1) <= set(curve.frames)
    frames = np.arange(1, len(CURVES[name]) + 1)
    assert np.abs(keys.evaluate(curve, frames) - CURVES[name]).max() <= tolerance


def test_what_rests_is_one_key():
    for samples in (np.zeros(50), np.full(50, 0.3), 0.009 * np.sin(TIME), np.array([0.5])):
        curve = keys.fit_keys(samples, 5, tolerance=0.01)
        assert list(curve.frames) == [5]
        assert np.abs(samples - curve.values).max() <= 0.01
    assert keys.fit_keys(0.009 * np.sin(TIME), 5, tolerance=0.01).values[0] == 0
    assert keys.fit_keys(np.full(9, 0.004), 5, tolerance=0.01).values[0] == np.float32(0.004)


def test_what_rests_but_must_be_met_is_met():
    samples = 0.009 * np.sin(TIME)
    curve = keys.fit_keys(samples, 0, tolerance=0.01, exact=[12, 40])
    assert np.array_equal(keys.evaluate(curve, [12, 40]), np.float32(samples)[[12, 40]])
    once = keys.fit_keys(samples, 0, tolerance=0.02, exact=[12])
    assert keys.evaluate(once, [12]) == np.float32(samples[12])
    assert np.abs(keys.evaluate(once, np.arange(240)) - samples).max() <= 0.02


def test_a_rest_between_movements_is_held_by_two_flat_keys():
    samples = np.r_[0.8, 0.4, np.zeros(100), 0.3, 0.9]
    curve = keys.fit_keys(samples, 0, tolerance=0.01)
    held = keys.evaluate(curve, np.arange(2, 101, 0.25))
    assert np.abs(held).max() == 0
    assert len(curve.frames) <= 6


def test_curves_that_rest_at_zero_do_not_go_below_it():
    for name in ("bumps", "blinks", "spikes"):
        curve, _ = fit(name)
        assert keys.evaluate(curve, np.arange(0, 300, 0.1)).min() >= -1e-7


def test_simple_shapes_need_few_keys():
    counts = {name: len(fit(name)[0].frames) for name in ("ramp", "sine", "blinks")}
    turns = np.abs(np.diff(np.sign(np.diff(CURVES["sine"])))).astype(bool).sum()
    assert counts["ramp"] == 2
    assert counts["sine"] <= 2 * turns + 2
    assert counts["blinks"] <= 4 * 4 + 1


def test_columns_come_out_as_they_do_alone():
    columns = np.column_stack([CURVES["walk"][:240], CURVES["sine"], np.zeros(240)])
    together = keys.fit_many(columns, 7, tolerance=[0.03, 0.01, 0.01], exact=[[5], [], [9]])
    for column, (tolerance, exact) in enumerate([(0.03, [5]), (0.01, []), (0.01, [9])]):
        alone = keys.fit_keys(columns[:, column], 7, tolerance=tolerance, exact=exact)
        for part in ("frames", "values", "left", "right"):
            assert np.array_equal(getattr(alone, part), getattr(together[column], part))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e300])
def test_what_cannot_be_keyed_is_refused(wrong):
    with pytest.raises(ValueError, match="finite"):
        keys.fit_keys(np.array([0.1, wrong, 0.2]), 1, tolerance=0.01)
    with pytest.raises(ValueError, match="finite"):
        keys.stepped_keys(np.array([0.1, wrong]), 1)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="no frames"):
        keys.fit_keys(np.zeros(0), 1, tolerance=0.01)
    for tolerance in (0, -1, np.nan):
        with pytest.raises(ValueError, match="above zero"):
            keys.fit_keys(np.zeros(3), 1, tolerance=tolerance)
    with pytest.raises(ValueError, match="0 to 2"):
        keys.fit_keys(np.zeros(3), 1, tolerance=0.1, exact=[3])
    with pytest.raises(ValueError, match="lists of exact frames"):
        keys.fit_many(np.zeros((3, 3)), 1, tolerance=0.1, exact=[[1], [2]])


def test_stepped_keys_stand_where_the_value_changes():
    curve = keys.stepped_keys(np.array([1, 1, 2, 2, 2, 1]), 10)
    assert list(curve.frames) == [10, 12, 15]
    assert list(curve.values) == [1, 2, 1]
    assert curve.interpolation == "CONSTANT"
    assert list(keys.evaluate(curve, np.arange(9, 17))) == [1, 1, 1, 2, 2, 2, 1, 1]
