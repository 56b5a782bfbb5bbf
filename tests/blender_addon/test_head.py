# SPDX-License-Identifier: GPL-3.0-or-later
"""Add > Mesh > Mien Head, in a real Blender."""

from __future__ import annotations

import importlib
import shutil

import bpy
import numpy as np
import pytest
from studio import PACKAGE, REPOSITORY

MODELS = REPOSITORY / "models"


def added():
    assert bpy.ops.mesh.mien_head_add() == {"FINISHED"}
    return bpy.context.object


def coordinates(key):
    values = np.empty(len(key.data) * 3, np.float32)
    key.data.foreach_get("co", values)
    return values.reshape(-1, 3)


def test_the_head_has_the_52_shape_keys_all_at_rest(arkit_names):
    keys = added().data.shape_keys.key_blocks
    assert [key.name for key in keys] == ["Basis", *arkit_names]
    assert [key.value for key in keys[1:]] == [0.0] * 52


def test_mesh_and_keys_are_the_file_s_arrays():
    head = added()
    with np.load(MODELS / "face_model.npz", allow_pickle=False) as arrays:
        vertices, deltas = arrays["vertices"], arrays["shape_deltas"]
        quads, names = arrays["quads"], arrays["shape_names"].tolist()
    assert not head.data.validate(verbose=False), "Blender had to repair the mesh"
    assert len(head.data.polygons) == len(quads)
    keys = head.data.shape_keys.key_blocks
    assert np.abs(coordinates(keys["Basis"]) - vertices).max() < 1e-6
    opened = coordinates(keys["jawOpen"])
    assert np.abs(opened - vertices - deltas[names.index("jawOpen")]).max() < 1e-6


def test_every_slot_has_its_own_colour_and_the_mesh_carries_colours():
    head = added()
    names = [slot.material.name for slot in head.material_slots]
    assert len(names) == len(set(names)) >= 8
    colours = head.data.color_attributes
    assert colours.active_color is not None
    values = np.empty(len(head.data.vertices) * 4, np.float32)
    colours.active_color.data.foreach_get("color", values)
    assert values.reshape(-1, 4)[:, :3].std(axis=0).min() > 0.02
    used = {polygon.material_index for polygon in head.data.polygons}
    assert used == set(range(len(names)))


def test_the_head_stands_at_the_cursor_selected_alone():
    first = added()
    bpy.context.scene.cursor.location = (1.0, 2.0, 3.0)
    second = added()
    assert tuple(second.location) == (1.0, 2.0, 3.0)
    assert second.select_get()
    assert not first.select_get()
    assert bpy.context.view_layer.objects.active == second


def test_undo_takes_the_head_away_in_one_step_and_redo_brings_it_back():
    bpy.ops.ed.undo_push(message="before")
    before = set(bpy.data.objects.keys())
    added()
    # Operators called from Python leave the undo step to the caller.
    bpy.ops.ed.undo_push(message="Mien Head")
    bpy.ops.ed.undo()
    assert set(bpy.data.objects.keys()) == before
    assert not [mesh for mesh in bpy.data.meshes if mesh.users]
    bpy.ops.ed.redo()
    assert set(bpy.data.objects.keys()) - before


def test_moving_a_key_moves_the_evaluated_face():
    head = added()
    head.modifiers.clear()

    def lowest_tooth():
        bpy.context.view_layer.update()
        evaluated = head.evaluated_get(bpy.context.evaluated_depsgraph_get())
        values = np.empty(len(evaluated.data.vertices) * 3, np.float32)
        evaluated.data.vertices.foreach_get("co", values)
        return values.reshape(-1, 3)

    rest = lowest_tooth()
    head.data.shape_keys.key_blocks["jawOpen"].value = 1.0
    head.data.shape_keys.update_tag()
    assert np.abs(lowest_tooth() - rest).max() > 0.02


def test_the_operator_is_greyed_in_edit_mode():
    added()
    bpy.ops.object.mode_set(mode="EDIT")
    assert not bpy.ops.mesh.mien_head_add.poll()
    bpy.ops.object.mode_set(mode="OBJECT")
    assert bpy.ops.mesh.mien_head_add.poll()


def test_it_is_in_the_menu_once():
    drawn = [entry.__name__ for entry in bpy.types.VIEW3D_MT_mesh_add._dyn_ui_initialize()]
    assert drawn.count("draw_menu_entry") == 1


@pytest.mark.parametrize("fault", ["missing", "changed"])
def test_a_missing_or_changed_file_is_told_and_the_scene_stays(tmp_path, monkeypatch, fault):
    models = tmp_path / "models"
    models.mkdir()
    shutil.copy(MODELS / "models.json", models)
    if fault == "changed":
        (models / "face_model.npz").write_bytes(b"something else")
    add_head = importlib.import_module(f"{PACKAGE}.operators.add_head")
    monkeypatch.setattr(add_head, "core_folder", lambda: tmp_path)
    before = set(bpy.data.objects.keys())
    with pytest.raises(RuntimeError, match=r"face_model\.npz.*Install Mien again"):
        bpy.ops.mesh.mien_head_add()
    assert set(bpy.data.objects.keys()) == before


def test_a_linked_collection_takes_no_head_and_says_why(scene, tmp_path):
    collection = bpy.data.collections.new("Set")
    bpy.data.libraries.write(str(tmp_path / "set.blend"), {collection})
    bpy.data.collections.remove(collection)
    with bpy.data.libraries.load(str(tmp_path / "set.blend"), link=True) as (_, into):
        into.collections = ["Set"]
    scene.collection.children.link(into.collections[0])
    layer = bpy.context.view_layer
    layer.active_layer_collection = layer.layer_collection.children["Set"]
    with pytest.raises(RuntimeError, match="active collection is linked"):
        bpy.ops.mesh.mien_head_add()
    assert not bpy.data.objects
