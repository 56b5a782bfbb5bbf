# SPDX-License-Identifier: GPL-3.0-or-later
"""`evaluate` gives what Blender draws through the same keys."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import keys

NUMBERS = {"CONSTANT": 0, "LINEAR": 1, "BEZIER": 2}
FREE = 0


def in_blender(curve, frames):
    """Values of an F-curve with these keys at `frames`, and the keys as Blender gives them back."""
    scene = bpy.context.scene
    scene.render.fps = 24
    scene.keyframe_insert("gravity", index=2, frame=1)
    datablock = scene.animation_data
    action = datablock.action
    if hasattr(action, "fcurves"):
        fcurve = action.fcurves[0]
    else:
        fcurve = action.layers[0].strips[0].channelbags[0].fcurves[0]
    points = fcurve.keyframe_points
    points.add(len(curve.frames) - len(points))
    points.foreach_set("interpolation", np.full(len(points), NUMBERS[curve.interpolation]))
    for side in ("handle_left_type", "handle_right_type"):
        points.foreach_set(side, np.full(len(points), FREE))
    points.foreach_set("co", np.column_stack([curve.frames, curve.values]).ravel())
    points.foreach_set("handle_left", curve.left.ravel())
    points.foreach_set("handle_right", curve.right.ravel())
    fcurve.update()
    values = np.array([fcurve.evaluate(frame) for frame in frames])
    stored = []
    for name in ("co", "handle_left", "handle_right"):
        part = np.empty(2 * len(points), np.float32)
        points.foreach_get(name, part)
        stored.append(part.reshape(-1, 2).astype(float))
    where, left, right = stored
    scene.animation_data_clear()
    bpy.data.actions.remove(action)
    return values, keys.Keys(where[:, 0], where[:, 1], left, right, curve.interpolation)


def wild_keys(seed, interpolation):
    """Handles of any length, some over the next key, some of no length."""
    rng = np.random.default_rng(seed)
    frames = np.cumsum(rng.integers(1, 9, 30)).astype(float) - 7
    values = rng.normal(size=30)
    reach = rng.uniform(0, 1, (2, 30)) * rng.choice([0.0, 3.0, 12.0], (2, 30))
    slope = rng.normal(size=30)
    left = np.column_stack([frames - reach[0], values - reach[0] * slope])
    right = np.column_stack([frames + reach[1], values + reach[1] * slope])
    stored = [part.astype(np.float32).astype(float) for part in (frames, values, left, right)]
    return keys.Keys(*stored, interpolation)


@pytest.mark.parametrize("interpolation", list(NUMBERS))
@pytest.mark.parametrize("seed", range(3))
def test_wild_keys_are_evaluated_as_blender_does(interpolation, seed):
    curve = wild_keys(seed, interpolation)
    frames = np.arange(curve.frames[0] - 3, curve.frames[-1] + 3, 0.125)
    values, stored = in_blender(curve, frames)
    # Blender finds the place on the curve in single precision.
    size = np.ptp(values)
    np.testing.assert_allclose(keys.evaluate(stored, frames), values, atol=1e-5 * size)


def test_fitted_keys_come_back_from_blender_bit_for_bit():
    samples = np.cumsum(np.random.default_rng(4).normal(size=200)) * 0.05
    curve = keys.fit_keys(samples, 100_001, tolerance=0.01)
    frames = np.arange(100_001, 100_201)
    values, stored = in_blender(curve, frames)
    for part in ("frames", "values", "left", "right"):
        assert np.array_equal(getattr(stored, part), getattr(curve, part))
    assert np.abs(values - samples).max() <= 0.01
    np.testing.assert_allclose(keys.evaluate(curve, frames), values, atol=1e-5)
