# SPDX-License-Identifier: GPL-3.0-or-later
"""From an empty scene to a speaking character: open a sound, press once."""

from __future__ import annotations

import bpy
import mathutils
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


def box(thing):
    corners = np.array([thing.matrix_world @ mathutils.Vector(c) for c in thing.bound_box])
    return corners.min(axis=0), corners.max(axis=0)


def test_the_head_stands_in_front_of_what_is_in_its_place(scene, recording):
    needs_sound()
    bpy.ops.mesh.primitive_cube_add(size=2.0)
    bpy.ops.mesh.primitive_uv_sphere_add(radius=0.4, location=(0.0, -1.2, 0.2))
    scene.view_layers[0].update()
    things = list(scene.objects)
    add_sound(scene, recording)
    assert bpy.ops.mien.generate_on_head() == {"FINISHED"}
    scene.view_layers[0].update()
    low, high = box(scene.mien.target)
    assert low[0] < 0.0 < high[0]
    for thing in things:
        assert high[1] < box(thing)[0][1]
        assert high[1] > -2.0


def test_a_free_place_is_kept(scene, recording):
    needs_sound()
    bpy.ops.mesh.primitive_cube_add(size=2.0, location=(3.0, 0.0, 0.0))
    scene.cursor.location = (0.5, 0.25, 0.0)
    add_sound(scene, recording)
    assert bpy.ops.mien.generate_on_head() == {"FINISHED"}
    assert tuple(scene.mien.target.location) == (0.5, 0.25, 0.0)


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
