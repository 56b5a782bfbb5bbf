# SPDX-License-Identifier: Apache-2.0
"""What a direction promises, kept on the whole road from a real voice through the real models."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.curves import save_performance
from core.direction import EMOTION_NAMES, UPPER_LIMITS, Direction
from core.emotion_track import EmotionTrack
from core.face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from core.gaze_track import GazeTrack
from core.performance import perform as run
from core.voice_suggestion import suggest_emotion

FACE = len(ARKIT_NAMES)
CURVES = ("values", "lips", "expression", "landmarks_mix", "landmarks_expression", "emotion")
SMILE = [CHANNEL_NAMES.index(f"mouthSmile{side}") for side in ("Left", "Right")]
# Everything that the expression adds to the speaking mouth.
EXPRESSION_STRENGTHS = (
    *("brow_strength", "eye_strength", "cheek_strength", "mouth_emotion_strength"),
    *("jaw_emotion_strength", "head_strength", "blink_strength", "saccade_strength"),
    *("idle_strength", "breath_strength"),
)
TURN_SECONDS = 5.0
STORM = EmotionTrack.from_json(
    {
        "time_seconds": [0.0, 2.0, 2.001, 3.0, 9.0],
        "intensity": [1.5, 0.0, 1.5, 1.5, 0.3],
        "weights": {
            "angry": [1.0, 1.0, 0.0, 0.0, 0.2],
            "happy": [0.0, 0.0, 1.0, 0.0, 0.2],
            "contempt": [0.0, 0.0, 0.0, 1.0, 0.2],
        },
    }
)
# Turning to the happy side: neutral before, happy from a third of a second later.
TURN = EmotionTrack.from_json(
    {
        "time_seconds": [0.0, TURN_SECONDS, TURN_SECONDS + 0.3],
        "weights": {"happy": [0.0, 0.0, 1.0]},
    }
)
GAZE = GazeTrack.from_json(
    {"time_seconds": [0.0, 4.0, 4.2, 8.0], "pitch": [0, 0.1, -0.2, 0.3], "yaw": [0.5, 0, -0.5, 0]}
)


@pytest.fixture(scope="module")
def short(models, recording):
    """Takes of the first three seconds."""

    def make(**direction):
        asked = Direction(**direction)
        return run(recording, asked, 24.0, models=models, duration_seconds=3.0)

    return make


def same_curves(one, other):
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in CURVES)


@pytest.mark.parametrize(
    "asked",
    [
        {"emotion": dict.fromkeys(EMOTION_NAMES, 1.0)},
        {"emotion_track": STORM},
        {"emotion_track": STORM, "voice_emotion": 0.5},
        {"emotion": "angry", "voice_emotion": 1.0},
        {"emotion": "fearful", "onset": 0.0, "decay": 3.0},
    ],
    ids=["blend", "track", "track and voice", "voice", "onset"],
)
def test_intensity_0_is_the_neutral_take_byte_for_byte(asked, perform):
    timing = {name: asked[name] for name in ("onset", "decay") if name in asked}
    assert same_curves(perform(intensity=0.0, **asked), perform(**timing))


def test_a_track_of_no_intensity_is_the_neutral_take_byte_for_byte(perform):
    still = EmotionTrack(STORM.time_seconds, STORM.weights, np.zeros(5))
    assert same_curves(perform(emotion_track=still), perform())


@pytest.mark.parametrize("emotion", EMOTION_NAMES)
def test_without_any_strength_of_expression_the_face_is_the_lip_track(emotion, perform):
    nothing = dict.fromkeys(EXPRESSION_STRENGTHS, 0.0)
    take = perform(emotion=emotion, intensity=1.5, gaze_track=GAZE, **nothing)
    assert take.lips[:, :FACE].any()
    assert np.array_equal(take.values[:, :FACE], take.lips[:, :FACE])
    assert not take.values[:, FACE:].any()


def test_a_track_that_holds_is_the_emotion_itself(perform):
    held = EmotionTrack.from_json({"time_seconds": [1.0], "weights": {"sad": [0.7]}})
    assert same_curves(
        perform(emotion_track=held, intensity=0.8), perform(emotion={"sad": 0.7}, intensity=0.8)
    )


def test_an_emotion_comes_when_its_track_says_and_comes_softly(perform):
    take = perform(fps=60.0, emotion_track=TURN)
    plain = perform(fps=60.0)
    added = (take.expression - plain.expression)[:, SMILE].mean(axis=1)
    time = take.time_seconds
    before, after = added[time < TURN_SECONDS - 1.0], added[time > TURN_SECONDS + 1.5]
    assert np.abs(before).max() < 0.05
    assert after.mean() > 0.3
    # It may lead the key, as faces lead the voice, and takes its time: not a pop, not a drift.
    rise = added[: np.argmax(added > 0.9 * np.median(after)) + 1]
    start, end = time[np.argmax(rise > 0.1 * np.median(after))], time[len(rise) - 1]
    assert TURN_SECONDS - 0.6 < start < end < TURN_SECONDS + 1.5
    assert end - start > 0.15
    assert np.abs(np.diff(added)).max() * 60.0 < 6.0


def test_keys_that_jump_do_not_make_the_face_pop(perform):
    """From angry to happy within a millisecond: faces and heads take their time all the same."""
    take = perform(fps=100.0, emotion_track=STORM, blink_strength=0.0)
    felt = [name for name in ARKIT_NAMES if name.startswith(("brow", "cheek", "nose"))]
    columns = [CHANNEL_NAMES.index(name) for name in felt]
    assert np.abs(np.diff(take.expression[:, columns], axis=0)).max() * 100.0 < 8.0
    for timing in ({}, {"onset": 0.0, "decay": 0.0}):
        acted = perform(fps=100.0, emotion_track=STORM, blink_strength=0.0, **timing)
        turns = np.degrees(np.diff(acted.values[:, FACE : FACE + 3], axis=0)) * 100.0
        assert np.abs(turns).max() < 150.0  # degrees a second


def test_emotions_follow_each_other_as_the_track_has_them(perform):
    take = perform(emotion_track=STORM)
    names = list(EMOTION_NAMES)

    def shown(name, start, end):
        inside = (take.time_seconds >= start) & (take.time_seconds < end)
        return float(take.emotion[inside, names.index(name)].mean())

    assert shown("angry", 0.3, 1.2) > 0.3 > shown("happy", 0.3, 1.2)
    assert shown("contempt", 3.2, 4.5) > 0.3 > shown("angry", 3.2, 4.5)


def test_the_whole_voice_is_its_suggested_track(perform, models, recording):
    suggested = suggest_emotion(recording, models=models).track
    from_voice = perform(emotion="disgusted", voice_emotion=1.0)
    assert same_curves(from_voice, perform(emotion_track=suggested))
    assert from_voice.meta["voice"]["confidence"] > 0.0


def test_the_voice_is_mixed_in_by_its_share(perform):
    asked, mixed, heard = (
        perform(emotion="disgusted", voice_emotion=share).emotion[
            :, EMOTION_NAMES.index("disgusted")
        ]
        for share in (0.0, 0.4, 1.0)
    )
    assert asked.mean() > mixed.mean() > heard.mean()
    np.testing.assert_allclose(mixed.mean() - heard.mean(), 0.6 * (asked - heard).mean(), rtol=0.1)


def test_the_same_direction_over_time_is_the_same_file(models, recording, tmp_path):
    asked = Direction(emotion_track=STORM, gaze_track=GAZE, voice_emotion=0.5, seed=3)
    for name in ("a", "b"):
        take = run(recording, asked, 30.0, models=models, duration_seconds=4.0)
        save_performance(take, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def pairs_of_ends():
    """Rows of ends (0 or 1) in which every two numbers meet in all four ways."""
    names = list(UPPER_LIMITS)
    pairs = list(itertools.combinations(range(len(names)), 2))
    missing = {(pair, ends) for pair in pairs for ends in itertools.product((0, 1), repeat=2)}
    generator = np.random.default_rng(0)
    rows = []
    while missing:
        tries = generator.integers(0, 2, (200, len(names)))
        met = [{(p, (row[p[0]], row[p[1]])) for p in pairs} & missing for row in tries.tolist()]
        best = max(range(len(tries)), key=lambda number: len(met[number]))
        missing -= met[best]
        rows.append(dict(zip(names, tries[best].tolist(), strict=True)))
    return rows


@pytest.mark.parametrize("number", range(len(pairs_of_ends())))
def test_every_pair_of_ends_is_safe(number, short):
    ends = pairs_of_ends()[number]
    numbers = {name: end * UPPER_LIMITS[name] for name, end in ends.items()}
    feelings = [{"emotion": "surprised"}, {"emotion_track": STORM, "gaze_track": GAZE}]
    take = short(seed=number, **feelings[number % 2], **numbers)
    for name in CURVES:
        assert np.isfinite(getattr(take, name)).all()
    assert take.values[:, :FACE].min() >= 0.0
    assert take.values[:, :FACE].max() <= 1.0
    assert np.degrees(np.abs(take.values[:, FACE:])).max() < 60.0


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_an_aim_behind_the_head_breaks_no_neck(side, short):
    behind = GazeTrack(np.zeros(1), np.array([-1.5 * side]), np.array([3.1 * side]))
    take = short(gaze_track=behind, head_strength=2.0, emotion="angry", intensity=1.5)
    degrees = np.degrees(np.abs(take.values[:, FACE:])).max(axis=0)
    assert (degrees < [40.0, 55.0, 35.0, 20.0, 25.0]).all()
    turned = take.values[10:, CHANNEL_NAMES.index("headYaw")]
    assert (np.sign(turned) == side).all()


def test_a_blend_of_all_emotions_is_a_face(perform):
    take = perform(emotion=dict.fromkeys(EMOTION_NAMES, 1.0), intensity=1.5)
    assert take.values[:, :FACE].max() <= 1.0
    moved = take.emotion[:, 1:].mean(axis=0)
    assert moved.min() > 0.05
    assert moved.max() < 0.4


def test_how_far_the_landmarks_are_from_what_was_asked_is_told(perform):
    residual = perform(emotion="happy").meta["residual_metres"]
    assert 0.0 <= residual["mean"] <= residual["percentile_95"] <= residual["max"] < 0.02
