# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaze: the angles sent are those of an aim at a known place, seen from the head at rest."""

from __future__ import annotations

import math

import bpy
import mathutils
import numpy as np
import pytest
from bl_ext.devrepo.mien import gaze_track
from bl_ext.devrepo.mien.eyes import eyes_middle
from bl_ext.devrepo.mien.operators import reasons
from bl_ext.devrepo.mien.problems import AnimatorError
from take_studio import key_take, played
from track_studio import HEARD, add_camera, add_object, frames_of

RADIANS = 0.002 + 1e-5
# Where the face's shape keys have its eyes.
EYES = mathutils.Vector((0.0, -0.1, 0.3))
WHERE = {
    # Place of the aim from the eyes, and the pitch and yaw (degrees) at which it is seen.
    "ahead": ((0, -2, 0), 0, 0),
    "to_the_characters_left": ((2, -2, 0), 0, 45),
    "to_the_characters_right": ((-1, -math.sqrt(3), 0), 0, -30),
    "above": ((0, -1, 1), 45, 0),
    "below_and_left": ((1, -1, -math.sqrt(2)), -45, 45),
    "beside": ((3, 0, 0), 0, 90),
}


@pytest.fixture
def eyed(face):
    """The face, with lids that move around two eyes: two vertices each."""
    corners = [(0.04, -0.1, 0.29), (0.04, -0.1, 0.31), (-0.04, -0.1, 0.29), (-0.04, -0.1, 0.31)]
    keys = face.data.shape_keys.key_blocks
    for block in keys:
        for i, corner in enumerate(corners):
            block.data[i].co = corner
    for name, eye in (("eyeBlinkLeft", (0, 1)), ("eyeBlinkRight", (2, 3))):
        for i in eye:
            keys[name].data[i].co.z -= 0.01
    return face


@pytest.fixture
def looking(scene, eyed):
    """A scene whose face looks at an object."""
    scene.mien.target = scene.mien.head_target = eyed
    scene.mien.gaze_aim = "OBJECT"
    scene.mien.gaze_object = add_object(scene)
    return scene


def angles(scene, heard=HEARD):
    """Pitch and yaw (T, 2) in degrees on every heard frame."""
    bpy.context.view_layer.update()
    track = gaze_track.gaze_track(scene.mien, heard)
    seconds = (frames_of(heard) - heard.first_frame) / heard.grid_fps
    columns = [np.interp(seconds, track["time_seconds"], track[name]) for name in ("pitch", "yaw")]
    return np.degrees(np.column_stack(columns))


def test_the_eyes_are_where_the_lids_close(eyed):
    assert eyes_middle(eyed) == pytest.approx(EYES, abs=1e-6)


def test_the_default_heads_eyes_are_in_its_face(scene):
    bpy.ops.mesh.mien_head_add()
    x, y, z = eyes_middle(bpy.context.object)
    assert abs(x) < 0.001
    assert -0.16 < y < -0.08
    assert 0.19 < z < 0.26


def test_without_lids_the_middle_of_the_mesh_sees(scene, face):
    for block in face.data.shape_keys.key_blocks:
        block.data[0].co = (0.0, -0.2, 0.4)
    assert eyes_middle(face) == pytest.approx((0.0, -0.1, 0.2))


@pytest.mark.parametrize("case", WHERE.values(), ids=WHERE.keys())
@pytest.mark.parametrize("turned", [False, True], ids=["plain", "turned"])
def test_an_aim_at_a_known_place_has_known_angles(looking, eyed, case, turned):
    place, pitch, yaw = case
    if turned:
        eyed.location, eyed.rotation_euler, eyed.scale = (5, -3, 2), (0.4, -0.2, 2.5), (2, 2, 2)
        bpy.context.view_layer.update()
    aim = EYES + mathutils.Vector(place)
    looking.mien.gaze_object.location = eyed.matrix_world @ aim
    assert angles(looking)[0] == pytest.approx((pitch, yaw), abs=1e-3)


def test_what_stands_still_is_one_look(looking):
    looking.mien.gaze_object.location = (1, -3, 0.3)
    assert len(gaze_track.gaze_track(looking.mien, HEARD)["time_seconds"]) == 1


def circle(scene, aim, frames=(11, 70), degrees=(-80, 80)):
    """The aim goes around the eyes, in even turns."""
    pivot = add_object(scene, "Pivot", EYES)
    aim.parent, aim.location = pivot, (0, -2, 0)
    for frame, turn in zip(frames, degrees, strict=True):
        pivot.rotation_euler.z = math.radians(turn)
        pivot.keyframe_insert("rotation_euler", frame=frame)
    for curve in curves_of(pivot):
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"


