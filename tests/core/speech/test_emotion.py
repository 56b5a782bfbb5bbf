# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import shutil
import time

import numpy as np
import pytest

from core.direction import EMOTION_NAMES
from core.errors import MienError
from core.speech.audio import load_speech
from core.speech.emotion import STEP_SECONDS, EmotionRecogniser, feeling_plane
from core.speech.encoder import SpeechEncoder
from core.speech.prosody import FRAME_SECONDS, PitchTracker, Prosody, measure_prosody


@pytest.fixture(scope="module")
def ears(models_folder):
    return SpeechEncoder(models_folder), PitchTracker(models_folder), EmotionRecogniser()


@pytest.fixture(scope="module")
def speech(recording):
    return load_speech(recording).samples


def hear(ears, samples):
    encoder, tracker, recogniser = ears
    return recogniser.hear(encoder.encode(samples), measure_prosody(samples, tracker))


def test_rows_are_probabilities_every_quarter_second(ears, speech):
    voice = hear(ears, speech)
    assert np.allclose(np.diff(voice.time_seconds), STEP_SECONDS)
    assert voice.probabilities.shape == (len(voice.time_seconds), len(EMOTION_NAMES))
    assert np.allclose(voice.probabilities.sum(axis=1), 1.0)
    assert (voice.probabilities >= 0.0).all()
    assert voice.utterance_probabilities.sum() == pytest.approx(1.0)
    for curve in (voice.arousal, voice.valence):
        assert (np.abs(curve) <= 1.0).all()
    assert ((voice.confidence >= 0.0) & (voice.confidence <= 1.0)).all()
    assert 0.2 < voice.utterance_confidence <= 1.0


def test_the_same_clip_gives_the_same_numbers(ears, speech):
    first, second = (hear(ears, speech[:64_000]) for _ in range(2))
    for name in ("probabilities", "confidence", "effort", "utterance_probabilities"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name


@pytest.mark.parametrize("gain", [0.03, 0.3, 2.0])
def test_neither_emotion_nor_effort_hears_the_gain(gain, ears, speech):
    plain, scaled = hear(ears, speech), hear(ears, speech * np.float32(gain))
    assert np.abs(plain.effort - scaled.effort).max() < 0.02
    assert np.abs(plain.probabilities - scaled.probabilities).max() < 0.05


@pytest.mark.parametrize("count", [1, 100, 4_800, 32_000])
def test_silence_is_neutral_and_nothing_is_sure(count, ears):
    voice = hear(ears, np.zeros(count, np.float32))
    neutral = EMOTION_NAMES.index("neutral")
    assert (voice.probabilities[:, neutral] == 1.0).all()
    assert voice.utterance_probabilities[neutral] == 1.0
    assert not voice.confidence.any()
    assert voice.utterance_confidence == 0.0
    assert not voice.effort.any()


def test_a_third_of_a_second_is_heard(ears, speech):
    voice = hear(ears, speech[16_000:20_800])
    assert np.isfinite(voice.probabilities).all()
    assert np.isfinite(voice.effort).all()
    assert voice.utterance_confidence > 0.0


def test_leading_silence_moves_little(ears, speech):
    """The encoder tells where in its window a sound lies; a mood must not follow."""
    part = speech[8_000:56_000]
    quiet = np.random.default_rng(0).normal(0.0, 1e-4, 48_000).astype(np.float32)
    alone = hear(ears, part)
    later = hear(ears, np.concatenate((quiet, part)))
    assert np.abs(alone.utterance_probabilities - later.utterance_probabilities).sum() < 0.7
    shift = round(3.0 / STEP_SECONDS)
    middle = slice(4, -4)
    moved = later.probabilities[shift:][: len(alone.time_seconds)] - alone.probabilities
    assert np.abs(moved[middle]).mean() < 0.1


def test_a_brighter_voice_is_more_effort(ears, speech):
    spectrum = np.fft.rfft(speech)
    hertz = np.fft.rfftfreq(len(speech), 1.0 / 16_000)
    octaves = np.log2(np.maximum(hertz, 250.0) / 250.0)
    bright, dull = (
        np.fft.irfft(spectrum * 10.0 ** (slope * octaves / 20.0), len(speech)).astype(np.float32)
        for slope in (3.0, -3.0)
    )
    assert hear(ears, bright).effort.mean() > hear(ears, dull).effort.mean() + 0.1


def test_the_plane_knows_anger_from_sorrow():
    rows = np.eye(len(EMOTION_NAMES))
    arousal, valence = feeling_plane(rows, np.zeros(len(rows)))
    named = {name: (arousal[n], valence[n]) for n, name in enumerate(EMOTION_NAMES)}
    assert named["neutral"] == (0.0, 0.0)
    assert named["angry"][0] > 0.3 > -0.2 > named["sad"][0]
    assert named["happy"][1] > 0.5 > -0.5 > named["sad"][1]


def test_a_research_model_replaces_the_answers_and_keeps_effort(
    ears, speech, tmp_path, models_folder
):
    from core.training.register_model import register

    with np.load(models_folder / "emotion_recogniser.npz") as file:
        data = dict(file)
    classes = list(data["classes"])
    data["bias"] = np.where([name == "happy" for name in classes], 100.0, 0.0)
    path = tmp_path / "emotion_recogniser_research.npz"
    np.savez(path, **data)
    register(
        tmp_path, "emotion_recogniser", path, licence="x", source="x", made_by="x", card="x.md"
    )
    part = speech[:48_000]
    encoder, tracker, recogniser = ears
    heard = encoder.encode(part), measure_prosody(part, tracker)
    research = EmotionRecogniser(research_folder=tmp_path).hear(*heard)
    assert research.utterance_probabilities.argmax() == EMOTION_NAMES.index("happy")
    assert np.array_equal(research.effort, recogniser.hear(*heard).effort)


def test_a_folder_without_the_research_model_is_named(tmp_path, models_folder):
    shutil.copy(models_folder / "models.json", tmp_path)
    with pytest.raises(MienError) as told:
        EmotionRecogniser(research_folder=tmp_path)
    assert told.value.code == "model_missing"


def test_the_shipped_model_learned_from_nothing_that_may_not_ship(models_folder):
    listing = json.loads((models_folder / "models.json").read_text(encoding="utf-8"))
    entry = next(e for e in listing["models"] if e["name"] == "emotion_recogniser")
    assert entry["licence"] == "Apache-2.0"
    assert "RAVDESS" not in entry["source"]


def test_half_an_hour_is_heard_in_little_time(ears, speech):
    """A clip of 30 minutes: the demo's line over and over."""
    encoder, tracker, recogniser = ears
    frames = 500
    part = speech[: frames * 320]
    prosody = measure_prosody(part, tracker)
    times = 180
    curves = ("loudness_db", "speech", "voicing", "pitch_semitones")
    long = Prosody(
        np.arange(len(prosody.speech) * times) * FRAME_SECONDS,
        *(np.tile(getattr(prosody, name), times) for name in curves),
        prosody.median_pitch_hz,
        prosody.level_dbfs,
        np.tile(prosody.bands_db, (times, 1)),
        np.tile(prosody.prominence_db, times),
    )
    features = np.tile(encoder.encode(part)[:frames], (times, 1))
    start = time.process_time()
    voice = recogniser.hear(features, long)
    assert (time.process_time() - start) / 1_800 < 0.002
    assert len(voice.time_seconds) == 7_201
    assert np.isfinite(voice.probabilities).all()
    assert voice.utterance_probabilities.sum() == pytest.approx(1.0)
