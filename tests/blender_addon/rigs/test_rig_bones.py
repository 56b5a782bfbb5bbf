# SPDX-License-Identifier: GPL-3.0-or-later
"""Head, eyes and faces of bones move the right way, however the skeleton stands and its bones roll."""

from __future__ import annotations

import math

import bpy
import pytest
from mathutils import Vector
from rig_families import arkit
from rig_skeletons import (
    FACES,
    ROLLS,
    SKELETONS,
    STANDS,
    make_rigify,
    make_skeleton,
    step_of,
    turn_of,
)
from rig_studio import make_face, pose, rig_of

AHEAD, UPWARDS = Vector((0, -1, 0)), Vector((0, 0, 1))
every_stand = pytest.mark.parametrize("stand", STANDS)
every_roll = pytest.mark.parametrize("roll", ROLLS)


@pytest.fixture(params=SKELETONS, ids=str)
def skeleton(request):
    return SKELETONS[request.param]


def test_head_and_eyes_are_found_under_every_name(scene, skeleton):
    rig, _ = make_skeleton(scene, skeleton)
    links = rig_of(rig).links
    targets = {(link.source, link.target) for link in links}
    for source in ("headPitch", "headYaw", "headRoll"):
        assert {(source, skeleton["head"]), (source, skeleton["neck"])} <= targets
    for source in ("gazePitch", "gazeYaw"):
        assert {(source, skeleton["eye_left"]), (source, skeleton["eye_right"])} <= targets
    assert len(links) == 10


@every_stand
@every_roll
def test_the_head_turns_as_the_character_would(scene, skeleton, stand, roll):
    rig, into = make_skeleton(scene, skeleton, stand, roll)
    head = skeleton["head"]
    links = rig_of(rig).links
    pose(links, headYaw=0.5)
    assert (
        turn_of(rig, head, into) @ AHEAD - Vector((math.sin(0.5), -math.cos(0.5), 0))
    ).length < 1e-4
    pose(links, headPitch=0.5)
    assert (
        turn_of(rig, head, into) @ AHEAD - Vector((0, -math.cos(0.5), math.sin(0.5)))
    ).length < 1e-4
    pose(links, headRoll=0.5)
    assert (
        turn_of(rig, head, into) @ UPWARDS - Vector((math.sin(0.5), 0, math.cos(0.5)))
    ).length < 1e-4


@every_stand
@every_roll
def test_the_neck_takes_its_share(scene, stand, roll):
    rig, into = make_skeleton(scene, SKELETONS["plain"], stand, roll)
    pose(rig_of(rig).links, headYaw=1.0)
    assert turn_of(rig, "neck", into).to_euler().z == pytest.approx(0.35, abs=1e-3)


@every_stand
@every_roll
def test_both_eyes_look_the_same_way(scene, stand, roll):
    rig, into = make_skeleton(scene, SKELETONS["plain"], stand, roll)
    links = rig_of(rig).links
    for eye in ("eye_l", "eye_r"):
        pose(links, gazeYaw=0.3)
        assert (turn_of(rig, eye, into) @ AHEAD).x == pytest.approx(math.sin(0.3), abs=1e-4)
        pose(links, gazePitch=0.3)
        assert (turn_of(rig, eye, into) @ AHEAD).z == pytest.approx(math.sin(0.3), abs=1e-4)


@pytest.mark.parametrize("face", FACES)
@every_stand
@every_roll
def test_a_face_of_bones_moves_its_own_sides(scene, face, stand, roll):
    names = FACES[face]
    rig, into = make_skeleton(scene, names, stand, roll)
    found = rig_of(rig)
    assert found.family == "Face bones"
    links = found.links
    pose(links, jawOpen=1.0)
    chin = turn_of(rig, names["jaw"], into) @ AHEAD
    assert chin.z < -0.3
    assert abs(chin.x) < 1e-4
    pose(links, jawLeft=1.0)
    assert step_of(rig, names["jaw"], into).x > 0.003
    if "corner_left" in names:
        pose(links, mouthSmileLeft=1.0)
        left, right = (step_of(rig, names[f"corner_{side}"], into) for side in ("left", "right"))
        assert left.z > 0.005
        assert left.x > 0.003
        assert right.length < 1e-6
        pose(links, mouthPucker=1.0)
        left, right = (step_of(rig, names[f"corner_{side}"], into) for side in ("left", "right"))
        assert left.x < -0.003
        assert right.x > 0.003
    if "lid_up_left" in names:
        pose(links, eyeBlinkRight=1.0)
        assert step_of(rig, names["lid_up_right"], into).z == pytest.approx(-0.018, abs=1e-4)
        assert step_of(rig, names["lid_up_left"], into).length < 1e-6
    pose(links)


