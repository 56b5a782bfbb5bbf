# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever fails between click and keys, the scene stays as it was and the reason is said."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import bpy
import pytest
from bl_ext.devrepo.mien import jobs, preferences, takes
from bl_ext.devrepo.mien.engine import Engine
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.worker_choice import WorkerChoice
from job_studio import run, started_job
from studio import PACKAGE, REPOSITORY, add_sound, differences, state


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
def models_folder(tmp_path):
    """Let the next worker look for its models in an empty folder."""
    chosen = preferences.chosen()
    chosen.models_folder = str(tmp_path)
    yield tmp_path
    chosen.models_folder = ""


def test_missing_models_leave_the_scene_alone(stage, models_folder):
    status = fail(stage, "models")
    assert Path(status.log).is_file()


def test_a_worker_that_cannot_start_leaves_the_scene_alone(stage, monkeypatch, tmp_path):
    jobs.stop_engine()
    engine = Engine(
        WorkerChoice(REPOSITORY / "models", str(tmp_path / "python")), tmp_path / "worker.log"
    )
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


def test_a_worker_killed_in_mid_run_leaves_the_scene_alone(stage, long_recording):
    scene, _, face = stage
    before = state(face)
    job = started_job(scene, long_recording)
    os.kill(job.engine.process_id, 9)
    with pytest.raises(AnimatorError, match="ended in the middle"):
        run(job)
    assert differences(before, state(face)) == []
    assert not job.folder.exists()


def test_cancel_leaves_the_scene_alone(stage, long_recording):
    scene, _, face = stage
    before = state(face)
    job = started_job(scene, long_recording)
    job.cancel()
    run(job)
    assert job.cancelled
    assert differences(before, state(face)) == []
    assert not job.folder.exists()


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
    assert takes.strip_of(takes.takes_on(face.data.shape_keys)[0]) == "Take 7"


def test_a_face_deleted_in_the_viewport_is_said(stage):
    """The panel's setting keeps such an object in the file, where nobody would see it speak."""
    scene, _, face = stage
    scene.collection.objects.unlink(face)
    fail(stage, "'Hero' was deleted")


@pytest.mark.slow
def test_disabling_the_addon_in_mid_run_leaves_nothing_running(stage, long_recording):
    job = started_job(stage[0], long_recording)
    process, ends = job.engine._process, []
    job.at_end = lambda: ends.append("timer removed")
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    assert process.process_id is None
    assert not job.folder.exists()
    assert ends == ["timer removed"]
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    assert not bpy.context.window_manager.mien.running
    assert bpy.ops.mien.generate.poll()
