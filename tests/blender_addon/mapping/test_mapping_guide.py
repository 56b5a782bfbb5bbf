# SPDX-License-Identifier: GPL-3.0-or-later
"""Guided mapping: from an unknown rig to a speaking face, pose by pose, and gaps filled."""

from __future__ import annotations

import math

import bpy
import pytest
from bl_ext.devrepo.mien import mapping
from bl_ext.devrepo.mien.mapping import data, fill, guide, recording
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.rigs.links import SHAPE_KEY, TRANSFORM, Link, Pose, Rig
from bl_ext.devrepo.mien.rigs.sources import CHANNELS, SOURCES
from mapping_studio import furthest, make_rig, matrices, play, turn
from studio import make_face

# What an animator does at each step: bone -> degrees about its X.
POSES = {
    "Jaw open": {"jaw": 30},
    "Lips closed": {"lip.M": -20},
    "Wide": {"corner.L": 10},
    "Round": {"lip.M": 25},
    "Smile": {"corner.L": -30},
    "Frown": {"corner.L": 20, "corner.R": 20},
    "Upper lip up": {"lip.M": 5},
    "Blink": {"lid.L": 50},
    "Outer brows up": None,
    "Look up": {"ball.L": -20, "ball.R": -20},
    "Look left": {"ball.L": 15},
    "Head left": {"root": 10, "head": 20},
}


@pytest.fixture
def rig(scene):
    owner = make_rig(scene)
    mapping.store(owner, Rig("Mine", (), ()))
    return owner


def name_of_step(rig):
    return guide.steps()[guide.step_of(rig)].name


def walk(rig):
    guide.start(rig)
    while guide.step_of(rig) != guide.DONE:
        pose = POSES.get(name_of_step(rig))
        if pose is None:
            guide.skip(rig)
            continue
        for bone, degrees in pose.items():
            turn(rig.pose.bones[bone], degrees)
        guide.press(rig)


def test_a_walk_maps_a_rig_that_nobody_knows(rig):
    turn(rig.pose.bones["jaw"], 5, "Z")
    neutral = matrices(rig)
    walk(rig)
    assert furthest(neutral, matrices(rig)) == 0.0
    by_source = {}
    for link in mapping.rig_of(rig).links:
        by_source.setdefault(link.source, []).append(link.target)
    recorded = {name: sorted(bones) for name, bones in by_source.items()}
    assert recorded["jawOpen"] == ["jaw"]
    assert recorded["mouthSmileLeft"] == ["corner.L"]
    assert recorded["mouthSmileRight"] == ["corner.R"]
    assert recorded["eyeBlinkRight"] == ["lid.R"]
    assert recorded["eyeLookUpLeft"] == ["ball.L"]
    assert recorded["eyeLookOutRight"] == ["ball.R"]
    # Filled: round lips stand in for a funnel, with the jaw; bones that look out can look in.
    assert recorded["mouthFunnel"] == ["jaw", "lip.M"]
    assert recorded["eyeLookInLeft"] == ["ball.L"]
    filled = fill.filled_sources(rig)
    assert {"mouthFunnel", "eyeLookInLeft"} <= filled
    assert not {"jawOpen", "mouthSmileRight"} & filled


def test_lips_are_closed_on_top_of_the_open_jaw(rig):
    guide.start(rig)
    turn(rig.pose.bones["jaw"], 30)
    opened = matrices(rig)
    guide.press(rig)
    assert name_of_step(rig) == "Lips closed"
    assert furthest(opened, matrices(rig)) < 1e-5
    turn(rig.pose.bones["lip.M"], -20)
    closed = matrices(rig)
    guide.press(rig)
    (link,) = [link for link in mapping.rig_of(rig).links if link.source == "mouthClose"]
    assert link.target == "lip.M"
    play(rig, jawOpen=1.0, mouthClose=1.0)
    assert furthest(closed, matrices(rig)) < 1e-5