@every_stand
@every_roll
def test_bones_without_local_location_go_the_same_way(scene, stand, roll):
    """Blender moves them along their parent's axes, or the armature's where they have none."""
    names = FACES["plain"]
    rig, into = make_skeleton(scene, names, stand, roll)
    for bone in rig.data.bones:
        bone.use_local_location = bone.name == names["corner_right"]
    bpy.context.view_layer.update()
    links = rig_of(rig).links
    pose(links, mouthSmileLeft=1.0, mouthSmileRight=1.0, browInnerUp=1.0)
    left, right = (step_of(rig, names[f"corner_{side}"], into) for side in ("left", "right"))
    assert (left - Vector((-right.x, right.y, right.z))).length < 1e-5
    assert left.z > 0.005
    brow = step_of(rig, names["brow_left"], into)
    assert brow.z > 0.003
    assert abs(brow.x) + abs(brow.y) < 1e-5


def test_a_bone_without_parent_and_local_location_goes_along_the_armature(scene):
    names = {place: name for place, name in FACES["plain"].items() if place != "head"}
    rig, into = make_skeleton(scene, names, roll=0.9)
    rig.data.bones["lip_corner_l"].use_local_location = False
    assert rig.data.bones["lip_corner_l"].parent is None
    links = rig_of(rig).links
    pose(links, mouthSmileLeft=1.0, mouthSmileRight=1.0)
    left, right = (step_of(rig, names[f"corner_{side}"], into) for side in ("left", "right"))
    assert (left - Vector((-right.x, right.y, right.z))).length < 1e-5
    assert left.z > 0.005


@pytest.mark.parametrize("face", ["plain", "MetaHuman", "Daz"])
@every_stand
@every_roll
def test_bones_of_lips_meet_while_the_jaw_is_open(scene, face, stand, roll):
    """p, b and m: as with ARKit's channels, mouthClose takes back the jaw's opening."""
    names = FACES[face]
    rig, into = make_skeleton(scene, names, stand, roll)
    links = rig_of(rig).links
    pose(links, jawOpen=0.3)
    assert step_of(rig, names["lip_lower"], into).z < -0.005
    pose(links, jawOpen=0.3, mouthClose=0.3)
    assert abs(step_of(rig, names["lip_lower"], into).z) < 5e-4
    assert (turn_of(rig, names["jaw"], into) @ AHEAD).z < -0.09


@every_stand
@every_roll
def test_a_jaw_without_lips_shuts(scene, stand, roll):
    names = FACES["a jaw alone"]
    rig, into = make_skeleton(scene, names, stand, roll)
    pose(rig_of(rig).links, jawOpen=0.3, mouthClose=0.3)
    assert ((turn_of(rig, names["jaw"], into) @ AHEAD) - AHEAD).length < 1e-5


@every_stand
@every_roll
def test_a_brow_of_one_bone_tilts_its_inner_end(scene, stand, roll):
    rig, into = make_skeleton(scene, FACES["plain"], stand, roll)
    links = rig_of(rig).links
    for column, way in (("browDownLeft", -1.0), ("browInnerUp", 1.0)):
        pose(links, **{column: 1.0})
        inner_end = turn_of(rig, "brow_l", into) @ Vector((-1, 0, 0))
        assert way * inner_end.z > 0.1
    assert (turn_of(rig, "brow_r", into) @ Vector((1, 0, 0))).z > 0.1


