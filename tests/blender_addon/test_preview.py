# SPDX-License-Identifier: GPL-3.0-or-later
"""The live preview: it shows what would be keyed, and follows the settings without listening again."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import jobs, performing, preview, takes
from job_studio import run
from panel_studio import Layout
from preview_studio import at_frames, evaluated, pump_until, settle, started
from studio import add_sound, differences, move_content, state
from take_studio import animate

FRAMES = (20, 33, 34, 60, 101, 150, 200, 283)
EVERY = range(20, 284)
# Keys of two layers may miss the take by this much, each by the least tolerance; windows by a thousandth.
NEAR = 0.005


@pytest.fixture(autouse=True)
def close_keys(empty_file):
    """Keys that follow the take as closely as they can, to be compared with it."""
    empty_file.mien.key_tolerance = 0.1


def shown_now(scene, face):
    settle()
    return at_frames(scene, face, FRAMES)


def test_it_shows_what_would_be_keyed_and_leaves_nothing(stage):
    scene, _, face = stage
    scene.frame_set(5)
    before = state(face)
    started(scene)
    shown = at_frames(scene, face, FRAMES)
    assert np.ptp(shown, axis=0).max() > 0.3
    assert bpy.ops.mien.preview() == {"FINISHED"}
    assert not preview.is_on()
    scene.frame_set(5)
    assert differences(before, state(face)) == []
    assert list(face.data.shape_keys.keys()) == []
    assert bpy.ops.mien.generate() == {"FINISHED"}
    keyed = at_frames(scene, face, FRAMES)
    assert np.abs(shown - keyed).max() < NEAR


CHANGES = {
    "intensity": 0.2,
    "emotion": "angry",
    "seed": 11,
    "brow_strength": 0.0,
    "lip_strength": 0.3,
    "articulation": 2.0,
    "firmness": 0.0,
    "blink_strength": 0.0,
    "voice_emotion": 1.0,
}


# What a setting does is the same in every Blender; that the preview shows it is tried there with two.
EVERYWHERE = {"intensity", "seed"}


@pytest.mark.parametrize(
    "name",
    [
        name if name in EVERYWHERE else pytest.param(name, marks=pytest.mark.slow)
        for name in CHANGES
    ],
)
def test_each_setting_acts_at_once_and_truly(name, stage):
    scene, _, face = stage
    started(scene)
    first = at_frames(scene, face, EVERY)
    setattr(scene.mien, name, CHANGES[name])
    settle()
    second = at_frames(scene, face, EVERY)
    assert np.abs(first - second).max() > 0.02
    told = preview.told()
    assert told.latency_ms is not None
    assert told.problem == ""
    bpy.ops.mien.preview()
    bpy.ops.mien.generate()
    assert np.abs(second - at_frames(scene, face, EVERY)).max() < NEAR


def turned_at_frames(scene, head):
    turned = []
    for frame in FRAMES:
        scene.frame_set(frame)
        turned.append(tuple(head.delta_rotation_euler))
    return np.array(turned)


def test_a_head_that_an_earlier_take_has_turned_is_not_turned_from_there(stage):
    scene, _, face = stage
    assert bpy.ops.mien.generate() == {"FINISHED"}
    earlier = turned_at_frames(scene, face)
    assert np.abs(earlier).max() > 0.01
    scene.mien.seed += 1
    scene.frame_set(FRAMES[2])
    started(scene)
    shown = turned_at_frames(scene, face)
    bpy.ops.mien.preview()
    scene.frame_set(FRAMES[0])
    assert np.abs(turned_at_frames(scene, face) - earlier).max() < 1e-5
    assert bpy.ops.mien.generate() == {"FINISHED"}
    assert np.abs(turned_at_frames(scene, face) - shown).max() < NEAR


def test_the_frames_around_the_playhead_come_first(stage):
    scene, _, face = stage
    started(scene)
    scene.frame_set(200)
    scene.mien.emotion = "surprised"
    pump_until(lambda told: told.share > 0.0)
    assert preview.told().share < 0.2
    near, far = at_frames(scene, face, (200, 20))
    settle()
    assert np.allclose(at_frames(scene, face, (200,))[0], near, atol=2e-3)
    assert np.abs(at_frames(scene, face, (20,))[0] - far).max() > 0.02


def test_a_change_is_not_listened_to_again(stage):
    scene, _, _ = stage
    started(scene)
    stages = []
    take = preview_stage_spy(stages)
    scene.mien.articulation = 0.2
    settle()
    take()
    assert stages
    assert "listening" not in stages


def preview_stage_spy(stages):
    """Note the stages of the worker's progress; returns what undoes it."""
    engine = jobs.engine()
    original = engine.quiet_news

    def spy():
        news = original()
        stages.extend(message["stage"] for message in news if message["type"] == "progress")
        return news

    engine.quiet_news = spy
    return lambda: engine.__dict__.pop("quiet_news")


