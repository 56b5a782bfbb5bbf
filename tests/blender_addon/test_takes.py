# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes are keyed beside whatever the animator has, and clearing gives exactly that back."""

from __future__ import annotations

import math

import bpy
import mathutils
import numpy as np
import pytest
from bl_ext.devrepo.mien import apply, compat, takes
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.strips import StripMap
from studio import differences, dump, make_face

FRAMES = 60
HEARD = StripMap(0.0, 24.0, 11, FRAMES)
LATER = StripMap(0.0, 24.0, 101, FRAMES)


@pytest.fixture
def neck(scene):
    neck = bpy.data.objects.new("Neck", None)
    scene.collection.objects.link(neck)
    return neck


def key_of(face):
    return face.data.shape_keys


def values_at(scene, face, frame):
    scene.frame_set(frame)
    return {block.name: block.value for block in key_of(face).key_blocks}


def animate(datablock, path, value, frames=(1, 200)):
    """The animator's own keys, made the usual way."""
    holder, _, name = path.rpartition(".")
    owner = datablock.path_resolve(holder) if holder else datablock
    for frame in frames:
        setattr(owner, name, value)
        owner.keyframe_insert(name, frame=frame)


def test_keys_give_the_performance_on_every_frame(scene, face, performance):
    columns = performance(FRAMES, still=("tongueOut",))
    report = apply.key_take("Line 1", HEARD, columns, face, None)
    assert (report.first_frame, report.last_frame, report.curves) == (11, 70, 51)
    for i in (0, 1, 30, FRAMES - 1):
        values = values_at(scene, face, 11 + i)
        for name, value in values.items():
            if name != "Basis":
                assert value == pytest.approx(columns[name][i], abs=1e-6), name


def test_an_action_of_miens_own_with_the_strips_name(face, neck, performance):
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    action = key_of(face).animation_data.action
    assert action.name == "Mien Line 1 Hero"
    assert takes.strip_of(action) == "Line 1"
    assert tuple(action.frame_range) == (11, 70)
    has_slots = hasattr(action, "slots")
    assert (neck.animation_data.action == action) == has_slots
    assert len([a for a in bpy.data.actions if a.name.startswith("Mien")]) == (
        1 if has_slots else 2
    )


def test_a_resting_channel_is_only_keyed_where_its_slider_stands_off_zero(scene, face, performance):
    face.data.shape_keys.key_blocks["tongueOut"].value = 0.25
    columns = performance(FRAMES, still=("tongueOut", "jawForward"))
    report = apply.key_take("Line 1", HEARD, columns, face, None)
    assert report.curves == 51
    assert values_at(scene, face, 30)["tongueOut"] == 0.0
    apply.clear_takes(face, None)
    assert face.data.shape_keys.key_blocks["tongueOut"].value == 0.25


def test_clear_leaves_what_the_animator_posed_since(scene, face, performance):
    apply.key_take("Line 1", HEARD, performance(FRAMES, still=("tongueOut",)), face, None)
    face.data.shape_keys.key_blocks["tongueOut"].value = 0.5
    apply.clear_takes(face, None)
    scene.frame_set(30)
    assert face.data.shape_keys.key_blocks["tongueOut"].value == 0.5
    assert face.data.shape_keys.key_blocks["jawOpen"].value == 0.0


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
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    apply.key_take("Line 2", LATER, performance(FRAMES), face, neck)
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
    report = apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)
    assert report.left_alone == ("browInnerUp",)
    assert key.animation_data.action == own
    values = values_at(scene, face, 30)
    assert values["browInnerUp"] == pytest.approx(0.9)
    assert values["jawOpen"] == pytest.approx(performance(FRAMES)["jawOpen"][19], abs=1e-6)


def test_a_driven_channel_is_left_to_its_driver(scene, face, performance):
    driver = key_of(face).key_blocks["jawOpen"].driver_add("value").driver
    driver.expression = "0.25"
    report = apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)
    assert report.left_alone == ("jawOpen",)
    assert values_at(scene, face, 30)["jawOpen"] == pytest.approx(0.25)


def test_when_the_animator_has_every_channel_nothing_is_done(scene, arkit_names, performance):
    face = make_face(scene, ["jawOpen"])
    animate(key_of(face), 'key_blocks["jawOpen"].value', 0.9)
    before = dump(key_of(face), *bpy.data.actions)
    with pytest.raises(AnimatorError, match="already animated by you"):
        apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)
    assert differences(before, dump(key_of(face), *bpy.data.actions)) == []


def test_generating_again_replaces_the_take(scene, face, neck, performance):
    key = key_of(face)
    before = dump(key, neck)
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    scene.frame_set(40)
    other = performance(FRAMES, still=("jawOpen",))
    apply.key_take("Line 1", HEARD, other, face, neck)
    assert len(takes.takes_on(key)) == 1
    assert values_at(scene, face, 40)["jawOpen"] == 0.0
    assert len([a for a in bpy.data.actions if a.name.startswith("Mien")]) <= 2
    apply.clear_takes(face, neck)
    scene.frame_set(40)
    assert differences(before, dump(key, neck)) == []
    assert not bpy.data.actions


