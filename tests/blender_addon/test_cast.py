# SPDX-License-Identifier: GPL-3.0-or-later
"""Several characters in one scene: each its own face, keys and direction, whoever comes and goes."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien import cast, heard_keys
from bl_ext.devrepo.mien.directions import direction
from bl_ext.devrepo.mien.emotion_track import emotion_track
from studio import make_face
from take_studio import HEARD


@pytest.fixture
def three(scene):
    """Three characters; the second and third have keys on their intensity."""
    scene.mien.seed = 1
    for seed in (2, 3):
        member = cast.add(scene)
        member.seed = seed
        member.emotion = "sad"
        for frame, value in ((11, 0.0), (60, seed / 4)):
            member.intensity = value
            member.keyframe_insert("intensity", frame=frame)
    return scene


def peak(settings):
    track = emotion_track(settings, HEARD)
    return None if track is None else max(track["intensity"])


def test_each_has_its_own_direction_and_keys(three):
    everyone = cast.everyone(three)
    assert [direction(settings, HEARD)["seed"] for settings in everyone] == [1, 2, 3]
    assert [peak(settings) for settings in everyone] == [None, 0.5, 0.75]


@pytest.mark.parametrize(
    ("gone", "seeds", "peaks"),
    [(0, [2, 3], [0.5, 0.75]), (1, [1, 3], [None, 0.75]), (2, [1, 2], [None, 0.5])],
)
def test_keys_go_with_their_character(three, gone, seeds, peaks):
    cast.remove(three, gone)
    everyone = cast.everyone(three)
    assert [settings.seed for settings in everyone] == seeds
    assert [peak(settings) for settings in everyone] == peaks


def test_drivers_and_nla_follow_too(three):
    driver = three.mien_cast.members[1].driver_add("emotion_happy")
    assert "members[1]" in driver.data_path
    cast.remove(three, 1)
    paths = [driver.data_path for driver in three.animation_data.drivers]
    assert paths == ["mien_cast.members[0].emotion_happy"]


def test_the_last_one_is_left_empty(scene):
    scene.mien.seed = 7
    scene.mien.keyframe_insert("intensity", frame=1)
    cast.remove(scene, 0)
    assert scene.mien.seed == 0
    assert emotion_track(scene.mien, HEARD) is None


def test_what_a_voice_feels_is_keyed_on_its_own_character(three):
    track = {"time_seconds": [0.0, 2.0], "intensity": [1.0, 1.0], "weights": {"angry": [0.0, 0.9]}}
    message = {"track": track, "confidence": [0.5, 0.5]}
    before = peak(three.mien_cast.members[1])
    heard_keys.write(three.mien_cast.members[0], HEARD, heard_keys.Heard.from_message(message))
    angry = emotion_track(three.mien_cast.members[0], HEARD)["weights"]["angry"]
    assert max(angry) == pytest.approx(0.9)
    assert peak(three.mien_cast.members[1]) == before
    assert emotion_track(three.mien, HEARD) is None


def test_buttons_add_show_and_remove(scene, face):
    scene.mien.target = face
    other = make_face(scene, ["jawOpen"], "Villain")
    bpy.context.view_layer.objects.active = other
    other.select_set(state=True)
    bpy.ops.mien.character_add()
    assert cast.active_settings(scene).target == other
    assert [cast.label(settings) for settings in cast.everyone(scene)] == ["Hero", "Villain"]
    bpy.ops.mien.character_show(place=0)
    assert cast.active_settings(scene) == scene.mien
    bpy.ops.mien.character_remove()
    assert scene.mien.target == other
    assert len(cast.everyone(scene)) == 1


def test_an_address_finds_settings_again(three):
    where = cast.address(three.mien_cast.members[1])
    three.name = "Renamed"
    assert cast.find(where).seed == 3
    cast.remove(three, 2)
    assert cast.find(where) is None
