# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.motion.phrasing import find_phrasing
from core.speech.audio import load_speech
from core.speech.prosody import FRAME_SECONDS, SILENCE_DB, PitchTracker, measure_prosody


@pytest.fixture(scope="module")
def tracker(models_folder):
    return PitchTracker(models_folder)


def voice(seconds, hz):
    """A buzz with the harmonics of a voice, gliding from hz to 1.2 hz."""
    glide = hz * (1 + 0.2 * np.linspace(0, 1, round(seconds * 16_000)))
    phase = 2 * np.pi * np.cumsum(glide) / 16_000
    return sum(np.sin(n * phase) / n for n in range(1, 12)).astype(np.float32) * 0.1


@pytest.mark.parametrize("hz", [90, 130, 220, 330])
def test_pitch_of_a_voice_like_sound(hz, tracker):
    prosody = measure_prosody(voice(2.0, hz), tracker)
    assert prosody.median_pitch_hz == pytest.approx(1.1 * hz, rel=0.03)
    assert (prosody.voicing[10:-10] > 0.5).mean() > 0.9
    rise = prosody.pitch_semitones[-15] - prosody.pitch_semitones[15]
    assert rise == pytest.approx(12 * np.log2(1.2), abs=0.8)


def test_windows_join_without_a_trace(recording, tracker):
    samples = np.tile(load_speech(recording).samples, 6)  # 66 s: eleven windows
    whole = tracker.track(samples, 1.0)
    tail = tracker.track(samples[256 * 1000 :], 1.0)
    for complete, part in zip(whole, tail, strict=True):
        assert np.allclose(complete[1020:], part[20:], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("gain", [0.01, 0.3, 2.0])
def test_level_changes_nothing(gain, recording, tracker):
    samples = load_speech(recording).samples
    plain = measure_prosody(samples, tracker)
    scaled = measure_prosody(samples * np.float32(gain), tracker)
    assert scaled.level_dbfs - plain.level_dbfs == pytest.approx(20 * np.log10(gain), abs=0.01)
    for name in ("loudness_db", "speech", "voicing", "pitch_semitones"):
        assert np.allclose(getattr(plain, name), getattr(scaled, name), atol=0.02), name


@pytest.mark.parametrize("count", [1, 100, 256, 3_200, 16_000])
def test_silence_of_any_length_is_silence(count, tracker):
    prosody = measure_prosody(np.zeros(count, np.float32), tracker)
    assert len(prosody.time_seconds) == max(1, count // 256)
    assert (prosody.loudness_db == SILENCE_DB).all()
    assert not prosody.speech.any()
    assert not prosody.voicing.any()


def test_short_sound_is_measured(tracker):
    prosody = measure_prosody(voice(0.2, 150), tracker)
    assert np.isfinite(prosody.pitch_semitones).all()
    assert prosody.time_seconds[-1] < 0.2


def test_phrases_follow_the_labelled_pauses(prosody):
    phrasing = find_phrasing(*prosody)
    # demo/SPEECH.md: two utterances, with a pause before "the Gutenberg" and one between them.
    assert phrasing.phrase_starts[0] == pytest.approx(0.25, abs=0.08)
    assert phrasing.phrase_ends[-1] == pytest.approx(10.5, abs=0.15)
    gaps = np.stack((phrasing.phrase_ends[:-1], phrasing.phrase_starts[1:]))
    assert (np.abs(gaps - np.array([[8.6], [8.82]])).max(axis=0) < 0.15).any()


def test_stresses_lie_in_speech_and_apart(prosody):
    phrasing = find_phrasing(*prosody)
    assert 10 <= len(phrasing.stress_times) <= 40
    assert np.diff(phrasing.stress_times).min() >= 0.29
    speech = np.interp(phrasing.stress_times, phrasing.time_seconds, phrasing.speech)
    assert (speech > 0.4).all()
    assert FRAME_SECONDS == 0.016


def test_steady_noise_is_nobody_speaking(recording, tracker):
    hiss = np.random.default_rng(0).normal(0, 0.05, 48_000).astype(np.float32)
    assert not measure_prosody(hiss, tracker).has_speech
    assert measure_prosody(load_speech(recording).samples, tracker).has_speech