def test_generating_with_another_head_frees_the_first(scene, face, neck, performance):
    before = dump(neck)
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    scene.frame_set(40)
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)
    scene.frame_set(40)
    assert differences(before, dump(neck)) == []


def test_a_head_renamed_since_is_cleared_with_its_face(scene, face, neck, performance):
    before = dump(neck)
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    neck.name = "Spine 3"
    scene.frame_set(40)
    assert apply.clear_takes(face, None) == (1, ())
    neck.name = "Neck"
    scene.frame_set(40)
    assert differences(before, dump(neck)) == []
    assert not bpy.data.actions


def test_clear_finds_the_head_of_a_take_made_before_slots(scene, face, neck, performance):
    """Files from 4.2 and 4.3 bring an Action each for face and head."""
    before = dump(neck)
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    action = key_of(face).animation_data.action
    if compat.has_slots(action):
        content = takes.read_mark(action)
        apart = action.copy()
        compat.drop_other_slots(apart, neck)
        compat.drop_other_slots(action, key_of(face))
        compat.assign_action(neck, apart)
        for half in (action, apart):
            takes.mark(half, "Line 1", content["take"], content["before"])
    assert apply.clear_takes(face, None) == (1, ())
    scene.frame_set(40)
    assert differences(before, dump(neck)) == []
    assert not bpy.data.actions


def test_clearing_a_duplicate_leaves_the_original_alone(scene, face, performance):
    """Shift+D duplicates the Actions as well."""
    if "slots" not in bpy.types.Action.bl_rna.properties:
        pytest.skip("before 4.4 a duplicate's head cannot be told from the original's")
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, face)
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
    apply.key_take("Line 2", LATER, second, face, None)
    apply.key_take("Line 1", HEARD, first, face, None)
    assert values_at(scene, face, 30)["jawOpen"] == pytest.approx(first["jawOpen"][19], abs=1e-6)
    values = values_at(scene, face, 120)
    assert values["jawOpen"] == 0.0
    assert values["jawLeft"] == pytest.approx(second["jawLeft"][19], abs=1e-6)
    tracks = key_of(face).animation_data.nla_tracks
    assert [len(track.strips) for track in tracks] == [2]


def test_an_older_take_does_not_show_through_a_newer_one(scene, face, performance):
    """Not even where the newer one rests: a strip may be renamed between two takes of it."""
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)
    newer = performance(FRAMES, still=("noseSneerLeft",))
    apply.key_take("Line 1 renamed", HEARD, newer, face, None)
    values = values_at(scene, face, 30)
    assert values["noseSneerLeft"] == 0.0
    assert values["jawOpen"] == pytest.approx(newer["jawOpen"][19], abs=1e-6)


@pytest.mark.parametrize("then", ["again", "cleared"])
def test_what_the_animator_keyed_into_a_take_plays_on(scene, face, performance, then):
    """The take is the active Action, so that is where Blender puts keys of the head's location."""
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, face)
    for frame, place in ((1, 1.0), (48, 3.0)):
        face.location.x = place
        face.keyframe_insert("location", frame=frame)
    if then == "again":
        report = apply.key_take("Line 1", HEARD, performance(FRAMES), face, face)
        assert report.kept == ()
        assert values_at(scene, face, 30)["jawOpen"] == pytest.approx(
            performance(FRAMES)["jawOpen"][19], abs=1e-6
        )
        assert abs(face.delta_rotation_euler.x) > 0.01
    assert apply.clear_takes(face, face) == (1, ())
    for frame, place in ((1, 1.0), (48, 3.0)):
        scene.frame_set(frame)
        assert face.location.x == pytest.approx(place)
    assert face.delta_rotation_euler.x == 0.0
    assert [action.name for action in bpy.data.actions] == ["HeroAction"]


def test_an_action_that_the_animator_shares_with_their_object_gives_its_curves_back(
    scene, face, neck, performance
):
    """From 4.4 on one Action may hold all that moves a character."""
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)
    action = key_of(face).animation_data.action
    if not compat.has_slots(action):
        pytest.skip("this Blender's Actions have no slots")
    neck.animation_data_create().action = action
    for frame, place in ((1, 1.0), (48, 3.0)):
        neck.location.x = place
        neck.keyframe_insert("location", frame=frame)
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    scene.frame_set(48)
    assert neck.location.x == pytest.approx(3.0)
    assert neck.delta_rotation_euler.y != 0.0
    assert apply.clear_takes(face, None) == (1, ())
    scene.frame_set(1)
    assert neck.location.x == pytest.approx(1.0)
    assert [action.name for action in bpy.data.actions] == ["NeckAction"]


def test_overlapping_strips_get_tracks_of_their_own(face, performance):
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)
    apply.key_take("Line 2", StripMap(0.0, 24.0, 40, FRAMES), performance(FRAMES), face, None)
    tracks = key_of(face).animation_data.nla_tracks
    assert [len(track.strips) for track in tracks] == [1, 1]


