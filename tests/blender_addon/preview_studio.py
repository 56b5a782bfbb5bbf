# SPDX-License-Identifier: GPL-3.0-or-later
"""A running preview without a window: pumped by hand, looked at on the evaluated face."""

from __future__ import annotations

import math
import time

import bpy
import numpy as np
from bl_ext.devrepo.mien import preview

PATIENCE_SECONDS = 60.0


def settle():
    """Pump until the whole take is made for what is asked now, and a new look at rig and settings finds no change."""
    looked_anew = [False]

    def is_steady(told):
        if told.problem:
            return True
        if told.share < 1.0 or told.waiting:
            looked_anew[0] = False
            return False
        if looked_anew[0]:
            return True
        looked_anew[0] = True
        look_anew()
        return False

    pump_until(is_steady)


def look_anew():
    """Let the next pump look at the rig and ask the scene, which both have their seconds, not a busy machine's."""
    running = preview._current[0]
    running.looked_at_rig = running.watch._looked = -math.inf


def pump_until(reached):
    """Pump until what the preview tells is so, or it has ended."""
    end = time.monotonic() + PATIENCE_SECONDS
    while preview.is_on():
        preview.pump()
        told = preview.told()
        if told is None or reached(told):
            return
        assert time.monotonic() < end, told
        time.sleep(0.005)


def evaluated(face):
    """Values of all shape keys as the dependency graph has them; without the basis."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    blocks = face.evaluated_get(depsgraph).data.shape_keys.key_blocks
    return np.array([block.value for block in blocks[1:]], np.float32)


def at_frames(scene, face, frames):
    """The evaluated keys on some frames, (frames, keys)."""
    found = []
    for frame in frames:
        scene.frame_set(frame)
        found.append(evaluated(face))
    return np.array(found)


def started(scene):
    """Press Preview and wait until the whole take is there."""
    assert bpy.ops.mien.preview() == {"FINISHED"}
    assert preview.is_on(scene.mien)
    settle()
    told = preview.told()
    assert (told.problem, told.waiting, told.share) == ("", "", 1.0)
    return told
