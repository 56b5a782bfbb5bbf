# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import pytest

from core.direction import EMOTION_NAMES, UPPER_LIMITS, Direction
from core.face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from core.motion.blink_times import blink_times
from core.motion.blinks import blink_curves
from core.motion.gaze import (
    FULL_LOOK_ASIDE_RADIANS,
    FULL_LOOK_DOWN_RADIANS,
    FULL_LOOK_UP_RADIANS,
)
from core.motion.parts import BROWS, CHEEKS, EYES, JAW, LOOKS, MOUTH
from core.motion.phrasing import STEP_SECONDS, find_phrasing
from core.motion.prototypes import MOVED_EMOTIONS, prototype_table
from core.speech.prosody import PitchTracker, measure_prosody

FEELINGS = EMOTION_NAMES[1:]
STRENGTHS = [name for name in UPPER_LIMITS if name.endswith("_strength")]
HEAD = [CHANNEL_NAMES.index(name) for name in ("headPitch", "headYaw", "headRoll")]
GAZE = [CHANNEL_NAMES.index(name) for name in ("gazePitch", "gazeYaw")]
BLINK = CHANNEL_NAMES.index("eyeBlinkLeft")


def blinking(phrasing, seed, rate):
    return blink_times(phrasing, np.zeros(0), np.full(len(phrasing.time_seconds), rate), seed)


@pytest.fixture(scope="module")
def decode(prosody, express_with):
    measured, duration = prosody

    def run(fps=60.0, **direction):
        time = np.arange(int(duration * fps) + 1) / fps
        return express_with(measured, Direction(**direction), duration, time)

    return run


def test_the_parts_hold_every_channel_once():
    assert sorted([*BROWS, *EYES, *LOOKS, *CHEEKS, *MOUTH, *JAW]) == list(range(52))


def test_prototypes_are_named_numbers_within_range(repository):
    text = (repository / "core" / "motion" / "prototypes.json").read_text(encoding="utf-8")
    data = json.loads(text)
    assert tuple(data["emotions"]) == MOVED_EMOTIONS
    for emotion in data["emotions"].values():
        assert "AU" in emotion["comment"]
        for weights in (emotion["weights"], emotion["accent"]):
            assert set(weights) <= set(ARKIT_NAMES)
            assert all(0.0 < weight <= 1.0 for weight in weights.values())


@pytest.mark.parametrize("emotion", FEELINGS)
def test_intensity_0_is_the_neutral_take_byte_for_byte(emotion, decode):
    neutral = decode(emotion="neutral", seed=5)
    silent = decode(emotion=emotion, intensity=0.0, seed=5)
    assert silent.values.tobytes() == neutral.values.tobytes()
    assert silent.emotion.tobytes() == neutral.emotion.tobytes()


def test_the_same_seed_is_the_same_take_and_another_is_another(decode):
    first = decode(emotion="happy", seed=1).values
    assert first.tobytes() == decode(emotion="happy", seed=1).values.tobytes()
    second = decode(emotion="happy", seed=2).values
    for columns in (BROWS, EYES, HEAD, GAZE):
        assert np.abs(first[:, columns] - second[:, columns]).max() > 0.02


@pytest.mark.parametrize("fps", [24_000 / 1001, 25.0, 30.0, 120.0])
def test_the_frame_rate_only_chooses_where_to_look(fps, decode):
    fine = decode(fps=100.0, emotion="fearful", seed=3).values
    other = decode(fps=fps, emotion="fearful", seed=3).values
    time = np.arange(len(other)) / fps
    for column in range(57):
        there = np.interp(time, np.arange(len(fine)) * 0.01, fine[:, column])
        assert np.abs(there - other[:, column]).max() < 1e-4, CHANNEL_NAMES[column]


@pytest.mark.parametrize("emotion", EMOTION_NAMES)
@pytest.mark.parametrize("seed", [0, 7])
def test_no_channel_leaves_its_range_at_the_highest_settings(emotion, seed, decode):
    highest = {name: UPPER_LIMITS[name] for name in UPPER_LIMITS}
    values = decode(emotion=emotion, seed=seed, **highest).values
    assert values[:, :52].min() >= 0.0
    assert values[:, :52].max() <= 1.0
    assert np.degrees(np.abs(values[:, HEAD])).max() < 40.0
    assert np.degrees(np.abs(values[:, GAZE])).max() <= 24.0


