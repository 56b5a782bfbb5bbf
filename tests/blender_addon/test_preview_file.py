# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview writes nothing to the file: not by saving, undo, loading, nor by ending in any way."""

from __future__ import annotations

import sys

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import jobs, mapping, preview, preview_handlers, preview_mark
from bl_ext.devrepo.mien.preview_mark import MARK
from bl_ext.devrepo.mien.rigs.links import Link, Pose, Rig
from preview_studio import at_frames, settle, started
from studio import PACKAGE, differences, dump, state
from take_studio import animate

FRAMES = (40, 101, 150)
HANDLERS = ("frame_change_pre", "save_pre", "save_post", "load_pre")


def key_of(face):
    return face.data.shape_keys


def hung():
    """Names of the preview's handlers that Blender would call."""
    own = preview_handlers.__name__
    return {
        name
        for name in dir(bpy.app.handlers)
        for function in [getattr(bpy.app.handlers, name)]
        if isinstance(function, list) and any(each.__module__ == own for each in function)
    }


def values(face):
    return [block.value for block in key_of(face).key_blocks[1:]]


def test_everything_at_once_leaves_not_a_byte(stage, tmp_path):
    scene, _, face = stage
    key_of(face).key_blocks["browInnerUp"].value = 0.123
    face["own"] = "the animator's"
    scene.frame_set(5)
    bpy.ops.ed.undo_push(message="before")
    before = state(face)
    started(scene)
    for frame in (30, 90, 200, 5):
        scene.frame_set(frame)
    scene.mien.intensity = 0.4
    settle()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    assert preview.is_on()
    scene.mien.emotion = "sad"
    bpy.ops.ed.undo_push(message="slider")
    settle()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    scene = bpy.context.scene
    assert preview.is_on(scene.mien)
    settle()
    bpy.ops.ed.undo_push(message="after loading")
    scene.mien.intensity = 0.7
    settle()
    bpy.ops.ed.undo_push(message="slider again")
    bpy.ops.ed.undo()
    scene = bpy.context.scene
    assert preview.is_on(scene.mien)
    settle()
    scene.frame_set(5)
    bpy.ops.mien.preview()
    face = scene.mien.target
    assert differences(before, state(face)) == []
    assert list(key_of(face).keys()) == []
    assert "own" in face
    assert MARK not in face
    assert not hung() & set(HANDLERS)


def test_a_saved_file_holds_nothing_of_it(stage, tmp_path):
    scene, _, face = stage
    bpy.ops.mien.generate()
    key_of(face).key_blocks["browInnerUp"].value = 0.25
    scene.frame_set(60)
    before = state(face)
    scene.mien.emotion = "sad"
    started(scene)
    scene.frame_set(60)
    shown = values(face)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "copy.blend"), copy=True)
    assert preview.is_on()
    assert values(face) == shown
    assert MARK in key_of(face)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "copy.blend"))
    assert not preview.is_on()
    saved = bpy.context.scene.mien.target
    assert MARK not in key_of(saved)
    bpy.context.scene.frame_set(60)
    assert differences(before, state(saved)) == []


def test_a_failed_save_brings_the_preview_back(stage, tmp_path):
    if not hasattr(bpy.app.handlers, "save_post_fail"):
        pytest.skip("this Blender does not tell of failed saves")
    scene, _, face = stage
    started(scene)
    scene.frame_set(101)
    shown = values(face)
    with pytest.raises(RuntimeError):
        bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "nowhere" / "a.blend"))
    assert values(face) == shown


def test_undo_and_redo_keep_the_preview_and_the_animators_work(stage):
    scene, _, face = stage
    bpy.ops.ed.undo_push(message="start")
    started(scene)
    scene.frame_set(101)
    before_slider = values(face)
    bpy.ops.ed.undo_push(message="moved on")
    scene.mien.emotion = "sad"
    settle()
    after_slider = values(face)
    bpy.ops.ed.undo_push(message="sad")
    bpy.ops.ed.undo()
    scene = bpy.context.scene
    face = scene.mien.target
    assert scene.mien.emotion == "happy"
    assert preview.is_on(scene.mien)
    settle()
    assert values(face) == pytest.approx(before_slider, abs=2e-3)
    bpy.ops.ed.redo()
    scene = bpy.context.scene
    face = scene.mien.target
    assert scene.mien.emotion == "sad"
    settle()
    assert values(face) == pytest.approx(after_slider, abs=2e-3)
    bpy.ops.mien.preview()
    assert max(values(face)) == 0.0


