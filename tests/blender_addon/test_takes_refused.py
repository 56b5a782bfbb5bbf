# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be keyed, or would not move, is said before anything changes."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien.problems import AnimatorError
from studio import differences, dump, make_face
from take_studio import FRAMES, HEARD, LATER, animate, key_of, key_take


def test_a_failure_while_keying_leaves_the_scene_alone(scene, face, neck, performance):
    key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    scene.frame_set(30)
    before = dump(key_of(face), neck, *bpy.data.actions)
    columns = performance(FRAMES)
    columns["jawOpen"] = columns["jawOpen"][:5]
    with pytest.raises(ValueError, match="broadcast"):
        key_take("Line 2", LATER, columns, face, neck)
    assert differences(before, dump(key_of(face), neck, *bpy.data.actions)) == []


REFUSED = {
    "no_target": (lambda scene: None, "No face is chosen"),
    "not_a_mesh": (
        lambda scene: bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "POINT")),
        "No face is chosen",
    ),
    "no_shape_keys": (
        lambda scene: bpy.data.objects.new("Cube", bpy.data.meshes.new("Cube")),
        "'Cube' has no shape keys",
    ),
    "unknown_names": (
        lambda scene: make_face(scene, ["Key 1", "Key 2"], "Odd"),
        "Key 1, Key 2",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_keyed_is_said(scene, performance, case):
    make, words = case
    target = make(scene)
    with pytest.raises(AnimatorError, match=words) as caught:
        key_take("Line 1", HEARD, performance(FRAMES), target, None)
    assert caught.value.advice
    assert not bpy.data.actions


def test_a_sound_that_ends_early_is_said(face, performance):
    with pytest.raises(AnimatorError, match="ends after 10 of 60 frames"):
        key_take("Line 1", HEARD, performance(10), face, None)


def test_heads_that_turn_by_axis_and_angle_are_refused(face, neck, performance):
    """Blender has no delta rotation for them."""
    neck.rotation_mode = "AXIS_ANGLE"
    with pytest.raises(AnimatorError, match="rotates by axis and angle"):
        key_take("Line 1", HEARD, performance(FRAMES), face, neck)


NLA_TRAPS = {
    "switched_off": (lambda data: setattr(data, "use_nla", False), "NLA switched off"),
    "solo": (lambda data: setattr(data.nla_tracks[0], "is_solo", True), "plays solo"),
}


@pytest.mark.parametrize("case", NLA_TRAPS.values(), ids=NLA_TRAPS.keys())
def test_a_take_that_would_not_move_is_refused(face, performance, case):
    key = key_of(face)
    animate(key, 'key_blocks["browInnerUp"].value', 0.9)
    action = key.animation_data.action
    key.animation_data.action = None
    key.animation_data.nla_tracks.new().strips.new("Mine", 1, action)
    case[0](key.animation_data)
    with pytest.raises(AnimatorError, match=case[1]):
        key_take("Line 1", HEARD, performance(FRAMES), face, None)
