# SPDX-License-Identifier: GPL-3.0-or-later
"""A performance becomes a take: keys, Actions, tracks and heads."""

from __future__ import annotations

import math

import bpy
import mathutils
import numpy as np
import pytest
from bl_ext.devrepo.mien import apply, compat, takes
from bl_ext.devrepo.mien.strips import StripMap
from studio import differences, dump
from take_studio import FRAMES, HEARD, LATER, NEAR, key_of, key_take, piece_of, values_at


def test_keys_give_the_performance_on_every_frame(scene, face, performance):
    columns = performance(FRAMES, still=("tongueOut",))
    report = key_take("Line 1", HEARD, columns, face, None)
    assert (report.first_frame, report.last_frame, report.curves) == (11, 70, 51)
    for i in (0, 1, 30, FRAMES - 1):
        values = values_at(scene, face, 11 + i)
        for name, value in values.items():
            if name != "Basis":
                assert value == pytest.approx(columns[name][i], abs=NEAR), name


def test_an_action_of_miens_own_with_the_strips_name(face, neck, performance):
    key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    piece = piece_of(key_of(face), "EXPRESSION")
    assert takes.strip_of(piece.action) == "Line 1"
    assert tuple(piece.action.frame_range) == (11, 70)
    names = [action.name for action in bpy.data.actions]
    if compat.has_slots(piece.action):
        assert names == ["Mien Line 1 Hero"]
        assert piece_of(neck, "HEAD").action == piece.action
    else:
        assert names == [
            f"Mien Line 1 Hero {layer}"
            for layer in ("Base", "Base.001", "Expression", "Gaze", "Head", "Lips")
        ]


def test_a_resting_channel_is_only_keyed_where_its_slider_stands_off_zero(scene, face, performance):
    face.data.shape_keys.key_blocks["tongueOut"].value = 0.25
    columns = performance(FRAMES, still=("tongueOut", "jawForward"))
    report = key_take("Line 1", HEARD, columns, face, None)
    assert report.curves == 51
    assert values_at(scene, face, 30)["tongueOut"] == 0.0
    apply.clear_takes(face, None)
    assert face.data.shape_keys.key_blocks["tongueOut"].value == 0.25


def test_clear_leaves_what_the_animator_posed_since(scene, face, performance):
    key_take("Line 1", HEARD, performance(FRAMES, still=("tongueOut",)), face, None)
    face.data.shape_keys.key_blocks["tongueOut"].value = 0.5
    apply.clear_takes(face, None)
    scene.frame_set(30)
    assert face.data.shape_keys.key_blocks["tongueOut"].value == 0.5
    assert face.data.shape_keys.key_blocks["jawOpen"].value == 0.0


def test_generating_again_replaces_the_take(scene, face, neck, performance):
    key = key_of(face)
    before = dump(key, neck)
    key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    scene.frame_set(40)
    other = performance(FRAMES, still=("jawOpen",))
    key_take("Line 1", HEARD, other, face, neck)
    assert len(takes.take_ids_on(key)) == 1
    assert values_at(scene, face, 40)["jawOpen"] == 0.0
    assert {takes.take_id(action) for action in bpy.data.actions} == {*takes.take_ids_on(key)}
    apply.clear_takes(face, neck)
    scene.frame_set(40)
    assert differences(before, dump(key, neck)) == []
    assert not bpy.data.actions


def test_generating_with_another_head_frees_the_first(scene, face, neck, performance):
    before = dump(neck)
    key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    scene.frame_set(40)
    key_take("Line 1", HEARD, performance(FRAMES), face, None)
    scene.frame_set(40)
    assert differences(before, dump(neck)) == []


def test_a_head_renamed_since_is_cleared_with_its_face(scene, face, neck, performance):
    before = dump(neck)
    key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    neck.name = "Spine 3"
    scene.frame_set(40)
    assert apply.clear_takes(face, None) == (1, ())
    neck.name = "Neck"
    scene.frame_set(40)
    assert differences(before, dump(neck)) == []
    assert not bpy.data.actions


def _as_before_slots(*datablocks):
    """Give each layer of each data-block an Action of its own, as 4.2 and 4.3 write them."""
    pieces = [piece for datablock in datablocks for piece in takes.pieces_on(datablock)]
    whole = pieces[0].action
    for piece in pieces:
        apart = whole.copy()
        for slot in list(apart.slots):
            if slot.handle != piece.slot.handle:
                apart.slots.remove(slot)
        number = piece.content["slots"][str(piece.slot.handle)][1]
        piece.strip.action = apart
        piece.strip.action_slot = apart.slots[0]
        takes.write_mark(apart, {**piece.content, "slots": {"": [piece.layer, number]}})
    bpy.data.actions.remove(whole)


def test_clear_finds_the_head_of_a_take_made_before_slots(scene, face, neck, performance):
    """Files from 4.2 and 4.3 bring an Action each for face and head."""
    before = dump(neck)
    key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    if compat.has_slots(piece_of(neck, "HEAD").action):
        _as_before_slots(key_of(face), neck)
    assert apply.clear_takes(face, None) == (1, ())
    scene.frame_set(40)
    assert differences(before, dump(neck)) == []
    assert not bpy.data.actions


