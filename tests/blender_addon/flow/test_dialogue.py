# SPDX-License-Identifier: GPL-3.0-or-later
"""A dialogue: while one speaks the others listen, with still lips and eyes on the speaker."""

from __future__ import annotations

import math

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import batch, cast, dialogue, for_one_take, takes
from bl_ext.devrepo.mien.directions import direction
from flow_studio import add_character, add_line, key_of
from take_studio import HEARD


@pytest.fixture
def two(scene, recording, arkit_names):
    """Anna and Bob two metres apart, and three lines of a talk."""
    scene.render.fps = 24
    add_character(scene, "Anna", arkit_names)
    add_character(scene, "Bob", arkit_names, at=(1, -1, 0))
    add_line(scene, recording, "Anna 01", frame=1, channel=1)
    add_line(scene, recording, "Bob 01", frame=40, channel=2)
    add_line(scene, recording, "Anna 02", frame=80, channel=1)
    bpy.context.view_layer.update()
    return scene


def told(lines):
    return [(line.strip_name, line.place, line.listens_to, line.looks_at) for line in lines]


def talk(listening=0.5):
    return dialogue.with_listeners(bpy.context, batch.by_channel(bpy.context), listening)


def test_each_listens_while_the_other_speaks(two):
    assert told(talk()) == [
        ("Anna 01", 0, -1, 1),
        ("Bob 01", 1, -1, 0),
        ("Anna 02", 0, -1, 1),
        ("Bob 01", 0, 1, 1),
        ("Anna 01", 1, 0, 0),
        ("Anna 02", 1, 0, 0),
    ]


def test_nobody_listens_while_speaking(two, recording):
    add_line(two, recording, "Bob 02", frame=100, channel=2)
    listening = {(strip, place) for strip, place, to, _ in told(talk()) if to >= 0}
    assert listening == {("Bob 01", 0), ("Anna 01", 1)}


def test_a_third_listens_to_one_at_a_time_and_eyes_go_to_who_spoke_last(
    two, recording, arkit_names
):
    add_character(two, "Eve", arkit_names, at=(0, -2, 0))
    add_line(two, recording, "Eve 01", frame=105, channel=3)
    lines = told(talk())
    assert [line[0] for line in lines if line[1] == 2 and line[2] >= 0] == ["Anna 01", "Bob 01"]
    assert next(line for line in lines if line[0] == "Eve 01")[3] == 0


def test_a_monologue_has_nobody_to_look_at(scene, recording, arkit_names):
    add_character(scene, "Anna", arkit_names)
    add_line(scene, recording, "Anna 01", frame=1, channel=1)
    assert told(talk()) == [("Anna 01", 0, -1, -1)]


def test_a_listener_is_directed_with_still_lips_and_half_its_feeling(two):
    bob = cast.everyone(two)[1]
    bob.intensity = 0.8
    line = next(line for line in talk(0.5) if line.place == 1 and line.listens_to == 0)
    with for_one_take.settings_for_one_take(bob, line.asked):
        asked = direction(bob, HEARD)
    assert (asked["lip_strength"], asked["firmness"]) == (0.0, 0.0)
    assert asked["intensity"] == pytest.approx(0.4)
    assert direction(bob, HEARD)["lip_strength"] == 1.0


def test_eyes_meet_at_the_height_of_eyes_and_nothing_is_left(two):
    anna, bob = cast.everyone(two)
    before = (len(bpy.data.objects), anna.gaze_aim, anna.gaze_object)
    with dialogue.looking_at(anna, bob):
        track = direction(anna, HEARD)["gaze_track"]
        bpy.context.view_layer.update()
        eyes = anna.gaze_object.matrix_world.translation
        assert (eyes - bob.target.matrix_world.translation).length < 1e-4
    # Bob stands at Anna's left in front: +X and -Y.
    assert track["yaw"][0] == pytest.approx(math.radians(45), abs=0.02)
    assert (len(bpy.data.objects), anna.gaze_aim, anna.gaze_object) == before


def test_an_aim_of_the_animators_stays(two):
    anna, bob = cast.everyone(two)
    anna.gaze_aim, anna.gaze_object = "OBJECT", bob.target
    with dialogue.looking_at(anna, bob):
        assert anna.gaze_object == bob.target
    assert anna.gaze_aim == "OBJECT"


def values(settings, name, frames):
    found = []
    for frame in frames:
        settings.id_data.frame_set(frame)
        found.append(key_of(settings).key_blocks[name].value)
    return np.array(found)


def test_both_live_all_through_the_talk(two):
    anna, bob = cast.everyone(two)
    anna.emotion = bob.emotion = "happy"
    assert bpy.ops.mien.batch(by="CHANNEL", use_dialogue=True) == {"FINISHED"}
    assert "6 of 6 takes made" in bpy.context.window_manager.mien.done
    for settings in (anna, bob):
        made = {takes.strip_of(take) for take in takes.takes_on(key_of(settings))}
        assert made == {"Anna 01", "Bob 01", "Anna 02"}
    speaking, listening = range(3, 30), range(42, 68)
    assert np.ptp(values(anna, "jawOpen", speaking)) > 0.05
    assert np.abs(np.diff(values(anna, "jawOpen", speaking))).max() > 0.02
    assert np.abs(np.diff(values(anna, "jawOpen", listening))).max() < 0.01
    assert np.ptp(values(anna, "browInnerUp", listening)) > 0.0
    assert values(anna, "eyeLookOutLeft", listening).mean() > 0.1
