# SPDX-License-Identifier: GPL-3.0-or-later
"""The map from scene frames to a strip's sound, held against what Blender really plays.

Each case is mixed down, and every click heard must lie where the map says, within half a frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import pytest
from bl_ext.devrepo.mien import strips
from bl_ext.devrepo.mien.problems import AnimatorError
from studio import (
    IMPULSES_SECONDS,
    add_sound,
    mixed_down,
    move_content,
    needs_sound,
    onsets_seconds,
    set_speed,
    trim,
)

# How far the mixer itself places a click from where it belongs: its block of 128 samples, and for
# retimed sound the stretcher as well (measured: up to 11 ms in 4.5, 7 ms in 5.2).
MIXER_SECONDS = 0.003
STRETCHER_SECONDS = 0.012


@dataclass(frozen=True)
class Case:
    """One way an animator may lay a strip."""

    fps: int = 24
    fps_base: float = 1.0
    frame: int = 1
    scene_start: int = 1
    left: int = 0
    right: int = 0
    speed_percent: int = 100
    delay_seconds: float = 0.0
    hard_left: int = 0


CASES = {
    "24fps_plain": Case(),
    "23.976fps": Case(fps=24, fps_base=1.001),
    "29.97fps_trim_12_offset_-30": Case(fps=30, fps_base=1.001, frame=-30, left=12),
    "30fps_scene_start_1001": Case(fps=30, frame=1010, scene_start=1001),
    "60fps_trim_both_ends": Case(fps=60, frame=17, left=95, right=120),
    "25fps_negative_start": Case(fps=25, frame=-100, scene_start=-120),
    "12fps_trim_to_middle": Case(fps=12, left=30, right=40),
    "24fps_still_before_sound": Case(frame=20, left=-15),
    "24fps_silence_after_sound": Case(right=-30),
    "24fps_sound_delayed_0.31s": Case(delay_seconds=0.31, left=5),
    "24fps_sound_early_0.7s": Case(delay_seconds=-0.7),
    "24fps_hard_trim_20": Case(hard_left=20, left=7),
    "24fps_double_speed": Case(speed_percent=200),
    "29.97fps_130_percent": Case(fps=30, fps_base=1.001, frame=-12, speed_percent=130),
    "25fps_half_speed_trimmed": Case(fps=25, frame=40, speed_percent=50, left=21, right=33),
    "24fps_double_speed_delayed": Case(speed_percent=200, delay_seconds=0.3),
}


def lay(scene, path, case):
    scene.render.fps, scene.render.fps_base = case.fps, case.fps_base
    scene.frame_start = min(case.scene_start, case.frame - 20)
    scene.frame_end = case.frame + 900
    strip = add_sound(scene, path, frame=1)
    if case.hard_left:
        name = "content_trim_start" if hasattr(strip, "content_trim_start") else None
        setattr(strip, name or "animation_offset_start", case.hard_left)
    if case.speed_percent != 100:
        set_speed(scene, strip, case.speed_percent)
    if case.delay_seconds:
        strip.sound_offset = case.delay_seconds
    trim(strip, case.left, case.right)
    move_content(strip, case.frame)
    return strip


def mapped_click_seconds(heard, fps):
    """Scene time of every click inside the map; Blender plays nothing before frame 0."""
    times = []
    for second in IMPULSES_SECONDS:
        index = (second - heard.start_seconds) * heard.grid_fps
        if 0 <= index < heard.frames and heard.first_frame + index >= 0:
            times.append((heard.first_frame + index) / fps)
    return times


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_map_meets_the_sound_that_blender_plays(scene, clicks, tmp_path, case):
    strip = lay(scene, clicks, case)
    heard = strips.map_strip(scene, strip)
    hides_keys = not hasattr(strip, "retiming_keys")
    assert heard.mixed == (hides_keys and case.speed_percent != 100)
    if heard.mixed:
        return
    fps = strips.scene_fps(scene)
    samples, rate = mixed_down(scene, tmp_path)
    played = [scene.frame_start / fps + second for second in onsets_seconds(samples, rate)]
    mapped = mapped_click_seconds(heard, fps)
    assert len(mapped) >= 2
    assert len(played) == len(mapped)
    errors = [abs(a - b) for a, b in zip(played, mapped, strict=True)]
    assert max(errors) < (MIXER_SECONDS if case.speed_percent == 100 else STRETCHER_SECONDS)
    assert max(errors) < 0.5 / fps


def test_sampled_times_fall_on_whole_scene_frames(scene, clicks):
    strip = lay(scene, clicks, CASES["29.97fps_trim_12_offset_-30"])
    heard = strips.map_strip(scene, strip)
    assert heard.first_frame == -18
    assert heard.start_seconds == pytest.approx(12 * 1.001 / 30)
    assert heard.grid_fps == pytest.approx(30 / 1.001)


def needs_keys(strip):
    if not hasattr(strip, "retiming_keys"):
        pytest.skip("this Blender does not show retiming to scripts")


def test_retimed_speed_is_read_from_the_keys(scene, clicks):
    strip = lay(scene, clicks, CASES["24fps_double_speed"])
    needs_keys(strip)
    heard = strips.map_strip(scene, strip)
    assert 24 / heard.grid_fps == pytest.approx(2.0, rel=0.005)
    assert "Mien probe" not in bpy.data.scenes
    assert len(bpy.data.sounds) == 1


def test_changing_speed_asks_for_the_mixdown(scene, clicks):
    strip = lay(scene, clicks, CASES["24fps_double_speed"])
    needs_keys(strip)
    bpy.ops.sequencer.retiming_key_add(timeline_frame=61)
    assert len(strip.retiming_keys) == 3
    heard = strips.map_strip(scene, strip)
    assert heard.mixed
    assert (heard.start_seconds, heard.grid_fps, heard.first_frame) == (0.0, 24.0, 1)


def test_strip_inside_a_trimmed_meta_is_cut_by_it(scene, clicks, tmp_path):
    needs_sound()
    editor = scene.sequence_editor_create()
    scene.frame_start, scene.frame_end = -20, 400
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    meta = collection.new_meta("Scene 4", 2, 1)
    inside = meta.strips if hasattr(meta, "strips") else meta.sequences
    strip = inside.new_sound("Line 1", str(clicks), 1, 1)
    trim(meta, 40, 100)
    move_content(meta, 50)
    heard = strips.map_strip(scene, strip)
    assert (heard.first_frame, heard.frames) == (90, 100)
    samples, rate = mixed_down(scene, tmp_path)
    played = [scene.frame_start / 24 + second for second in onsets_seconds(samples, rate)]
    assert played == pytest.approx(mapped_click_seconds(heard, 24), abs=MIXER_SECONDS)


def test_without_a_sequencer_no_strip_is_selected(scene):
    with pytest.raises(AnimatorError, match="No sound strip is selected"):
        strips.find_strip(scene, "")


def test_a_missing_name_is_said(scene, clicks):
    add_sound(scene, clicks)
    with pytest.raises(AnimatorError, match="no strip 'Line 9'"):
        strips.find_strip(scene, "Line 9")


def test_a_picture_strip_carries_no_sound(scene):
    editor = scene.sequence_editor_create()
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    try:
        picture = collection.new_effect("Title", "COLOR", 1, 1, frame_end=20)
    except TypeError:  # 5.x gives a length
        picture = collection.new_effect("Title", "COLOR", 1, 1, length=20)
    with pytest.raises(AnimatorError, match="'Title' carries no sound"):
        strips.find_strip(scene, picture.name)


def test_a_sound_trimmed_away_is_said(scene, clicks):
    strip = add_sound(scene, clicks)
    trim(strip, -40, 250)
    with pytest.raises(AnimatorError, match="no audible frame"):
        strips.map_strip(scene, strip)
