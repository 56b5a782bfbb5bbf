# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's mapping: recognised until it is changed, then its own, wherever the character goes."""

from __future__ import annotations

from dataclasses import replace

import bpy
import pytest
from bl_ext.devrepo.mien import mapping
from bl_ext.devrepo.mien.mapping import data
from bl_ext.devrepo.mien.rigs.links import MAXIMUM, PROPERTY, TRANSFORM, Link, Pose, Rig
from studio import make_face

# Numbers that 32-bit storage keeps exactly.
POSE = Pose((0.25, -0.5, 1.0), (0.125, 0.0, -0.75), (0.0, 0.5, 0.0))


@pytest.fixture
def armature(scene):
    owner = bpy.data.objects.new("Rig", bpy.data.armatures.new("Rig"))
    scene.collection.objects.link(owner)
    return owner


@pytest.fixture
def mapped(face, armature):
    """The face with a mapping of its own, of every kind."""
    links = (
        Link("jawOpen", TRANSFORM, armature, "jaw", weight=0.5, gain=2.0, pose=POSE),
        Link(
            "mouthClose",
            PROPERTY,
            face,
            '["shut"]',
            1,
            0.75,
            1.0,
            0.25,
            -2.0,
            3.0,
            MAXIMUM,
            stepped=True,
        ),
    )
    mapping.store(face, Rig("Mine", links, ()))
    return face, links


def reopened(path):
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.wm.open_mainfile(filepath=str(path))


def only(kind):
    return next(obj for obj in bpy.data.objects if obj.library is None and obj.type == kind)


def override(folder, names):
    with bpy.data.libraries.load(str(folder), link=True) as (_, into):
        into.collections = names
    root = into.collections[0]
    bpy.context.scene.collection.children.link(root)
    return root.override_hierarchy_create(
        bpy.context.scene, bpy.context.view_layer, do_fully_editable=True
    )


def test_what_is_recognised_is_not_stored(face):
    rig = mapping.rig_of(face)
    assert len(rig.links) == 52
    assert {link.owner for link in rig.links} == {face}
    assert not mapping.has_own(face)
    assert not face.mien_rig.links


def test_an_object_without_anything_known_has_no_links(armature):
    assert mapping.rig_of(armature).links == ()
    assert len(mapping.rig_of(armature).missing) == 52


def test_a_stored_mapping_is_read_back_whole(mapped):
    face, links = mapped
    rig = mapping.rig_of(face)
    assert rig.links == links
    assert rig.family == "Mine"
    assert len(rig.missing) == 50
    assert not {"jawOpen", "mouthClose"} & set(rig.missing)


def test_the_first_change_begins_with_what_is_recognised(face):
    recognised = mapping.rig_of(face)
    place = mapping.own(face)
    assert mapping.rig_of(face) == recognised
    place.links[0].gain = 0.0
    assert mapping.rig_of(face).missing == (place.links[0].source,)
    assert mapping.own(face) == place
    mapping.forget(face)
    assert mapping.rig_of(face) == recognised


def test_an_emptied_mapping_stays_empty(face):
    mapping.own(face).links.clear()
    assert mapping.rig_of(face).links == ()


def test_links_switched_off_or_without_their_object_are_left_out(mapped, armature):
    face, links = mapped
    face.mien_rig.links[1].enabled = False
    assert mapping.rig_of(face).links == links[:1]
    bpy.data.objects.remove(armature)
    assert mapping.rig_of(face).links == ()


def test_a_mapping_is_saved_with_the_file(mapped, tmp_path):
    _, links = mapped
    reopened(tmp_path / "hero.blend")
    face = only("MESH")
    owners = {"Rig": only("ARMATURE"), "Hero": face}
    expected = [replace(link, owner=owners[name]) for link, name in zip(links, owners, strict=True)]
    assert list(mapping.rig_of(face).links) == expected


@pytest.fixture
def library(mapped, scene, tmp_path):
    """A file with the mapped character in a collection."""
    collection = bpy.data.collections.new("Character")
    scene.collection.children.link(collection)
    for obj in list(scene.collection.objects):
        collection.objects.link(obj)
    path = tmp_path / "library.blend"
    bpy.data.libraries.write(str(path), {collection}, fake_user=True)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return path


def test_an_overridden_character_brings_its_mapping_along(library, tmp_path):
    root = override(library, ["Character"])
    face = next(obj for obj in root.all_objects if obj.type == "MESH")
    for again in (False, True):
        if again:
            reopened(tmp_path / "shot.blend")
            face = only("MESH")
        rig = mapping.rig_of(face)
        assert [link.source for link in rig.links] == ["jawOpen", "mouthClose"]
        assert all(link.owner.library is None for link in rig.links)
    assert mapping.own(face).id_data == bpy.context.scene


def test_an_overridden_character_can_be_mapped_in_the_shot(library, tmp_path):
    root = override(library, ["Character"])
    face = next(obj for obj in root.all_objects if obj.type == "MESH")
    place = mapping.own(face)
    place.links.remove(0)
    place.links[0].gain = 3.0
    reopened(tmp_path / "shot.blend")
    (link,) = mapping.rig_of(only("MESH")).links
    assert (link.source, link.gain) == ("mouthClose", 3.0)
    assert link.owner == only("MESH")


def test_an_overridden_character_without_a_mapping_can_be_mapped(scene, tmp_path):
    """Blender 5 loses a group of settings that the library has not got, when stored on the override."""
    collection = bpy.data.collections.new("Character")
    collection.objects.link(make_face(scene, ["jawOpen", "mouthClose"]))
    path = tmp_path / "library.blend"
    bpy.data.libraries.write(str(path), {collection}, fake_user=True)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    root = override(path, ["Character"])
    mapping.own(root.all_objects[0]).links[0].gain = 2.0
    reopened(tmp_path / "shot.blend")
    assert [link.gain for link in mapping.rig_of(only("MESH")).links] == [2.0, 1.0]


def test_a_mapping_in_the_shot_goes_with_its_character(library):
    root = override(library, ["Character"])
    face = next(obj for obj in root.all_objects if obj.type == "MESH")
    mapping.own(face)
    bpy.data.objects.remove(face)
    other = make_face(bpy.context.scene, ["jawOpen"])
    mapping.own(other)
    linked = next(obj for obj in bpy.data.objects if obj.library)
    data.new_place(linked)
    assert [place.target for place in bpy.context.scene.mien_rigs] == [linked]


def test_every_setting_tells_what_it_does():
    for group in (data.MienLink, data.MienRig):
        for prop in group.bl_rna.properties:
            if prop.identifier not in {"rna_type", "name"}:
                assert prop.description, prop.identifier
