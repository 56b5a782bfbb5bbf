# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Blender with the add-on enabled, an empty file for each test, and things to animate."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

# Blender must not read or write the settings of whoever runs the tests.
os.environ.setdefault("BLENDER_USER_RESOURCES", tempfile.mkdtemp(prefix="mien-test-user-"))
bpy = pytest.importorskip("bpy", reason="these tests run inside Blender's Python module")
sf = pytest.importorskip("soundfile")

from studio import CLIP_SECONDS, IMPULSES_SECONDS, PACKAGE, RATE, REPOSITORY, add_sound, make_face  # noqa: E402


def enable_addon():
    """Enable the source tree as an extension, as an installed one would be.

    Before collection, so that test files import the add-on under its real name.
    """
    folder = Path(tempfile.mkdtemp(prefix="mien-devrepo-"))
    (folder / "mien").symlink_to(REPOSITORY / "blender_addon", target_is_directory=True)
    bpy.context.preferences.extensions.repos.new(
        name="devrepo", module="devrepo", custom_directory=str(folder), remote_url=""
    )
    bpy.ops.preferences.addon_enable(module=PACKAGE)
    assert PACKAGE in bpy.context.preferences.addons


enable_addon()


@pytest.fixture(scope="session", autouse=True)
def addon():
    yield sys.modules[PACKAGE]
    bpy.ops.preferences.addon_disable(module=PACKAGE)


@pytest.fixture(autouse=True)
def empty_file(addon):
    """Each test starts from an empty file, and its scene shows in the sequencer."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    if not hasattr(bpy.types.Scene, "mien"):
        bpy.ops.preferences.addon_enable(module=PACKAGE)
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = bpy.context.scene
    return bpy.context.scene


@pytest.fixture
def scene(empty_file):
    return empty_file


@pytest.fixture(scope="session")
def arkit_names():
    from core.face.arkit import ARKIT_NAMES

    return list(ARKIT_NAMES)


@pytest.fixture
def face(scene, arkit_names):
    """A small mesh with the 52 ARKit shape keys, as an artist's head has them."""
    return make_face(scene, arkit_names)


@pytest.fixture(scope="session")
def clicks(tmp_path_factory):
    """Ten seconds of silence with one-millisecond clicks at IMPULSES_SECONDS."""
    path = tmp_path_factory.mktemp("sounds") / "clicks.wav"
    samples = np.zeros(int(CLIP_SECONDS * RATE), np.float32)
    for second in IMPULSES_SECONDS:
        at = round(second * RATE)
        samples[at : at + 48] = 0.9
    sf.write(path, samples, RATE, subtype="PCM_16")
    return path


@pytest.fixture
def performance(arkit_names):
    """A function that makes channel columns of `count` frames, each channel with its own wave."""

    def make(count, still=()):
        frames = np.arange(count)
        columns = {
            name: np.zeros(count, np.float32)
            if name in still
            else (0.4 + 0.3 * np.sin(0.1 * frames + i)).astype(np.float32)
            for i, name in enumerate(arkit_names)
        }
        for i, name in enumerate(("headPitch", "headYaw", "headRoll", "gazePitch", "gazeYaw")):
            columns[name] = (0.1 * np.sin(0.05 * frames + i)).astype(np.float32)
        return columns

    return make


@pytest.fixture(scope="session")
def recording():
    """The recording that the demo speaks."""
    return REPOSITORY / "demo/speech.flac"


@pytest.fixture(scope="session")
def long_recording(recording, tmp_path_factory):
    """Four minutes of speech: long enough to be interrupted."""
    path = tmp_path_factory.mktemp("sounds") / "long.wav"
    samples, rate = sf.read(recording, dtype="float32")
    count = int(np.ceil(240 * rate / len(samples)))
    sf.write(path, np.tile(samples, count), rate)
    return path


@pytest.fixture
def neck(scene):
    neck = bpy.data.objects.new("Neck", None)
    scene.collection.objects.link(neck)
    return neck


@pytest.fixture
def stage(scene, face, recording):
    """A strip of the recording and a face, chosen in the settings."""
    scene.render.fps = 24
    strip = add_sound(scene, recording, frame=20)
    scene.mien.target = scene.mien.head_target = face
    scene.mien.emotion = "happy"
    scene.mien.seed = 3
    return scene, strip, face


@pytest.fixture
def log(tmp_path):
    """Where a worker writes."""
    return tmp_path / "worker.log"


@pytest.fixture
def engine(log):
    """The worker of speech, the real one."""
    from bl_ext.devrepo.mien.engine import Engine
    from bl_ext.devrepo.mien.worker_choice import WorkerChoice

    engine = Engine(WorkerChoice(REPOSITORY / "models"), log)
    yield engine
    engine.stop()
