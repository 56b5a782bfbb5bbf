# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate with nothing chosen: the only sensible strip and face, asked for where there are more."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import cast, defaults
from bl_ext.devrepo.mien.operators import reasons
from bl_ext.devrepo.mien.problems import AnimatorError
from studio import add_sound, make_face

SKULL = [(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (0, 2)]


def add_mesh(scene, name, size=1.0, at=(0.0, 0.0, 0.0)):
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([tuple(size * x for x in corner) for corner in SKULL], [], [])
    thing = bpy.data.objects.new(name, mesh)
    thing.location = at
    scene.collection.objects.link(thing)
    return thing


def move_face(face, height):
    """Stand the face's points on a body of `height`, and let its keys move the upper 1.0 of it."""
    blocks = face.data.shape_keys.key_blocks
    resting = np.array([(x, y, height * z / 2) for x, y, z in SKULL], np.float32)
    # A row of points for the chin, one under the top.
    resting[::2, 2] = height - 1.0
    resting[0, 2] = 0.0
    for block in blocks:
        moved = resting.copy()
        if block.name == "jawOpen":
            moved[2:] += 0.1
        block.data.foreach_set("co", moved.ravel())
    face.data.vertices.foreach_set("co", resting.ravel())
    face.data.update()


def decide(scene):
    return defaults.decide(bpy.context, scene.mien)


def test_the_only_strip_and_the_only_face_speak(scene, face, recording):
    strip = add_sound(scene, recording)
    scene.sequence_editor.active_strip = None
    add_mesh(scene, "Table", at=(9, 9, 9))
    choice = decide(scene)
    assert (choice.strip, choice.face) == (strip, face)
    assert scene.mien.target is None
    assert reasons.why_not_generate(bpy.context) == ""


def test_one_press_makes_the_take_and_shows_what_was_chosen(scene, face, recording):
    add_sound(scene, recording)
    assert bpy.ops.mien.generate() == {"FINISHED"}
    assert scene.mien.target == face
    assert scene.mien.strip_name == ""
    assert "Keyed 'Line 1'" in bpy.context.window_manager.mien.done


def test_the_next_click_on_another_strip_speaks_that_one(scene, face, recording):
    add_sound(scene, recording)
    second = add_sound(scene, recording, name="Line 2", frame=400, channel=2)
    assert decide(scene).strip == second
    scene.sequence_editor.active_strip = None
    with pytest.raises(AnimatorError, match="there are 2 in scene"):
        decide(scene)
    second.mute = True
    assert decide(scene).strip.name == "Line 1"


def test_two_faces_are_asked_about_and_the_active_one_answers(scene, face, recording, arkit_names):
    add_sound(scene, recording)
    other = make_face(scene, arkit_names, "Other")
    assert "there are 2 faces in this scene: Hero, Other" in reasons.why_not_generate(bpy.context)
    with pytest.raises(RuntimeError, match="Select one, or choose it under Face"):
        bpy.ops.mien.generate()
    assert scene.mien.target is None
    bpy.context.view_layer.objects.active = other
    assert decide(scene).face == other


def test_a_face_of_another_character_is_not_taken_again(scene, face, recording, arkit_names):
    add_sound(scene, recording)
    scene.mien.target = face
    other = make_face(scene, arkit_names, "Other")
    bpy.context.view_layer.objects.active = face
    assert defaults.decide(bpy.context, cast.add(scene)).face == other


def test_parts_on_one_parent_are_one_character(scene, face, recording, arkit_names):
    add_sound(scene, recording)
    root = bpy.data.objects.new("Root", None)
    scene.collection.objects.link(root)
    teeth = make_face(scene, arkit_names[:20], "Teeth")
    face.parent = teeth.parent = root
    assert decide(scene).face == face


def test_a_cast_under_one_empty_is_not_one_character(scene, face, recording, arkit_names):
    add_sound(scene, recording)
    root = bpy.data.objects.new("Cast", None)
    scene.collection.objects.link(root)
    for name in ("Anna", "Bob"):
        rig = bpy.data.objects.new(f"{name} rig", bpy.data.armatures.new(name))
        scene.collection.objects.link(rig)
        rig.parent = root
        make_face(scene, arkit_names, name).parent = rig
    bpy.data.objects.remove(face)
    assert [each.name for each in defaults.faces_in(scene.objects)] == ["Anna", "Bob"]


def test_a_prop_with_a_key_or_two_is_no_face(scene, recording):
    add_sound(scene, recording)
    make_face(scene, ["jawOpen", "Key 2"], "Nutcracker")
    with pytest.raises(AnimatorError, match="recognises none in this scene"):
        decide(scene)


def test_a_head_alone_turns_and_the_mien_head_too(scene, face):
    move_face(face, height=2.0)
    assert defaults.turning_head(scene, face) == face
    bpy.ops.mesh.mien_head_add()
    head = bpy.context.object
    head.location = (9, 9, 9)
    bpy.context.view_layer.update()
    assert defaults.turning_head(scene, head) == head


def stop_by_body(scene, face):
    move_face(face, height=8.0)


def stop_by_rig(scene, face):
    face.modifiers.new("Armature", "ARMATURE")


def stop_by_parent(scene, face):
    face.parent = add_mesh(scene, "Body", at=(0, 0, -9))


def stop_by_eye(scene, face):
    add_mesh(scene, "Eye", size=0.1, at=(0, 0, 1))


def stop_by_rotation(scene, face):
    face.rotation_mode = "QUATERNION"


@pytest.mark.parametrize(
    "stop", [stop_by_body, stop_by_rig, stop_by_parent, stop_by_eye, stop_by_rotation]
)
def test_what_would_tear_or_carry_a_body_along_does_not_turn(stop, scene, face):
    move_face(face, height=2.0)
    stop(scene, face)
    bpy.context.view_layer.update()
    assert defaults.turning_head(scene, face) is None


def test_an_eye_that_hangs_on_the_head_turns_along(scene, face):
    move_face(face, height=2.0)
    add_mesh(scene, "Eye", size=0.1, at=(0, 0, 1)).parent = face
    bpy.context.view_layer.update()
    assert defaults.turning_head(scene, face) == face


def test_a_script_says_what_it_wants_for_this_take_alone(scene, face, recording, arkit_names):
    add_sound(scene, recording)
    add_sound(scene, recording, name="Line 2", frame=400, channel=2)
    scene.mien.target = face
    member = cast.add(scene)
    member.character_name, member.target = "Bob", make_face(scene, arkit_names, "Other")
    scene.mien_cast.active = 0
    before = {name: getattr(member, name) for name in ("emotion", "intensity", "seed")}
    done = bpy.ops.mien.generate(character=1, strip="Line 1", emotion="sad", intensity=0.7, seed=9)
    assert done == {"FINISHED"}
    assert "Keyed 'Line 1'" in bpy.context.window_manager.mien.done
    assert {name: getattr(member, name) for name in before} == before
    assert face.data.shape_keys.animation_data is None
    with pytest.raises(RuntimeError, match="There is no character 7"):
        bpy.ops.mien.generate(character=7)


def test_buttons_in_the_panels_are_judged_by_what_is_chosen(scene, face):
    for area in bpy.context.window.screen.areas:
        if area.type == "VIEW_3D":
            break
    region = next(region for region in area.regions if region.type == "UI")
    with bpy.context.temp_override(area=area, region=region):
        assert reasons.asked_by_a_panel(bpy.context)
        assert not bpy.ops.mien.generate.poll()
    assert bpy.ops.mien.generate.poll()
