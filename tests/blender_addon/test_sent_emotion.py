# SPDX-License-Identifier: GPL-3.0-or-later
"""Animated emotion: what is sent is what Blender plays, whatever moves it, over the strip's frames."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import directions, strips, styles
from bl_ext.devrepo.mien.directions import direction
from bl_ext.devrepo.mien.emotion_track import emotion_track
from bl_ext.devrepo.mien.emotions import EMOTIONS, MOVED
from bl_ext.devrepo.mien.strips import StripMap
from studio import add_sound, differences, dump, move_content, set_speed, trim
from track_studio import (
    ERROR,
    HEARD,
    add_driver,
    add_object,
    curve_of,
    frames_of,
    played,
    push_to_nla,
    sent,
    set_keys,
)


def test_without_keys_the_emotion_is_sent_as_it_is(scene):
    scene.mien.emotion, scene.mien.intensity = "sad", 0.8
    asked = direction(scene.mien, HEARD)
    assert (asked["emotion"], asked["intensity"]) == ("sad", 0.8)
    assert "emotion_track" not in asked
    scene.mien.emotion, scene.mien.emotion_happy, scene.mien.emotion_sad = "BLEND", 0.3, 0.25
    asked = direction(scene.mien, HEARD)
    assert asked["emotion"] == {**dict.fromkeys(MOVED, 0.0), "happy": 0.3, "sad": 0.25}
    assert "emotion_track" not in asked


def test_the_worker_knows_every_emotion_and_setting_in_the_same_ranges(scene):
    from core.direction import EMOTION_NAMES, UPPER_LIMITS
    from core.styles import STYLE_SETTINGS

    assert tuple(name for name, _, _ in EMOTIONS) == EMOTION_NAMES
    assert set(directions.MANNER) == set(UPPER_LIMITS) - {"intensity"}
    assert set(styles.SETTINGS) == set(STYLE_SETTINGS)
    for name, highest in UPPER_LIMITS.items():
        setting = scene.mien.bl_rna.properties[name]
        assert (setting.hard_min, setting.hard_max) == (0.0, highest)


def test_the_worker_reads_the_direction_as_it_was_meant(scene):
    from core.direction import Direction

    scene.mien.emotion = "BLEND"
    set_keys(scene, "emotion_happy", {11: 0.0, 40: 1.0, 70: 0.4})
    set_keys(scene, "emotion_angry", {20: 0.5, 60: 0.9})
    asked = direction(scene.mien, HEARD)
    track = Direction.from_json(asked).emotion_track
    assert track.to_json()["time_seconds"] == asked["emotion_track"]["time_seconds"]
    assert Direction.from_json(asked).intensity == 1.0


def test_keyed_intensity_is_sent_as_it_plays(scene):
    scene.mien.emotion = "happy"
    set_keys(scene, "intensity", {5: 0.0, 30: 1.2, 50: 0.4, 90: 1.0})
    track = emotion_track(scene.mien, HEARD)
    assert np.abs(sent(track, "intensity", HEARD) - played(scene, "intensity", HEARD)).max() < ERROR
    assert set(track["weights"]) == {"happy"}
    assert np.allclose(sent(track, "happy", HEARD), 1.0)
    assert track["time_seconds"][0] == 0.0
    assert len(track["time_seconds"]) < HEARD.frames


def test_a_straight_ramp_needs_two_keys(scene):
    set_keys(scene, "intensity", {1: 0.0, 101: 1.0}, "LINEAR")
    track = emotion_track(scene.mien, HEARD)
    assert track["time_seconds"] == pytest.approx([0.0, 59 / 24], abs=1e-5)
    assert track["intensity"] == pytest.approx([0.1, 0.69], abs=1e-5)


def test_keyed_blend_is_sent_as_it_plays_and_sums_to_one(scene):
    scene.mien.emotion = "BLEND"
    scene.mien.emotion_calm = 0.1
    set_keys(scene, "emotion_happy", {11: 0.0, 30: 1.0, 70: 0.2})
    set_keys(scene, "emotion_surprised", {20: 0.8, 60: 0.0})
    track = emotion_track(scene.mien, HEARD)
    weights = {name: sent(track, name, HEARD) for name in track["weights"]}
    assert set(weights) == {"neutral", "happy", "surprised", "calm"}
    assert np.allclose(sum(weights.values()), 1.0, atol=ERROR)
    raw = {name: played(scene, f"emotion_{name}", HEARD) for name in ("happy", "surprised")}
    total = np.maximum(1.0, raw["happy"] + raw["surprised"] + 0.1)
    for name, values in raw.items():
        assert np.abs(weights[name] - values / total).max() < ERROR


def test_weights_that_no_blend_uses_move_nothing(scene):
    scene.mien.emotion = "angry"
    set_keys(scene, "emotion_happy", {11: 0.0, 30: 1.0})
    assert emotion_track(scene.mien, HEARD) is None


def test_a_driver_on_a_weight_is_sent_as_it_plays(scene):
    scene.mien.emotion = "BLEND"
    add_driver(scene, "emotion_sad", "0.5 + 0.4 * sin(frame / 9)")
    set_keys(scene, "intensity", {11: 0.2, 70: 1.4})
    track = emotion_track(scene.mien, HEARD)
    driven = played(scene, "emotion_sad", HEARD)
    assert driven.max() > 0.85
    assert np.abs(sent(track, "sad", HEARD) - driven).max() < ERROR
    assert np.abs(sent(track, "intensity", HEARD) - played(scene, "intensity", HEARD)).max() < ERROR


def test_a_driver_that_follows_an_object_is_sent_as_it_plays(scene):
    slider = add_object(scene, "Slider")
    for frame, x in ((1, 0.0), (80, 1.0)):
        slider.location.x = x
        slider.keyframe_insert("location", frame=frame)
    scene.mien.emotion = "BLEND"
    driver = scene.driver_add("mien.emotion_fearful").driver
    driver.type = "SUM"
    variable = driver.variables.new()
    variable.type = "TRANSFORMS"
    variable.targets[0].id = slider
    variable.targets[0].transform_type = "LOC_X"
    track = emotion_track(scene.mien, HEARD)
    driven = played(scene, "emotion_fearful", HEARD)
    assert driven[-1] > driven[0] + 0.5
    assert np.abs(sent(track, "fearful", HEARD) - driven).max() < ERROR


def test_looking_at_other_frames_leaves_the_scene_and_unkeyed_poses_alone(scene):
    posed = add_object(scene, "Posed")
    posed.keyframe_insert("location", frame=1)
    posed.location.x = 7.0
    scene.frame_set(33, subframe=0.25)
    posed.location.x = 7.0
    scene.mien.emotion = "BLEND"
    add_driver(scene, "emotion_sad", "frame / 100")
    before = [scene.frame_current, scene.frame_subframe, scene.mien.emotion_sad, *dump(posed)]
    data = {name: len(getattr(bpy.data, name)) for name in ("objects", "scenes", "actions")}
    assert emotion_track(scene.mien, HEARD) is not None
    after = [scene.frame_current, scene.frame_subframe, scene.mien.emotion_sad, *dump(posed)]
    assert differences(before, after) == []
    assert posed.location.x == 7.0
    assert {name: len(getattr(bpy.data, name)) for name in data} == data


def test_nla_strips_are_sent_as_they_play(scene):
    scene.mien.emotion = "happy"
    set_keys(scene, "intensity", {11: 0.1, 40: 1.3, 70: 0.5})
    strip = push_to_nla(scene)
    strip.scale = 1.5
    track = emotion_track(scene.mien, HEARD)
    shown = played(scene, "intensity", HEARD)
    assert np.ptp(shown) > 0.5
    assert np.abs(sent(track, "intensity", HEARD) - shown).max() < ERROR
    strip.mute = True
    assert emotion_track(scene.mien, HEARD) is None


def test_muted_curves_and_drivers_move_nothing(scene):
    set_keys(scene, "intensity", {11: 0.1, 40: 1.3})
    add_driver(scene, "emotion_sad", "frame / 100")
    scene.mien.emotion, scene.mien.intensity = "BLEND", 0.7
    curve_of(scene, "intensity").mute = True
    next(iter(scene.animation_data.drivers)).mute = True
    assert emotion_track(scene.mien, HEARD) is None
    assert direction(scene.mien, HEARD)["intensity"] == 0.7


def test_a_curve_beyond_the_range_is_clipped_as_blender_does(scene):
    set_keys(scene, "intensity", {11: 0.0, 70: 1.5}, "LINEAR")
    points = curve_of(scene, "intensity").keyframe_points
    points[0].co[1], points[1].co[1] = -1.0, 3.0
    track = emotion_track(scene.mien, HEARD)
    assert np.abs(sent(track, "intensity", HEARD) - played(scene, "intensity", HEARD)).max() < ERROR
    assert (min(track["intensity"]), max(track["intensity"])) == (0.0, 1.5)


def test_modifiers_of_a_curve_are_heard(scene):
    set_keys(scene, "intensity", {11: 0.5, 70: 0.5})
    modifier = curve_of(scene, "intensity").modifiers.new("NOISE")
    modifier.strength, modifier.scale = 0.6, 7.0
    track = emotion_track(scene.mien, HEARD)
    shown = played(scene, "intensity", HEARD)
    assert np.ptp(shown) > 0.1
    assert np.abs(sent(track, "intensity", HEARD) - shown).max() < ERROR


def test_a_keyed_emotion_changes_at_its_key(scene):
    set_keys(scene, "emotion", {1: "happy", 30: "BLEND", 50: "angry"}, "CONSTANT")
    scene.mien.emotion_sad = 0.6
    track = emotion_track(scene.mien, HEARD)
    frames = frames_of(HEARD)
    expected = {
        "happy": frames < 30,
        "sad": 0.6 * ((frames >= 30) & (frames < 50)),
        "neutral": 0.4 * ((frames >= 30) & (frames < 50)),
        "angry": frames >= 50,
    }
    assert set(track["weights"]) == set(expected)
    for name, values in expected.items():
        assert sent(track, name, HEARD) == pytest.approx(values.astype(float), abs=1e-5)


def test_a_jump_takes_no_frame(scene):
    set_keys(scene, "intensity", {1: 0.2, 40: 1.0}, "CONSTANT")
    track = emotion_track(scene.mien, HEARD)
    just_before = (40 - 0.02 - HEARD.first_frame) / HEARD.grid_fps
    assert np.interp(just_before, track["time_seconds"], track["intensity"]) == pytest.approx(0.2)


@pytest.mark.parametrize(
    "setting", [("emotion", "BLEND", "sad"), ("intensity", 0.5, 1.0)], ids=["emotion", "intensity"]
)
def test_keys_that_never_change_are_one_key(scene, setting):
    name, kept, other = setting
    scene.mien.emotion_sad = 1.0
    set_keys(scene, name, {1: kept})
    setattr(scene.mien, name, other)
    track = emotion_track(scene.mien, HEARD)
    assert track["time_seconds"] == [0.0]


def lay(scene, path, *, fps=24, speed=100, left=0, right=0, frame=1):
    scene.render.fps = fps
    strip = add_sound(scene, path)
    if speed != 100:
        set_speed(scene, strip, speed)
    trim(strip, left, right)
    move_content(strip, frame)
    return strip


LAID = {
    "plain": {},
    "trimmed": {"left": 30, "right": 40},
    "offset_30fps": {"fps": 30, "frame": 55},
    "retimed": {"speed": 150, "left": 12},
    "before_zero_12fps": {"fps": 12, "frame": -20, "left": 3},
}


@pytest.mark.parametrize("how", LAID.values(), ids=LAID.keys())
def test_the_track_meets_the_strips_frames_however_it_lies(scene, clicks, how):
    strip = lay(scene, clicks, **how)
    heard = strips.map_strip(scene, strip)
    middle = heard.first_frame + heard.frames // 2
    set_keys(scene, "intensity", {heard.first_frame + 5: 0.0, middle: 1.5}, "LINEAR")
    track = emotion_track(scene.mien, heard)
    reached = int(np.argmax(np.array(track["intensity"]) >= 1.5 - 1e-4))
    assert track["time_seconds"][reached] == pytest.approx(
        (middle - heard.first_frame) / heard.grid_fps, abs=1e-5
    )
    assert np.abs(sent(track, "intensity", heard) - played(scene, "intensity", heard)).max() < ERROR


def test_sub_frame_keys_count(scene):
    """A spike between two whole frames lies between them for the worker too."""
    set_keys(scene, "intensity", {30.0: 0.2, 30.5: 1.2, 31.0: 0.2}, "LINEAR")
    track = emotion_track(scene.mien, StripMap(0.0, 24.0, 11, 60))
    assert max(track["intensity"]) == pytest.approx(1.2)


@pytest.mark.slow
def test_noise_over_half_an_hour_is_sent_in_seconds(scene):
    import time

    set_keys(scene, "intensity", {1: 0.5, 50000: 0.5})
    curve_of(scene, "intensity").modifiers.new("NOISE").scale = 1.0
    started = time.monotonic()
    track = emotion_track(scene.mien, StripMap(0.0, 60.0, 1, 108_000))
    assert len(track["time_seconds"]) <= 54_000
    assert time.monotonic() - started < 30.0
