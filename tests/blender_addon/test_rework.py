# SPDX-License-Identifier: GPL-3.0-or-later
"""A take is made again in part, follows its strip, and is baked: real sound, real worker."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import keying, take_list, takes
from studio import move_content, set_speed, trim
from take_studio import key_of, played, values_at

BROW = ('key_blocks["browInnerUp"].value', 0)
JAW = ('key_blocks["jawOpen"].value', 0)


@pytest.fixture
def made(stage):
    """A generated take; its numbers on every frame."""
    scene, strip, face = stage
    assert bpy.ops.mien.generate() == {"FINISHED"}
    return scene, strip, face, played(key_of(face))


def keys_outside(face, first, last):
    """Frame and value of every key that lies outside of some frames."""
    found = {}
    for piece in takes.pieces_on(key_of(face)):
        for curve in piece.curves:
            keys = keying.read_keys(curve)
            out = (keys.frames < first) | (keys.frames > last)
            places = np.column_stack([keys.frames, keys.values])[out]
            found[piece.layer, curve.data_path] = places.tolist()
    return found


def test_a_part_is_made_again_and_all_else_stays(made):
    _, _, face, (frames, before) = made
    first, last = 80, 160
    outside = keys_outside(face, first, last)
    assert bpy.ops.mien.regenerate(first_frame=first, last_frame=last, seed=9) == {"FINISHED"}
    now = keys_outside(face, first, last)
    assert {spot: places for spot, places in now.items() if spot in outside} == outside
    again = played(key_of(face))[1]
    out = (frames <= first) | (frames >= last)
    for spot, values in before.items():
        assert np.abs(again[spot][out] - values[out]).max() < 5e-4, spot
    assert np.abs(again[BROW] - before[BROW]).max() > 0.02
    # The lips do not depend on the seed.
    lips = {piece.layer: piece for piece in takes.pieces_on(key_of(face))}["LIPS"]
    assert lips.curves.find(JAW[0]) is not None


def test_borders_are_seamless(made):
    _, _, face, (_, before) = made
    usual = max(np.abs(np.diff(before[BROW])).max(), 0.02)
    bpy.ops.mien.regenerate(first_frame=80, last_frame=160, seed=9)
    again = played(key_of(face))[1][BROW]
    assert np.abs(np.diff(again)).max() < 3 * usual


def test_one_region_alone(made):
    _, _, face, (_, before) = made
    bpy.ops.mien.regenerate(first_frame=60, last_frame=200, regions={"BROWS"}, seed=9)
    again = played(key_of(face))[1]
    changed = {
        spot[0].split('"')[1] for spot in again if np.abs(again[spot] - before[spot]).max() > 1e-6
    }
    assert changed
    assert all(name.startswith("brow") for name in changed)


def test_edits_outside_the_part_survive(made):
    _, _, face, _ = made
    piece = next(p for p in takes.pieces_on(key_of(face)) if p.layer == "EXPRESSION")
    piece.curves.find(BROW[0]).keyframe_points.insert(40, 0.77)
    bpy.ops.mien.regenerate(first_frame=80, last_frame=160, seed=9)
    assert piece.curves.find(BROW[0]).evaluate(40) == pytest.approx(0.77)
    assert takes.is_edited(piece.action)


def test_a_moved_strip_takes_its_keys_along(made):
    scene, strip, face, (frames, before) = made
    assert not bpy.ops.mien.retime.poll()
    move_content(strip, 50)
    assert bpy.ops.mien.retime() == {"FINISHED"}
    now_frames, now = played(key_of(face))
    assert now_frames.tolist() == (frames + 30).tolist()
    for spot, values in before.items():
        assert np.abs(now[spot] - values).max() < 1e-4, spot
    assert not bpy.ops.mien.retime.poll()
    assert not any(take.edited for take in take_list.listed(scene.mien, "Line 1"))


def test_edits_move_along(made):
    _, strip, face, _ = made
    piece = next(p for p in takes.pieces_on(key_of(face)) if p.layer == "EXPRESSION")
    piece.curves.find(BROW[0]).keyframe_points.insert(40, 0.77)
    move_content(strip, 50)
    bpy.ops.mien.retime()
    piece = next(p for p in takes.pieces_on(key_of(face)) if p.layer == "EXPRESSION")
    assert piece.curves.find(BROW[0]).evaluate(70) == pytest.approx(0.77)


def test_a_trimmed_strip_is_made_again_as_it_was_directed(made):
    scene, strip, face, _ = made
    scene.mien.seed, scene.mien.emotion = 11, "angry"
    trim(strip, 24, 0)
    assert bpy.ops.mien.retime() == {"FINISHED"}
    (piece, *_) = takes.pieces_on(key_of(face))
    asked = piece.content["made"]["direction"]
    assert (asked["seed"], asked["emotion"]) == (3, "happy")
    assert played(key_of(face))[0][0] == 44


def test_a_stretched_strip_stretches_its_keys(made):
    scene, strip, face, (frames, before) = made
    if not hasattr(strip, "retiming_keys"):
        pytest.skip("this Blender hides retiming")
    set_speed(scene, strip, 50)
    assert bpy.ops.mien.retime() == {"FINISHED"}
    now_frames, now = played(key_of(face))
    assert now_frames[0] == frames[0]
    assert len(now_frames) == pytest.approx(2 * len(frames), abs=4)
    at = np.interp(frames, frames[0] + (now_frames - frames[0]) / 2, now[JAW])
    assert np.abs(at - before[JAW]).max() < 0.05


def test_another_sound_is_heard_anew(made, long_recording):
    _, strip, _, _ = made
    strip.sound = bpy.data.sounds.load(str(long_recording))
    assert bpy.ops.mien.retime.poll()


def test_baked_layers_are_one_action_of_the_animators(made):
    scene, _, face, (frames, before) = made
    scene.frame_set(90)
    assert bpy.ops.mien.bake() == {"FINISHED"}
    assert takes.takes_on(key_of(face)) == []
    action = key_of(face).animation_data.action
    assert action.name == "Line 1 Hero Baked"
    assert not key_of(face).animation_data.nla_tracks
    for row in range(0, len(frames), 7):
        values = values_at(scene, face, int(frames[row]))
        for (path, _), column in before.items():
            name = path.split('"')[1]
            shown = min(max(column[row], 0.0), 1.0)
            assert values[name] == pytest.approx(shown, abs=0.011), (name, row)
    assert abs(face.delta_rotation_euler.x) + abs(face.delta_rotation_euler.z) > 1e-4
    assert not bpy.ops.mien.bake.poll()


def test_a_muted_layer_is_not_baked(made):
    scene, _, face, _ = made
    (listed,) = take_list.listed(scene.mien, "Line 1")
    take_list.mute(scene.mien, listed.take, {"EXPRESSION", "GAZE", "HEAD"})
    bpy.ops.mien.bake()
    scene.frame_set(90)
    assert face.data.shape_keys.key_blocks["browInnerUp"].value == 0.0


def test_a_new_take_stands_beside_the_first(made):
    scene, _, face, (_, before) = made
    assert bpy.ops.mien.generate(new_take=True) == {"FINISHED"}
    first, second = take_list.listed(scene.mien, "Line 1")
    assert (first.used, second.used) == (False, True)
    assert scene.mien.seed == 4
    assert np.abs(played(key_of(face))[1][BROW] - before[BROW]).max() > 0.01
    assert bpy.ops.mien.take_use(take=first.take) == {"FINISHED"}
    assert np.abs(played(key_of(face))[1][BROW] - before[BROW]).max() == 0.0
    assert bpy.ops.mien.take_remove(take=second.take) == {"FINISHED"}
    with pytest.raises(RuntimeError, match="not there any more"):
        bpy.ops.mien.take_use(take=second.take)