def test_keys_on_the_emotion_act(stage):
    scene, _, face = stage
    started(scene)
    first = at_frames(scene, face, FRAMES)
    scene.mien.intensity = 0.0
    scene.mien.keyframe_insert("intensity", frame=100)
    scene.mien.intensity = 1.5
    scene.mien.keyframe_insert("intensity", frame=160)
    second = shown_now(scene, face)
    assert np.abs(first[0] - second[0]).max() > 0.05
    curve = preview_curve(scene)
    curve.keyframe_points[1].co[1] = 0.0
    third = shown_now(scene, face)
    assert np.abs(second[-1] - third[-1]).max() > 0.05


def preview_curve(scene):
    animation = scene.animation_data
    action = animation.action
    if hasattr(action, "slots"):
        return action.layers[0].strips[0].channelbag(animation.action_slot).fcurves[0]
    return action.fcurves[0]


def test_between_two_frames_and_beyond_the_strip(stage):
    scene, _, face = stage
    started(scene)
    one, other = at_frames(scene, face, (60, 61))
    scene.frame_set(60, subframe=0.5)
    assert np.allclose(evaluated(face), (one + other) / 2, atol=1e-5)
    assert np.array_equal(*at_frames(scene, face, (20, 1)))
    beyond = at_frames(scene, face, (300, 400))
    assert np.array_equal(*beyond)
    names = [block.name for block in face.data.shape_keys.key_blocks[1:]]
    assert beyond[0][names.index("jawOpen")] < 0.05


def test_the_head_turns(stage):
    scene, _, face = stage
    face.delta_rotation_euler.z = 0.5
    started(scene)
    turns = []
    for frame in (40, 120, 200):
        scene.frame_set(frame)
        turns.append(list(face.delta_rotation_euler))
    assert np.ptp(turns, axis=0).max() > 0.01
    bpy.ops.mien.preview()
    assert list(face.delta_rotation_euler) == [0.0, 0.0, 0.5]
    bpy.ops.mien.generate()
    for frame, turn in zip((40, 120, 200), turns, strict=True):
        scene.frame_set(frame)
        assert list(face.delta_rotation_euler) == pytest.approx(turn, abs=2e-3)


def test_a_moved_strip_is_followed(stage):
    scene, strip, face = stage
    started(scene)
    shown = at_frames(scene, face, (60, 150))
    move_content(strip, 30)
    settle()
    assert np.array_equal(at_frames(scene, face, (70, 160)), shown)


def test_a_trimmed_strip_is_heard_anew(stage):
    scene, strip, face = stage
    started(scene)
    if "left_handle" in strip.bl_rna.properties:
        strip.left_handle = 100
    else:
        strip.frame_final_start = 100
    settle()
    told = preview.told()
    assert (told.problem, told.share) == ("", 1.0)
    shown = at_frames(scene, face, (100, 150, 200))
    bpy.ops.mien.preview()
    bpy.ops.mien.generate()
    assert np.abs(shown - at_frames(scene, face, (100, 150, 200))).max() < NEAR


def test_own_takes_do_not_show_through_and_play_again_afterwards(stage):
    scene, _, face = stage
    bpy.ops.mien.generate()
    keyed = at_frames(scene, face, FRAMES)
    scene.frame_set(5)
    before = state(face)
    scene.mien.emotion = "sad"
    started(scene)
    shown = at_frames(scene, face, FRAMES)
    assert np.abs(shown - keyed).max() > 0.1
    scene.frame_set(5)
    bpy.ops.mien.preview()
    assert differences(before, state(face)) == []
    assert np.array_equal(at_frames(scene, face, FRAMES), keyed)
    bpy.ops.mien.generate()
    assert np.abs(shown - at_frames(scene, face, FRAMES)).max() < NEAR


def test_an_own_take_on_a_track_is_muted_and_plays_again(stage):
    scene, _, face = stage
    animate(face.data.shape_keys, 'key_blocks["tongueOut"].value', 0.25)
    bpy.ops.mien.generate()
    keyed = at_frames(scene, face, FRAMES)
    scene.frame_set(5)
    before = state(face)
    scene.mien.emotion = "sad"
    told = started(scene)
    assert told.left_alone == ("tongueOut",)
    shown = at_frames(scene, face, FRAMES)
    names = [block.name for block in face.data.shape_keys.key_blocks[1:]]
    assert np.allclose(shown[:, names.index("tongueOut")], 0.25)
    assert np.abs(shown - keyed).max() > 0.1
    scene.frame_set(5)
    bpy.ops.mien.preview()
    assert differences(before, state(face)) == []
    assert np.array_equal(at_frames(scene, face, FRAMES), keyed)


def test_key_it_while_the_preview_still_works(stage):
    scene, _, face = stage
    scene.frame_set(5)
    before = state(face)
    assert bpy.ops.mien.preview() == {"FINISHED"}
    preview.pump()
    assert jobs.engine().quiet_id is not None
    assert bpy.ops.mien.generate() == {"FINISHED"}
    assert not preview.is_on()
    assert "Keyed 'Line 1'" in bpy.context.window_manager.mien.done
    assert np.ptp(at_frames(scene, face, FRAMES), axis=0).max() > 0.3
    assert bpy.ops.mien.clear() == {"FINISHED"}
    scene.frame_set(5)
    assert differences(before, state(face)) == []


