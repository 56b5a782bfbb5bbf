# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawn mouths: shape keys, objects, layers and frames, of which one shows at a time."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien.rigs.sources import MOUTHS
from rig_families import plain
from rig_studio import make_face, pose, rig_of

LETTERS = "ABCDEFGHX"
PRESTON = {
    "A": "MBP",
    "B": "etc",
    "C": "E",
    "D": "AI",
    "E": "O",
    "F": "U",
    "G": "FV",
    "H": "L",
    "X": "rest",
}
BASIC = {letter: letter for letter in "ABCDEF"} | {"G": "A", "H": "C", "X": "A"}
WORDS = {
    "letters": {letter: letter for letter in LETTERS},
    "mouth_A": {letter: f"mouth_{letter}" for letter in LETTERS},
    "Mouth A": {letter: f"Mouth {letter}" for letter in LETTERS},
    "lower case": {letter: f"mouth.{letter.lower()}" for letter in LETTERS},
    "six of them": {letter: f"mouth_{name}" for letter, name in BASIC.items()},
    "Preston Blair": PRESTON,
    "Preston Blair, Moho": {letter: f"phoneme_{name}" for letter, name in PRESTON.items()},
}


@pytest.fixture(params=WORDS, ids=str)
def names(request):
    return WORDS[request.param]


def test_shape_keys(scene, names):
    face = make_face(scene, plain("", list(dict.fromkeys(names.values())), ()))
    rig = rig_of(face)
    assert rig.family in {"Rhubarb mouths", "Preston Blair mouths"}
    assert {link.source for link in rig.links} == set(MOUTHS)
    assert all(link.stepped for link in rig.links)
    for letter in LETTERS:
        pose(rig.links, **{f"mouth_{letter}": 1.0})
        shown = {key.name for key in face.data.shape_keys.key_blocks[1:] if key.value > 0.5}
        assert shown == {names[letter]}


def make_mouths(scene, names):
    root = bpy.data.objects.new("Puppet", None)
    scene.collection.objects.link(root)
    mouths = {}
    for name in dict.fromkeys(names.values()):
        mouths[name] = bpy.data.objects.new(name, bpy.data.meshes.new(name))
        scene.collection.objects.link(mouths[name])
        mouths[name].parent = root
        mouths[name].hide_viewport = mouths[name].hide_render = True
    return root, mouths


def test_objects(scene, names):
    root, mouths = make_mouths(scene, names)
    rig = rig_of(root)
    assert all(link.stepped for link in rig.links)
    for letter in LETTERS:
        pose(rig.links, **{f"mouth_{letter}": 1.0})
        assert {name for name, each in mouths.items() if not each.hide_render} == {names[letter]}
        assert {name for name, each in mouths.items() if not each.hide_viewport} == {names[letter]}


def test_the_resting_mouth_shows_where_nothing_is_said(scene, names):
    root, mouths = make_mouths(scene, names)
    pose(rig_of(root).links)
    assert {name for name, each in mouths.items() if not each.hide_render} == {names["X"]}


def make_pencil(scene, names):
    if hasattr(bpy.types.GreasePencil, "is_stroke_paint_mode") or bpy.app.version < (4, 3):
        data = bpy.data.grease_pencils.new("Mouth")
    else:
        data = getattr(bpy.data, "grease_pencils_v3", bpy.data.grease_pencils).new("Mouth")
    pencil = bpy.data.objects.new("Mouth", data)
    scene.collection.objects.link(pencil)
    for name in dict.fromkeys(names.values()):
        data.layers.new(name)
    return pencil


def test_grease_pencil_layers(scene, names):
    pencil = make_pencil(scene, names)
    rig = rig_of(pencil)
    assert all(link.stepped for link in rig.links)
    for letter in LETTERS:
        pose(rig.links, **{f"mouth_{letter}": 1.0})
        shown = {
            getattr(layer, "name", None) or layer.info
            for layer in pencil.data.layers
            if not layer.hide
        }
        assert shown == {names[letter]}


def test_layers_can_be_keyed_by_their_paths(scene):
    pencil = make_pencil(scene, WORDS["letters"])
    for link in rig_of(pencil).links:
        path = link.target.removeprefix("data.")
        assert pencil.data.keyframe_insert(path, frame=1)


@pytest.mark.parametrize(("low", "high"), [(0, 8), (1, 9), (0, 5), (0, 20)])
def test_a_number_that_chooses_the_mouth(scene, low, high):
    face = make_face(scene, plain("", [], ()))
    face["Mouth Frame"] = low
    face.id_properties_ui("Mouth Frame").update(min=low, max=high, soft_min=low, soft_max=high)
    rig = rig_of(face)
    assert rig.family == "Mouth frames"
    order = LETTERS if high - low >= 8 else BASIC
    for letter in LETTERS:
        pose(rig.links, **{f"mouth_{letter}": 1.0})
        assert face["Mouth Frame"] == low + LETTERS.index(
            letter if order is LETTERS else BASIC[letter]
        )
    pose(rig.links)
    assert face["Mouth Frame"] == low + (8 if order is LETTERS else 0)


def test_the_offset_of_an_image_sequence(scene, tmp_path):
    image = bpy.data.images.new("Mouth", 4, 4)
    image.filepath_raw = str(tmp_path / "mouth_001.png")
    image.file_format = "PNG"
    image.save()
    sequence = bpy.data.images.load(str(tmp_path / "mouth_001.png"))
    sequence.source = "SEQUENCE"
    face = make_face(scene, plain("", [], ()))
    material = bpy.data.materials.new("Skin")
    if not material.node_tree:
        material.use_nodes = True
    node = material.node_tree.nodes.new("ShaderNodeTexImage")
    node.name, node.image = "mouth", sequence
    node.image_user.frame_duration = 9
    face.data.materials.append(material)
    rig = rig_of(face)
    assert rig.family == "Mouth frames"
    pose(rig.links, mouth_D=1.0)
    assert node.image_user.frame_offset == 3
    pose(rig.links)
    assert node.image_user.frame_offset == 8


def test_vowels_of_vrm_are_no_drawn_mouths(scene):
    assert rig_of(make_face(scene, plain("", list("AIUEO"), ()))).family == "VRM 0"


def test_a_drawn_mouth_beside_a_face_of_keys_leaves_speech_to_the_keys(scene, arkit_names):
    face = make_face(scene, plain("", [*arkit_names, *LETTERS], ()))
    assert not {link.source for link in rig_of(face).links} & set(MOUTHS)
