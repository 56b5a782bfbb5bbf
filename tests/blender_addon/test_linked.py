# SPDX-License-Identifier: GPL-3.0-or-later
"""Linked and overridden characters: what would be lost on saving is refused before anything happens."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien import apply, take_list
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.strips import StripMap
from studio import differences, dump, make_face
from take_studio import NEAR, key_take

HEARD = StripMap(0.0, 24.0, 11, 60)


@pytest.fixture
def library(scene, arkit_names, tmp_path):
    """A file with a character in a collection."""
    face = make_face(scene, arkit_names)
    collection = bpy.data.collections.new("Character")
    scene.collection.children.link(collection)
    collection.objects.link(face)
    path = tmp_path / "hero.blend"
    bpy.data.libraries.write(str(path), {collection}, fake_user=True)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return path


@pytest.fixture
def linked(library):
    """The character's object, linked into an otherwise empty file."""
    with bpy.data.libraries.load(str(library), link=True) as (_, into):
        into.collections = ["Character"]
    bpy.context.scene.collection.children.link(into.collections[0])
    return into.collections[0].objects[0]


@pytest.fixture
def overridden(linked):
    """The character's object, overridden."""
    root = linked.users_collection[0].override_hierarchy_create(
        bpy.context.scene, bpy.context.view_layer, do_fully_editable=True
    )
    return root.all_objects[0]


def refused(face, performance):
    key = face.data.shape_keys
    before = dump(key)
    with pytest.raises(
        AnimatorError, match=r"linked from hero.blend|override that is not editable"
    ) as caught:
        key_take("Line 1", HEARD, performance(60), face, None)
    assert "Make Editable" in caught.value.advice
    assert differences(before, dump(key)) == []
    assert not bpy.data.actions


def test_a_linked_mesh_is_refused(linked, performance):
    refused(linked, performance)


def test_an_overridden_object_with_a_linked_mesh_is_refused(overridden, performance):
    assert overridden.override_library
    refused(overridden, performance)


def test_an_overridden_mesh_keeps_its_take_after_saving(overridden, performance, tmp_path):
    overridden.data.override_create(remap_local_usages=True)
    columns = performance(60)
    key_take("Line 1", HEARD, columns, overridden, overridden)
    path = tmp_path / "shot.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    face = next(obj for obj in bpy.data.objects if obj.library is None and obj.type == "MESH")
    bpy.context.scene.frame_set(41)
    value = face.data.shape_keys.key_blocks["jawOpen"].value
    assert value == pytest.approx(columns["jawOpen"][30], abs=NEAR)
    assert apply.clear_takes(face, face) == (1, ())
    assert not [action for action in bpy.data.actions if action.name.startswith("Mien")]


def test_a_take_of_the_library_is_left_to_it(scene, arkit_names, performance, tmp_path):
    """Taken off here, it would be back on loading; what is made here goes on top and is cleared alone."""
    hero = make_face(scene, arkit_names)
    collection = bpy.data.collections.new("Character")
    scene.collection.children.link(collection)
    collection.objects.link(hero)
    columns = performance(60)
    key_take("Line 0", HEARD, dict.fromkeys(columns, 0.5 * columns["jawOpen"]), hero, None)
    path = tmp_path / "hero.blend"
    bpy.data.libraries.write(str(path), {collection}, fake_user=True)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(path), link=True) as (_, into):
        into.collections = ["Character"]
    bpy.context.scene.collection.children.link(into.collections[0])
    root = into.collections[0].override_hierarchy_create(
        bpy.context.scene, bpy.context.view_layer, do_fully_editable=True
    )
    face = root.all_objects[0]
    face.data.override_create(remap_local_usages=True)
    before = dump(face.data.shape_keys)
    settings = bpy.context.scene.mien
    settings.target = face
    assert take_list.listed(settings, "Line 0") == []
    assert apply.clear_takes(face, None) == (0, ())
    key_take("Line 0", HEARD, columns, face, None)
    bpy.context.scene.frame_set(41)
    value = face.data.shape_keys.key_blocks["jawOpen"].value
    assert value == pytest.approx(columns["jawOpen"][30], abs=NEAR)
    assert apply.clear_takes(face, None) == (1, ())
    bpy.context.scene.frame_set(1)
    tracks = differences(before, dump(face.data.shape_keys))
    assert [place for place, *_ in tracks if "nla_tracks" in place] == []
