# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene with an avatar."""

from __future__ import annotations

import bpy
import pytest
from avatar_studio import add_camera, avatar_file, avatar_python, frames_in, pictures_in
from bl_ext.devrepo.mien import jobs, preferences
from bl_ext.devrepo.mien.avatar import preview
from bl_ext.devrepo.mien.avatar.frames import Frames


@pytest.fixture(scope="session")
def anna(tmp_path_factory):
    """A crude avatar's file."""
    return avatar_file(tmp_path_factory.mktemp("avatars"))


@pytest.fixture
def sat(scene, anna, tmp_path):
    """A scene with camera, saved file and an avatar on its stand-in: the empty that carries it."""
    scene.render.fps = 24
    scene.frame_start, scene.frame_end = 3, 6
    scene.render.resolution_x, scene.render.resolution_y = 48, 32
    scene.render.resolution_percentage = 100
    add_camera(scene)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    scene.mien_avatar.path = str(anna)
    assert bpy.ops.mien.avatar_add() == {"FINISHED"}
    yield scene.mien_avatar.holder
    preview.stop()
    preferences.chosen().avatar_python = ""


@pytest.fixture
def at_work(sat):
    """A scene with an avatar, and a Python that renders it.

    The worker stays from test to test, as it does from click to click: loading torch takes seconds.
    """
    avatar_python()
    yield sat
    jobs.abandon_all()


@pytest.fixture
def layered(tmp_path):
    """Frames with depth."""
    return Frames(frames_in(tmp_path / "anna", 3, 4), 3)


@pytest.fixture
def flat(tmp_path):
    """Frames without depth, which every Blender's sequencer reads."""
    return Frames(pictures_in(tmp_path / "flat", 3, 4), 3)