def test_clearing_a_duplicate_leaves_the_original_alone(scene, face, performance):
    """Shift+D duplicates the Actions as well."""
    if "slots" not in bpy.types.Action.bl_rna.properties:
        pytest.skip("before 4.4 a duplicate's head cannot be told from the original's")
    key_take("Line 1", HEARD, performance(FRAMES), face, face)
    face.select_set(state=True)
    bpy.context.view_layer.objects.active = face
    bpy.ops.object.duplicate()
    twin = bpy.context.object
    before = dump(face, key_of(face))
    assert apply.clear_takes(twin, twin) == (1, ())
    assert differences(before, dump(face, key_of(face))) == []
    assert takes.takes_on(twin) == takes.takes_on(key_of(twin)) == []


def test_two_strips_speak_one_after_the_other(scene, face, performance):
    first, second = performance(FRAMES), performance(FRAMES, still=("jawOpen",))
    key_take("Line 2", LATER, second, face, None)
    key_take("Line 1", HEARD, first, face, None)
    assert values_at(scene, face, 30)["jawOpen"] == pytest.approx(first["jawOpen"][19], abs=NEAR)
    values = values_at(scene, face, 120)
    assert values["jawOpen"] == 0.0
    assert values["jawLeft"] == pytest.approx(second["jawLeft"][19], abs=NEAR)
    tracks = key_of(face).animation_data.nla_tracks
    assert [len(track.strips) for track in tracks] == [2] * 4


def test_an_older_take_does_not_show_through_a_newer_one(scene, face, performance):
    """Not even where the newer one rests: a strip may be renamed between two takes of it."""
    key_take("Line 1", HEARD, performance(FRAMES), face, None)
    newer = performance(FRAMES, still=("noseSneerLeft",))
    key_take("Line 1 renamed", HEARD, newer, face, None)
    values = values_at(scene, face, 30)
    assert values["noseSneerLeft"] == 0.0
    assert values["jawOpen"] == pytest.approx(newer["jawOpen"][19], abs=NEAR)


def test_overlapping_strips_get_tracks_of_their_own(face, performance):
    key_take("Line 1", HEARD, performance(FRAMES), face, None)
    key_take("Line 2", StripMap(0.0, 24.0, 40, FRAMES), performance(FRAMES), face, None)
    tracks = key_of(face).animation_data.nla_tracks
    assert [track.name for track in tracks] == [
        *("Mien Base", "Mien Lips", "Mien Expression", "Mien Gaze")
    ] * 2
    assert [len(track.strips) for track in tracks] == [1] * 8


HEAD_TURNS = {
    # Head channel, and where a turn of a quarter takes the nose (-Y) and the crown (+Z).
    "pitch_nods_up": ("headPitch", (0, 0, 1), (0, 1, 0)),
    "yaw_turns_to_the_characters_left": ("headYaw", (1, 0, 0), (0, 0, 1)),
    "roll_tilts_toward_the_left_shoulder": ("headRoll", (0, -1, 0), (1, 0, 0)),
}


@pytest.mark.parametrize("turn", HEAD_TURNS.values(), ids=HEAD_TURNS.keys())
@pytest.mark.parametrize("facing", [0.0, 2.1], ids=["plain", "rotated"])
def test_head_signs(face, neck, performance, turn, facing):
    channel, nose, crown = turn
    neck.rotation_euler = (0.3 * facing, 0.0, facing)
    neck.delta_rotation_euler = (0.0, 0.2 * facing, 0.0)
    bpy.context.view_layer.update()
    resting = neck.matrix_world.to_3x3().copy()
    columns = performance(FRAMES)
    for name in ("headPitch", "headYaw", "headRoll"):
        columns[name] = np.zeros(FRAMES, np.float32)
    columns[channel] = np.linspace(0, math.pi / 2, FRAMES, dtype=np.float32)
    key_take("Line 1", HEARD, columns, face, neck)
    bpy.context.scene.frame_set(HEARD.first_frame + FRAMES - 1)
    turned = resting.inverted() @ neck.matrix_world.to_3x3()
    assert (turned @ mathutils.Vector((0, -1, 0)) - mathutils.Vector(nose)).length < 1e-4
    assert (turned @ mathutils.Vector((0, 0, 1)) - mathutils.Vector(crown)).length < 1e-4


def test_clearing_one_of_two_heads_with_the_same_action_keeps_the_other(scene, face, performance):
    key_take("Line 1", HEARD, performance(FRAMES), face, None)
    twin = face.copy()
    twin.data = face.data.copy()
    scene.collection.objects.link(twin)
    ids = takes.take_ids_on(key_of(face))
    assert takes.take_ids_on(key_of(twin)) == ids
    apply.clear_takes(twin, None)
    assert not takes.takes_on(key_of(twin))
    assert takes.take_ids_on(key_of(face)) == ids