@pytest.fixture(scope="module")
def rigify_file(tmp_path_factory):
    """A generated rig, kept in a file: generating takes three seconds."""
    path = tmp_path_factory.mktemp("rigify") / "rig.blend"
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.data.libraries.write(str(path), {make_rigify()})
    return path


@pytest.fixture
def rigify(rigify_file, scene):
    with bpy.data.libraries.load(str(rigify_file)) as (_, wanted):
        wanted.objects = ["rig"]
    rig = bpy.data.objects["rig"]
    scene.collection.objects.link(rig)
    bpy.context.view_layer.update()
    return rig


def test_a_generated_rigify_face_is_found_whole(rigify):
    rig = rig_of(rigify)
    assert rig.family == "Rigify"
    assert rig.missing == ()
    assert {link.target for link in rig.links} <= {bone.name for bone in rigify.data.bones}
    assert not any(link.target.startswith(("DEF-", "ORG-", "MCH-")) for link in rig.links)


def deforming(rig):
    return {bone.name: bone.head.copy() for bone in rig.pose.bones if bone.name.startswith("DEF-")}


def test_every_channel_moves_the_rigify_face_on_its_own_side(rigify):
    links = rig_of(rigify).links
    pose(links)
    rest = deforming(rigify)
    for source in dict.fromkeys(link.source for link in links):
        pose(links, **{source: 1.0})
        moved = {name: head - rest[name] for name, head in deforming(rigify).items()}
        sides = [
            max(step.length for name, step in moved.items() if f".{side}" in name) for side in "LR"
        ]
        assert max(step.length for step in moved.values()) > 5e-4, source
        if source.endswith("Left") and source not in {"jawLeft", "mouthLeft"}:
            assert sides[0] > 2 * sides[1], source
        if source.endswith("Right") and source not in {"jawRight", "mouthRight"}:
            assert sides[1] > 2 * sides[0], source
        if source in {"jawLeft", "mouthLeft", "headYaw"}:
            assert moved["DEF-lip.B.L"].x > 0.003
        if source in {"jawRight", "mouthRight"}:
            assert moved["DEF-lip.B.L"].x < -0.003
    pose(links)


def lips_apart(rig):
    heads = {name: rig.pose.bones[name].head for name in ("DEF-lip.T.L", "DEF-lip.B.L")}
    return heads["DEF-lip.T.L"].z - heads["DEF-lip.B.L"].z


def test_rigify_lips_close_over_an_open_jaw(rigify):
    links = rig_of(rigify).links
    pose(links)
    rest = lips_apart(rigify)
    pose(links, jawOpen=0.7)
    assert lips_apart(rigify) - rest > 0.015
    for amount in (0.15, 0.4):
        pose(links, jawOpen=amount, mouthClose=amount)
        assert abs(lips_apart(rigify) - rest) < 0.003
    pose(links, jawOpen=0.0)


def test_rigify_lids_shut(rigify):
    links = rig_of(rigify).links
    pose(links)
    rest = {side: _lid_gap(rigify, side) for side in "LR"}
    pose(links, eyeBlinkLeft=1.0)
    assert _lid_gap(rigify, "L") < 0.25 * rest["L"]
    assert _lid_gap(rigify, "R") == pytest.approx(rest["R"], abs=1e-4)


def _lid_gap(rig, side):
    bones = rig.pose.bones
    return bones[f"DEF-lid.T.{side}.002"].head.z - bones[f"DEF-lid.B.{side}.002"].head.z


def test_rigify_eyes_look_at_the_turned_target(rigify):
    links = rig_of(rigify).links
    pose(links)
    pose(links, gazeYaw=0.2)
    for side in "LR":
        eye = rigify.pose.bones[f"ORG-eye.{side}"]
        ahead = (eye.tail - eye.head).normalized()
        assert ahead.x == pytest.approx(math.sin(0.2), abs=0.01)
    pose(links, gazePitch=0.2)
    eye = rigify.pose.bones["ORG-eye.L"]
    assert (eye.tail - eye.head).normalized().z == pytest.approx(math.sin(0.2), abs=0.015)


