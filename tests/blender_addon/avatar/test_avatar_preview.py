# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview's timer is one, and a Python that cannot be started is asked once."""

from __future__ import annotations

import bpy
from avatar_studio import drawn
from bl_ext.devrepo.mien import jobs, preferences
from bl_ext.devrepo.mien.avatar import preview, worker
from job_studio import started_job


def unusable_python(tmp_path):
    path = tmp_path / "python"
    path.write_text("no program")
    preferences.chosen().avatar_python = str(path)
    return path


def test_switched_off_and_on_there_is_one_timer_which_ends_with_the_preview(sat, tmp_path):
    unusable_python(tmp_path)
    for _ in range(2):
        preview.start(bpy.context)
        preview.go_on_by_timer()
        preview.go_on_by_timer()
        assert bpy.app.timers.is_registered(preview.tick)
        preview.stop()
        assert not bpy.app.timers.is_registered(preview.tick)


def test_the_panel_can_be_drawn_before_the_preview_has_asked(sat, tmp_path):
    unusable_python(tmp_path)
    preview.start(bpy.context)
    assert "Loading the avatar ..." in drawn().words


def test_while_mien_works_the_panel_begins_and_ends_a_preview(sat, scene, long_recording, tmp_path):
    unusable_python(tmp_path)
    started_job(scene, long_recording)
    for is_on in (True, False):
        assert drawn().buttons == [
            "mien.avatar_detach",
            "mien.cancel",
            "mien.avatar_preview",
            "mien.film_to_keys",
        ]
        assert bpy.ops.mien.avatar_preview() == {"FINISHED"}
        assert preview.is_on() == is_on
    assert bpy.context.window_manager.mien.running
    jobs.abandon_all()


def test_a_python_that_cannot_be_started_is_not_started_again_at_every_tick(sat, scene, tmp_path):
    path = unusable_python(tmp_path)
    preview.start(bpy.context)
    assert not preview.pump()
    told = preview.current().problem
    assert told
    path.unlink()
    preview.pump()
    assert preview.current().problem == told
    scene.mien.target.data.shape_keys.key_blocks["jawOpen"].value = 1.0
    preview.pump()
    assert "is not there" in preview.current().problem


def test_another_number_of_threads_takes_another_worker(sat, tmp_path):
    unusable_python(tmp_path)
    chosen = preferences.chosen()
    before, first = chosen.threads, worker.engine()
    try:
        assert worker.engine() is first
        chosen.threads = before + 1
        assert worker.engine().choice.threads == before + 1
    finally:
        chosen.threads = before
