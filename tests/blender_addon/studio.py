# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests do in Blender: make faces and strips, listen to a mixdown, compare data."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest
import soundfile as sf

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = "bl_ext.devrepo.mien"
RATE = 48000
IMPULSES_SECONDS = (0.5, 1.25, 3.1, 4.7, 6.2, 8.9)
CLIP_SECONDS = 10.0


def make_face(scene, names, name="Hero"):
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(8)
    head = bpy.data.objects.new(name, mesh)
    scene.collection.objects.link(head)
    head.shape_key_add(name="Basis")
    for key_name in names:
        head.shape_key_add(name=key_name, from_mix=False).value = 0.0
    return head


def needs_sound():
    """4.2 wheels are built without sound; a 4.3 wheel stands in for them there."""
    if not bpy.app.build_options.audaspace:
        pytest.skip("this Blender is built without sound")


def add_sound(scene, path, name="Line 1", frame=1, channel=1):
    needs_sound()
    editor = scene.sequence_editor_create()
    collection = editor.strips if hasattr(editor, "strips") else editor.sequences
    strip = collection.new_sound(name, str(path), channel, frame)
    editor.active_strip = strip
    return strip


def trim(strip, left=0, right=0):
    if "left_handle_offset" in strip.bl_rna.properties:
        strip.left_handle_offset, strip.right_handle_offset = left, right
    else:
        strip.frame_offset_start, strip.frame_offset_end = left, right


def move_content(strip, frame):
    if "content_start" in strip.bl_rna.properties:
        strip.content_start = frame
    else:
        strip.frame_start = frame


def set_speed(scene, strip, percent):
    """Retime the whole strip with Blender's own operator."""
    strip.select = True
    scene.sequence_editor.active_strip = strip
    bpy.ops.sequencer.retiming_segment_speed_set(speed=percent)


def mixed_down(scene, folder, accuracy=128):
    """What the scene sounds like: samples (N,) and their rate; sample 0 is scene.frame_start."""
    path = Path(folder) / "mix.wav"
    bpy.ops.sound.mixdown(
        filepath=str(path),
        container="WAV",
        codec="PCM",
        format="S16",
        mixrate=RATE,
        accuracy=accuracy,
    )
    samples, rate = sf.read(path)
    return (np.abs(samples).max(axis=1) if samples.ndim > 1 else np.abs(samples)), rate


def onsets_seconds(samples, rate, threshold=0.2, gap_seconds=0.1):
    loud = np.flatnonzero(samples > threshold)
    if not len(loud):
        return []
    starts = [loud[0], *loud[1:][np.diff(loud) > gap_seconds * rate]]
    return [float(start) / rate for start in starts]


def dump(*datablocks):
    """All readable RNA of data-blocks, followed into what they own, for before/after equality."""
    return [_dump(block, block, set()) for block in datablocks]


SKIPPED = {"rna_type", "session_uid", "users", "tag", "is_evaluated", "original", "id_data"}


def differences(before, after, path=""):
    """Paths at which two dumps differ, with both values: what an assertion should show."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted(before.keys() | after.keys())
        pairs = [(f"{path}.{name}", before.get(name), after.get(name)) for name in names]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = [(f"{path}[{i}]", a, b) for i, (a, b) in enumerate(zip(before, after, strict=True))]
    else:
        return [] if before == after else [(path, before, after)]
    return [found for where, a, b in pairs for found in differences(a, b, where)]


def _dump(value, owner, seen):
    if isinstance(value, bpy.types.ID) and value != owner:
        return (type(value).__name__, value.name)
    if isinstance(value, bpy.types.bpy_struct):
        if value.as_pointer() in seen:
            return "seen"
        seen = seen | {value.as_pointer()}
        return {
            prop.identifier: _dump(getattr(value, prop.identifier), owner, seen)
            for prop in value.bl_rna.properties
            if prop.identifier not in SKIPPED and not prop.identifier.startswith("bl_")
        }
    if hasattr(value, "values") and hasattr(value, "keys"):
        return [_dump(item, owner, seen) for item in value.values()]
    if hasattr(value, "__len__") and not isinstance(value, str):
        return [_dump(item, owner, seen) for item in value]
    return value


def state(face):
    return dump(face.data.shape_keys, face, *bpy.data.actions)