def test_edits_of_a_take_are_kept_in_the_file(scene, face, performance):
    before = dump(key_of(face))
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)
    block = key_of(face).key_blocks["jawOpen"]
    block.value = 0.77
    block.keyframe_insert("value", frame=30)
    report = apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)
    assert report.kept == ("Mien Line 1 Hero edited",)
    assert apply.clear_takes(face, None) == (1, ())
    scene.frame_set(1)
    assert differences(before, dump(key_of(face))) == []
    (kept,) = bpy.data.actions
    assert kept.use_fake_user
    assert takes.read_mark(kept) is None


def test_a_take_with_a_fake_user_is_kept_in_the_file(face, performance):
    """The shield button beside an Action's name: do not lose this one."""
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)
    key_of(face).animation_data.action.use_fake_user = True
    report = apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)
    assert report.kept == ("Mien Line 1 Hero kept",)
    assert key_of(face).animation_data.action.name == "Mien Line 1 Hero"
    assert apply.clear_takes(face, None) == (1, ())
    assert [action.name for action in bpy.data.actions] == ["Mien Line 1 Hero kept"]


def test_a_take_is_not_taken_for_edited_after_saving_and_loading(face, performance, tmp_path):
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, face)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "shot.blend"))
    face = bpy.data.objects["Hero"]
    bpy.context.scene.frame_set(33)
    assert apply.clear_takes(face, face) == (1, ())
    assert not bpy.data.actions


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
    apply.key_take("Line 1", HEARD, columns, face, neck)
    bpy.context.scene.frame_set(HEARD.first_frame + FRAMES - 1)
    turned = resting.inverted() @ neck.matrix_world.to_3x3()
    assert (turned @ mathutils.Vector((0, -1, 0)) - mathutils.Vector(nose)).length < 1e-4
    assert (turned @ mathutils.Vector((0, 0, 1)) - mathutils.Vector(crown)).length < 1e-4


def test_a_failure_while_keying_leaves_the_scene_alone(scene, face, neck, performance):
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, neck)
    scene.frame_set(30)
    before = dump(key_of(face), neck, *bpy.data.actions)
    columns = performance(FRAMES)
    del columns["headRoll"]
    with pytest.raises(KeyError):
        apply.key_take("Line 2", LATER, columns, face, neck)
    assert differences(before, dump(key_of(face), neck, *bpy.data.actions)) == []


REFUSED = {
    "no_target": (lambda scene: None, "No face is chosen"),
    "not_a_mesh": (lambda scene: bpy.data.objects.new("Lamp", None), "No face is chosen"),
    "no_shape_keys": (
        lambda scene: bpy.data.objects.new("Cube", bpy.data.meshes.new("Cube")),
        "'Cube' has no shape keys",
    ),
    "unknown_names": (
        lambda scene: make_face(scene, ["Key 1", "Key 2"], "Odd"),
        "Key 1, Key 2",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_keyed_is_said(scene, performance, case):
    make, words = case
    target = make(scene)
    with pytest.raises(AnimatorError, match=words) as caught:
        apply.key_take("Line 1", HEARD, performance(FRAMES), target, None)
    assert caught.value.advice
    assert not bpy.data.actions


def test_a_sound_that_ends_early_is_said(face, performance):
    with pytest.raises(AnimatorError, match="ends after 10 of 60 frames"):
        apply.key_take("Line 1", HEARD, performance(10), face, None)


def test_quaternion_heads_are_refused(face, neck, performance):
    neck.rotation_mode = "QUATERNION"
    with pytest.raises(AnimatorError, match="rotates by quaternion"):
        apply.key_take("Line 1", HEARD, performance(FRAMES), face, neck)


NLA_TRAPS = {
    "switched_off": (lambda data: setattr(data, "use_nla", False), "NLA switched off"),
    "solo": (lambda data: setattr(data.nla_tracks[0], "is_solo", True), "plays solo"),
}


@pytest.mark.parametrize("case", NLA_TRAPS.values(), ids=NLA_TRAPS.keys())
def test_a_take_that_would_not_move_is_refused(face, performance, case):
    key = key_of(face)
    animate(key, 'key_blocks["browInnerUp"].value', 0.9)
    action = key.animation_data.action
    key.animation_data.action = None
    key.animation_data.nla_tracks.new().strips.new("Mine", 1, action)
    case[0](key.animation_data)
    with pytest.raises(AnimatorError, match=case[1]):
        apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)


def test_clearing_one_of_two_heads_with_the_same_action_keeps_the_other(scene, face, performance):
    apply.key_take("Line 1", HEARD, performance(FRAMES), face, None)
    twin = face.copy()
    twin.data = face.data.copy()
    scene.collection.objects.link(twin)
    key_of(twin).animation_data_create()
    action = key_of(face).animation_data.action
    key_of(twin).animation_data.action = action
    if hasattr(action, "slots"):
        key_of(twin).animation_data.action_slot = action.slots[0]
    apply.clear_takes(twin, None)
    assert not takes.takes_on(key_of(twin))
    assert takes.takes_on(key_of(face)) == [action]
