# SPDX-License-Identifier: GPL-3.0-or-later
"""Pose libraries: poses whose names are known become what their channels do."""

from __future__ import annotations

import math

import bpy
import mathutils
import pytest
from bl_ext.devrepo.mien import mapping
from bl_ext.devrepo.mien.mapping import assets, recording
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.rigs.links import PROPERTY, SHAPE_KEY, TRANSFORM, Rig
from mapping_studio import MODES, furthest, make_rig, matrices, play, turn
from studio import make_face


@pytest.fixture
def rig(scene):
    owner = make_rig(scene)
    mapping.store(owner, Rig("Mine", (), ()))
    return owner


def save_pose(owner, name, bones, *, asset=True):
    """Key bones at frame 1 in an Action of their own, as a pose library does, and unpose them."""
    owner.animation_data_create().action = None
    for bone_name in bones:
        bone = owner.pose.bones[bone_name]
        rotation = {"QUATERNION": "rotation_quaternion", "AXIS_ANGLE": "rotation_axis_angle"}
        for path in ("location", rotation.get(bone.rotation_mode, "rotation_euler"), "scale"):
            bone.keyframe_insert(path, frame=1)
        bone.matrix_basis = mathutils.Matrix.Identity(4)
    action = owner.animation_data.action
    action.name = name
    if asset:
        action.asset_mark()
    else:
        action.use_fake_user = True
    owner.animation_data.action = None
    return action


@pytest.mark.parametrize("mode", MODES)
def test_a_pose_comes_back_with_its_channel(rig, mode):
    jaw = rig.pose.bones["jaw"]
    jaw.rotation_mode = mode
    turn(jaw, 30)
    jaw.location = (0, 0.1, 0)
    posed = matrices(rig)
    save_pose(rig, "jawOpen", ["jaw"])
    assert set(assets.record_poses(rig)) == {"jawOpen"}
    play(rig, jawOpen=1.0)
    assert furthest(posed, matrices(rig)) < 1e-5


def test_names_of_many_kinds_are_known(rig):
    for name, bone in (
        ("mouthSmile_L", "corner.L"),
        ("mouthSmile_R", "corner.R"),
        ("eyeBlinkLeft", "lid.L"),
        ("jawOpen", "jaw"),
        ("Walk", "root"),
    ):
        turn(rig.pose.bones[bone], 20)
        save_pose(rig, name, [bone])
    found = assets.record_poses(rig)
    targets = {source: {link.target for link in links} for source, links in found.items()}
    assert targets == {
        "mouthSmileLeft": {"corner.L"},
        "mouthSmileRight": {"corner.R"},
        "eyeBlinkLeft": {"lid.L"},
        "jawOpen": {"jaw"},
    }
    assert {link.source for link in mapping.rig_of(rig).links} == set(targets)


def test_vowels_alone_make_a_mouth(rig):
    for name, degrees in (("A", 30), ("I", 8), ("U", 12), ("E", 15), ("O", 20)):
        turn(rig.pose.bones["jaw"], degrees)
        turn(rig.pose.bones["lip.M"], -degrees)
        save_pose(rig, name, ["jaw", "lip.M"])
    found = assets.record_poses(rig)
    assert found
    assert all({link.target for link in links} <= {"jaw", "lip.M"} for links in found.values())


def test_without_marks_actions_with_one_key_a_curve_count(rig):
    turn(rig.pose.bones["jaw"], 30)
    save_pose(rig, "jawOpen", ["jaw"], asset=False)
    walk = save_pose(rig, "mouthClose", ["lip.M"], asset=False)
    rig.animation_data.action = walk
    if hasattr(walk, "slots"):
        rig.animation_data.action_slot = walk.slots[0]
    rig.pose.bones["lip.M"].keyframe_insert("location", frame=20)
    rig.animation_data.action = None
    assert set(assets.record_poses(rig)) == {"jawOpen"}


def test_differences_are_taken_from_the_recorded_neutral(rig):
    jaw = rig.pose.bones["jaw"]
    turn(jaw, 10)
    recording.record_neutral(rig)
    turn(jaw, 20)
    save_pose(rig, "jawOpen", ["jaw"])
    (link,) = assets.record_poses(rig)["jawOpen"]
    assert link.pose.rotation == pytest.approx((math.radians(20), 0, 0), abs=1e-5)


def test_sliders_and_shape_keys_of_poses_are_read(rig, scene):
    face = make_face(scene, ["open"])
    face.parent = rig
    rig["shut"] = 0.0
    rig["shut"] = 0.5
    rig.keyframe_insert('["shut"]', frame=1)
    rig.animation_data.action.name = "mouthClose"
    rig.animation_data.action = None
    rig["shut"] = 0.0
    block = face.data.shape_keys.key_blocks["open"]
    block.value = 0.75
    block.keyframe_insert("value", frame=1)
    key = face.data.shape_keys
    key.animation_data.action.name = "jawOpen"
    key.animation_data.action = None
    block.value = 0.0
    for action in bpy.data.actions:
        action.asset_mark()
    found = assets.record_poses(rig)
    (shut,), (opened,) = found["mouthClose"], found["jawOpen"]
    assert (shut.kind, shut.target, shut.weight) == (PROPERTY, '["shut"]', 0.5)
    assert (opened.kind, opened.owner, opened.weight) == (SHAPE_KEY, face, 0.75)


def test_without_known_names_nothing_changes_and_it_is_said(rig):
    with pytest.raises(AnimatorError, match="This file has no poses"):
        assets.record_poses(rig)
    turn(rig.pose.bones["jaw"], 30)
    save_pose(rig, "Walk", ["jaw"])
    with pytest.raises(AnimatorError, match="There are 'Walk'"):
        assets.record_poses(rig)
    assert mapping.rig_of(rig).links == ()


def test_poses_of_another_character_are_left_out(rig, scene):
    other = make_rig(scene, {"wing": ((0, 0, 0), (0, 0, 1), 0, None)}, "Bird")
    turn(other.pose.bones["wing"], 30)
    save_pose(other, "jawOpen", ["wing"])
    with pytest.raises(AnimatorError):
        assets.record_poses(rig)
    (link,) = assets.record_poses(other)["jawOpen"]
    assert (link.kind, link.owner, link.target) == (TRANSFORM, other, "wing")