def test_steps_made_in_mid_preview_are_mended_after_it(stage):
    scene, _, face = stage
    bpy.ops.mien.generate()
    scene.frame_set(101)
    bpy.ops.ed.undo_push(message="before")
    before = state(face)
    scene.mien.emotion = "sad"
    started(scene)
    bpy.ops.ed.undo_push(message="in mid-preview")
    bpy.ops.mien.preview()
    scene.mien.seed = 8
    bpy.ops.ed.undo_push(message="after")
    bpy.ops.ed.undo()
    scene = bpy.context.scene
    face = scene.mien.target
    assert not preview.is_on()
    assert MARK not in key_of(face)
    assert differences(before, state(face)) == []


def test_a_file_left_by_an_autosave_is_mended_when_it_is_opened(stage, tmp_path):
    scene, _, face = stage
    animate(key_of(face), 'key_blocks["tongueOut"].value', 0.25)
    bpy.ops.mien.generate()
    scene.frame_set(101)
    before = state(face)
    scene.mien.emotion = "sad"
    started(scene)
    # Autosaves call no handlers.
    handlers = [bpy.app.handlers.save_pre, bpy.app.handlers.save_post]
    kept = [list(chain) for chain in handlers]
    for chain in handlers:
        chain.clear()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "auto.blend"), copy=True)
    for chain, functions in zip(handlers, kept, strict=True):
        chain.extend(functions)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "auto.blend"))
    saved = bpy.context.scene.mien.target
    assert MARK not in key_of(saved)
    assert differences(before, state(saved)) == []


def test_another_file_ends_it(stage, tmp_path):
    scene, _, _ = stage
    started(scene)
    folder = preview._current[0].sound.folder
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert not preview.is_on()
    assert not folder.exists()
    assert not hung() & set(HANDLERS)
    assert preview.pump() is False


def test_a_deleted_face_ends_it(stage):
    scene, _, face = stage
    key = key_of(face)
    started(scene)
    scene.frame_set(101)
    scene.collection.objects.unlink(face)
    preview.pump()
    assert not preview.is_on()
    assert "was deleted" in bpy.context.window_manager.mien.done
    assert max(block.value for block in key.key_blocks[1:]) == 0.0
    assert MARK not in key


def test_a_face_that_is_gone_altogether_ends_it(stage):
    scene, _, face = stage
    started(scene)
    mesh = face.data
    bpy.data.objects.remove(face)
    bpy.data.meshes.remove(mesh)
    scene.frame_set(60)
    preview.pump()
    assert not preview.is_on()


def test_a_scene_that_is_gone_ends_it(stage):
    scene, _, face = stage
    other = bpy.data.scenes.new("Other")
    started(scene)
    bpy.context.window.scene = other
    bpy.data.scenes.remove(scene)
    preview.pump()
    assert not preview.is_on()
    assert max(values(face)) == 0.0


def test_a_strip_that_is_gone_ends_it(stage):
    scene, strip, face = stage
    started(scene)
    editor = scene.sequence_editor
    (editor.strips if hasattr(editor, "strips") else editor.sequences).remove(strip)
    preview.pump()
    assert not preview.is_on()
    assert max(values(face)) == 0.0


def test_another_scene_in_the_window_leaves_it_alone(stage):
    scene, _, face = stage
    started(scene)
    scene.frame_set(101)
    shown = values(face)
    other = bpy.data.scenes.new("Other")
    bpy.context.window.scene = other
    other.frame_set(33)
    preview.pump()
    assert values(face) == shown
    assert preview.is_on(scene.mien)


def test_disabling_the_add_on_ends_it(stage):
    scene, _, face = stage
    scene.frame_set(5)
    before = dump(key_of(face))
    started(scene)
    scene.frame_set(101)
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    try:
        assert differences(before, dump(key_of(face))) == []
        assert MARK not in face
        assert not hung()
    finally:
        bpy.ops.preferences.addon_enable(module=PACKAGE)
        assert sys.modules[PACKAGE]


