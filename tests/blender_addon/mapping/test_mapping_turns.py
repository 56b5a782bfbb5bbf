# SPDX-License-Identifier: GPL-3.0-or-later
"""Head and eyes turn about the right axes: up is up, left is the character's left, in any rig."""

from __future__ import annotations

import math

import bpy
import mathutils
import pytest
from bl_ext.devrepo.mien import mapping
from bl_ext.devrepo.mien.mapping import turns
from bl_ext.devrepo.mien.rigs.links import TRANSFORM, Link, Pose, Rig
from mapping_studio import make_rig, play

FORWARD, UP = mathutils.Vector((0, -1, 0)), mathutils.Vector((0, 0, 1))
ANGLE = 0.4
# Source -> where the face looks, and where its top points, after a turn by ANGLE.
EXPECTED = {
    "Pitch": ((0, -math.cos(ANGLE), math.sin(ANGLE)), (0, math.sin(ANGLE), math.cos(ANGLE))),
    "Yaw": ((math.sin(ANGLE), -math.cos(ANGLE), 0), (0, 0, 1)),
    "Roll": ((0, -1, 0), (math.sin(ANGLE), 0, math.cos(ANGLE))),
}
# Files from other programs: the armature's own Y is up, and the object is turned upright.
Y_UP = mathutils.Matrix.Rotation(math.radians(90), 4, "X")


@pytest.fixture(params=["as in Blender", "Y up", "turned aside"])
def rig(request, scene):
    from mapping_studio import BONES

    if request.param == "Y up":
        upright = Y_UP.inverted().to_3x3()
        bones = {
            name: (upright @ mathutils.Vector(head), upright @ mathutils.Vector(tail), roll, parent)
            for name, (head, tail, roll, parent) in BONES.items()
        }
        owner = make_rig(scene, bones)
        owner.matrix_world = Y_UP
        owner["facing"] = 0.0
    else:
        owner = make_rig(scene)
        owner["facing"] = 0.0 if request.param == "as in Blender" else 1.1
        owner.rotation_euler.z = owner["facing"]
    for bone in owner.pose.bones:
        bone.rotation_mode = "QUATERNION" if bone.name.startswith("ball") else "ZXY"
    bpy.context.view_layer.update()
    mapping.store(owner, Rig("Mine", (), ()))
    return owner


def turned(owner, bone):
    """How a bone or object turns what rests on it, in the world, seen by the character."""
    facing = mathutils.Matrix.Rotation(owner["facing"], 3, "Z")
    world = owner.matrix_world.to_3x3()
    pose, rest = owner.pose.bones[bone].matrix, owner.data.bones[bone].matrix_local
    change = world @ (pose @ rest.inverted()).to_3x3() @ world.inverted()
    return facing.inverted() @ change @ facing


@pytest.mark.parametrize("axis", EXPECTED)
def test_a_head_bone_turns_as_the_head(rig, axis):
    turns.choose(rig, {turns.HEAD: (rig, "head")})
    play(rig, **{f"head{axis}": ANGLE})
    change = turned(rig, "head")
    looks, top = EXPECTED[axis]
    assert tuple(change @ FORWARD) == pytest.approx(looks, abs=1e-5)
    assert tuple(change @ UP) == pytest.approx(top, abs=1e-5)


@pytest.mark.parametrize("axis", ["Pitch", "Yaw"])
def test_both_eyes_look_the_same_way(rig, axis):
    turns.choose(rig, {turns.LEFT_EYE: (rig, "ball.L"), turns.RIGHT_EYE: (rig, "ball.R")})
    play(rig, **{f"gaze{axis}": ANGLE})
    for bone in ("ball.L", "ball.R"):
        assert tuple(turned(rig, bone) @ FORWARD) == pytest.approx(EXPECTED[axis][0], abs=1e-5)


def test_neck_and_head_share_the_turn(rig):
    turns.choose(rig, {turns.HEAD: (rig, "head"), turns.NECK: (rig, "root")})
    play(rig, headYaw=ANGLE)
    assert tuple(turned(rig, "head") @ FORWARD) == pytest.approx(EXPECTED["Yaw"][0], abs=1e-5)


@pytest.mark.parametrize("axis", ["Pitch", "Yaw"])
@pytest.mark.parametrize("own", [(0.0, 0.0, 0.0), (0.7, -0.4, 1.9)])
def test_eyeballs_that_are_objects_look_the_same_way(scene, axis, own):
    head = bpy.data.objects.new("Head", None)
    head.rotation_euler.z = 1.1
    eye = bpy.data.objects.new("Eye", None)
    eye.parent, eye.rotation_euler = head, own
    scene.collection.objects.link(head)
    scene.collection.objects.link(eye)
    bpy.context.view_layer.update()
    rest = eye.matrix_world.to_3x3()
    turns.choose(head, {turns.LEFT_EYE: (eye, "")})
    play(head, **{f"gaze{axis}": ANGLE})
    facing = head.matrix_world.to_3x3()
    change = facing.inverted() @ eye.matrix_world.to_3x3() @ rest.inverted() @ facing
    assert tuple(change @ FORWARD) == pytest.approx(EXPECTED[axis][0], abs=1e-5)


def test_a_chosen_eye_is_no_longer_turned_by_channels(rig):
    links = tuple(
        Link("eyeLookOutLeft", TRANSFORM, rig, bone, pose=Pose(rotation=(0, 0, 1)))
        for bone in ("ball.L", "lid.L")
    )
    mapping.store(rig, Rig("Mine", links, ()))
    assert turns.choose(rig, {turns.LEFT_EYE: (rig, "ball.L")}) == 2
    found = {(link.source, link.target) for link in mapping.rig_of(rig).links}
    assert found == {("eyeLookOutLeft", "lid.L"), ("gazePitch", "ball.L"), ("gazeYaw", "ball.L")}
