# SPDX-License-Identifier: GPL-3.0-or-later
"""A mapping as a file: whole for the same character, for one built alike, and never half-read."""

from __future__ import annotations

import json
from dataclasses import replace

import bpy
import pytest
from bl_ext.devrepo.mien import mapping
from bl_ext.devrepo.mien.mapping import exchange, exchange_file
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.rigs.links import MAXIMUM, PROPERTY, SHAPE_KEY, TRANSFORM, Link, Pose, Rig
from mapping_studio import BONES, make_rig
from studio import make_face

POSE = Pose((0.25, -0.5, 1.0), (0.125, 0.0, -0.75), (0.0, 0.5, 0.0))


def character(scene, names=("Hero", "Rig")):
    """A face that hangs on an armature with a slider."""
    rig = make_rig(scene, name=names[1])
    face = make_face(scene, ["jawOpen", "smile"], names[0])
    face.parent = rig
    rig.pose.bones["root"]["shut"] = 0.0
    return face, rig


@pytest.fixture
def mapped(scene):
    face, rig = character(scene)
    links = (
        Link("jawOpen", TRANSFORM, rig, "jaw", weight=0.5, gain=2.0, pose=POSE),
        Link("mouthClose", PROPERTY, rig, 'pose.bones["root"]["shut"]', rest=0.25, high=3.0),
        Link("mouthSmileLeft", SHAPE_KEY, face, "smile", weight=0.3, combine=MAXIMUM),
    )
    mapping.store(face, Rig("Mine", links, ()), filled={"mouthSmileLeft"})
    face.mien_rig.links[1].enabled = False
    return face


@pytest.fixture
def written(mapped, tmp_path):
    path = tmp_path / "hero.json"
    exchange.to_file(mapped, path)
    return path


def stored(face):
    return [(mapping.link_of(item), item.enabled, item.filled) for item in face.mien_rig.links]


def test_a_file_gives_the_same_character_its_whole_mapping_back(mapped, written):
    before = stored(mapped)
    mapping.forget(mapped)
    done = exchange.from_file(mapped, written)
    assert (done.fitted, done.unfitted) == (3, ())
    assert stored(mapped) == before
    assert mapping.rig_of(mapped).family == "Mine"


def test_numbers_are_written_as_people_write_them(written):
    weights = [link["weight"] for link in json.loads(written.read_text())["links"]]
    assert weights == [0.5, 1.0, 0.3]


@pytest.mark.parametrize("names", [("Hero.001", "Rig.001"), ("Villain", "Skeleton")])
def test_a_character_built_alike_takes_the_mapping(mapped, written, scene, names):
    before = stored(mapped)
    face, rig = character(scene, names)
    done = exchange.from_file(face, written)
    assert done.unfitted == ()
    owners = {"Hero": face, "Rig": rig}
    expected = [
        (replace(link, owner=owners[link.owner.name]), enabled, filled)
        for link, enabled, filled in before
    ]
    assert stored(face) == expected


def test_what_does_not_fit_is_named_and_the_rest_is_taken(written, scene):
    bones = {name: bone for name, bone in BONES.items() if name != "jaw"}
    rig = make_rig(scene, bones, "Puppet")
    face = make_face(scene, ["smile"], "Puppet Face")
    face.parent = rig
    done = exchange.from_file(face, written)
    assert done.fitted == 1
    assert done.unfitted == (
        "bone 'jaw' of 'Rig'",
        "property 'pose.bones[\"root\"][\"shut\"]' of 'Rig'",
    )
    assert [link.target for link in mapping.rig_of(face).links] == ["smile"]


def test_a_file_that_fits_nothing_changes_nothing(written, scene):
    face = make_face(scene, ["jawOpen"], "Ball")
    with pytest.raises(AnimatorError, match=r"Nothing in 'hero\.json' fits 'Ball'"):
        exchange.from_file(face, written)
    assert not mapping.has_own(face)


def test_what_is_recognised_can_be_exported(face, tmp_path):
    path = tmp_path / "recognised.json"
    assert exchange.to_file(face, path) == 52
    recognised = mapping.rig_of(face)
    exchange.from_file(face, path)
    assert mapping.rig_of(face).links == recognised.links


def test_frames_on_a_material_go_with_its_name(scene, tmp_path):
    face = make_face(scene, ["jawOpen"])
    material = bpy.data.materials.new("Mouths")
    material.use_nodes = True
    face.data.materials.append(material)
    node = material.node_tree.nodes.new("ShaderNodeTexImage")
    path = f'nodes["{node.name}"].image_user.frame_offset'
    link = Link("mouth_A", PROPERTY, material.node_tree, path, high=8.0, stepped=True)
    mapping.store(face, Rig("Frames", (link,), ()))
    assert mapping.rig_of(face).links == (link,)
    exchange.to_file(face, tmp_path / "frames.json")
    mapping.forget(face)
    exchange.from_file(face, tmp_path / "frames.json")
    assert mapping.rig_of(face).links == (link,)


def spoil(**changed):
    def change(document):
        document["links"][0].update(changed)

    return change


def without(name):
    def change(document):
        del document["links"][0][name]

    return change


DAMAGES = {
    "not this format": lambda document: document.update(format="something"),
    "a later version": lambda document: document.update(version=exchange_file.VERSION + 1),
    "no version": lambda document: document.pop("version"),
    "no links": lambda document: document.pop("links"),
    "links that are none": lambda document: document.update(links=["jawOpen"]),
    "unknown channel": spoil(source="jawWiggle"),
    "unknown kind": spoil(kind="MAGIC"),
    "unknown combination": spoil(combine="PRODUCT"),
    "a word for a number": spoil(weight="0.5"),
    "no number": spoil(weight=float("nan")),
    "truth for a number": spoil(gain=True),
    "an index beyond": spoil(index=99),
    "a fraction for an index": spoil(index=0.5),
    "no owner": spoil(owner=None),
    "an owner without a name": spoil(owner={"type": "MESH"}),
    "half a pose": spoil(pose={"location": [0, 0, 0]}),
    "a short pose": spoil(pose={"location": [0, 0], "rotation": [0, 0, 0], "scale": [0, 0, 0]}),
    "no pose": without("pose"),
    "no target": without("target"),
    "no mark": without("enabled"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_changes_nothing(mapped, written, damage):
    document = json.loads(written.read_text())
    damage(document)
    written.write_text(json.dumps(document))
    before = stored(mapped)
    with pytest.raises(AnimatorError, match=r"hero\.json"):
        exchange.from_file(mapped, written)
    assert stored(mapped) == before


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[]", b"null", b"12"])
def test_a_file_of_something_else_changes_nothing(mapped, written, content):
    written.write_bytes(content)
    before = stored(mapped)
    with pytest.raises(AnimatorError, match=r"hero\.json"):
        exchange.from_file(mapped, written)
    assert stored(mapped) == before


def test_files_that_cannot_be_read_or_written_are_told(mapped, tmp_path):
    with pytest.raises(AnimatorError, match="cannot be read"):
        exchange.from_file(mapped, tmp_path / "nowhere.json")
    with pytest.raises(AnimatorError, match="cannot be written"):
        exchange.to_file(mapped, tmp_path / "nowhere" / "hero.json")
