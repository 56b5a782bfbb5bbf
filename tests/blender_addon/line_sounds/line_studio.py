# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines with sounds, as a take leaves them, without a worker; and what lips do in keyed takes."""

from __future__ import annotations

import json
from contextlib import contextmanager

import bpy
import numpy as np
from bl_ext.devrepo.mien import compat
from bl_ext.devrepo.mien.line_sounds import clock, stored
from bl_ext.devrepo.mien.line_sounds.spans import Span
from bl_ext.devrepo.mien.line_sounds.stored import LineSounds

PHONES = (
    Span("HH", 1.0, 1.1),
    Span("EH", 1.1, 1.3),
    Span("L", 1.3, 1.4),
    Span("OW", 1.4, 1.7),
    Span("M", 2.0, 2.1),
    Span("IY", 2.1, 2.4),
)
WORDS = (Span("hello", 1.0, 1.7), Span("me", 2.0, 2.4))
CONTACTS = (Span("rounding", 1.5, 1.7), Span("bilabial", 2.0, 2.1))


def heard_line(scene, strip, phones=PHONES, words=WORDS, contacts=CONTACTS):
    """Give a strip what a take would have left on it."""
    line = strip.mien.sounds
    stored.keep_heard(line, LineSounds(phones, words, contacts))
    now = clock.of_strip(scene, strip)
    stored.keep_place(line, strip, now, clock.retiming(scene, strip))
    return line


def phones_of(strip):
    return [tuple(phone) for phone in json.loads(strip.mien.sounds.phones)]


def labels(strip):
    return [label for label, _, _ in phones_of(strip)]


def marker_at(scene, name):
    found = [marker for marker in scene.timeline_markers if marker.name == name]
    assert len(found) == 1, [marker.name for marker in scene.timeline_markers]
    return found[0]


def marker_list(scene):
    return sorted((marker.frame, marker.name) for marker in scene.timeline_markers)


def find(name="Line 1"):
    scene = bpy.context.scene
    return next(strip for strip in compat.all_strips(scene) if strip.name == name)


def keyed_columns(face, names, frames):
    """(frames, names) values that the face's shape keys have on whole frames, as it plays."""
    scene = bpy.context.scene
    before = scene.frame_current
    blocks = face.data.shape_keys.key_blocks
    columns = []
    for frame in frames:
        scene.frame_set(frame)
        columns.append([blocks[name].value for name in names])
    scene.frame_set(before)
    return np.array(columns, np.float32)


@contextmanager
def in_sequencer():
    """Blender's own operators of the sequencer ask where they are."""
    window = bpy.context.window
    area = window.screen.areas[0]
    area.type = "SEQUENCE_EDITOR"
    region = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=region):
        yield
