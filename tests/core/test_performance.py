# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import soundfile

from core.curves import Performance, save_performance
from core.direction import EMOTION_NAMES, UPPER_LIMITS, Direction
from core.errors import Cancelled, MienError
from core.face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from core.motion.phones import BILABIAL, TONGUE_TIP
from core.performance import perform as run

FEELINGS = EMOTION_NAMES[1:]
CURVES = [f.name for f in dataclasses.fields(Performance) if f.name not in {"meta"}]
MOUTH = [
    column
    for column, name in enumerate(CHANNEL_NAMES)
    if name.startswith(("jaw", "mouth", "tongue"))
]
CLOSED_METRES = 0.5e-3


def same_curves(one, other):
    for name in CURVES:
        a, b = getattr(one, name), getattr(other, name)
        if isinstance(a, np.ndarray):
            if a.tobytes() != b.tobytes():
                return False
        elif a != b:
            return False
    return True


def test_the_grid_starts_at_0_and_ends_with_the_sound(perform):
    take = perform(fps=24_000 / 1001)
    assert np.array_equal(take.time_seconds, np.arange(take.frames) / (24_000 / 1001))
    assert 11.0 - 1 / 23 < take.time_seconds[-1] <= 11.0
    assert take.channel_names == CHANNEL_NAMES


def test_meta_tells_what_made_it(perform):
    meta = perform(emotion="sad", seed=3, intensity=0.7).meta
    assert meta["seed"] == 3
    assert meta["direction"]["emotion"] == "sad"
    assert meta["direction"]["intensity"] == 0.7
    assert {"speech_encoder", "lip_decoder", "pitch", "face_model"} <= set(meta["models"])
    assert meta["audio"]["rate_hz"] == 22_050


@pytest.mark.parametrize("emotion", FEELINGS)
def test_intensity_0_is_the_neutral_performance_byte_for_byte(emotion, perform):
    assert same_curves(perform(emotion=emotion, intensity=0.0), perform(emotion="neutral"))


