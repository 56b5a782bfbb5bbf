# SPDX-License-Identifier: GPL-3.0-or-later
"""Run inside a bare Blender: install the zip, let the Mien Head speak a sound, clear it; prints JSON.

Arguments: the zip, a sound file, a folder for what the worker writes.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path

import bpy
import numpy as np

PACKAGE = "bl_ext.user_default.mien"
FRAMES = range(1, 265)


def install(package):
    """Install and enable the extension; the packages it brings must be the ones that are found."""
    bpy.ops.extensions.package_install_files(
        filepath=package, repo="user_default", enable_on_install=True
    )
    assert PACKAGE in bpy.context.preferences.addons
    for name in ("onnxruntime", "soundfile", "soxr"):
        module = importlib.import_module(name)
        assert "extensions" in module.__file__, module.__file__
    assert "extensions" not in np.__file__


def generate(scene, face, sound):
    """The main job as an animator does it: a strip, a face, Generate."""
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    strip = strips.new_sound("Line 1", sound, 1, 1)
    scene.mien.strip_name, scene.mien.target, scene.mien.emotion = strip.name, face, "sad"
    assert bpy.ops.mien.generate() == {"FINISHED"}


def generate_without_strip(scene, face, sound, folder):
    """The same in a Blender without sound, which can have no sound strip: 4.2 as a Python module.

    The file goes to the worker and its answer to the face by the modules that Generate calls.
    """
    apply, jobs, performance_file, strips = (
        importlib.import_module(f"{PACKAGE}.{name}")
        for name in ("apply", "jobs", "performance_file", "strips")
    )
    scene.mien.target = face
    heard = strips.StripMap(0.0, scene.render.fps, FRAMES[0], len(FRAMES))
    out = Path(folder) / "performance.npz"
    request = {
        "type": "performance",
        **jobs.Sound("Line 1", heard, Path(sound), Path(folder)).request(),
        "direction": {"emotion": "sad"},
        "fps": heard.grid_fps,
        "out_path": str(out),
    }
    engine = jobs.engine()
    engine.submit(request)
    while engine.busy:
        engine.poll()
        time.sleep(0.01)
    performed = performance_file.read(out, "Line 1")
    apply.key_take(apply.Order("Line 1", heard), performed, face, None)


def values_over_time(scene, face, name):
    """A shape key's value on every frame."""
    values = []
    for frame in FRAMES:
        scene.frame_set(frame)
        values.append(face.data.shape_keys.key_blocks[name].value)
    return values


def main(package, sound, folder):
    """Do it all; returns what was seen."""
    install(package)
    scene = bpy.context.scene
    scene.render.fps = 24
    bpy.ops.mesh.mien_head_add()
    face = bpy.context.object
    actions = len(bpy.data.actions)
    has_sound = bpy.app.build_options.audaspace
    if has_sound:
        generate(scene, face, sound)
    else:
        generate_without_strip(scene, face, sound, folder)
    made = len(bpy.data.actions) - actions
    jaw = values_over_time(scene, face, "jawOpen")
    assert bpy.ops.mien.clear() == {"FINISHED"}
    after = values_over_time(scene, face, "jawOpen")
    return {
        "blender": bpy.app.version_string,
        "by_strip": has_sound,
        "actions_made": made,
        "jaw": [min(jaw), max(jaw), len(set(jaw))],
        "actions_left": len(bpy.data.actions) - actions,
        "jaw_after": [min(after), max(after)],
    }


if __name__ == "__main__":
    print("SEEN", json.dumps(main(*sys.argv[1:])), flush=True)
    # Wheels of Blender crash or hang in Python's own way out.
    os._exit(0)
