# SPDX-License-Identifier: GPL-3.0-or-later
"""From an empty scene to a speaking character: open a sound, press once."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import defaults, takes
from studio import add_sound, needs_sound


def test_sound_and_one_press_make_a_speaking_character(scene, recording):
    needs_sound()
    assert bpy.ops.mien.open_sound(filepath=str(recording), frame=1) == {"FINISHED"}
    assert defaults.has_no_face(bpy.context, scene.mien)
    assert bpy.ops.mien.generate_on_head() == {"FINISHED"}
    head = scene.mien.target
    assert takes.takes_on(head.data.shape_keys)
    assert not defaults.has_no_face(bpy.context, scene.mien)
    jaw = head.data.shape_keys.key_blocks["jawOpen"]
    values = []
    for frame in range(1, 120, 3):
        scene.frame_set(frame)
        values.append(jaw.value)
    assert np.ptp(values) > 0.1


def test_without_a_take_the_head_goes_again(scene, tmp_path):
    path = tmp_path / "empty.wav"
    path.write_bytes(b"RIFF")
    add_sound(scene, path)
    with pytest.raises(RuntimeError, match=r"no sound|no audible"):
        bpy.ops.mien.generate_on_head()
    assert not scene.objects
    assert scene.mien.target is None


def test_without_a_strip_the_button_says_so(scene):
    assert not bpy.ops.mien.generate_on_head.poll()
    assert not defaults.has_no_face(bpy.context, scene.mien)
