# SPDX-License-Identifier: GPL-3.0-or-later
"""A part made again leaves all other keys what the animator made of them: kinds, handles, modifiers."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import keying
from bl_ext.devrepo.mien.keys import fit_keys

FIRST, LAST = 40, 80


@pytest.fixture
def curve(scene):
    """The brow of a face with keys of several kinds, as an animator leaves them."""
    thing = bpy.data.objects.new("Thing", None)
    for frame in range(0, 121, 15):
        thing.location.x = np.sin(0.1 * frame)
        thing.keyframe_insert("location", index=0, frame=frame)
    action = thing.animation_data.action
    (found,) = (
        action.fcurves
        if hasattr(action, "fcurves")
        else action.layers[0].strips[0].channelbags[0].fcurves
    )
    return found


def kind(point):
    return point.interpolation, point.easing, point.handle_left_type, point.type


def spliced(curve):
    frames = np.arange(FIRST, LAST + 1)
    new = fit_keys(np.array([curve.evaluate(f) for f in frames]), FIRST, tolerance=1e-3)
    keying.rewrite_part(curve, new, FIRST, LAST)


def test_kinds_of_keys_outside_stay(curve):
    for frame, way in ((0, "CONSTANT"), (15, "LINEAR"), (90, "SINE"), (105, "BOUNCE")):
        point = next(p for p in curve.keyframe_points if p.co[0] == frame)
        point.interpolation, point.type, point.easing = way, "BREAKDOWN", "EASE_IN"
    curve.update()
    outside = {p.co[0]: kind(p) for p in curve.keyframe_points if not FIRST <= p.co[0] <= LAST}
    frames = [f for f in range(121) if not FIRST < f < LAST]
    before = [curve.evaluate(f) for f in frames]
    spliced(curve)
    now = {p.co[0]: kind(p) for p in curve.keyframe_points}
    beside = {30.0, 90.0}  # their handles were shortened
    assert {f: now[f] for f in outside if f not in beside} == {
        f: k for f, k in outside.items() if f not in beside
    }
    assert now[90.0][0] == "SINE"
    assert [curve.evaluate(f) for f in frames] == pytest.approx(before, abs=1e-4)


def test_the_way_over_the_border_stays(curve):
    for point in curve.keyframe_points:
        point.interpolation = "CONSTANT"
    curve.update()
    before = [curve.evaluate(f) for f in range(81, 90)]
    spliced(curve)
    assert [curve.evaluate(f) for f in range(81, 90)] == pytest.approx(before, abs=1e-4)
