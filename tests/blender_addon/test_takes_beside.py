# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes live beside what the animator has, and clearing gives exactly that back."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien import apply, takes
from bl_ext.devrepo.mien.problems import AnimatorError
from studio import differences, dump, make_face
from take_studio import (
    FRAMES,
    HEARD,
    LATER,
    NEAR,
    animate,
    curve_of,
    key_of,
    key_take,
    piece_of,
    played,
    values_at,
)


@pytest.mark.parametrize("animated", ["untouched", "values", "own_action", "own_nla", "driver"])
def test_clear_restores_the_file(scene, face, neck, performance, animated):
    key = key_of(face)
    if animated == "values":
        key.key_blocks["mouthSmileLeft"].value = 0.3
        neck.delta_rotation_euler = (0.1, 0.2, 0.3)
    if animated in {"own_action", "own_nla"}:
        animate(key, 'key_blocks["browInnerUp"].value', 0.5)
        animate(neck, "location", (1.0, 2.0, 3.0))
    if animated == "own_nla":
        for block in (key, neck):
            action = block.animation_data.action
            block.animation_data.action = None
            block.animation_data.nla_tracks.new().strips.new("Mine", 1, action)
    if animated == "driver":
        key.key_blocks["jawOpen"].driver_add("value").driver.expression = "0.2"
    scene.frame_set(30)
    before = dump(key, neck, *bpy.data.actions)
    names = sorted(action.name for action in bpy.data.actions)
    key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    key_take("Line 2", LATER, performance(FRAMES), face, neck)
    for frame in (15, 120, 30):
        scene.frame_set(frame)
    assert dump(key, neck, *bpy.data.actions) != before
    assert apply.clear_takes(face, neck) == (2, ())
    scene.frame_set(30)
    assert sorted(action.name for action in bpy.data.actions) == names
    assert differences(before, dump(key, neck, *bpy.data.actions)) == []


def test_the_animators_channels_stay_theirs(scene, face, performance):
    key = key_of(face)
    animate(key, 'key_blocks["browInnerUp"].value', 0.9)
    own = key.animation_data.action
    report = key_take("Line 1", HEARD, performance(FRAMES), face, None)
    assert report.on_top == ("browInnerUp",)
    assert key.animation_data.action == own
    values = values_at(scene, face, 30)
    assert values["browInnerUp"] == pytest.approx(0.9)
    assert values["jawOpen"] == pytest.approx(performance(FRAMES)["jawOpen"][19], abs=NEAR)


def test_a_driven_channel_is_left_to_its_driver(scene, face, performance):
    driver = key_of(face).key_blocks["jawOpen"].driver_add("value").driver
    driver.expression = "0.25"
    key_take("Line 1", HEARD, performance(FRAMES), face, None)
    paths = {path for path, _ in played(key_of(face))[1]}
    assert 'key_blocks["jawOpen"].value' not in paths
    assert 'key_blocks["jawLeft"].value' in paths
    assert values_at(scene, face, 30)["jawOpen"] == pytest.approx(0.25)


def test_the_animators_nla_strips_keep_their_channels(scene, face, performance):
    """Nothing can be laid below them, so what they move is left to them."""
    key = key_of(face)
    animate(key, 'key_blocks["browInnerUp"].value', 0.9)
    action = key.animation_data.action
    key.animation_data.action = None
    key.animation_data.nla_tracks.new().strips.new("Mine", 1, action)
    report = key_take("Line 1", HEARD, performance(FRAMES), face, None)
    assert report.left_alone == ("browInnerUp",)
    assert values_at(scene, face, 30)["browInnerUp"] == pytest.approx(0.9)


def test_when_the_animator_has_every_channel_nothing_is_done(scene, arkit_names, performance):
    face = make_face(scene, ["jawOpen"])
    key = key_of(face)
    animate(key, 'key_blocks["jawOpen"].value', 0.9)
    action = key.animation_data.action
    key.animation_data.action = None
    key.animation_data.nla_tracks.new().strips.new("Mine", 1, action)
    before = dump(key_of(face), *bpy.data.actions)
    with pytest.raises(AnimatorError, match="already animated by you"):
        key_take("Line 1", HEARD, performance(FRAMES), face, None)
    assert differences(before, dump(key_of(face), *bpy.data.actions)) == []


@pytest.mark.parametrize("then", ["again", "cleared"])
def test_what_the_animator_keys_meanwhile_is_their_own(scene, face, performance, then):
    """No take is the active Action, so Blender puts new keys into one of the animator's."""
    key_take("Line 1", HEARD, performance(FRAMES), face, face)
    for frame, place in ((1, 1.0), (48, 3.0)):
        face.location.x = place
        face.keyframe_insert("location", frame=frame)
    if then == "again":
        report = key_take("Line 1", HEARD, performance(FRAMES), face, face)
        assert report.kept == ()
        assert values_at(scene, face, 30)["jawOpen"] == pytest.approx(
            performance(FRAMES)["jawOpen"][19], abs=NEAR
        )
        assert abs(face.delta_rotation_euler.x) > 0.01
    assert apply.clear_takes(face, face) == (1, ())
    for frame, place in ((1, 1.0), (48, 3.0)):
        scene.frame_set(frame)
        assert face.location.x == pytest.approx(place)
    assert face.delta_rotation_euler.x == 0.0
    assert [action.name for action in bpy.data.actions] == ["HeroAction"]


def test_keys_of_the_animator_play_on_top(scene, face, performance):
    columns = performance(FRAMES)
    key_take("Line 1", HEARD, columns, face, None)
    block = key_of(face).key_blocks["jawOpen"]
    block.value = 0.77
    block.keyframe_insert("value", frame=30)
    values = values_at(scene, face, 30)
    assert values["jawOpen"] == pytest.approx(0.77)
    assert values["jawLeft"] == pytest.approx(columns["jawLeft"][19], abs=NEAR)


def edit(face):
    curve = curve_of(key_of(face), "EXPRESSION", 'key_blocks["jawOpen"].value')
    curve.keyframe_points.insert(30, 0.77)


def test_edits_of_a_take_are_kept_in_the_file(scene, face, performance):
    before = dump(key_of(face))
    key_take("Line 1", HEARD, performance(FRAMES), face, None)
    edit(face)
    report = key_take("Line 1", HEARD, performance(FRAMES), face, None)
    (name,) = report.kept
    assert name.startswith("Mien Line 1 Hero")
    assert name.endswith(" edited")
    assert apply.clear_takes(face, None) == (1, ())
    scene.frame_set(1)
    assert differences(before, dump(key_of(face))) == []
    (kept,) = bpy.data.actions
    assert kept.use_fake_user
    assert takes.read_mark(kept) is None


def test_a_take_with_a_fake_user_is_kept_in_the_file(face, performance):
    """The shield button beside an Action's name: do not lose this one."""
    key_take("Line 1", HEARD, performance(FRAMES), face, None)
    piece_of(key_of(face), "EXPRESSION").action.use_fake_user = True
    report = key_take("Line 1", HEARD, performance(FRAMES), face, None)
    (name,) = report.kept
    assert name.endswith(" kept")
    assert apply.clear_takes(face, None) == (1, ())
    assert [action.name for action in bpy.data.actions] == [name]


def test_a_take_is_not_taken_for_edited_after_saving_and_loading(face, performance, tmp_path):
    key_take("Line 1", HEARD, performance(FRAMES), face, face)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "shot.blend"))
    face = bpy.data.objects["Hero"]
    bpy.context.scene.frame_set(33)
    assert apply.clear_takes(face, face) == (1, ())
    assert not bpy.data.actions