def curves_of(thing):
    action = thing.animation_data.action
    if hasattr(action, "slots"):
        return action.layers[0].strips[0].channelbag(thing.animation_data.action_slot).fcurves
    return action.fcurves


def test_a_moving_aim_is_followed_on_every_frame(looking):
    circle(looking, looking.mien.gaze_object)
    looking.frame_set(40)
    seen = angles(looking)
    assert np.abs(seen[:, 1] - np.linspace(-80, 80, HEARD.frames)).max() < math.degrees(RADIANS)
    assert np.abs(seen[:, 0]).max() < 0.01
    assert looking.frame_current == 40


@pytest.mark.parametrize("how", ["hide_viewport", "hidden_collection"])
def test_an_aim_that_is_switched_off_in_the_viewport_is_followed_too(looking, how):
    circle(looking, looking.mien.gaze_object)
    if how == "hide_viewport":
        looking.mien.gaze_object.hide_viewport = True
        bpy.data.objects["Pivot"].hide_viewport = True
    else:
        collection = bpy.data.collections.new("Off")
        looking.collection.children.link(collection)
        for thing in (looking.mien.gaze_object, bpy.data.objects["Pivot"]):
            looking.collection.objects.unlink(thing)
            collection.objects.link(thing)
        bpy.context.view_layer.layer_collection.children["Off"].exclude = True
    seen = angles(looking)
    assert np.abs(seen[:, 1] - np.linspace(-80, 80, HEARD.frames)).max() < math.degrees(RADIANS)


def test_an_aim_that_passes_behind_the_head_jumps_to_the_other_side(looking):
    circle(looking, looking.mien.gaze_object, degrees=(90, 270))
    yaw = angles(looking)[:, 1]
    expected = (np.linspace(90, 270, HEARD.frames) + 180) % 360 - 180
    assert np.abs(yaw - expected).max() < math.degrees(RADIANS)
    track = gaze_track.gaze_track(looking.mien, HEARD)
    steps = np.abs(np.diff(track["yaw"]))
    assert np.diff(track["time_seconds"])[steps.argmax()] == pytest.approx(0.001, abs=1e-6)


def test_a_moving_head_turns_the_aim_against_it(looking, eyed, neck):
    """The face hangs on another object, which is keyed to turn to its left and back."""
    eyed.parent = neck
    looking.mien.head_target = neck
    looking.mien.gaze_object.location = (0.0, -1000.0, 0.3)
    for frame, turn in ((11, 0), (70, 60)):
        neck.rotation_euler.z = math.radians(turn)
        neck.keyframe_insert("rotation_euler", frame=frame)
    for curve in curves_of(neck):
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"
    yaw = angles(looking)[:, 1]
    assert np.abs(yaw + np.linspace(0, 60, HEARD.frames)).max() < math.degrees(RADIANS) + 0.01


@pytest.mark.parametrize("carried", [False, True], ids=["face", "neck"])
def test_turns_of_an_earlier_take_do_not_count(looking, eyed, neck, performance, carried):
    head = neck if carried else eyed
    if carried:
        eyed.parent = neck
        neck.location.z = -0.5
    looking.mien.head_target = head
    head.delta_rotation_euler = (0.1, 0.0, -0.2)
    looking.mien.gaze_object.location = (0.6, -2.0, 0.9)
    before = angles(looking)[0]
    columns = performance(60)
    columns["headYaw"] = np.full(60, 0.5, np.float32)
    key_take("Line 1", HEARD, columns, eyed, head)
    looking.frame_set(30)
    assert angles(looking) == pytest.approx(np.tile(before, (60, 1)), abs=1e-3)
    assert len(gaze_track.gaze_track(looking.mien, HEARD)["time_seconds"]) == 1


def test_the_camera_is_looked_at_through_its_cuts(looking):
    looking.mien.gaze_aim = "CAMERA"
    first = add_camera(looking, "First", EYES + mathutils.Vector((0, -2, 0)))
    second = add_camera(looking, "Second", EYES + mathutils.Vector((-2, -2, 0)))
    looking.camera = first
    assert angles(looking)[0] == pytest.approx((0, 0), abs=1e-3)
    looking.timeline_markers.new("A", frame=1).camera = first
    looking.timeline_markers.new("B", frame=40).camera = second
    yaw = angles(looking)[:, 1]
    assert yaw == pytest.approx(np.where(frames_of(HEARD) < 40, 0.0, -45.0), abs=1e-3)
    assert looking.camera == first


