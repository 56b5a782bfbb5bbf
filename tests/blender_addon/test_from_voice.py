# SPDX-License-Identifier: GPL-3.0-or-later
"""From Voice by its operator and the real worker: keys to edit, one line of words, one undo step."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
import soundfile as sf
from bl_ext.devrepo.mien import heard_keys, listening, strips
from bl_ext.devrepo.mien.emotion_track import emotion_track
from bl_ext.devrepo.mien.operators import reasons
from bl_ext.devrepo.mien.problems import AnimatorError
from job_studio import run
from studio import add_sound, differences, dump, trim
from track_studio import HEARD, add_driver, curve_of, keys_of, push_to_nla, set_keys

WEIGHTS = ("happy", "sad", "angry", "fearful", "disgusted", "surprised", "contempt", "calm")


def done():
    return bpy.context.window_manager.mien.done


def animation(scene):
    return [dump(scene.animation_data), *dump(*bpy.data.actions), scene.mien.emotion]


def test_what_is_heard_becomes_keys_within_the_strip(stage):
    scene, strip, _ = stage
    trim(strip, 24, 12)
    assert bpy.ops.mien.emotion_from_voice() == {"FINISHED"}
    heard = strips.map_strip(scene, strip)
    assert scene.mien.emotion == "BLEND"
    intensity = keys_of(scene, "intensity")
    assert 1 <= len(intensity) < heard.frames / 6
    for frame in intensity:
        assert frame == int(frame)
        assert heard.first_frame <= frame < heard.first_frame + heard.frames
    assert keys_of(scene, "voice_confidence").keys() == intensity.keys()
    curves = [keys_of(scene, f"emotion_{name}") for name in WEIGHTS]
    assert any(curves)
    assert all(keys.keys() == intensity.keys() for keys in curves if keys)
    points = curve_of(scene, "intensity").keyframe_points
    assert {point.handle_left_type for point in points} == {"AUTO_CLAMPED"}


def test_what_was_heard_is_said_and_kept_with_the_strip(stage):
    _, strip, _ = stage
    bpy.ops.mien.emotion_from_voice()
    assert "% sure" in done()
    assert strip.mien.heard
    assert strip.mien.heard in done()


def test_the_suggested_keys_direct_the_next_take(stage):
    scene, strip, _ = stage
    bpy.ops.mien.emotion_from_voice()
    track = emotion_track(scene.mien, strips.map_strip(scene, strip))
    first = next(iter(keys_of(scene, "intensity").values()))
    assert track["intensity"][0] == pytest.approx(first, abs=1e-5)
    assert bpy.ops.mien.generate() == {"FINISHED"}


def test_from_voice_is_one_undo_step(stage):
    scene = stage[0]
    set_keys(scene, "intensity", {1: 0.3, 60: 0.9, 900: 1.1})
    bpy.ops.ed.undo_push(message="before")
    before = animation(scene)
    undo = True
    assert bpy.ops.mien.emotion_from_voice("EXEC_DEFAULT", undo) == {"FINISHED"}
    after = animation(bpy.context.scene)
    assert after != before
    bpy.ops.ed.undo()
    assert differences(before, animation(bpy.context.scene)) == []
    bpy.ops.ed.redo()
    assert keys_of(bpy.context.scene, "voice_confidence")


def test_a_strip_without_speech_says_so_and_changes_nothing(stage, tmp_path):
    scene = stage[0]
    path = tmp_path / "room.wav"
    noise = np.random.default_rng(0).normal(0.0, 1e-3, 16000 * 3)
    sf.write(path, noise.astype(np.float32), 16000)
    scene.sequence_editor_clear()
    add_sound(scene, path)
    with pytest.raises(RuntimeError, match="Nobody speaks in strip 'Line 1'"):
        bpy.ops.mien.emotion_from_voice()
    assert scene.animation_data is None
    assert scene.mien.emotion == "happy"


def test_cancelling_changes_nothing(stage, long_recording):
    scene = stage[0]
    scene.sequence_editor_clear()
    add_sound(scene, long_recording)
    job = listening.start(bpy.context, bpy.context.scene.mien)
    assert "already working" in reasons.why_not_listen(bpy.context)
    assert not bpy.ops.mien.emotion_from_voice.poll()
    assert bpy.ops.mien.cancel.poll()
    job.cancel()
    run(job)
    assert job.cancelled
    assert scene.animation_data is None


def test_an_error_names_the_strip(stage, recording, tmp_path):
    scene = stage[0]
    copy = tmp_path / "line.flac"
    copy.write_bytes(recording.read_bytes())
    scene.sequence_editor_clear()
    add_sound(scene, copy, name="Line 7")
    copy.unlink()
    with pytest.raises(RuntimeError, match="'Line 7' is missing"):
        bpy.ops.mien.emotion_from_voice()


def heard(times=(0.0, 1.0, 2.0), happy=(0.8, 0.2, 0.5), intensity=(1.0, 0.5, 0.7)):
    """An answer of the worker, made by hand, to be keyed at frames 11, 35 and 59."""
    track = {"time_seconds": times, "weights": {"happy": happy}, "intensity": intensity}
    return heard_keys.Heard.from_message({"track": track, "confidence": [0.6] * len(times)})


def test_keys_inside_the_strip_are_replaced_and_others_stay(scene):
    set_keys(scene, "intensity", {1: 0.1, 30: 1.4, 50: 1.3, 200: 0.9}, "LINEAR")
    frames = (1, 5, 10, 71, 120)
    outside = {frame: curve_of(scene, "intensity").evaluate(frame) for frame in frames}
    heard_keys.write(scene.mien, HEARD, heard())
    keys = keys_of(scene, "intensity")
    assert set(keys) == {1, 10, 11, 35, 59, 71, 200}
    assert (keys[11], keys[35], keys[59]) == pytest.approx((1.0, 0.5, 0.7))
    curve = curve_of(scene, "intensity")
    assert (keys[1], keys[200]) == pytest.approx((0.1, 0.9))
    assert {frame: curve.evaluate(frame) for frame in outside} == pytest.approx(outside, abs=1e-4)


def test_listening_again_gives_the_same_keys(scene):
    heard_keys.write(scene.mien, HEARD, heard())
    first = animation(scene)
    heard_keys.write(scene.mien, HEARD, heard())
    assert differences(first, animation(scene)) == []


def test_only_emotions_that_were_heard_get_curves(scene):
    scene.mien.emotion_sad = 0.4
    heard_keys.write(scene.mien, HEARD, heard())
    assert keys_of(scene, "emotion_happy")
    assert set(keys_of(scene, "emotion_sad").values()) == {0.0}
    assert keys_of(scene, "emotion_angry") is None
    assert scene.mien.emotion_sad == 0.0


def test_a_keyed_emotion_is_a_blend_over_the_strip_only(scene):
    set_keys(scene, "emotion", {1: "sad", 30: "angry", 100: "happy"}, "CONSTANT")
    scene.frame_set(40)
    heard_keys.write(scene.mien, HEARD, heard())
    shown = {}
    for frame in (5, 10, 11, 30, 70, 71, 99, 100):
        scene.frame_set(frame)
        shown[frame] = scene.mien.emotion
    blend = dict.fromkeys((11, 30, 70), "BLEND")
    assert shown == {5: "sad", 10: "sad", **blend, 71: "angry", 99: "angry", 100: "happy"}


def test_an_action_without_this_scenes_slot_is_not_taken_over(scene):
    """Where a scene has an Action but plays none of its slots, its keys get a slot of their own."""
    set_keys(scene, "intensity", {1: 0.5})
    action = scene.animation_data.action
    if not hasattr(action, "slots"):
        pytest.skip("this Blender's Actions have no slots")
    scene.animation_data.action_slot = None
    heard_keys.write(scene.mien, HEARD, heard())
    assert len(action.slots) == 2
    assert set(keys_of(scene, "intensity")) == {11, 35, 59}


def test_beside_nla_strips_the_keys_get_an_action_of_their_own(scene):
    set_keys(scene, "intensity", {11: 0.1, 70: 1.3})
    below = push_to_nla(scene).action
    heard_keys.write(scene.mien, HEARD, heard())
    assert scene.animation_data.action not in {None, below}
    scene.frame_set(35)
    assert scene.mien.intensity == pytest.approx(0.5)


REFUSED = {
    "driven": (lambda s: add_driver(s, "emotion_sad", "frame / 100"), "'Sad' is driven"),
    "locked": (
        lambda s: setattr(curve_of(s, "intensity"), "lock", True),
        "F-curve of 'Intensity' is locked",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_keyed_is_said_by_the_grey_button(stage, case):
    scene = stage[0]
    set_keys(scene, "intensity", {1: 0.3})
    assert bpy.ops.mien.emotion_from_voice.poll()
    break_it, words = case
    break_it(scene)
    assert words in reasons.why_not_listen(bpy.context)
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.mien.emotion_from_voice()
    before = animation(scene)
    with pytest.raises(AnimatorError, match=words):
        heard_keys.write(scene.mien, HEARD, heard())
    assert differences(before, animation(scene)) == []


def test_without_a_strip_the_button_says_so(scene):
    assert "There is no sound strip" in reasons.why_not_listen(bpy.context)


def test_a_linked_scene_is_refused(scene, tmp_path):
    path = tmp_path / "scene.blend"
    set_keys(scene, "intensity", {1: 0.3})
    bpy.data.libraries.write(str(path), {scene})
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(path), link=True) as (_, into):
        into.scenes = ["Scene"]
    with pytest.raises(AnimatorError, match="is linked"):
        heard_keys.write(into.scenes[0], HEARD, heard())


def test_a_linked_action_is_refused(scene, tmp_path):
    path = tmp_path / "action.blend"
    set_keys(scene, "intensity", {1: 0.3})
    bpy.data.libraries.write(str(path), {scene.animation_data.action})
    scene.animation_data_clear()
    with bpy.data.libraries.load(str(path), link=True) as (_, into):
        into.actions = ["SceneAction"]
    scene.animation_data_create().action = into.actions[0]
    with pytest.raises(AnimatorError, match=r"'SceneAction' .* is linked"):
        heard_keys.write(scene.mien, HEARD, heard())


def answer(track, utterance, confidence=0.9):
    times = list(range(len(track["intensity"])))
    return {
        "track": {"time_seconds": times, **track},
        "utterance": utterance,
        "utterance_confidence": confidence,
    }


EVEN = {"intensity": [1.0] * 3, "weights": {"angry": [0.8] * 3}}
SAID = {
    "sure": (answer(EVEN, {"angry": 0.62, "sad": 0.2}), "Sounds angry (62% sure)"),
    "unsure": (
        answer(EVEN, {"angry": 0.31, "sad": 0.2}),
        "Perhaps angry, but only 31% sure: check the keys",
    ),
    "little_confidence": (
        answer(EVEN, {"angry": 0.9}, 0.2),
        "Perhaps angry, but only 20% sure: check the keys",
    ),
    "calming_down": (
        answer({**EVEN, "intensity": [1.1, 0.9, 0.4]}, {"angry": 0.62}),
        "Sounds angry (62% sure); weaker toward the end",
    ),
    "turning": (
        answer(
            {"intensity": [1.0] * 3, "weights": {"angry": [0.8, 0.7, 0.1], "sad": [0, 0.2, 0.7]}},
            {"angry": 0.62},
        ),
        "Sounds angry (62% sure); sad toward the end",
    ),
    "ending_as_it_was_named": (
        answer(
            {"intensity": [1.0] * 3, "weights": {"angry": [0.1, 0.2, 0.8], "sad": [0.8, 0.7, 0.1]}},
            {"angry": 0.62},
        ),
        "Sounds angry (62% sure)",
    ),
    "one_key": (
        answer({"intensity": [1.0], "weights": {"happy": [0.5]}}, {"happy": 0.5}),
        "Sounds happy (50% sure)",
    ),
}


@pytest.mark.parametrize("case", SAID.values(), ids=SAID.keys())
def test_one_line_says_what_was_heard_and_how_sure(case):
    message, words = case
    assert listening.what_was_heard(message) == words
