# SPDX-License-Identifier: GPL-3.0-or-later
"""What animators do to takes in Blender's own editors: strips moved, names changed, tweak mode open."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien import apply, baking, character, compat, keying, memory, take_list, takes
from bl_ext.devrepo.mien.key_tolerance import Tolerance
from bl_ext.devrepo.mien.strips import StripMap
from studio import differences, dump
from take_studio import FRAMES, HEARD, LATER, NEAR, key_of, key_take, values_at


@pytest.fixture
def settings(scene, face, neck):
    scene.mien.target, scene.mien.head_target = face, neck
    scene.mien.strip_name = "Line 1"
    return scene.mien


@pytest.fixture
def take(settings, face, neck, performance):
    key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    (listed,) = take_list.listed(settings, "Line 1")
    return listed.take


def move_by_hand(datablock, frames, layers=None):
    for piece in takes.pieces_on(datablock):
        if layers is None or piece.layer in layers:
            piece.strip.frame_end += frames
            piece.strip.frame_start += frames


WAYS = {
    "remove": lambda settings, first, second: take_list.remove(settings, second),
    "use": lambda settings, first, second: take_list.use(settings, first),
    "mute": lambda settings, first, second: take_list.mute(settings, second, {"EXPRESSION"}),
    "clear": lambda settings, first, second: None,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_layer_that_is_open_does_not_stay_behind(settings, face, neck, performance, way):
    before = dump(key_of(face), neck)
    for _ in range(2):
        key_take("Line 1", HEARD, performance(FRAMES), face, neck, beside=True)
    first, second = take_list.listed(settings, "Line 1")
    take_list.edit(settings, second.take, "EXPRESSION")
    way(settings, first.take, second.take)
    apply.clear_takes(face, neck)
    settings.id_data.frame_set(1)
    assert differences(before, dump(key_of(face), neck)) == []
    assert not bpy.data.actions


def test_a_shape_key_renamed_since_comes_to_rest(scene, settings, face, neck, take):
    scene.frame_set(30)
    key_of(face).key_blocks["jawOpen"].name = "JawOpen"
    scene.frame_set(40)
    apply.clear_takes(face, neck)
    assert key_of(face).key_blocks["JawOpen"].value == 0.0


def test_what_a_renamed_thing_rests_at_is_not_the_takes(scene, face, neck, take):
    """A second take must not learn its rest from what the first one does at this frame."""
    scene.frame_set(40)
    key_of(face).key_blocks["jawOpen"].name = "JawOpen"
    path = 'key_blocks["JawOpen"].value'
    assert key_of(face).path_resolve(path) > 0.1
    assert takes.remember(key_of(face), {path})["values"][path] == 0.0


def test_takes_on_bones_that_are_not_known_any_more_are_found(scene):
    skeleton = bpy.data.objects.new("Rig", bpy.data.armatures.new("Rig"))
    scene.collection.objects.link(skeleton)
    assert skeleton in character.animated_by_takes(skeleton, None)


def test_a_custom_property_deleted_since_does_not_come_back(face):
    face["smile"] = 0.5
    state = memory.look(face, ['["smile"]'])
    del face["smile"]
    memory.restore(face, state, {'["smile"]'})
    assert "smile" not in face


def test_a_take_moved_by_hand_stays_so_when_its_sound_moves(scene, settings, face, neck, take):
    move_by_hand(key_of(face), 5)
    move_by_hand(key_of(face), -2, {"EXPRESSION"})
    was = [values_at(scene, face, frame)["jawOpen"] for frame in (20, 40, 60)]
    for curve in [c for action in bpy.data.actions for c in compat.all_fcurves(action)]:
        keying.remap(curve, 1.0, 10.0)
    for datablock in (key_of(face), neck):
        takes.follow(datablock, take, 1.0, 10.0)
    now = [values_at(scene, face, frame)["jawOpen"] for frame in (30, 50, 70)]
    assert now == pytest.approx(was, abs=1e-5)


def test_a_take_moved_by_hand_is_baked_where_it_lies(scene, settings, face, take):
    move_by_hand(key_of(face), 5)
    was = [values_at(scene, face, frame)["jawOpen"] for frame in (20, 40, 60)]
    baking.bake(settings, "Line 1")
    now = [values_at(scene, face, frame)["jawOpen"] for frame in (20, 40, 60)]
    assert now == pytest.approx(was, abs=NEAR)


def test_a_track_muted_by_hand_is_not_baked(scene, settings, face, take):
    for piece in takes.pieces_on(key_of(face)):
        piece.track.mute = piece.layer == "EXPRESSION"
    baking.bake(settings, "Line 1")
    assert values_at(scene, face, 40)["jawOpen"] == 0.0


@pytest.mark.parametrize("own", [False, True], ids=["alone", "under the animator's Action"])
def test_a_baked_line_leaves_the_other_line_alone(settings, face, neck, performance, own):
    scene = settings.id_data
    if own:
        key_of(face).key_blocks["tongueOut"].keyframe_insert("value", frame=1)
    for name, heard in (("Line 1", HEARD), ("Line 2", LATER)):
        key_take(name, heard, performance(FRAMES), face, neck)
    was = [values_at(scene, face, frame)["jawOpen"] for frame in (30, 110, 140)]
    baking.bake(settings, "Line 1")
    now = [values_at(scene, face, frame)["jawOpen"] for frame in (30, 110, 140)]
    assert now == pytest.approx(was, abs=NEAR)


def test_lines_of_a_single_frame(scene, face, neck, performance):
    columns = performance(1)
    frames = (5, 6, -3000, 300000)
    for number, frame in enumerate(frames):
        heard = StripMap(0.0, 24.0, frame, 1)
        key_take(f"Line {number}", heard, columns, face, neck, tolerance=Tolerance())
    for frame in frames:
        shown = values_at(scene, face, frame)["jawOpen"]
        assert shown == pytest.approx(columns["jawOpen"][0], abs=NEAR), frame
