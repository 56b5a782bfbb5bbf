# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole road by the operators an animator presses: strip, worker, keys, clear, undo."""

from __future__ import annotations

import os

import bpy
import numpy as np
import pytest
import soundfile as sf
from bl_ext.devrepo.mien import jobs, strips, takes
from bl_ext.devrepo.mien.directions import direction
from bl_ext.devrepo.mien.operators import reasons
from job_studio import run, started_job
from studio import add_sound, differences, state, trim
from take_studio import played


def keyed(face):
    """Frames and values of every keyed channel on every frame of the take, as one array by name."""
    frames, values = played(face.data.shape_keys)
    return {
        path.split('"')[1]: np.column_stack([frames, column])
        for (path, _), column in values.items()
    }


def test_generate_keys_the_strip_and_clear_gives_the_file_back(stage):
    scene, _, face = stage
    scene.frame_set(5)
    before = state(face)
    assert bpy.ops.mien.generate() == {"FINISHED"}
    curves = keyed(face)
    assert len(curves) > 20
    assert curves["jawOpen"][0, 0] == 20
    assert curves["jawOpen"][:, 1].max() > 0.1
    assert takes.takes_on(scene.mien.target)
    assert "Keyed 'Line 1' on frames 20 to" in bpy.context.window_manager.mien.done
    assert bpy.ops.mien.clear() == {"FINISHED"}
    scene.frame_set(5)
    assert differences(before, state(face)) == []


def test_without_a_head_object_eyes_do_not_turn_against_a_head(stage):
    scene, strip, _ = stage
    heard = strips.map_strip(scene, strip)
    scene.mien.head_strength = 1.5
    assert direction(scene.mien, heard)["head_strength"] == 1.5
    scene.mien.head_target = None
    assert direction(scene.mien, heard)["head_strength"] == 0.0


def with_undo(operator):
    """Call as a button does: Blender pushes an undo step, which it does not for scripts."""
    undo = True
    assert operator("EXEC_DEFAULT", undo) == {"FINISHED"}


@pytest.mark.slow
def test_generate_and_clear_are_one_undo_step_each(stage):
    scene, _, _ = stage
    bpy.ops.ed.undo_push(message="before")
    before = state(scene.mien.target)
    with_undo(bpy.ops.mien.generate)
    after = state(scene.mien.target)
    assert after != before
    with_undo(bpy.ops.mien.clear)
    bpy.ops.ed.undo()
    scene = bpy.context.scene
    assert takes.takes_on(scene.mien.target.data.shape_keys)
    bpy.ops.ed.undo()
    scene = bpy.context.scene
    assert differences(before, state(scene.mien.target)) == []
    bpy.ops.ed.redo()
    assert takes.takes_on(bpy.context.scene.mien.target.data.shape_keys)


def test_the_same_seed_gives_the_same_keys_and_another_one_others(stage):
    scene, _, face = stage
    bpy.ops.mien.generate()
    first = keyed(face)
    bpy.ops.mien.generate()
    again = keyed(face)
    assert all(np.array_equal(first[name], again[name]) for name in first)
    scene.mien.seed = 4
    bpy.ops.mien.generate()
    other = keyed(face)
    assert any(not np.array_equal(first[name], other.get(name)) for name in first)


def test_the_jaw_opens_with_the_sound(stage, recording, tmp_path):
    """Speech after three seconds of silence: the jaw moves when the sound does."""
    scene, strip, face = stage
    samples, rate = sf.read(recording, dtype="float32")
    loud = int(np.flatnonzero(np.abs(samples) > 0.1)[0])
    path = tmp_path / "late.wav"
    sf.write(path, np.concatenate([np.zeros(3 * rate, np.float32), samples[loud:]]), rate)
    scene.sequence_editor_clear()
    strip = add_sound(scene, path, frame=-7)
    trim(strip, 12, 0)
    scene.mien.emotion, scene.mien.intensity = "neutral", 0.0
    bpy.ops.mien.generate()
    jaw = keyed(face)["jawOpen"]
    assert jaw[0, 0] == 5
    sound_begins = -7 + 3 * 24
    quiet = jaw[jaw[:, 0] < sound_begins - 8]
    speaking = jaw[(jaw[:, 0] > sound_begins) & (jaw[:, 0] < sound_begins + 24)]
    assert quiet[:, 1].max() < 0.35 * speaking[:, 1].max()


HELD_BACK = {
    "pinned": (lambda face: setattr(face, "show_only_shape_key", True), "Solo Active Shape Key"),
    "muted": (
        lambda face: setattr(face.data.shape_keys.key_blocks["jawOpen"], "mute", True),
        "muted shape keys do not move: jawOpen",
    ),
    "short_range": (
        lambda face: setattr(face.data.shape_keys.key_blocks["jawOpen"], "slider_max", 0.2),
        "held back by their Range Max: jawOpen",
    ),
}


@pytest.mark.parametrize("case", HELD_BACK.values(), ids=HELD_BACK.keys())
def test_what_holds_the_face_back_is_said(stage, case):
    hold_back, words = case
    hold_back(stage[2])
    assert bpy.ops.mien.generate() == {"FINISHED"}
    assert words in bpy.context.window_manager.mien.done


def test_the_log_is_in_a_folder_of_this_user(stage):
    path = jobs.log_path()
    assert path.is_file()
    assert str(path).startswith(os.environ["BLENDER_USER_RESOURCES"])


GREY = {
    "no_strip": (lambda scene: scene.sequence_editor_clear(), "There is no sound strip"),
    "no_face": (
        lambda scene: bpy.data.objects.remove(scene.mien.target),
        "recognises none in this scene",
    ),
    "no_shape_keys": (
        lambda scene: scene.mien.target.shape_key_clear(),
        "'Hero' has no shape keys",
    ),
    "unknown_strip": (
        lambda scene: setattr(scene.mien, "strip_name", "Line 9"),
        "There is no strip 'Line 9'",
    ),
}


@pytest.mark.parametrize("case", GREY.values(), ids=GREY.keys())
def test_a_grey_button_says_why(stage, case):
    scene, _, _ = stage
    assert reasons.why_not_generate(bpy.context) == ""
    assert bpy.ops.mien.generate.poll()
    break_it, words = case
    break_it(scene)
    assert words in reasons.why_not_generate(bpy.context)
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.mien.generate()


def test_buttons_are_grey_while_a_take_is_made(stage, long_recording):
    job = started_job(stage[0], long_recording)
    assert reasons.why_not_generate(bpy.context) == "Mien is already working"
    assert "cancel first" in reasons.why_not_clear(bpy.context)
    assert bpy.ops.mien.cancel.poll()
    job.cancel()
    run(job)
    assert reasons.why_not_generate(bpy.context) == ""


def test_nothing_to_clear_says_so(stage):
    assert "made nothing" in reasons.why_not_clear(bpy.context)
    assert not bpy.ops.mien.clear.poll()
    assert not bpy.ops.mien.cancel.poll()