@pytest.mark.parametrize("name", STRENGTHS)
def test_one_strength_does_not_reshuffle_the_other_parts(name, decode):
    own = {
        "lip_strength": [],
        "brow_strength": BROWS,
        "eye_strength": [*EYES, *LOOKS, *GAZE],
        "mouth_emotion_strength": MOUTH,
        "head_strength": [*HEAD, *LOOKS, *GAZE],  # the eyes hold their target against the head
        # a closing lid takes squint, cheek and brow along
        "blink_strength": [*EYES, *BROWS, *CHEEKS],
        "cheek_strength": CHEEKS,
        "jaw_emotion_strength": JAW,
        "saccade_strength": [*LOOKS, *GAZE],
        "idle_strength": [*BROWS, *EYES, *CHEEKS, *MOUTH, *HEAD, *LOOKS, *GAZE],
        "breath_strength": [*JAW, *CHEEKS, *BROWS, *HEAD, *LOOKS, *GAZE],
    }[name]
    plain = decode(emotion="angry").values
    changed = decode(emotion="angry", **{name: 0.0}).values
    others = [column for column in range(57) if column not in own]
    assert np.array_equal(plain[:, others], changed[:, others])
    assert not own or not np.array_equal(plain[:, own], changed[:, own])


def test_strength_0_takes_its_part_away(decode):
    def still(columns, **strengths):
        return np.abs(decode(emotion="surprised", **strengths).values[:, columns]).max()

    assert still(HEAD, head_strength=0.0) == 0.0
    assert still(BROWS, brow_strength=0.0, blink_strength=0.0) == 0.0
    assert still([*EYES, *LOOKS, *GAZE], eye_strength=0.0, blink_strength=0.0) == 0.0
    assert still(CHEEKS, cheek_strength=0.0, blink_strength=0.0) == 0.0
    assert still(MOUTH, mouth_emotion_strength=0.0) == 0.0
    assert still(JAW, jaw_emotion_strength=0.0) == 0.0


def test_all_strengths_0_add_nothing(decode):
    nothing = dict.fromkeys(STRENGTHS, 0.0)
    assert not decode(emotion="fearful", intensity=1.5, **nothing).values.any()


@pytest.mark.parametrize("emotion", FEELINGS)
def test_more_intensity_shows_more(emotion, decode):
    weights = prototype_table().emotions[MOVED_EMOTIONS.index(emotion)].weights
    shown = [
        float((decode(emotion=emotion, intensity=x, seed=2).values[:, :52] @ weights).mean())
        for x in (0.0, 0.4, 0.8, 1.2, 1.5)
    ]
    assert np.diff(shown).min() > 0.02


@pytest.mark.parametrize("emotion", FEELINGS)
def test_a_feeling_is_no_static_mask(emotion, decode):
    values = decode(emotion=emotion).values
    weights = prototype_table().emotions[MOVED_EMOTIONS.index(emotion)].weights
    strongest = np.argsort(-weights)[:3]
    assert (values[:, strongest].std(axis=0) / weights[strongest]).min() > 0.04


def test_blends_lie_between_their_feelings(decode):
    blend = decode(emotion={"happy": 0.5, "surprised": 0.5}, seed=4)
    names = list(EMOTION_NAMES)
    assert blend.emotion[:, names.index("happy")].max() > 0.3
    assert blend.emotion[:, names.index("surprised")].max() > 0.3
    smile = CHANNEL_NAMES.index("mouthSmileLeft")
    assert blend.values[:, smile].mean() < decode(emotion="happy", seed=4).values[:, smile].mean()


def test_brows_do_not_pop_and_the_head_is_smooth(decode):
    values = decode(fps=100.0, emotion="happy", intensity=1.5, seed=6).values
    brow_speed = np.abs(np.diff(values[:, BROWS], axis=0)).max() * 100
    assert brow_speed < 4.0  # units a second: 0.4 in a tenth of a second
    turn = np.degrees(np.diff(values[:, HEAD], axis=0)) * 100
    assert np.abs(turn).max() < 60.0  # degrees a second
    jerkiness = np.abs(np.diff(turn, axis=0)).max() * 100
    assert jerkiness < 700.0  # degrees a second a second; a nod of a talking head reaches 500


@pytest.mark.parametrize("fps", [10.0, 12.0, 24_000 / 1001, 24.0, 60.0])
@pytest.mark.parametrize("seed", range(4))
def test_blinks_come_at_human_rates_and_close_fully(seed, fps, prosody):
    measured, duration = prosody
    phrasing = find_phrasing(measured, duration)
    times, lots = blinking(phrasing, seed, 1.0)
    assert 2 <= len(times) <= 8  # 11 s at 11 to 44 a minute
    assert np.diff(times).min(initial=9.0) >= 0.45
    left, right = blink_curves(phrasing, times, lots, 1.0 / fps)
    for curve in (left, right):
        frames = np.interp(np.arange(int(duration * fps)) / fps, phrasing.time_seconds, curve)
        closed = sum(frames[int(t * fps) : int((t + 0.3) * fps) + 2].max() > 0.97 for t in times)
        assert closed == len(times), "a blink between two frames would flutter"
    assert not np.array_equal(left, right)


