# SPDX-License-Identifier: GPL-3.0-or-later
"""Pose, then press: the pose comes back when its source does, in any rotation mode, and rest is rest."""

from __future__ import annotations

import math

import bpy
import pytest
from bl_ext.devrepo.mien import mapping
from bl_ext.devrepo.mien.mapping import posing, recording, snapshot
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.rigs.links import PROPERTY, SHAPE_KEY, TRANSFORM, Rig
from mapping_studio import MODES, furthest, make_rig, matrices, play, turn
from studio import make_face


@pytest.fixture
def rig(scene):
    owner = make_rig(scene)
    mapping.store(owner, Rig("Mine", (), ()))
    return owner


def the_links(target, source):
    return [link for link in mapping.rig_of(target).links if link.source == source]


@pytest.mark.parametrize("mode", MODES)
def test_a_posed_bone_comes_back_with_its_source(rig, mode):
    jaw = rig.pose.bones["jaw"]
    jaw.rotation_mode = mode
    turn(jaw, 20, "Z")
    jaw.scale = (1.1, 1.0, 1.0)
    neutral = matrices(rig)
    recording.record_neutral(rig)
    turn(jaw, 35, "X")
    jaw.location = (0.01, -0.02, 0.03)
    jaw.scale = (1.1, 1.3, 1.0)
    posed = matrices(rig)
    (link,) = recording.record(rig, "jawOpen")
    assert matrices(rig) == neutral
    assert (link.kind, link.target) == (TRANSFORM, "jaw")
    assert link.pose.rotation == pytest.approx((math.radians(35), 0, 0), abs=1e-5)
    play(rig, jawOpen=1.0)
    assert furthest(posed, matrices(rig)) < 1e-5
    assert furthest(posed, neutral) > 0.1


@pytest.mark.parametrize("mode", MODES)
def test_half_a_source_turns_half_as_far(rig, mode):
    jaw = rig.pose.bones["jaw"]
    jaw.rotation_mode = mode
    recording.record_neutral(rig)
    turn(jaw, 40, "X")
    recording.record(rig, "jawOpen")
    turn(jaw, 20, "X")
    half = matrices(rig)
    recording.to_neutral(rig)
    play(rig, jawOpen=0.5)
    assert furthest(half, matrices(rig)) < 1e-5


def test_what_a_test_poses_is_put_back_to_the_bit(rig):
    jaw = rig.pose.bones["jaw"]
    recording.record_neutral(rig)
    turn(jaw, 40)
    recording.record(rig, "jawOpen")
    turn(jaw, 7, "Y")
    before = (tuple(jaw.location), tuple(jaw.rotation_quaternion), tuple(jaw.scale))
    remembered = play(rig, jawOpen=0.7)
    assert tuple(jaw.rotation_quaternion) != before[1]
    posing.put_back(remembered)
    assert (tuple(jaw.location), tuple(jaw.rotation_quaternion), tuple(jaw.scale)) == before


def test_a_face_panel_is_recorded_by_its_sliders(rig, scene):
    panel = rig.pose.bones["root"]
    panel["open"], panel["teeth"], rig["show"], rig.data["width"] = 0.25, 2, False, 0.5
    panel.id_properties_ui("open").update(min=-1.0, max=2.0)
    recording.record_neutral(rig)
    panel["open"], panel["teeth"], rig["show"], rig.data["width"] = 0.75, 5, True, 1.0
    recording.record(rig, "jawOpen")
    assert (panel["open"], panel["teeth"], rig["show"], rig.data["width"]) == (0.25, 2, False, 0.5)
    links = {link.target: link for link in the_links(rig, "jawOpen")}
    opening = links['pose.bones["root"]["open"]']
    assert (opening.kind, opening.rest, opening.weight) == (PROPERTY, 0.25, 0.5)
    assert (opening.low, opening.high, opening.stepped) == (-1.0, 2.0, False)
    assert links['pose.bones["root"]["teeth"]'].stepped
    # A slider without a range of its own may go twice as far as it was posed, and no further.
    assert (links['data["width"]'].low, links['data["width"]'].high) == (0.5, 1.5)
    play(rig, jawOpen=1.0)
    assert (panel["open"], panel["teeth"], rig["show"], rig.data["width"]) == (0.75, 5, True, 1.0)
    assert type(panel["teeth"]) is int


