# SPDX-License-Identifier: GPL-3.0-or-later
"""Few keys close a mouth as well as many: real speech, the Mien Head, what Blender evaluates."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien.line_sounds import stored
from studio import add_sound

# Lips less than this apart (metres) are seen as shut, and so for the core's own tests.
SHUT = 0.0005


@pytest.fixture
def spoken(scene, recording):
    scene.render.fps = 24
    strip = add_sound(scene, recording, frame=1)
    bpy.ops.mesh.mien_head_add()
    scene.mien.target = bpy.context.object
    return scene, strip, bpy.context.object


def gaps(scene, head, frames):
    """Widest opening of the lips (metres) at each frame, of the values that Blender shows."""
    from core.face.arkit import ARKIT_NAMES
    from core.face.model import load_face_model

    blocks = head.data.shape_keys.key_blocks
    values = []
    for frame in frames:
        scene.frame_set(int(frame))
        values.append([blocks[name].value for name in ARKIT_NAMES])
    return load_face_model().lip_gaps(np.array(values, np.float32)).max(axis=1)


@pytest.mark.parametrize(
    ("emotion", "tolerance", "by_sight"),
    [("neutral", 1.0, False), ("happy", 1.0, True), ("angry", 3.0, False)],
)
def test_lips_meet_on_every_p_b_and_m(spoken, emotion, tolerance, by_sight):
    scene, strip, head = spoken
    scene.mien.emotion = emotion
    scene.mien.key_tolerance, scene.mien.key_by_sight = tolerance, by_sight
    assert bpy.ops.mien.generate() == {"FINISHED"}
    contacts = [c for c in stored.heard(strip.mien.sounds).contacts if c.label == "bilabial"]
    assert len(contacts) >= 8
    middles = [1 + round(24 * (contact.start + contact.end) / 2) for contact in contacts]
    assert np.max(gaps(scene, head, middles)) < SHUT
    everywhere = gaps(scene, head, range(1, 200))
    assert np.quantile(everywhere, 0.9) > 3 * SHUT


def test_a_weaker_expression_keeps_them_shut(spoken):
    scene, strip, head = spoken
    scene.mien.emotion = "surprised"
    bpy.ops.mien.generate()
    contacts = [c for c in stored.heard(strip.mien.sounds).contacts if c.label == "bilabial"]
    middles = [1 + round(24 * (contact.start + contact.end) / 2) for contact in contacts]
    for share in (0.0, 0.5, 0.8):
        bpy.context.scene.mien_cast.strength_expression = share
        assert np.max(gaps(scene, head, middles)) < SHUT, share