def test_the_head_of_rigify_turns_whole(rigify):
    links = rig_of(rigify).links
    pose(links, headYaw=0.4)
    turned = (
        rigify.pose.bones["head"].matrix.to_3x3()
        @ rigify.data.bones["head"].matrix_local.to_3x3().inverted()
    )
    assert (turned @ AHEAD).x == pytest.approx(math.sin(0.4), abs=1e-3)


def test_bones_that_constraints_turn_are_left_alone(scene):
    rig, _ = make_skeleton(scene, SKELETONS["plain"])
    other, _ = make_skeleton(scene, SKELETONS["plain"], name="Control")
    copied = rig.pose.bones["head"].constraints.new("COPY_ROTATION")
    copied.target, copied.subtarget = other, "head"
    bpy.context.view_layer.update()
    assert "head" not in {link.target for link in rig_of(rig).links}
    copied.mute = True
    assert "head" in {link.target for link in rig_of(rig).links}


def test_key_faces_get_head_bones_and_eyes_only_where_keys_turn_none(scene):
    rig, _ = make_skeleton(scene, SKELETONS["plain"])
    face = make_face(scene, arkit())
    face.parent = rig
    sources = {link.source for link in rig_of(face).links}
    assert {"headYaw", "eyeLookInLeft"} <= sources
    assert "gazeYaw" not in sources


def test_eyes_on_meshes_of_their_own_turn_by_bones_while_lids_follow_by_keys(scene):
    names = SKELETONS["Ready Player Me"]
    rig, _ = make_skeleton(scene, names)
    face = make_face(scene, arkit(), name="Wolf3D_Head")
    for bone, mesh_name in (("LeftEye", "EyeLeft"), ("RightEye", "EyeRight")):
        ball = make_face(scene, arkit(), name=mesh_name, keys=())
        ball.vertex_groups.new(name=bone)
        ball.parent = rig
    face.parent = rig
    links = rig_of(face).links
    assert {link.target for link in links if link.source == "gazeYaw"} == {"LeftEye", "RightEye"}
    assert "eyeLookInLeft" in {link.source for link in links}
    balls = [part for part in rig.children if part.name == "EyeLeft"]
    assert balls
    for name in ("eyeLookInLeft", "eyeLookOutRight"):
        balls[0].shape_key_add(name=name)
    assert "gazeYaw" not in {link.source for link in rig_of(face).links}


@pytest.mark.parametrize("turned", [0.0, 1.1])
def test_eyeballs_without_bones_turn_about_themselves(scene, turned):
    root = bpy.data.objects.new("Hero", None)
    scene.collection.objects.link(root)
    root.rotation_euler.z = turned
    face = make_face(scene, arkit(), name="Head", keys=["jawOpen", "eyeBlinkLeft"])
    balls = {}
    for name, x in (("Eye_L", 0.03), ("Eye_R", -0.03)):
        mesh = bpy.data.meshes.new(name)
        mesh.from_pydata(
            [(0.01, 0, 0), (-0.01, 0, 0), (0, 0.01, 0), (0, -0.01, 0), (0, 0, 0.01), (0, 0, -0.01)],
            [],
            [],
        )
        balls[name] = bpy.data.objects.new(name, mesh)
        scene.collection.objects.link(balls[name])
        balls[name].location = (x, -0.1, 1.6)
        balls[name].parent = root
    face.parent = root
    bpy.context.view_layer.update()
    before = {name: ball.matrix_world.to_3x3() for name, ball in balls.items()}
    links = rig_of(face).links
    pose(links, gazeYaw=0.3)
    for name, ball in balls.items():
        turn = ball.matrix_world.to_3x3() @ before[name].inverted()
        assert turn.to_euler().z == pytest.approx(0.3, abs=1e-3)
    pose(links, gazePitch=0.3)
    ahead = Vector((math.sin(turned), -math.cos(turned), 0))
    for name, ball in balls.items():
        turn = ball.matrix_world.to_3x3() @ before[name].inverted()
        assert (turn @ ahead).z == pytest.approx(math.sin(0.3), abs=1e-3)