def test_a_take_of_another_character_leaves_the_preview_on(stage, arkit_names):
    from studio import make_face

    scene, _, face = stage
    started(scene)
    shown = at_frames(scene, face, FRAMES)
    other = make_face(scene, arkit_names, "Friend")
    member = scene.mien_cast.members.add()
    member.target, member.strip_name = other, "Line 1"
    run(performing.start(bpy.context, member))
    assert preview.is_on(scene.mien)
    assert takes.takes_on(other.data.shape_keys)
    settle()
    assert np.array_equal(at_frames(scene, face, FRAMES), shown)


def test_another_face_takes_the_preview_over(stage, arkit_names):
    from studio import make_face

    scene, _, face = stage
    before = state(face)
    started(scene)
    other = make_face(scene, arkit_names, "Friend")
    scene.mien.target = scene.mien.head_target = other
    settle()
    assert np.ptp(at_frames(scene, other, FRAMES), axis=0).max() > 0.3
    scene.frame_set(1)
    assert differences(before, state(face)) == []


def test_a_text_that_does_not_fit_is_told_and_the_preview_goes_on(stage):
    scene, strip, face = stage
    started(scene)
    shown = at_frames(scene, face, FRAMES)
    strip.mien.text = "Meanwhile somebody has stolen my favourite umbrella."
    pump_until(lambda told: told.problem)
    assert "does not fit the sound" in preview.told().problem
    assert np.array_equal(at_frames(scene, face, FRAMES), shown)
    strip.mien.text = ""
    settle()
    assert preview.told().problem == ""


def test_a_worker_that_dies_is_started_again(stage):
    scene, _, _ = stage
    started(scene)
    jobs.engine()._process.kill()
    scene.mien.emotion = "sad"
    settle()
    told = preview.told()
    assert (told.problem, told.share) == ("", 1.0)


def test_the_only_face_is_taken_where_none_is_chosen(stage):
    scene, _, face = stage
    scene.mien.target = None
    started(scene)
    assert scene.mien.target == face
    assert np.ptp(at_frames(scene, face, FRAMES), axis=0).max() > 0.3


def test_another_preview_ends_the_first(stage, arkit_names):
    from studio import make_face

    scene, _, face = stage
    scene.frame_set(5)
    before = state(face)
    started(scene)
    member = scene.mien_cast.members.add()
    member.target = make_face(scene, arkit_names, "Friend")
    scene.mien_cast.active = 1
    scene.frame_set(5)
    bpy.ops.mien.preview()
    assert preview.is_on(member)
    assert not preview.is_on(scene.mien)
    assert differences(before, state(face)) == []


def test_a_packed_sound_in_a_format_that_is_mixed_down(scene, face, recording, tmp_path):
    import soundfile as sf

    samples, rate = sf.read(recording)
    path = tmp_path / "line.mp3"
    sf.write(path, samples[: 3 * rate], rate, format="MP3")
    scene.render.fps = 24
    add_sound(scene, path)
    scene.mien.target = face
    started(scene)
    assert np.ptp(at_frames(scene, face, (10, 20, 30, 50)), axis=0).max() > 0.2
    folder = preview._current[0].sound.folder
    assert folder.is_dir()
    bpy.ops.mien.preview()
    assert not folder.exists()


def test_the_panel_says_what_is_shown(stage):
    from bl_ext.devrepo.mien.panels.preview import draw_preview

    scene, _, _ = stage

    def words():
        layout = Layout()
        draw_preview(layout, bpy.context, scene.mien)
        return layout.buttons, " ".join(layout.words)

    assert words() == (["mien.preview"], "")
    bpy.ops.mien.preview()
    preview.pump()
    assert words()[0] == ["mien.preview", "mien.generate"]
    settle()
    assert "Preview of 'Line 1', nothing is keyed" in words()[1]
    scene.mien.intensity = 0.3
    settle()
    assert " ms)" in words()[1]
    bpy.ops.mien.preview()


def forget(scene):
    scene.mien.target = None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda scene: scene.mien.target.shape_key_clear() or forget(scene), "No face is chosen"),
        (lambda scene: setattr(scene.mien, "strip_name", "nowhere"), "no strip 'nowhere'"),
        (lambda scene: scene.mien.target.shape_key_clear(), "has no shape keys"),
        (lambda scene: setattr(scene.mien, "gaze_aim", "OBJECT"), "No object to look at"),
    ],
)
def test_a_grey_button_says_why(change, reason, stage):
    from bl_ext.devrepo.mien.operators.reasons import why_not_preview

    scene, _, _ = stage
    assert why_not_preview(bpy.context) == ""
    change(scene)
    assert reason in why_not_preview(bpy.context)
    with pytest.raises(RuntimeError, match=reason):
        bpy.ops.mien.preview()
