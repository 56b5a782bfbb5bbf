# SPDX-License-Identifier: GPL-3.0-or-later
"""The right side does what the left side does: for bones of any roll, sliders, shape keys, objects."""

from __future__ import annotations

import bpy
import mathutils
import pytest
from bl_ext.devrepo.mien import mapping
from bl_ext.devrepo.mien.mapping import mirror, recording, sides
from bl_ext.devrepo.mien.rigs.links import PROPERTY, SHAPE_KEY, TRANSFORM, Link, Pose, Rig
from mapping_studio import furthest, make_rig, matrices, play, turn
from studio import make_face

FLIP = mathutils.Matrix.Diagonal((-1.0, 1.0, 1.0, 1.0))


@pytest.fixture
def rig(scene):
    owner = make_rig(scene)
    mapping.store(owner, Rig("Mine", (), ()))
    recording.record_neutral(owner)
    return owner


def moved(owner, bone):
    """How a bone's pose takes points of the armature's space that rest on it."""
    bpy.context.view_layer.update()
    return owner.pose.bones[bone].matrix @ owner.data.bones[bone].matrix_local.inverted()


@pytest.mark.parametrize("own_axes", [True, False], ids=["own axes", "parent's axes"])
def test_a_mirrored_bone_moves_as_in_a_mirror_whatever_its_roll(rig, own_axes):
    rig.data.bones["corner.L"].use_local_location = own_axes
    rig.data.bones["corner.R"].use_local_location = own_axes
    corner = rig.pose.bones["corner.L"]
    turn(corner, 25, "X")
    turn(corner, -40, "Z")
    corner.location = (0.05, -0.02, 0.11)
    recording.record(rig, "mouthSmileLeft")
    assert mirror.mirror(rig) == ()
    play(rig, mouthSmileLeft=1.0)
    left = moved(rig, "corner.L")
    recording.to_neutral(rig)
    play(rig, mouthSmileRight=1.0)
    right = moved(rig, "corner.R")
    assert furthest({"": FLIP @ left @ FLIP}, {"": right}) < 1e-5
    assert furthest({"": left}, {"": mathutils.Matrix.Identity(4)}) > 0.05


def test_a_bone_in_the_middle_goes_to_the_other_side(rig):
    jaw = rig.pose.bones["jaw"]
    turn(jaw, 15, "X")
    turn(jaw, 15, "Z")
    recording.record(rig, "jawLeft")
    mirror.mirror(rig)
    play(rig, jawLeft=1.0)
    left = moved(rig, "jaw")
    recording.to_neutral(rig)
    play(rig, jawRight=1.0)
    assert furthest({"": FLIP @ left @ FLIP}, {"": moved(rig, "jaw")}) < 1e-5


def test_what_the_right_side_had_goes(rig):
    for source, bone in (("eyeBlinkLeft", "lid.L"), ("eyeBlinkRight", "jaw")):
        turn(rig.pose.bones[bone], 20)
        recording.record(rig, source)
    mirror.mirror(rig)
    found = {link.source: link.target for link in mapping.rig_of(rig).links}
    assert found == {"eyeBlinkLeft": "lid.L", "eyeBlinkRight": "lid.R"}


def test_a_central_channel_gets_its_right_half(rig):
    for bone in ("corner.L", "lip.M"):
        turn(rig.pose.bones[bone], 20)
    recording.record(rig, "mouthPucker")
    mirror.mirror(rig)
    mirror.mirror(rig)
    found = sorted(link.target for link in mapping.rig_of(rig).links)
    assert found == ["corner.L", "corner.R", "lip.M"]


def test_eyes_go_on_looking_the_same_way(rig):
    """Yaw to the left is yaw to the left for the right eye too, though mirrors turn it round."""
    axis = rig.data.bones["ball.L"].matrix_local.to_3x3().inverted() @ mathutils.Vector((0, 0, 1))
    link = Link("gazeYaw", TRANSFORM, rig, "ball.L", pose=Pose(rotation=tuple(axis)))
    mapping.store(rig, Rig("Mine", (link,), ()))
    mirror.mirror(rig)
    play(rig, gazeYaw=0.4)
    turned = [moved(rig, f"ball.{side}").to_3x3() for side in "LR"]
    assert furthest({"": turned[0]}, {"": turned[1]}) < 1e-5
    assert (turned[1] @ mathutils.Vector((0, -1, 0))).x > 0.3


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("smile_L", "smile_R"),
        ("Smile.l", "Smile.r"),
        ("LeftSmile", "RightSmile"),
        ("smileLeft", "smileRight"),
    ],
)
def test_shape_keys_are_found_by_any_spelling_of_their_side(scene, left, right):
    face = make_face(scene, [left, right, "other_R"])
    link = Link("mouthSmileLeft", SHAPE_KEY, face, left, weight=0.75)
    mapping.store(face, Rig("Mine", (link,), ()))
    assert mirror.mirror(face) == ()
    assert [(x.source, x.target, x.weight) for x in mapping.rig_of(face).links] == [
        ("mouthSmileLeft", left, 0.75),
        ("mouthSmileRight", right, 0.75),
    ]


