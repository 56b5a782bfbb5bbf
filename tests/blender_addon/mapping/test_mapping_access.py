# SPDX-License-Identifier: GPL-3.0-or-later
"""What can't be keyed is said with its reason; one button mends what a library holds, and it lasts."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien import cast, mapping
from bl_ext.devrepo.mien.mapping import access, editable
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.rigs.links import SHAPE_KEY, TRANSFORM, Link, Pose, Rig
from mapping_studio import make_rig
from studio import make_face

KEYS = ["jawOpen", "mouthClose", "eyeBlinkLeft"]


def build(scene):
    """A rig with a head bone, a face on it, and an own mapping of both on the face."""
    rig = make_rig(scene)
    face = make_face(scene, KEYS)
    face.parent = rig
    links = tuple(Link(name, SHAPE_KEY, face, name) for name in KEYS)
    head = Link("headYaw", TRANSFORM, rig, "head", pose=Pose(rotation=(0, 0, 1)))
    mapping.store(face, Rig("Mine", (*links, head), ()))
    return face, rig


@pytest.fixture
def library(scene, tmp_path):
    collection = bpy.data.collections.new("Character")
    collection.instance_offset = (0.5, 0.25, 0.0)
    for obj in build(scene):
        collection.objects.link(obj)
        scene.collection.objects.unlink(obj)
    scene.collection.children.link(collection)
    path = tmp_path / "hero.blend"
    bpy.data.libraries.write(str(path), {collection}, fake_user=True)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return path


def link(path, kind, name):
    with bpy.data.libraries.load(str(path), link=True) as (_, into):
        setattr(into, kind, [name])
    return getattr(into, kind)[0]


def the_collection(path):
    collection = link(path, "collections", "Character")
    bpy.context.scene.collection.children.link(collection)
    return next(obj for obj in collection.objects if obj.type == "MESH")


def the_object(path):
    face = link(path, "objects", "Hero")
    bpy.context.scene.collection.objects.link(face)
    return face


def an_instance(path):
    empty = bpy.data.objects.new("Hero Instance", None)
    empty.instance_type = "COLLECTION"
    empty.instance_collection = link(path, "collections", "Character")
    empty.location = (3.0, -2.0, 1.0)
    empty.rotation_euler.z = 0.5
    bpy.context.scene.collection.objects.link(empty)
    return empty


def an_override(path):
    face = the_collection(path)
    root = face.users_collection[0].override_hierarchy_create(
        bpy.context.scene, bpy.context.view_layer, do_fully_editable=True
    )
    return next(obj for obj in root.all_objects if obj.type == "MESH")


def an_override_for_the_hierarchy(path):
    """As Blender makes it of what is around the selected object: not for editing."""
    face = the_collection(path)
    root = face.users_collection[0].override_hierarchy_create(
        bpy.context.scene, bpy.context.view_layer, do_fully_editable=False
    )
    return next(obj for obj in root.all_objects if obj.type == "MESH")


WAYS = (the_collection, the_object, an_instance, an_override, an_override_for_the_hierarchy)


def make_editable(target):
    scene = bpy.context.scene
    scene.mien.target = target
    assert bpy.ops.mien.make_editable() == {"FINISHED"}
    return scene.mien.target


def mesh():
    (found,) = [
        obj
        for obj in bpy.data.objects
        if obj.library is None and obj.type == "MESH" and obj.users_scene
    ]
    return found


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_is_held_by_a_library_is_said_and_mended_and_keys_last(library, way, tmp_path):
    target = way(library)
    bpy.context.view_layer.update()
    found = access.report(target)
    assert found.mendable
    if way is not an_instance:
        assert found.blocked
        assert "hero.blend" in " ".join(why for _, why in found.blocked) or (
            "not editable" in " ".join(why for _, why in found.blocked)
        )
    face = make_editable(target)
    assert access.report(face).blocked == ()
    assert not editable.needs(face)
    assert len(access.report(face).keyable) == 4
    assert {x.owner.library for x in mapping.rig_of(face).links} == {None}
    rig = face.parent
    block = face.data.shape_keys.key_blocks["jawOpen"]
    block.value = 0.8
    assert block.keyframe_insert("value", frame=1)
    rig.pose.bones["head"].rotation_mode = "XYZ"
    rig.pose.bones["head"].rotation_euler.x = 0.6
    assert rig.pose.bones["head"].keyframe_insert("rotation_euler", frame=1)
    where = rig.matrix_world.copy()
    path = str(tmp_path / "shot.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.wm.open_mainfile(filepath=path)
    scene = bpy.context.scene
    scene.frame_set(1)
    face = mesh()
    assert scene.mien.target == face
    assert face.data.shape_keys.key_blocks["jawOpen"].value == pytest.approx(0.8)
    assert face.parent.pose.bones["head"].rotation_euler.x == pytest.approx(0.6)
    assert access.report(face).blocked == ()
    assert (face.parent.matrix_world.translation - where.translation).length < 1e-5


def test_an_instance_stands_where_it_stood(library):
    empty = an_instance(library)
    bpy.context.view_layer.update()
    depsgraph = bpy.context.evaluated_depsgraph_get()
    before = {
        instance.object.name: instance.matrix_world.copy()
        for instance in depsgraph.object_instances
        if instance.is_instance
    }
    face = make_editable(empty)
    bpy.context.view_layer.update()
    where = tuple(before["Hero"].translation)
    assert where != (0.0, 0.0, 0.0)
    assert tuple(face.matrix_world.translation) == pytest.approx(where, abs=1e-5)
    assert face.parent.matrix_world.to_euler().z == pytest.approx(0.5, abs=1e-5)
    shown = [x.object.name for x in bpy.context.evaluated_depsgraph_get().object_instances]
    assert shown.count("Hero") == 1


@pytest.mark.parametrize("way", [the_collection, the_object], ids=lambda way: way.__name__)
def test_the_linked_original_is_not_shown_beside_its_override(library, way):
    make_editable(way(library))
    assert not [obj.name for obj in bpy.context.scene.objects if obj.library]


def test_settings_of_every_character_follow(library):
    target = the_collection(library)
    scene = bpy.context.scene
    other = cast.add(scene)
    other.target = other.gaze_object = target
    scene.mien_cast.active = 0
    face = make_editable(target)
    assert (other.target, other.gaze_object) == (face, face)
    assert face.override_library


def test_a_mapping_of_the_shot_follows(library):
    target = the_collection(library)
    mapping.own(target).links[0].gain = 0.25
    face = make_editable(target)
    assert mapping.rig_of(face).links[0].gain == 0.25
    assert {x.owner.library for x in mapping.rig_of(face).links} == {None}


def test_a_local_object_with_a_linked_mesh_is_mended(library):
    face = bpy.data.objects.new("Local", link(library, "meshes", "Hero"))
    bpy.context.scene.collection.objects.link(face)
    found = access.report(face)
    assert len(found.blocked) == len(KEYS)
    assert access.lines(found) == [
        "shape key 'eyeBlinkLeft' of 'Local' and 2 more: its mesh is linked from hero.blend"
    ]
    assert make_editable(face) == face
    assert access.report(face).blocked == ()


def test_a_character_of_this_file_needs_nothing(scene):
    face, _ = build(scene)
    assert access.report(face) == access.Access(mapping.rig_of(face).links, (), mendable=False)
    with pytest.raises(AnimatorError, match="can be edited already"):
        editable.make_editable(face, scene, bpy.context.view_layer)


def test_drivers_locks_and_what_is_gone_are_said(scene):
    face, rig = build(scene)
    keys = face.data.shape_keys.key_blocks
    keys["jawOpen"].driver_add("value")
    rig.pose.bones["head"].lock_rotation = (True, True, True)
    face.shape_key_remove(keys["mouthClose"])
    found = access.report(face)
    assert [x.source for x in found.keyable] == ["eyeBlinkLeft"]
    assert dict(found.blocked) == {
        "shape key 'jawOpen' of 'Hero'": "a driver moves it",
        "shape key 'mouthClose' of 'Hero'": "it is not there any more",
        "bone 'head' of 'Rig'": "it is locked (Item panel, or the bone's Transform panel)",
    }
    assert not found.mendable


def test_a_bone_that_is_locked_in_part_can_be_keyed(scene):
    face, rig = build(scene)
    rig.pose.bones["head"].lock_rotation = (True, False, True)
    rig.pose.bones["head"].lock_location = (True, True, True)
    assert access.report(face).blocked == ()
