# SPDX-License-Identifier: GPL-3.0-or-later
"""An avatar's file is told in words, attached to what can carry it, and kept with the file."""

from __future__ import annotations

import json
import struct
from dataclasses import replace

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import mapping
from bl_ext.devrepo.mien.avatar import attaching, papers
from bl_ext.devrepo.mien.avatar.head_turn import NECK_PIVOT
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.rigs.sources import CHANNELS
from crude_avatar import crude_avatar

from core.avatar.avatar_file import read_papers as cores
from core.avatar.avatar_file import save_avatar


def test_the_papers_are_those_that_the_core_reads(anna):
    found, wanted = papers.read_papers(anna), cores(anna)
    consent = wanted["consent"]
    assert (found.person, found.date, found.uses) == (
        consent["person"],
        consent["date"],
        consent["uses"],
    )
    assert (found.gaussians, found.file_bytes) == (wanted["sizes"]["N"], wanted["bytes"])


def header(**texts):
    text = json.dumps({"__metadata__": texts, "a": {"data_offsets": [0, 4]}}).encode()
    return struct.pack("<Q", len(text)) + text + b"0000"


BROKEN = {
    "empty": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + b"0" * 500,
    "a length of terabytes": struct.pack("<Q", 1 << 43) + b"{}",
    "no JSON": struct.pack("<Q", 8) + b"nonsense" + b"0",
    "a list": struct.pack("<Q", 2) + b"[]0",
    "nesting": struct.pack("<Q", 100_000) + b"[" * 100_000 + b"0",
    "no papers": header(format="mien-avatar 1"),
    "papers of nobody": header(format="mien-avatar 1", papers="{}"),
    "another safetensors file": header(format="pt"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_avatar_is_refused_in_words(kind, tmp_path):
    path = tmp_path / "broken.mienavatar"
    path.write_bytes(BROKEN[kind])
    with pytest.raises(AnimatorError, match=r"no avatar|another version") as caught:
        papers.read_papers(path)
    assert caught.value.advice


def test_a_file_cut_short_is_refused(anna, tmp_path):
    path = tmp_path / "cut.mienavatar"
    path.write_bytes(anna.read_bytes()[:-1000])
    with pytest.raises(AnimatorError, match="ends too early"):
        papers.read_papers(path)


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    for path in (tmp_path / "none.mienavatar", tmp_path):
        with pytest.raises(AnimatorError, match="There is no avatar file"):
            papers.read_papers(path)


def test_a_changed_file_is_read_again(anna, tmp_path):
    path = tmp_path / "a.mienavatar"
    path.write_bytes(b"nothing yet")
    with pytest.raises(AnimatorError):
        papers.read_papers(path)
    path.write_bytes(anna.read_bytes())
    assert papers.read_papers(path).person


def test_adding_gives_a_stand_in_that_can_be_keyed_and_turns_about_the_neck(sat, scene):
    head = scene.mien.target
    assert head.parent == sat
    assert head == scene.mien.head_target
    assert head.hide_render
    assert mapping.rig_of(head).missing == ()
    bpy.context.view_layer.update()
    before = np.array(head.matrix_world)
    np.testing.assert_allclose(before[:3, 3], NECK_PIVOT, atol=1e-6)
    lowest = min(v.co.z for v in head.data.vertices)
    # The middle of the neck's cut stands on the empty, so the lowest points are near its height.
    assert lowest + NECK_PIVOT[2] == pytest.approx(0.0, abs=0.03)
    assert attaching.holder_of(scene) == sat


def test_the_stand_in_has_the_persons_proportions(scene, tmp_path):
    avatar = crude_avatar()
    vertices = avatar.mesh.vertices * np.float32([1.1, 1.0, 0.9])
    path = tmp_path / "wide.mienavatar"
    save_avatar(path, replace(avatar, mesh=replace(avatar.mesh, vertices=vertices)))
    assert bpy.ops.mien.avatar_add(filepath=str(path)) == {"FINISHED"}
    head = scene.mien.target
    seen = np.array([vertex.co for vertex in head.data.vertices]) + NECK_PIVOT
    np.testing.assert_allclose(seen, vertices, atol=1e-5)
    jaw = head.data.shape_keys.key_blocks["jawOpen"]
    moved = np.array([point.co for point in jaw.data]) + NECK_PIVOT - vertices
    wanted = avatar.mesh.deltas[CHANNELS.index("jawOpen")]
    np.testing.assert_allclose(moved, wanted, atol=1e-4)


def test_a_mesh_that_is_not_the_heads_is_told(scene, tmp_path):
    avatar = crude_avatar()
    mesh = replace(
        avatar.mesh,
        **{
            name: np.concatenate([getattr(avatar.mesh, name)] * 2, axis=int(name == "deltas"))
            for name in ("vertices", "deltas", "head_weight", "part")
        },
    )
    path = tmp_path / "other.mienavatar"
    save_avatar(path, replace(avatar, mesh=mesh))
    with pytest.raises(RuntimeError, match="its mesh has the shape"):
        bpy.ops.mien.avatar_add(filepath=str(path))
    assert not scene.objects


def test_a_rig_carries_it_after_saving_and_loading(scene, face, anna, tmp_path):
    bpy.context.view_layer.objects.active = face
    assert bpy.ops.mien.avatar_attach(filepath=str(anna)) == {"FINISHED"}
    assert "carries the avatar" in bpy.context.window_manager.mien.done
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    scene = bpy.context.scene
    assert attaching.holder_of(scene).name == "Hero"
    assert attaching.papers_of(attaching.holder_of(scene)).gaussians > 0


def test_several_avatars_of_which_none_is_chosen_are_told(sat, scene, anna):
    other = bpy.data.objects.new("Other", None)
    scene.collection.objects.link(other)
    other.mien_avatar.path = str(anna)
    scene.mien_avatar.holder = None
    with pytest.raises(AnimatorError, match="Several objects"):
        attaching.needed_holder(scene)
    scene.mien_avatar.holder = other
    assert attaching.needed_holder(scene) == other


@pytest.fixture
def library(scene, tmp_path):
    """A file in a folder of its own whose object carries the avatar that lies beside it."""
    folder = tmp_path / "library"
    folder.mkdir()
    root = bpy.data.objects.new("Carrier", None)
    scene.collection.objects.link(root)
    root.mien_avatar.path = "//anna.mienavatar"
    bpy.data.libraries.write(str(folder / "library.blend"), {root})
    bpy.data.objects.remove(root)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    with bpy.data.libraries.load(str(folder / "library.blend"), link=True) as (_, there):
        there.objects = ["Carrier"]
    (linked,) = there.objects
    scene.collection.objects.link(linked)
    return linked


def test_a_linked_carriers_file_lies_beside_its_library(library, tmp_path):
    assert attaching.carried_file(library) == tmp_path / "library" / "anna.mienavatar"


def test_an_overridden_carrier_keeps_its_own_file_and_place(library, scene, anna, tmp_path):
    own = library.override_create(remap_local_usages=True)
    place = bpy.data.objects.new("Place", None)
    scene.collection.objects.link(place)
    own.mien_avatar.path, own.mien_avatar.place = str(anna), place
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    again = next(each for each in bpy.data.objects if each.override_library is not None)
    assert again.mien_avatar.path == str(anna)
    assert again.mien_avatar.place == bpy.data.objects["Place"]


def test_attaching_is_one_step_of_undo(scene, face, anna):
    bpy.context.view_layer.objects.active = face
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.mien.avatar_attach(filepath=str(anna))
    bpy.ops.ed.undo_push(message="after")
    bpy.ops.ed.undo()
    assert bpy.data.objects["Hero"].mien_avatar.path == ""


def test_detaching_leaves_the_object(sat, scene, anna):
    assert bpy.ops.mien.avatar_detach() == {"FINISHED"}
    assert sat.mien_avatar.path == ""
    assert scene.mien_avatar.path == str(anna)
    assert not bpy.ops.mien.avatar_detach.poll()


@pytest.mark.parametrize("operator", ["avatar_attach", "avatar_add"])
def test_a_bad_file_changes_nothing(operator, scene, face, tmp_path):
    bpy.context.view_layer.objects.active = face
    path = tmp_path / "bad.mienavatar"
    path.write_bytes(b"bad")
    with pytest.raises(RuntimeError, match="is no avatar"):
        getattr(bpy.ops.mien, operator)(filepath=str(path))
    assert face.mien_avatar.path == ""
    assert len(scene.objects) == 1


def test_what_cannot_carry_one_is_told(scene, anna):
    light = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    scene.collection.objects.link(light)
    bpy.context.view_layer.objects.active = light
    with pytest.raises(RuntimeError, match="mesh or armature, or an empty"):
        bpy.ops.mien.avatar_attach(filepath=str(anna))
