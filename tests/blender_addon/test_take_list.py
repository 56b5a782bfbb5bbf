# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes beside each other, and the layers of the one that plays."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import apply, take_list, takes
from studio import differences, dump
from take_studio import FRAMES, HEARD, NEAR, key_of, key_take, values_at

JAW = 19  # row of frame 30


@pytest.fixture
def settings(scene, face, neck):
    scene.mien.target, scene.mien.head_target = face, neck
    scene.mien.strip_name = "Line 1"
    return scene.mien


def halves(performance):
    """A performance, and the half of its mouth that the lips are."""
    mix = performance(FRAMES)
    lips = {name: column * 0.5 for name, column in mix.items() if name.startswith(("jaw", "mouth"))}
    return mix, lips


@pytest.fixture
def take(settings, face, neck, performance):
    mix, lips = halves(performance)
    key_take("Line 1", HEARD, mix, face, neck, lips=lips, label="One")
    (listed,) = take_list.listed(settings, "Line 1")
    return listed, mix, lips


def test_the_list_tells_what_a_take_is(take):
    listed, _, _ = take
    assert (listed.label, listed.used, listed.edited) == ("One", True, False)
    assert listed.layers == ("LIPS", "EXPRESSION", "GAZE", "HEAD")
    assert listed.muted == frozenset()


def test_layers_add_up_and_can_be_muted(scene, settings, face, neck, take):
    listed, mix, lips = take
    assert values_at(scene, face, 30)["jawOpen"] == pytest.approx(mix["jawOpen"][JAW], abs=NEAR)
    take_list.mute(settings, listed.take, {"EXPRESSION"})
    values = values_at(scene, face, 30)
    assert values["jawOpen"] == pytest.approx(lips["jawOpen"][JAW], abs=NEAR)
    assert values["browInnerUp"] == 0.0
    assert abs(neck.delta_rotation_euler.x) > 0.01
    take_list.mute(settings, listed.take, {"LIPS", "HEAD"})
    rest = mix["jawOpen"] - lips["jawOpen"]
    assert values_at(scene, face, 30)["jawOpen"] == pytest.approx(rest[JAW], abs=NEAR)
    assert neck.delta_rotation_euler.x == 0.0
    take_list.mute(settings, listed.take, ())
    assert values_at(scene, face, 30)["jawOpen"] == pytest.approx(mix["jawOpen"][JAW], abs=NEAR)


def test_a_layer_can_be_weaker_and_its_strength_keyed(scene, settings, face, take):
    _, mix, lips = take
    scene.frame_set(30)
    take_list.set_strength(settings, "Line 1", "EXPRESSION", 0.5)
    half = lips["jawOpen"] + 0.5 * (mix["jawOpen"] - lips["jawOpen"])
    assert values_at(scene, face, 30)["jawOpen"] == pytest.approx(half[JAW], abs=NEAR)
    assert values_at(scene, face, 60)["jawOpen"] == pytest.approx(half[49], abs=NEAR)
    assert take_list.strength(settings, "Line 1", "EXPRESSION") == pytest.approx(0.5)
    for frame, value in ((20, 0.0), (40, 1.0)):
        scene.frame_set(frame)
        take_list.set_strength(settings, "Line 1", "EXPRESSION", value, key=True)
    assert values_at(scene, face, 20)["browInnerUp"] == pytest.approx(0.0, abs=NEAR)
    assert values_at(scene, face, 40)["browInnerUp"] == pytest.approx(
        mix["browInnerUp"][29], abs=NEAR
    )
    between = values_at(scene, face, 30)["browInnerUp"]
    assert 0.2 * mix["browInnerUp"][JAW] < between < 0.8 * mix["browInnerUp"][JAW]


def test_the_panels_slider_is_that_strength(scene, settings, face, take, monkeypatch):
    monkeypatch.setattr(take_list, "strip_name", lambda _context: "Line 1")
    bpy.context.scene.mien_cast.strength_expression = 0.25
    assert take_list.strength(settings, "Line 1", "EXPRESSION") == pytest.approx(0.25)
    assert bpy.context.scene.mien_cast.strength_expression == pytest.approx(0.25)
    assert bpy.context.scene.mien_cast.strength_lips == 1.0


def test_takes_stand_beside_each_other(scene, settings, face, neck, take):
    first, mix, lips = take
    other = {name: column * 0.3 for name, column in mix.items()}
    key_take("Line 1", HEARD, other, face, neck, lips=lips, label="Two", beside=True)
    assert [(t.label, t.used) for t in take_list.listed(settings, "Line 1")] == [
        ("One", False),
        ("Two", True),
    ]
    assert values_at(scene, face, 30)["browInnerUp"] == pytest.approx(
        other["browInnerUp"][JAW], abs=NEAR
    )
    take_list.use(settings, first.take)
    for frame in (5, 30, 90):
        row = min(max(frame - 11, 0), FRAMES - 1)
        value = values_at(scene, face, frame)["browInnerUp"]
        assert value == pytest.approx(mix["browInnerUp"][row], abs=NEAR), frame


def test_removing_the_take_in_use_lets_another_one_play(settings, scene, face, neck, take):
    _, mix, _ = take
    key_take(
        "Line 1", HEARD, dict.fromkeys(mix, np.zeros(FRAMES, np.float32)), face, neck, beside=True
    )
    second = take_list.listed(settings, "Line 1")[1]
    assert take_list.remove(settings, second.take) == ()
    assert [t.used for t in take_list.listed(settings, "Line 1")] == [True]
    assert values_at(scene, face, 30)["browInnerUp"] == pytest.approx(
        mix["browInnerUp"][JAW], abs=NEAR
    )


def test_generating_replaces_only_the_take_in_use(settings, face, neck, performance, take):
    mix, lips = halves(performance)
    key_take("Line 1", HEARD, mix, face, neck, lips=lips, label="Two", beside=True)
    key_take("Line 1", HEARD, mix, face, neck, lips=lips, label="Three")
    listed = take_list.listed(settings, "Line 1")
    assert sorted((t.label, t.used) for t in listed) == [("One", False), ("Three", True)]


def test_clear_removes_all_of_them_exactly(scene, settings, face, neck, performance):
    scene.frame_set(30)
    before = dump(key_of(face), neck)
    mix, lips = halves(performance)
    for label in ("One", "Two", "Three"):
        key_take("Line 1", HEARD, mix, face, neck, lips=lips, label=label, beside=True)
    scene.frame_set(50)
    take_list.set_strength(settings, "Line 1", "LIPS", 0.4)
    scene.frame_set(30)
    assert apply.clear_takes(face, neck) == (3, ())
    scene.frame_set(30)
    assert differences(before, dump(key_of(face), neck)) == []
    assert not bpy.data.actions


def test_a_layer_opens_for_editing_and_closes(scene, settings, face, neck, take):
    listed, mix, _ = take
    assert take_list.edit(settings, listed.take, "EXPRESSION")
    animation = key_of(face).animation_data
    assert animation.use_tweak_mode
    assert take_list.open_layer(settings) == (listed.take, "EXPRESSION")
    paths = {curve.data_path for curve in takes.pieces_on(key_of(face))[2].curves}
    assert 'key_blocks["browInnerUp"].value' in paths
    assert not neck.animation_data.use_tweak_mode
    assert not take_list.edit(settings, listed.take, "EXPRESSION")
    assert not animation.use_tweak_mode
    assert animation.action is None
    assert values_at(scene, face, 30)["jawOpen"] == pytest.approx(mix["jawOpen"][JAW], abs=NEAR)