def test_sliders_of_several_numbers_are_recorded_one_by_one(rig):
    rig["lips"] = [0.0, 0.5, 1.0]
    recording.record_neutral(rig)
    rig["lips"] = [0.0, 0.75, 1.0]
    (link,) = recording.record(rig, "mouthPucker")
    assert (link.index, link.rest, link.weight) == (1, 0.5, 0.25)
    play(rig, mouthPucker=1.0)
    assert list(rig["lips"]) == [0.0, 0.75, 1.0]


def test_shape_keys_and_bones_of_one_pose_go_together(rig, scene):
    face = make_face(scene, ["open", "driven"])
    face.parent = rig
    keys = face.data.shape_keys.key_blocks
    keys["open"].slider_max = 2.0
    driver = keys["driven"].driver_add("value").driver
    driver.expression = "0.5"
    mapping.store(face, Rig("Mine", (), ()))
    recording.record_neutral(face)
    keys["open"].value = 1.5
    turn(rig.pose.bones["jaw"], 30)
    recording.record(face, "jawOpen")
    found = {(link.kind, link.owner.name, link.target) for link in the_links(face, "jawOpen")}
    assert found == {(SHAPE_KEY, "Hero", "open"), (TRANSFORM, "Rig", "jaw")}
    assert keys["open"].value == 0.0
    play(face, jawOpen=1.0)
    assert keys["open"].value == 1.5


def test_a_child_object_is_recorded_and_the_character_may_stand_elsewhere(rig, scene):
    eye = bpy.data.objects.new("Eye", None)
    scene.collection.objects.link(eye)
    eye.parent, eye.rotation_euler, eye.location = rig, (0.3, 0.1, 0.0), (0.1, -0.2, 1.5)
    rest = tuple(eye.rotation_euler)
    recording.record_neutral(rig)
    eye.rotation_euler = (0.3, 0.4, -0.5)
    eye.location = (0.2, -0.2, 1.5)
    eye.scale = (1.0, 1.0, 1.5)
    rig.location = (5.0, 0.0, 0.0)
    bpy.context.view_layer.update()
    posed = eye.matrix_world.copy()
    (link,) = recording.record(rig, "gazeYaw")
    assert (link.owner, link.target) == (eye, "")
    assert tuple(rig.location) == (5.0, 0.0, 0.0)
    assert tuple(eye.rotation_euler) == rest
    play(rig, gazeYaw=1.0)
    assert furthest({"eye": posed}, {"eye": eye.matrix_world}) < 1e-5


def test_a_new_recording_replaces_the_old_one_and_nothing_else(rig):
    recording.record_neutral(rig)
    for source, bone in (("jawOpen", "jaw"), ("mouthPucker", "lip.M"), ("jawOpen", "head")):
        turn(rig.pose.bones[bone], 20)
        recording.record(rig, source)
    assert [(link.source, link.target) for link in mapping.rig_of(rig).links] == [
        ("jawOpen", "head"),
        ("mouthPucker", "lip.M"),
    ]


def test_without_neutral_or_pose_nothing_changes(rig):
    turn(rig.pose.bones["jaw"], 20)
    with pytest.raises(AnimatorError, match="neutral"):
        recording.record(rig, "jawOpen")
    recording.record_neutral(rig)
    with pytest.raises(AnimatorError, match="differs"):
        recording.record(rig, "jawOpen")
    assert mapping.rig_of(rig).links == ()


def test_the_neutral_pose_is_saved_with_the_file(rig, tmp_path):
    jaw = rig.pose.bones["jaw"]
    turn(jaw, 12, "Y")
    rest = tuple(jaw.rotation_quaternion)
    recording.record_neutral(rig)
    turn(jaw, 30)
    path = str(tmp_path / "rig.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    owner = bpy.data.objects["Rig"]
    recording.record(owner, "jawOpen")
    assert tuple(owner.pose.bones["jaw"].rotation_quaternion) == rest


def test_links_of_one_target_agree_on_its_range(rig):
    rig["slide"] = 0.0
    recording.record_neutral(rig)
    for source, value in (("mouthLeft", 0.5), ("mouthRight", -1.0)):
        rig["slide"] = value
        recording.record(rig, source)
    ranges = {(link.low, link.high) for link in mapping.rig_of(rig).links}
    assert len(ranges) == 1
    ((low, high),) = ranges
    assert low <= -1.0
    assert high >= 0.5


def test_a_name_with_quotes_is_found_again(rig):
    rig['say "ah"\\'] = 0.0
    before = snapshot.take([rig])
    rig['say "ah"\\'] = 1.0
    snapshot.put_back(before, [rig])
    assert rig['say "ah"\\'] == 0.0
