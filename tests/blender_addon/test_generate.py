# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole road by the operators an animator presses: strip, worker, keys, clear, undo."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import bpy
import numpy as np
import pytest
import soundfile as sf
from bl_ext.devrepo.mien import jobs, takes
from bl_ext.devrepo.mien.engine import Engine
from bl_ext.devrepo.mien.operators import reasons
from bl_ext.devrepo.mien.problems import AnimatorError
from studio import PACKAGE, REPOSITORY, add_sound, differences, dump, trim


@pytest.fixture
def stage(scene, face, recording):
    """A strip of the recording and a face, chosen in the settings."""
    scene.render.fps = 24
    strip = add_sound(scene, recording, frame=20)
    scene.mien.target = scene.mien.head_target = face
    scene.mien.emotion = "happy"
    scene.mien.seed = 3
    return scene, strip, face


def state(face):
    return dump(face.data.shape_keys, face, *bpy.data.actions)


def keyed(face):
    """Values of every keyed channel on every frame of the take, as one array by name."""
    action = face.data.shape_keys.animation_data.action
    if hasattr(action, "slots"):
        slot = face.data.shape_keys.animation_data.action_slot
        curves = action.layers[0].strips[0].channelbag(slot).fcurves
    else:
        curves = action.fcurves
    found = {}
    for curve in curves:
        points = np.empty(len(curve.keyframe_points) * 2, np.float32)
        curve.keyframe_points.foreach_get("co", points)
        found[curve.data_path.split('"')[1]] = points.reshape(-1, 2)
    return found


def test_generate_keys_the_strip_and_clear_gives_the_file_back(stage):
    scene, _, face = stage
    scene.frame_set(5)
    before = state(face)
    assert bpy.ops.mien.generate() == {"FINISHED"}
    curves = keyed(face)
    assert len(curves) > 20
    assert curves["jawOpen"][0, 0] == 20
    assert curves["jawOpen"][:, 1].max() > 0.1
    assert scene.mien.target.animation_data.action is not None
    assert "Keyed 'Line 1' on frames 20 to" in bpy.context.window_manager.mien.done
    assert bpy.ops.mien.clear() == {"FINISHED"}
    scene.frame_set(5)
    assert differences(before, state(face)) == []


def test_without_a_head_object_eyes_do_not_turn_against_a_head(stage):
    scene, _, _ = stage
    scene.mien.head_strength = 1.5
    assert jobs.direction(scene.mien)["head_strength"] == 1.5
    scene.mien.head_target = None
    assert jobs.direction(scene.mien)["head_strength"] == 0.0


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


def fail(stage, words):
    face = stage[2]
    before = state(face)
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.mien.generate()
    assert differences(before, state(face)) == []
    status = bpy.context.window_manager.mien
    assert not status.running
    assert status.problem
    assert status.advice
    return status


@pytest.fixture
def models_folder(monkeypatch, tmp_path):
    """Let the next worker look for its models in an empty folder."""
    jobs.stop_engine()
    monkeypatch.setattr(jobs, "core_folder", lambda: tmp_path)
    yield tmp_path
    jobs.stop_engine()


def test_missing_models_leave_the_scene_alone(stage, models_folder):
    status = fail(stage, "models")
    assert Path(status.log).is_file()


def test_a_worker_that_cannot_start_leaves_the_scene_alone(stage, monkeypatch, tmp_path):
    jobs.stop_engine()
    engine = Engine(REPOSITORY / "models", tmp_path / "worker.log", str(tmp_path / "python"))
    monkeypatch.setattr(jobs, "engine", lambda: engine)
    fail(stage, "worker cannot be started")


def test_a_missing_sound_leaves_the_scene_alone(stage, recording, tmp_path):
    scene, _, _ = stage
    copy = tmp_path / "line.flac"
    copy.write_bytes(recording.read_bytes())
    scene.sequence_editor_clear()
    add_sound(scene, copy)
    copy.unlink()
    fail(stage, "'Line 1' is missing")


def test_a_temporary_folder_that_cannot_be_written_is_said(stage, monkeypatch, tmp_path):
    """A path inside a file stands for a read-only folder, which a superuser could write to."""
    blocker = tmp_path / "file"
    blocker.touch()
    real = tempfile.mkdtemp
    monkeypatch.setattr(tempfile, "mkdtemp", lambda prefix, **_: real(prefix=prefix, dir=blocker))
    fail(stage, "temporary folder")


def started_job(scene, path):
    scene.sequence_editor_clear()
    add_sound(scene, path)
    job = jobs.start(bpy.context)
    while job.stage == "starting":
        assert not job.poll()
        time.sleep(0.01)
    return job


def run(job):
    while not job.poll():
        time.sleep(0.01)


def test_a_worker_killed_in_mid_run_leaves_the_scene_alone(stage, long_recording):
    scene, _, face = stage
    before = state(face)
    job = started_job(scene, long_recording)
    job.engine._process.kill()
    with pytest.raises(AnimatorError, match="ended in the middle"):
        run(job)
    assert differences(before, state(face)) == []
    assert not job.order.folder.exists()


def test_cancel_leaves_the_scene_alone(stage, long_recording):
    scene, _, face = stage
    before = state(face)
    job = started_job(scene, long_recording)
    job.cancel()
    run(job)
    assert job.cancelled
    assert differences(before, state(face)) == []
    assert not job.order.folder.exists()


def test_a_target_deleted_while_the_worker_thinks_is_said(stage, recording):
    scene, _, face = stage
    job = started_job(scene, recording)
    bpy.data.objects.remove(face)
    with pytest.raises(AnimatorError, match="'Hero' was deleted"):
        run(job)
    assert not bpy.data.actions


def test_strip_and_face_may_be_renamed_while_the_worker_thinks(stage, recording):
    scene, _, face = stage
    job = started_job(scene, recording)
    face.name = "Heroine"
    scene.sequence_editor.active_strip.name = "Take 7"
    run(job)
    assert takes.strip_of(face.data.shape_keys.animation_data.action) == "Line 1"


def test_a_face_deleted_in_the_viewport_is_said(stage):
    """The panel's setting keeps such an object in the file, where nobody would see it speak."""
    scene, _, face = stage
    scene.collection.objects.unlink(face)
    fail(stage, "'Hero' was deleted")


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
    "no_strip": (lambda scene: scene.sequence_editor_clear(), "No sound strip is selected"),
    "no_target": (lambda scene: setattr(scene.mien, "target", None), "No face is chosen"),
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
    assert not bpy.ops.mien.generate.poll()


def test_buttons_are_grey_while_a_take_is_made(stage, long_recording):
    job = started_job(stage[0], long_recording)
    assert reasons.why_not_generate(bpy.context) == "Mien is already working"
    assert "cancel first" in reasons.why_not_clear(bpy.context)
    assert bpy.ops.mien.cancel.poll()
    job.cancel()
    run(job)
    assert reasons.why_not_generate(bpy.context) == ""


@pytest.mark.slow
def test_disabling_the_addon_in_mid_run_leaves_nothing_running(stage, long_recording):
    job = started_job(stage[0], long_recording)
    process, ends = job.engine._process, []
    job.at_end = lambda: ends.append("timer removed")
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    assert process.returncode is not None
    assert not job.order.folder.exists()
    assert ends == ["timer removed"]
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    assert not bpy.context.window_manager.mien.running
    assert bpy.ops.mien.generate.poll()


def test_nothing_to_clear_says_so(stage):
    assert "made nothing" in reasons.why_not_clear(bpy.context)
    assert not bpy.ops.mien.clear.poll()
    assert not bpy.ops.mien.cancel.poll()
