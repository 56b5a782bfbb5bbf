# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to a character, and what a rig of several meshes drives."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien.rigs.parts import parts_of
from rig_families import FAMILIES, arkit, plain
from rig_skeletons import SKELETONS, make_skeleton
from rig_studio import make_face, rig_of


def add_mesh(scene, name, keys=("jawOpen",)):
    return make_face(scene, plain("", list(keys), ()), name=name)


def bind(mesh, rig):
    mesh.modifiers.new("Armature", "ARMATURE").object = rig


@pytest.fixture
def character(scene):
    """Head by modifier, teeth by parent, brows on the head, beside a body that is not a face."""
    rig, _ = make_skeleton(scene, SKELETONS["plain"], name="Hero")
    head = make_face(scene, arkit(), name="Head")
    bind(head, rig)
    teeth, tongue, brows = (
        add_mesh(scene, name, keys)
        for name, keys in (
            ("Teeth", ["jawOpen"]),
            ("Tongue", ["tongueOut", "jawOpen"]),
            ("Brows", ["browInnerUp"]),
        )
    )
    teeth.parent = tongue.parent = rig
    brows.parent = head
    return rig, head, teeth, tongue, brows


def owners(rig, source):
    return {link.owner.name for link in rig.links if link.source == source}


def test_any_of_its_objects_stands_for_the_character(character):
    for target in character:
        assert set(parts_of(target)) == set(character), target.name
        rig = rig_of(target)
        assert owners(rig, "jawOpen") == {"Head", "Teeth", "Tongue"}
        assert owners(rig, "browInnerUp") == {"Head", "Brows"}
        assert owners(rig, "headYaw") == {"Hero"}


def test_another_character_of_the_scene_is_left_alone(scene, character):
    other, _ = make_skeleton(scene, SKELETONS["plain"], name="Other")
    face = make_face(scene, arkit(), name="Other head")
    bind(face, other)
    assert set(parts_of(face)) == {other, face}
    assert set(parts_of(character[1])) == set(character)


def test_an_empty_that_carries_two_characters_joins_neither(scene, character):
    stage = bpy.data.objects.new("Stage", None)
    scene.collection.objects.link(stage)
    other, _ = make_skeleton(scene, SKELETONS["plain"], name="Other")
    face = add_mesh(scene, "Other head")
    face.parent = other
    character[0].parent = other.parent = stage
    assert set(parts_of(face)) == {other, face}
    assert set(parts_of(character[2])) == set(character)


def test_meshes_under_one_empty_are_a_character(scene):
    root = bpy.data.objects.new("Hero", None)
    scene.collection.objects.link(root)
    head, teeth = (add_mesh(scene, name) for name in ("Head", "Teeth"))
    head.parent = teeth.parent = root
    assert set(parts_of(teeth)) == {root, head, teeth}
    assert owners(rig_of(root), "jawOpen") == {"Head", "Teeth"}


def test_what_no_scene_shows_does_not_count_and_what_is_hidden_does(scene, character):
    _, head, teeth, tongue, _ = character
    scene.collection.objects.unlink(teeth)
    tongue.hide_viewport = True
    tongue.hide_set(state=True)
    assert owners(rig_of(head), "jawOpen") == {"Head", "Tongue"}
    bpy.data.objects.remove(tongue)
    assert owners(rig_of(head), "jawOpen") == {"Head"}


def test_a_mesh_that_stands_alone(scene):
    face = add_mesh(scene, "Head")
    assert parts_of(face) == (face,)
    assert owners(rig_of(face), "jawOpen") == {"Head"}


def test_the_same_key_spelled_twice_on_a_mesh_is_driven_once(scene):
    face = add_mesh(scene, "Head", ["jaw_open", "jawOpen", "JAWOPEN"])
    assert [link.target for link in rig_of(face).links] == ["jawOpen"]


def test_each_mesh_is_driven_in_its_own_spelling(scene):
    root = bpy.data.objects.new("Hero", None)
    scene.collection.objects.link(root)
    for name, keys in (
        ("Head", ["jawOpen"]),
        ("Teeth", ["teeth:JawOpen"]),
        ("Beard", ["jaw_open"]),
    ):
        add_mesh(scene, name, keys).parent = root
    links = [link for link in rig_of(root).links if link.source == "jawOpen"]
    assert {(link.owner.name, link.target) for link in links} == {
        ("Head", "jawOpen"),
        ("Teeth", "teeth:JawOpen"),
        ("Beard", "jaw_open"),
    }


def test_speech_by_visemes_goes_with_brows_by_channels(scene):
    keys = [*FAMILIES["MPFB visemes02"]["keys"], "eyeBlinkLeft", "eyeBlinkRight", "browInnerUp"]
    rig = rig_of(add_mesh(scene, "Head", keys))
    assert rig.family == "Oculus visemes + ARKit"
    sources = {link.source for link in rig.links}
    assert {"viseme_aa", "eyeBlinkLeft", "browInnerUp"} <= sources


def test_channels_for_the_whole_mouth_leave_visemes_alone(scene, arkit_names):
    keys = [*FAMILIES["MPFB visemes02"]["keys"], *arkit_names]
    rig = rig_of(add_mesh(scene, "Head", keys))
    assert {link.source for link in rig.links} == set(arkit_names)


def test_a_rig_that_nobody_knows_has_no_links(scene, arkit_names):
    rig = rig_of(add_mesh(scene, "Head", ["Nose Bigger", "muscles", "thin"]))
    assert (rig.family, rig.links) == ("Unknown", ())
    assert rig.missing == tuple(arkit_names)


def test_faces_on_absolute_keys_are_no_rigs(scene):
    face = add_mesh(scene, "Head")
    face.data.shape_keys.use_relative = False
    assert rig_of(face).links == ()


def test_the_mien_head_is_found_and_moves_by_its_own_file():
    from rig_studio import wrong_sides_of_geometry

    bpy.ops.mesh.mien_head_add()
    head = bpy.context.object
    rig = rig_of(head)
    assert (rig.family, rig.missing) == ("ARKit", ())
    assert wrong_sides_of_geometry(head, rig) == []