def test_the_same_seed_is_the_same_file(models, recording, tmp_path):
    for name in ("a.npz", "b.npz"):
        direction = Direction("fearful", seed=11)
        save_performance(run(recording, direction, 30.0, models=models), tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_another_seed_is_another_take_with_the_same_lips(perform):
    one, other = perform(emotion="happy", seed=1), perform(emotion="happy", seed=2)
    assert one.lips.tobytes() == other.lips.tobytes()
    assert np.abs(one.values - other.values).max() > 0.2


def test_without_emotion_in_the_mouth_the_mix_is_the_lip_track(perform):
    for emotion in ("neutral", "angry"):
        # A wrinkled nose lifts the upper lip, and contacts give way to that.
        parts = ("mouth_emotion_strength", "jaw_emotion_strength", "cheek_strength")
        take = perform(emotion=emotion, **dict.fromkeys(parts, 0.0))
        assert np.array_equal(take.values[:, MOUTH], take.lips[:, MOUTH])


@pytest.mark.parametrize("emotion", EMOTION_NAMES)
def test_the_strongest_emotion_stays_in_range_and_keeps_every_closure(emotion, perform, models):
    take = perform(emotion=emotion, intensity=1.5, fps=60.0, mouth_emotion_strength=2.0)
    assert take.values[:, : len(ARKIT_NAMES)].min() >= 0.0
    assert take.values[:, : len(ARKIT_NAMES)].max() <= 1.0
    closures = [span for span in take.contacts if span.label == BILABIAL]
    assert closures
    gaps = models.face.lip_gaps(take.values[:, : len(ARKIT_NAMES)]).max(axis=1)
    for span in closures:
        first, last = np.searchsorted(take.time_seconds, (span.start_seconds, span.end_seconds))
        assert gaps[max(first - 1, 0) : last + 1].min() < CLOSED_METRES, span


@pytest.mark.parametrize("end", [0.0, 1.0])
@pytest.mark.parametrize("emotion", ["happy", "angry", "surprised"])
def test_every_strength_is_safe_at_both_ends(end, emotion, perform):
    settings = {name: end * highest for name, highest in UPPER_LIMITS.items()}
    take = perform(emotion=emotion, **settings)
    assert np.isfinite(take.values).all()
    if not end:
        assert not take.values.any()


@pytest.mark.parametrize("fps", [24.0, 25.0, 30.0, 120.0])
def test_the_frame_rate_only_chooses_where_to_look(fps, perform):
    """Away from contacts, which every rate closes on frames of its own."""
    fine, other = perform(fps=240.0, emotion="happy"), perform(fps=fps, emotion="happy")
    free = np.ones(other.frames, np.bool_)
    for span in fine.contacts:
        if span.label == TONGUE_TIP:  # moves no lip
            continue
        free &= (other.time_seconds < span.start_seconds - 0.15) | (
            other.time_seconds > span.end_seconds + 0.15
        )
    assert free.sum() > 0.2 * other.frames
    for column in range(len(CHANNEL_NAMES)):
        there = np.interp(other.time_seconds, fine.time_seconds, fine.values[:, column])
        assert np.abs(there - other.values[:, column])[free].max() < 0.015, CHANNEL_NAMES[column]


def test_the_head_and_gaze_are_angles_and_the_lip_layer_has_none(perform):
    take = perform(emotion="angry")
    assert not take.lips[:, len(ARKIT_NAMES) :].any()
    assert np.degrees(np.abs(take.values[:, len(ARKIT_NAMES) :])).max() < 30.0


def test_landmarks_follow_the_layers(perform, models):
    take = perform(emotion="surprised")
    again = models.face.landmarks68(take.values[:, : len(ARKIT_NAMES)])
    assert np.array_equal(again, take.landmarks_mix)
    # The lips part by millimetres: 57 and 66 are the lower lip's middle, 8 the chin.
    assert np.ptp(take.landmarks_lips[:, 66, 2]) > 0.003
    assert np.ptp(take.landmarks_expression[:, 19, 2]) > 0.001


def test_lip_strength_scales_the_mouth(perform, models):
    def opening(strength):
        take = perform(lip_strength=strength)
        return float(models.face.lip_gaps(take.lips[:, : len(ARKIT_NAMES)])[:, 1].max())

    assert opening(0.0) < opening(0.5) < opening(1.0) < opening(2.0)


def test_without_lip_strength_the_feeling_stands_as_it_is(perform):
    """No contact and no busy lip works on a mouth that does not speak."""
    take = perform(emotion="surprised", lip_strength=0.0, blink_strength=0.0)
    assert not take.lips.any()
    assert take.contacts
    jaw = CHANNEL_NAMES.index("jawOpen")
    assert take.values[:, jaw].max() > 0.1
    np.testing.assert_allclose(take.values[:, jaw], take.expression[:, jaw], atol=1e-6)


def test_a_range_is_as_in_the_whole(models, recording, perform):
    whole = perform(fps=25.0)
    part = run(recording, Direction(), 25.0, models=models, start_seconds=3.4, duration_seconds=4.0)
    jaw = CHANNEL_NAMES.index("jawOpen")
    there = whole.values[85 : 85 + part.frames, jaw]
    assert np.corrcoef(there[5:-5], part.values[5:-5, jaw])[0, 1] > 0.9


@pytest.mark.parametrize("seconds", [0.0001, 0.02, 0.2, 3.0])
def test_silence_of_any_length_rests(seconds, models, write_sound):
    path = write_sound(np.zeros(max(1, round(seconds * 16_000))))
    take = run(path, Direction("neutral"), 24.0, models=models)
    assert take.frames == int(seconds * 24) + 1
    gaps = models.face.lip_gaps(take.values[:, : len(ARKIT_NAMES)])
    assert gaps.max() < CLOSED_METRES
    assert take.contacts == ()


ODD_SOUNDS = {
    "0.2 s of speech": lambda s: (s[16_000:19_200], 16_000),
    "8 kHz": lambda s: (s[::2], 8_000),
    "96 kHz": lambda s: (np.repeat(s, 6), 96_000),
    "5.1 channels": lambda s: (np.stack([s, s, 2 * s, 0 * s, s, s], axis=1) / 2, 16_000),
    "NaN samples": lambda s: (np.where(np.arange(len(s)) % 999 == 5, np.nan, s), 16_000),
    "clipped": lambda s: (np.clip(20 * s, -1, 1), 16_000),
    "all NaN": lambda s: (np.full(8_000, np.nan), 16_000),
    "very quiet": lambda s: (s * 1e-3, 16_000),
    "steady noise": lambda s: (np.random.default_rng(0).normal(0, 0.1, 48_000), 16_000),
}


@pytest.mark.parametrize("kind", ODD_SOUNDS)
def test_odd_sound_gives_a_valid_performance(kind, models, recording, write_sound):
    from core.speech.audio import load_speech

    speech = load_speech(recording, 0.0, 3.0).samples
    path = write_sound(*ODD_SOUNDS[kind](speech))
    take = run(path, Direction("angry", intensity=1.5), 24.0, models=models)
    assert take.values[:, : len(ARKIT_NAMES)].max() <= 1.0
    if kind in {"8 kHz", "96 kHz", "5.1 channels", "very quiet", "clipped"}:
        assert np.ptp(take.lips[:, CHANNEL_NAMES.index("jawOpen")]) > 0.05


@pytest.mark.slow
def test_minutes_of_sound_join_without_a_trace(models, recording, tmp_path):
    samples, rate = soundfile.read(recording, dtype="float32")
    path = tmp_path / "long.wav"
    soundfile.write(path, np.tile(samples, 12), rate)
    take = run(path, Direction("happy"), 60.0, models=models)
    assert take.frames == 12 * 660 + 1
    jaw = take.lips[:, CHANNEL_NAMES.index("jawOpen")]
    rounds = np.stack([jaw[660 * n : 660 * (n + 1)] for n in range(12)])
    assert np.corrcoef(rounds)[0].min() > 0.95


def test_progress_rises_and_names_its_stages(models, recording):
    lines = []
    run(recording, Direction(), 24.0, models=models, on_progress=lambda f, s: lines.append((f, s)))
    fractions = [fraction for fraction, _ in lines]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    stages = list(dict.fromkeys(stage for _, stage in lines))
    assert stages == ["reading", "listening", "lips", "expression", "mixing"]


def test_a_text_reports_its_progress_and_can_be_called_off(models, recording, tmp_path):
    samples, rate = soundfile.read(recording)
    sound = tmp_path / "long.wav"
    soundfile.write(sound, np.tile(samples, 6), rate)
    text = (
        "The earliest book printed with movable types, the Gutenberg, or forty-two line Bible of "
    )
    text += "about fourteen fifty-five, has never been surpassed. "
    found = []

    def watch(fraction, stage):
        if stage == "lips":
            found.append(fraction)

    run(sound, Direction(), 24.0, models=models, text=text * 6, on_progress=watch)
    assert found == sorted(found)
    # Heard in two blocks, then searched in four: none of them is silent.
    assert len(found) >= 6
    assert max(np.diff(found)) < 0.06

    def stop(fraction, _stage):
        if fraction >= found[2]:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(sound, Direction(), 24.0, models=models, text=text * 6, on_progress=stop)


@pytest.mark.parametrize("stage", ["reading", "listening", "lips", "expression", "mixing"])
def test_every_stage_can_be_called_off(stage, models, recording):
    def stop(_fraction, now):
        if now == stage:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(recording, Direction(), 24.0, models=models, on_progress=stop)


@pytest.mark.parametrize("fps", [0.0, -24.0, float("nan"), float("inf"), 1e6])
def test_what_is_no_frame_rate_is_told(fps, models, recording):
    with pytest.raises(MienError, match="frame") as told:
        run(recording, Direction(), fps, models=models)
    assert told.value.code == "bad_fps"