def test_sliders_mirror_by_name_and_two_way_sliders_by_sign(rig):
    panel = rig.pose.bones["root"]
    panel["smile.L"] = panel["smile.R"] = panel["jaw_x"] = 0.0
    path = 'pose.bones["root"]["{}"]'.format
    links = (
        Link("mouthSmileLeft", PROPERTY, rig, path("smile.L")),
        Link("jawLeft", PROPERTY, rig, path("jaw_x"), weight=0.5, low=-1.0, high=1.0),
    )
    mapping.store(rig, Rig("Mine", links, ()))
    mirror.mirror(rig)
    found = {link.source: (link.target, link.weight) for link in mapping.rig_of(rig).links}
    assert found["mouthSmileRight"] == (path("smile.R"), 1.0)
    assert found["jawRight"] == (path("jaw_x"), -0.5)


def test_objects_mirror_across_their_character(scene):
    head = bpy.data.objects.new("Head", None)
    head.rotation_euler = (0.0, 0.0, 1.0)
    eyes = {}
    for side, x in (("L", 0.2), ("R", -0.2)):
        eye = eyes[side] = bpy.data.objects.new(f"Eye.{side}", None)
        eye.parent, eye.location = head, (x, -0.3, 0.0)
        eye.rotation_euler = (0.3, 0.0, 0.5 if side == "L" else -1.2)
    for obj in (head, *eyes.values()):
        scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    link = Link(
        "eyeLookOutLeft", TRANSFORM, eyes["L"], "", pose=Pose((0.1, 0.2, 0.0), (0.3, 0.1, 0.4))
    )
    mapping.store(head, Rig("Mine", (link,), ()))
    rest = {side: head.matrix_world.inverted() @ eyes[side].matrix_world for side in "LR"}
    mirror.mirror(head)
    play(head, eyeLookOutLeft=1.0, eyeLookOutRight=1.0)
    now = {side: head.matrix_world.inverted() @ eyes[side].matrix_world for side in "LR"}
    turned = {side: (now[side] @ rest[side].inverted()).to_3x3() for side in "LR"}
    steps = {side: now[side].translation - rest[side].translation for side in "LR"}
    flip = FLIP.to_3x3()
    assert furthest({"": flip @ turned["L"] @ flip}, {"": turned["R"]}) < 1e-5
    assert (flip @ steps["L"] - steps["R"]).length < 1e-5
    assert steps["L"].length > 0.1


def test_what_has_no_counterpart_is_named_and_the_rest_is_mirrored(scene):
    face = make_face(scene, ["smile_L", "smile_R", "wink_L"])
    links = (
        Link("mouthSmileLeft", SHAPE_KEY, face, "smile_L"),
        Link("eyeBlinkLeft", SHAPE_KEY, face, "wink_L"),
    )
    mapping.store(face, Rig("Mine", links, ()))
    assert mirror.mirror(face) == ("wink_L",)
    assert {link.source for link in mapping.rig_of(face).links} == {
        "mouthSmileLeft",
        "mouthSmileRight",
        "eyeBlinkLeft",
    }


def test_one_posed_side_gives_both_and_two_posed_sides_are_kept_apart(rig):
    def posed(*bones):
        return [Link("", TRANSFORM, rig, bone, pose=Pose(rotation=(0.1, 0, 0))) for bone in bones]

    def targets(found):
        return {
            source: [(link.target, link.weight) for link in links]
            for source, links in found.items()
        }

    names = ("mouthSmileLeft", "mouthSmileRight")
    for bones in (("corner.L", "lip.M"), ("corner.R", "lip.M")):
        assert targets(sides.sided(posed(*bones), *names, mirror=True)) == {
            "mouthSmileLeft": [("corner.L", 1.0), ("lip.M", 1.0)],
            "mouthSmileRight": [("corner.R", 1.0), ("lip.M", 1.0)],
        }
    both = posed("corner.L", "corner.R", "lip.M")
    assert targets(sides.sided(both, *names, mirror=True)) == {
        "mouthSmileLeft": [("corner.L", 1.0), ("lip.M", 0.5)],
        "mouthSmileRight": [("corner.R", 1.0), ("lip.M", 0.5)],
    }
    assert targets(sides.sided(posed("corner.L"), *names, mirror=False)) == {
        "mouthSmileLeft": [("corner.L", 1.0)],
        "mouthSmileRight": [],
    }


def test_the_mirror_of_an_eye_that_looks_left_looks_right(rig):
    link = Link("", TRANSFORM, rig, "ball.L", pose=Pose(rotation=(0.1, 0, 0.2)))
    found = sides.sided([link], "eyeLookOutLeft", "eyeLookInRight", mirror=True)
    assert {source: [x.target for x in links] for source, links in found.items()} == {
        "eyeLookOutLeft": ["ball.L"],
        "eyeLookOutRight": ["ball.R"],
    }


def test_matrices_of_a_rig_at_rest_are_its_rest(rig):
    """Guards the measure of the other tests."""
    rest = {bone.name: bone.matrix_local for bone in rig.data.bones}
    assert furthest(rest, matrices(rig)) < 1e-6
