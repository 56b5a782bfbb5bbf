# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview with the real worker: what it shows, when it waits, and how it goes on."""

from __future__ import annotations

import os
import signal
import time

import bpy
import numpy as np
import pytest
from avatar_studio import drawn, pumped
from bl_ext.devrepo.mien.avatar import ply, preview, rendering, worker
from crude_avatar import two_looks, write_crude_track

from core.avatar.avatar_file import save_avatar

pytestmark = pytest.mark.slow


@pytest.mark.every_blender
def test_the_preview_follows_within_a_second_and_writes_nothing(at_work, scene):
    key = scene.mien.target.data.shape_keys
    names = [list(found.keys()) for found in (bpy.data.images, bpy.data.objects)]
    values = [block.value for block in key.key_blocks]
    assert bpy.ops.mien.avatar_preview() == {"FINISHED"}
    pumped(lambda: preview.current().picture is not None)
    first = preview.current().picture
    assert first.shape == (171, 256, 4)
    key.key_blocks["jawOpen"].value = 1.0
    started = time.monotonic()
    pumped(lambda: preview.current().picture is not first)
    assert time.monotonic() - started < 5.0
    assert np.abs(preview.current().picture - first).max() > 0.05
    key.key_blocks["jawOpen"].value = 0.0
    folder = preview.current().folder
    assert bpy.ops.mien.avatar_preview() == {"FINISHED"}
    assert not preview.is_on()
    assert not folder.exists()
    assert names == [list(found.keys()) for found in (bpy.data.images, bpy.data.objects)]
    assert values == [block.value for block in key.key_blocks]


def test_while_a_render_runs_the_preview_goes_on(at_work, scene):
    scene.frame_end = 400
    bpy.ops.mien.avatar_preview()
    pumped(lambda: preview.current().picture is not None)
    first = preview.current().picture
    job = rendering.start(bpy.context, rendering.order(scene))
    scene.mien.target.data.shape_keys.key_blocks["jawOpen"].value = 1.0
    pumped(lambda: job.poll() or preview.current().picture is not first)
    assert job.engine.busy_with == "avatar_render"
    assert "Drawn between the frames of the render" in drawn().words
    assert np.abs(preview.current().picture - first).max() > 0.05
    job.cancel()
    while not job.poll():
        time.sleep(0.01)
    assert job.cancelled


def test_a_preview_waits_for_an_export_says_so_and_goes_on(at_work, scene, tmp_path):
    bpy.ops.mien.avatar_preview()
    pumped(lambda: preview.current().picture is not None)
    first = preview.current().picture
    # It is done in a blink; so that it is not done yet, the worker is held.
    os.kill(preview.current().engine.process_id, signal.SIGSTOP)
    job = ply.start(bpy.context, tmp_path / "a.ply", posed=False)
    preview.pump()
    assert not preview.current().waits_for, "the picture that is shown is the one that is wanted"
    scene.mien.target.data.shape_keys.key_blocks["jawOpen"].value = 1.0
    preview.pump()
    assert "The preview waits for the .ply" in drawn().words
    os.kill(preview.current().engine.process_id, signal.SIGCONT)
    while not job.poll():
        time.sleep(0.01)
    pumped(lambda: preview.current().picture is not first)
    assert not any("waits" in word for word in drawn().words)


def test_the_preview_and_the_ply_wear_the_chosen_look(at_work, scene, tmp_path):
    path = tmp_path / "looks.mienavatar"
    save_avatar(path, two_looks())
    at_work.mien_avatar.path = str(path)
    bpy.ops.mien.avatar_preview()
    pumped(lambda: preview.current().picture is not None)
    first = preview.current().picture
    scene.mien_avatar.look = "tuesday"
    pumped(lambda: preview.current().picture is not first)
    assert np.abs(preview.current().picture - first).max() > 0.05
    scene.mien_avatar.look = "sunday"
    pumped(lambda: preview.current().problem)
    assert "monday, tuesday" in preview.current().problem
    scene.mien_avatar.look = "tuesday"
    pumped(lambda: not preview.current().problem)
    for look in ("monday", "tuesday"):
        scene.mien_avatar.look = look
        bpy.ops.mien.avatar_ply(filepath=str(tmp_path / f"{look}.ply"), pose="NEUTRAL")
    assert (tmp_path / "monday.ply").read_bytes() != (tmp_path / "tuesday.ply").read_bytes()


def test_over_a_film_the_preview_has_the_films_camera_and_shape(at_work, scene, tmp_path):
    scene.mien_avatar.plate = str(write_crude_track(tmp_path / "a.mientrack", size=(48, 96)))
    bpy.ops.mien.avatar_preview()
    pumped(lambda: preview.current().picture is not None)
    first = preview.current().picture
    assert first.shape == (256, 128, 4)
    assert "without the film" in " ".join(drawn().words)
    scene.camera.location.x = 5.0
    scene.camera.data.lens = 200.0
    bpy.context.view_layer.update()
    assert not preview.pump(), "the scene's camera does not matter"
    scene.frame_set(20)
    pumped(lambda: preview.current().picture is not first)
    assert np.abs(preview.current().picture - first).max() > 0.05, "the shoulders have turned"


def test_a_preview_survives_its_worker(at_work, scene):
    bpy.ops.mien.avatar_preview()
    pumped(lambda: preview.current().picture is not None)
    first = preview.current().picture
    os.kill(preview.current().engine.process_id, 9)
    scene.mien.target.data.shape_keys.key_blocks["jawOpen"].value = 1.0
    pumped(lambda: preview.current().picture is not first)


def test_attaching_wakes_the_worker(at_work, scene, anna):
    worker.stop()
    bpy.context.view_layer.objects.active = at_work
    assert bpy.ops.mien.avatar_attach(filepath=str(anna)) == {"FINISHED"}
    process = worker.engine().process_id
    assert process is not None
    bpy.ops.mien.avatar_preview()
    pumped(lambda: preview.current().picture is not None)
    assert worker.engine().process_id == process
