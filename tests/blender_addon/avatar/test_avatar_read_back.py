# SPDX-License-Identifier: GPL-3.0-or-later
"""From a rig's targets back to the channels: what goes there and back again is the same."""

from __future__ import annotations

import numpy as np
import pytest
from bl_ext.devrepo.mien.avatar.read_back import READ, Reading, columns, way_back
from bl_ext.devrepo.mien.rigs.links import MAXIMUM, PROPERTY, SHAPE_KEY, TRANSFORM, Link, Pose
from bl_ext.devrepo.mien.rigs.values import target_values

OWNER = "Hero"


def there_and_back(links, sources):
    """Columns -> targets by the rig's own rule -> columns."""
    count = len(next(iter(sources.values())))
    way = way_back(links)
    readings = {}
    for target in target_values(links, sources):
        key = (target.owner, target.kind, target.target, target.index)
        if key in way.targets:
            readings[key] = Reading(
                None if target.values is None else target.values - target.rest,
                target.location,
                target.rotation,
                target.scale,
            )
    return way, columns(way, readings, count)


def waves(*names, low=0.0, high=1.0):
    frames = np.arange(40)
    return {
        name: (low + (high - low) * (0.5 + 0.5 * np.sin(0.3 * frames + 2.0 * place))).astype(
            np.float32
        )
        for place, name in enumerate(names)
    }


def test_a_channel_that_moves_a_key_alone_is_exact():
    links = [Link("jawOpen", SHAPE_KEY, OWNER, "jaw", weight=0.8, gain=0.5)]
    asked = waves("jawOpen")
    way, found = there_and_back(links, asked)
    np.testing.assert_allclose(found["jawOpen"], asked["jawOpen"], atol=1e-6)
    assert (way.shared, way.unread, way.foreign) == ((), (), ())
    assert set(found) == set(READ)
    assert not found["mouthSmileLeft"].any()


def test_two_channels_that_pull_one_slider_to_both_sides_are_told_apart():
    links = [
        Link("mouthLeft", PROPERTY, OWNER, '["side"]', weight=1.0, low=-1.0),
        Link("mouthRight", PROPERTY, OWNER, '["side"]', weight=-1.0, low=-1.0),
    ]
    left, right = waves("mouthLeft", "mouthRight").values()
    asked = {"mouthLeft": np.clip(left - right, 0, 1), "mouthRight": np.clip(right - left, 0, 1)}
    way, found = there_and_back(links, asked)
    assert way.shared == ()
    for name, column in asked.items():
        np.testing.assert_allclose(found[name], column, atol=1e-5)


def test_what_several_channels_move_together_is_solved():
    links = [
        Link("jawOpen", SHAPE_KEY, OWNER, "open"),
        Link("mouthFunnel", SHAPE_KEY, OWNER, "open", weight=0.4, high=2.0),
        Link("mouthFunnel", SHAPE_KEY, OWNER, "round", weight=0.5),
        Link("mouthPucker", SHAPE_KEY, OWNER, "round", weight=0.5),
        Link("mouthPucker", SHAPE_KEY, OWNER, "narrow"),
    ]
    links = [Link(**{**vars(link), "high": 2.0}) for link in links]
    asked = waves("jawOpen", "mouthFunnel", "mouthPucker")
    way, found = there_and_back(links, asked)
    assert way.shared == ()
    for name, column in asked.items():
        np.testing.assert_allclose(found[name], column, atol=2e-4)


def test_what_cannot_be_told_apart_is_named_and_still_explains_the_target():
    links = [
        Link("mouthSmileLeft", SHAPE_KEY, OWNER, "smile", weight=0.5),
        Link("mouthSmileRight", SHAPE_KEY, OWNER, "smile", weight=0.5),
    ]
    asked = waves("mouthSmileLeft", "mouthSmileRight")
    way, found = there_and_back(links, asked)
    assert way.shared == ("mouthSmileLeft", "mouthSmileRight")
    total = asked["mouthSmileLeft"] + asked["mouthSmileRight"]
    np.testing.assert_allclose(found["mouthSmileLeft"] + found["mouthSmileRight"], total, atol=1e-4)