def test_a_head_turns_by_the_angle_that_is_asked_for(rig):
    walk(rig)
    links = [link for link in mapping.rig_of(rig).links if link.source == "headYaw"]
    turned = [link.weight * math.hypot(*link.pose.rotation) for link in links]
    assert sum(turned) == pytest.approx(1.0, abs=1e-5)
    assert turned == pytest.approx([1 / 3, 2 / 3], abs=1e-4)


def test_a_press_without_a_pose_changes_nothing(rig):
    guide.start(rig)
    before = mapping.rig_of(rig)
    with pytest.raises(AnimatorError, match="differs"):
        guide.press(rig)
    assert name_of_step(rig) == "Jaw open"
    assert mapping.rig_of(rig) == before


def test_back_and_again_replaces_the_pose(rig):
    guide.start(rig)
    turn(rig.pose.bones["head"], 30)
    guide.press(rig)
    guide.back(rig)
    turn(rig.pose.bones["jaw"], 30)
    guide.press(rig)
    assert [link.target for link in mapping.rig_of(rig).links] == ["jaw"]


def test_without_mirror_only_what_was_posed_is_mapped(rig):
    guide.start(rig)
    data.place_of(rig).guide_mirror = False
    while name_of_step(rig) != "Blink":
        guide.skip(rig)
    turn(rig.pose.bones["lid.L"], 30)
    guide.press(rig)
    assert {link.source for link in mapping.rig_of(rig).links} == {"eyeBlinkLeft"}


def test_the_walk_is_saved_with_the_file(rig, tmp_path):
    guide.start(rig)
    guide.skip(rig)
    guide.skip(rig)
    name = name_of_step(rig)
    path = str(tmp_path / "rig.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    owner = bpy.data.objects["Rig"]
    assert name_of_step(owner) == name
    guide.stop(owner)
    assert guide.step_of(owner) == guide.DONE


def test_every_step_and_filling_names_channels_that_exist():
    for step in guide.steps():
        named = [name for name in (step.source, step.left, step.right, *step.on) if name]
        assert set(named) <= set(SOURCES), step.name
        assert bool(step.source) != bool(step.left and step.right)
    for channel, recipes in fill.table().items():
        assert channel in CHANNELS
        assert all(channel not in recipe and recipe.keys() <= set(SOURCES) for recipe in recipes)


def test_shape_keys_are_not_filled_backwards(scene):
    """A key that closes the lids cannot open them wider by going below zero; a bone can."""
    face = make_face(scene, ["blink"])
    link = Link("eyeBlinkLeft", SHAPE_KEY, face, "blink")
    made = fill.filled([link], fill.table())
    assert "eyeWideLeft" not in made
    assert [x.weight for x in made["eyeSquintLeft"]] == [0.35]
    bone = Link("eyeBlinkLeft", TRANSFORM, face, "lid", pose=Pose(rotation=(0.5, 0, 0)))
    assert [x.weight for x in fill.filled([bone], fill.table())["eyeWideLeft"]] == [-0.2]


def test_a_filling_gives_way_to_a_pose_and_follows_what_it_is_made_of(rig):
    recording.record_neutral(rig)
    turn(rig.pose.bones["lip.M"], 20)
    recording.record(rig, "mouthPucker")
    turn(rig.pose.bones["jaw"], 20)
    recording.record(rig, "jawOpen")
    assert "mouthFunnel" in fill.fill(rig)
    turn(rig.pose.bones["lip.M"], 33)
    recording.record(rig, "mouthFunnel")
    assert "mouthFunnel" not in fill.fill(rig)
    (link,) = [link for link in mapping.rig_of(rig).links if link.source == "mouthFunnel"]
    assert link.pose.rotation[0] == pytest.approx(math.radians(33), abs=1e-5)


def test_posed_eyes_no_longer_turn_by_gaze_angles_too(rig):
    gaze = Link("gazeYaw", TRANSFORM, rig, "ball.L", pose=Pose(rotation=(0, 0, 1)))
    mapping.store(rig, Rig("Mine", (gaze,), ()))
    recording.record_neutral(rig)
    turn(rig.pose.bones["ball.L"], 20)
    recording.record(rig, "eyeLookOutLeft")
    assert [link.source for link in mapping.rig_of(rig).links] == ["eyeLookOutLeft"]