def test_a_constrained_camera_is_followed(looking):
    looking.mien.gaze_aim = "CAMERA"
    carrier = add_object(looking, "Dolly")
    circle(looking, carrier)
    looking.camera = add_camera(looking, "Camera", (0, 0, 0))
    looking.camera.constraints.new("COPY_LOCATION").target = carrier
    seen = angles(looking)[:, 1]
    assert np.abs(seen - np.linspace(-80, 80, HEARD.frames)).max() < math.degrees(RADIANS)


def test_an_aim_on_a_bone_is_followed(looking):
    """The hand of another character, who is posed by keys on a bone."""
    rig = add_object(looking, "Rig", EYES, bpy.data.armatures.new("Rig"))
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    bone = rig.data.edit_bones.new("Arm")
    bone.head, bone.tail = (0, 0, 0), (0, 0, 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    aim = looking.mien.gaze_object
    aim.parent, aim.parent_type, aim.parent_bone = rig, "BONE", "Arm"
    # A bone's space begins at its tail, with its length as Y and, standing, the world's -Y as Z.
    aim.location = (0, -1, 2)
    posed = rig.pose.bones["Arm"]
    posed.rotation_mode = "XYZ"
    for frame, turn in ((11, -80), (70, 80)):
        posed.rotation_euler.y = math.radians(turn)
        posed.keyframe_insert("rotation_euler", frame=frame)
    for curve in curves_of(rig):
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"
    yaw = angles(looking)[:, 1]
    assert np.abs(yaw - np.linspace(-80, 80, HEARD.frames)).max() < math.degrees(RADIANS) + 0.01


def test_without_an_aim_nothing_is_sent(looking):
    looking.mien.gaze_aim = "FREE"
    assert gaze_track.gaze_track(looking.mien, HEARD) is None


def test_the_worker_reads_the_track(looking):
    from core.gaze_track import GazeTrack

    circle(looking, looking.mien.gaze_object, degrees=(90, 270))
    sent = gaze_track.gaze_track(looking.mien, HEARD)
    assert GazeTrack.from_json(sent).to_json() == sent


MISSING = {
    "no_object": (lambda s: setattr(s.mien, "gaze_object", None), "No object to look at is chosen"),
    "no_camera": (lambda s: setattr(s.mien, "gaze_aim", "CAMERA"), "has no camera to look at"),
}


@pytest.mark.parametrize("case", MISSING.values(), ids=MISSING.keys())
def test_a_missing_aim_is_said_by_the_grey_button(stage, case):
    break_it, words = case
    scene = stage[0]
    scene.mien.gaze_aim, scene.mien.gaze_object = "OBJECT", add_object(scene)
    assert bpy.ops.mien.generate.poll()
    break_it(scene)
    assert words in reasons.why_not_generate(bpy.context)
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.mien.generate()
    with pytest.raises(AnimatorError, match=words):
        gaze_track.gaze_track(scene.mien, HEARD)


def test_a_deleted_aim_counts_only_where_it_is_looked_at(stage):
    scene = stage[0]
    scene.mien.gaze_object = add_object(scene)
    scene.collection.objects.unlink(scene.mien.gaze_object)
    assert bpy.ops.mien.generate.poll()
    scene.mien.gaze_aim = "OBJECT"
    assert "'Aim', which the face looks at, was deleted" in reasons.why_not_generate(bpy.context)


def looked_left(scene, face, aim):
    """How far a take's eyes look to the character's left, frame by frame: out on the left, in on the right."""
    scene.mien.gaze_object.location = aim
    assert bpy.ops.mien.generate() == {"FINISHED"}
    _, values = played(face.data.shape_keys)
    look = [values.get((f'key_blocks["eyeLook{way}Left"].value', 0), 0.0) for way in ("Out", "In")]
    return look[0] - look[1]


def test_a_takes_eyes_follow_the_aim(stage, eyed):
    scene = stage[0]
    settings = scene.mien
    settings.target, settings.head_target = eyed, None
    settings.gaze_aim, settings.gaze_object = "OBJECT", add_object(scene)
    settings.saccade_strength = settings.blink_strength = 0.0
    side = 2.0 * math.tan(math.radians(15.0))
    left = looked_left(scene, eyed, EYES + mathutils.Vector((side, -2.0, 0.0)))
    right = looked_left(scene, eyed, EYES + mathutils.Vector((-side, -2.0, 0.0)))
    assert np.median(left) > 0.15
    assert np.median(right) < -0.15