def test_bones_and_angles_come_back():
    turn, nod = Pose(rotation=(0.0, 0.0, 1.0)), Pose(rotation=(-1.0, 0.0, 0.0))
    links = [
        Link("headYaw", TRANSFORM, OWNER, "head", pose=turn),
        Link("headPitch", TRANSFORM, OWNER, "head", pose=nod),
        Link("jawOpen", TRANSFORM, OWNER, "jaw", pose=Pose((0.0, 0.0, -0.02), (0.3, 0.0, 0.0))),
    ]
    asked = {**waves("headYaw", "headPitch", low=-0.4, high=0.4), **waves("jawOpen")}
    way, found = there_and_back(links, asked)
    assert way.shared == ()
    for name, column in asked.items():
        np.testing.assert_allclose(found[name], column, atol=1e-4)


def test_eyes_that_turn_by_angles_show_in_the_look_channels():
    pose = Pose(rotation=(0.0, 0.0, 1.0)), Pose(rotation=(-1.0, 0.0, 0.0))
    links = [
        Link("gazeYaw", TRANSFORM, OWNER, "eye", pose=pose[0]),
        Link("gazePitch", TRANSFORM, OWNER, "eye", pose=pose[1]),
    ]
    asked = {"gazeYaw": np.radians([14.0, -28.0]), "gazePitch": np.radians([10.0, -24.0])}
    _, found = there_and_back(links, {name: a.astype(np.float32) for name, a in asked.items()})
    np.testing.assert_allclose(found["eyeLookOutLeft"], [0.5, 0.0], atol=1e-5)
    np.testing.assert_allclose(found["eyeLookInRight"], [0.5, 0.0], atol=1e-5)
    np.testing.assert_allclose(found["eyeLookInLeft"], [0.0, 1.0], atol=1e-5)
    np.testing.assert_allclose(found["eyeLookUpLeft"], [0.5, 0.0], atol=1e-5)
    np.testing.assert_allclose(found["eyeLookDownRight"], [0.0, 1.0], atol=1e-5)


def test_look_channels_are_the_cores():
    """The add-on has its own copy of three angles, for it does not import the core."""
    from core.motion.gaze import look_channels

    gaze = np.radians([[12.0, 9.0], [-7.0, -20.0]])
    links = [
        Link("gazeYaw", TRANSFORM, OWNER, "eye", pose=Pose(rotation=(0.0, 0.0, 1.0))),
        Link("gazePitch", TRANSFORM, OWNER, "eye", pose=Pose(rotation=(-1.0, 0.0, 0.0))),
    ]
    asked = {"gazePitch": gaze[:, 0].astype(np.float32), "gazeYaw": gaze[:, 1].astype(np.float32)}
    _, found = there_and_back(links, asked)
    for name, column in look_channels(gaze).items():
        np.testing.assert_allclose(found[name], column, atol=1e-5)


def test_the_strongest_of_several_has_no_way_back_and_is_said():
    links = [
        Link("jawOpen", PROPERTY, OWNER, '["mouth"]', combine=MAXIMUM),
        Link("mouthFunnel", PROPERTY, OWNER, '["mouth"]', combine=MAXIMUM),
        Link("eyeBlinkLeft", PROPERTY, OWNER, '["blink"]', combine=MAXIMUM),
    ]
    asked = waves("jawOpen", "mouthFunnel", "eyeBlinkLeft")
    way, found = there_and_back(links, asked)
    assert way.unread == ("jawOpen", "mouthFunnel")
    np.testing.assert_allclose(found["eyeBlinkLeft"], asked["eyeBlinkLeft"], atol=1e-6)
    assert not found["jawOpen"].any()


def test_visemes_are_no_channels_and_are_said():
    links = [Link("viseme_aa", SHAPE_KEY, OWNER, "A"), Link("jawOpen", SHAPE_KEY, OWNER, "jaw")]
    assert way_back(links).foreign == ("viseme_aa",)


@pytest.mark.parametrize("count", [0, 1])
def test_few_moments_are_no_trouble(count):
    way = way_back([Link("jawOpen", SHAPE_KEY, OWNER, "jaw")])
    found = columns(way, {way.targets[0]: Reading(np.full(count, 0.25))}, count)
    np.testing.assert_allclose(found["jawOpen"], np.full(count, 0.25), atol=1e-6)


def test_a_rig_without_a_face_stays_at_rest():
    found = columns(way_back([]), {}, 3)
    assert all(not column.any() and len(column) == 3 for column in found.values())
