# SPDX-License-Identifier: GPL-3.0-or-later
"""An avatar file, the Python that renders it, and frames, for the tests of Mien > Avatar."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from avatar_frame import KEPT
from bl_ext.devrepo.mien import places, preferences
from bl_ext.devrepo.mien.avatar import preview
from bl_ext.devrepo.mien.panels.avatar import draw_avatar
from crude_avatar import crude_avatar
from panel_studio import Layout

from core.avatar.avatar_file import save_avatar

# The first picture waits for torch to load and numba to compile, on a machine that does other things.
PATIENCE_SECONDS = 240.0


def add_camera(scene, at=(0.0, -1.2, 0.12)):
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    camera.location, camera.rotation_euler = at, (np.pi / 2, 0.0, 0.0)
    scene.camera = camera
    return camera


def avatar_file(folder, name="anna.mienavatar"):
    path = folder / name
    save_avatar(path, crude_avatar())
    return path


def avatar_python():
    """The Python of `install.py avatar`; tests that need it are left out where it is not made.

    CI says where it is, so that there it must be.
    """
    named = os.environ.get("MIEN_AVATAR_PYTHON", "")
    if named:
        assert Path(named).is_file(), f"MIEN_AVATAR_PYTHON names {named}, which is not there"
    path = named or places.avatar_python()
    if not path:
        pytest.skip("there is no avatar's Python: python3 install.py avatar makes it")
    preferences.chosen().avatar_python = path
    return path


def drawn(width=300):
    """What the panel draws."""
    context = SimpleNamespace(
        scene=bpy.context.scene,
        window_manager=bpy.context.window_manager,
        preferences=SimpleNamespace(system=SimpleNamespace(ui_scale=1.0)),
        region=SimpleNamespace(width=width),
    )
    layout = Layout()
    draw_avatar(layout, context)
    return layout


def frames_in(folder, first, count, name="anna"):
    """Frames as the worker writes them, all of one picture."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}_{first + i:04d}.exr" for i in range(count)]
    for path in paths:
        shutil.copy(KEPT, path)
    return paths


def pumped(until):
    """Let the preview go on until something is so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not until():
        assert time.monotonic() < end, preview.current() and preview.current().problem
        preview.pump()
        time.sleep(0.01)


def pictures_in(folder, first, count, *, colour=(1.0, 0.0, 0.0, 1.0), size=(24, 16)):
    """Frames as PNG, each of one colour; one that is there is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"anna_{first + i:04d}.png" for i in range(count)]
    image = bpy.data.images.new("Painted", *size, alpha=True)
    image.pixels[:] = list(colour) * (size[0] * size[1])
    image.file_format = "PNG"
    for path in paths:
        image.save(filepath=str(path))
    bpy.data.images.remove(image)
    return paths