@pytest.mark.parametrize("fps", [12.0, 24.0])
def test_a_take_ends_with_open_eyes(fps, models_folder, express_with):
    """Its last frame stands until something else is keyed."""
    silence = measure_prosody(np.zeros(64_000, np.float32), PitchTracker(models_folder))
    time = np.arange(int(4 * fps) + 1) / fps
    for seed in range(40):
        take = express_with(silence, Direction(seed=seed, blink_strength=2.0), 4.0, time)
        assert take.values[-1, BLINK] < 0.25, seed


def test_twice_the_blink_strength_blinks_about_twice_as_often(prosody):
    phrasing = find_phrasing(*prosody)
    once = sum(len(blinking(phrasing, seed, 1.0)[0]) for seed in range(20))
    twice = sum(len(blinking(phrasing, seed, 2.0)[0]) for seed in range(20))
    assert 1.4 * once < twice < 2.4 * once
    assert len(blinking(phrasing, 0, 0.0)[0]) == 0


def test_eyes_do_not_hold_against_a_head_that_stays_still(decode):
    """Without head motion each fixation is steady; with it the eyes turn against the head."""

    def moving(**strengths):
        gaze = decode(fps=100.0, seed=4, **strengths).values[:, GAZE]
        return np.mean(np.abs(np.diff(gaze, axis=0)).max(axis=1) > 1e-6)

    assert moving(head_strength=0.0, idle_strength=0.0) < 0.1
    assert moving(head_strength=1.0) > 0.9


def test_look_channels_say_the_same_as_the_gaze(decode):
    values = decode(emotion="sad", seed=9).values.astype(np.float64)

    def channel(name):
        return values[:, CHANNEL_NAMES.index(name)]

    up = channel("eyeLookUpLeft") * FULL_LOOK_UP_RADIANS
    down = channel("eyeLookDownLeft") * FULL_LOOK_DOWN_RADIANS
    left = (channel("eyeLookOutLeft") - channel("eyeLookInLeft")) * FULL_LOOK_ASIDE_RADIANS
    assert np.allclose(up - down, values[:, GAZE[0]], atol=1e-5)
    assert np.allclose(left, values[:, GAZE[1]], atol=1e-5)
    assert np.array_equal(channel("eyeLookInRight"), channel("eyeLookOutLeft"))


@pytest.mark.parametrize(
    ("unit", "full_radians"),
    [
        ("eyeLookUpLeft", FULL_LOOK_UP_RADIANS),
        ("eyeLookDownLeft", FULL_LOOK_DOWN_RADIANS),
        ("eyeLookInLeft", FULL_LOOK_ASIDE_RADIANS),
        ("eyeLookOutLeft", FULL_LOOK_ASIDE_RADIANS),
    ],
)
def test_full_look_is_what_the_heads_unit_turns_its_eye_by(unit, full_radians, models_folder):
    with np.load(models_folder / "face_model.npz", allow_pickle=False) as model:
        eye = model["vertex_part"] == list(model["part_names"]).index("eyeLeft")
        rest = model["vertices"][eye].astype(np.float64)
        turned = rest + model["shape_deltas"][list(model["shape_names"]).index(unit)][eye]
    rest, turned = rest - rest.mean(axis=0), turned - turned.mean(axis=0)
    left, _, right = np.linalg.svd(rest.T @ turned)
    angle = np.arccos((np.trace(left @ right) - 1.0) / 2.0)
    assert angle == pytest.approx(full_radians, abs=0.005)


@pytest.mark.parametrize("seconds", [0.05, 0.2, 6.0])
@pytest.mark.parametrize("emotion", ["neutral", "sad"])
def test_silence_gives_a_resting_living_face(seconds, emotion, models_folder, express_with):
    samples = np.zeros(int(seconds * 16_000), np.float32)
    measured = measure_prosody(samples, PitchTracker(models_folder))
    time = np.arange(int(seconds * 60) + 1) / 60
    values = express_with(measured, Direction(emotion), seconds, time).values
    assert np.isfinite(values).all()
    if seconds > 1:
        assert values[:, BLINK].max() > 0.97
        assert values[:, HEAD].std() > np.radians(0.1)
        assert values[:, CHANNEL_NAMES.index("jawOpen")].max() < 0.05
    assert STEP_SECONDS == 0.01


def test_a_longer_clip_begins_with_the_same_blinks_and_looks(models_folder, express_with):
    tracker = PitchTracker(models_folder)

    def take(seconds):
        measured = measure_prosody(np.zeros(seconds * 16_000, np.float32), tracker)
        return express_with(measured, Direction(), seconds, np.arange(5 * 24) / 24).values

    assert np.allclose(take(6), take(20), atol=1e-6)
