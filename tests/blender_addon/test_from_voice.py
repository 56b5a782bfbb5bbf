# SPDX-License-Identifier: GPL-3.0-or-later
"""From Voice by its operator and the real worker: keys to edit, one line of words, one undo step."""

from __future__ import annotations

import bpy


def test_from_voice_keys_a_blend_over_the_strip(stage):
    scene, strip, _ = stage
    assert bpy.ops.mien.emotion_from_voice() == {"FINISHED"}
    print(bpy.context.window_manager.mien.done)
    assert scene.mien.emotion == "BLEND"