def test_when_nothing_can_be_shown_nothing_is_touched(stage):
    scene, _, face = stage
    for block in key_of(face).key_blocks[1:]:
        block.keyframe_insert("value", frame=1)
    scene.mien.head_target = None
    before = state(face)
    with pytest.raises(RuntimeError, match="already animated by you"):
        bpy.ops.mien.preview()
    assert differences(before, state(face)) == []
    assert not preview.is_on()


@pytest.fixture
def puppet(scene):
    """An armature with a jaw and a head bone, and a property that an animator's panel shows."""
    armature = bpy.data.armatures.new("Rig")
    rig = bpy.data.objects.new("Rig", armature)
    scene.collection.objects.link(rig)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    for place, name in enumerate(("jaw", "skull")):
        bone = armature.edit_bones.new(name)
        bone.head, bone.tail = (place, 0, 0), (place, 0, 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    rig.pose.bones["jaw"].rotation_mode = "XYZ"
    rig.pose.bones["jaw"].rotation_euler.x = 0.1
    rig.pose.bones["jaw"].location.y = 0.5
    rig["smile"] = 0.0
    rig["mouth"] = 3
    return rig


def test_bones_and_properties_move_and_come_back(stage, puppet):
    scene, _, face = stage
    links = (
        Link("jawOpen", "TRANSFORM", puppet, "jaw", pose=Pose(rotation=(0.6, 0.0, 0.0))),
        Link("headYaw", "TRANSFORM", puppet, "skull", pose=Pose(rotation=(0.0, 0.0, 1.0))),
        Link("mouthSmileLeft", "PROPERTY", puppet, '["smile"]', weight=0.5),
        Link("mouth_X", "PROPERTY", puppet, '["mouth"]', weight=5.0, high=9.0, stepped=True),
        Link("jawOpen", "SHAPE_KEY", face, "jawOpen"),
    )
    mapping.store(puppet, Rig("Own", links, ()))
    scene.mien.target, scene.mien.head_target = puppet, None
    pose = puppet.pose.bones
    before = state(face)
    started(scene)
    jaw, smile, mouth, keys = [], [], [], []
    for frame in range(20, 284):
        scene.frame_set(frame)
        jaw.append(pose["jaw"].rotation_euler.x)
        smile.append(puppet["smile"])
        mouth.append(puppet["mouth"])
        keys.append(key_of(face).key_blocks["jawOpen"].value)
    assert np.allclose(np.array(jaw) - 0.1, 0.6 * np.array(keys), atol=1e-5)
    assert np.ptp(keys) > 0.1
    assert np.ptp(smile) > 0.02
    assert set(mouth) == {0, 5}
    assert pose["jaw"].location.y == 0.5
    assert pose["skull"].rotation_quaternion.z != 0.0
    scene.frame_set(1)
    bpy.ops.mien.preview()
    assert pose["jaw"].rotation_euler.x == np.float32(0.1)
    assert list(pose["skull"].rotation_quaternion) == [1.0, 0.0, 0.0, 0.0]
    assert (puppet["smile"], puppet["mouth"]) == (0.0, 3)
    assert MARK not in puppet
    assert differences(before, state(face)) == []


def test_linked_characters_move_and_say_that_they_cannot_be_keyed(stage, arkit_names, tmp_path):
    from studio import make_face

    scene, _, _ = stage
    library = tmp_path / "library.blend"
    other = make_face(scene, arkit_names, "Guest")
    bpy.data.libraries.write(str(library), {other})
    mesh = other.data
    bpy.data.objects.remove(other)
    bpy.data.meshes.remove(mesh)
    with bpy.data.libraries.load(str(library), link=True) as (_, wanted):
        wanted.objects = ["Guest"]
    guest = wanted.objects[0]
    scene.collection.objects.link(guest)
    scene.mien.target, scene.mien.head_target = guest, None
    told = started(scene)
    assert told.not_saved == (key_of(guest).name,)
    shown = at_frames(scene, guest, FRAMES)
    assert np.ptp(shown, axis=0).max() > 0.2
    bpy.ops.mien.preview()
    scene.frame_set(1)
    assert max(values(guest)) == 0.0


def test_mending_finds_nothing_in_a_clean_file(stage):
    assert preview_mark.mend() == 0
    assert jobs.is_running() is False
