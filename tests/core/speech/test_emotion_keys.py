# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.direction import EMOTION_NAMES
from core.speech.emotion import STEP_SECONDS, VoiceEmotion
from core.speech.emotion_keys import CLOSEST_KEYS_SECONDS, suggest_track

NEUTRAL, HAPPY, SAD = (EMOTION_NAMES.index(name) for name in ("neutral", "happy", "sad"))


def voice_of(names, seconds):
    """A voice that is surely in one emotion after the other, for so many seconds each."""
    count = round(seconds / STEP_SECONDS)
    rows = np.concatenate([np.tile(np.eye(9)[EMOTION_NAMES.index(n)], (count, 1)) for n in names])
    flat = np.zeros(len(rows))
    return VoiceEmotion(
        time_seconds=np.arange(len(rows)) * STEP_SECONDS,
        probabilities=rows,
        arousal=flat,
        valence=flat,
        confidence=np.full(len(rows), 0.8),
        effort=flat,
        utterance_probabilities=rows.mean(axis=0),
        utterance_arousal=0.0,
        utterance_valence=0.0,
        utterance_confidence=0.8,
    )


def test_each_phrase_gets_its_own_feeling():
    voice = voice_of(("happy", "sad"), 4.0)
    track, sure = suggest_track(voice, np.array([0.5, 4.5]), np.array([3.0, 7.0]), 8.0)
    assert len(track.time_seconds) == len(sure) == 2
    assert track.weights[0].argmax() == HAPPY
    assert track.weights[1].argmax() == SAD
    assert np.allclose(sure, 0.8)


def test_long_phrases_get_two_keys_and_short_ones_share_one():
    voice = voice_of(("happy",), 12.0)
    track, _ = suggest_track(voice, np.array([0.0]), np.array([6.0]), 12.0)
    assert len(track.time_seconds) == 2
    starts = np.arange(0.0, 1.0, 0.25)
    track, _ = suggest_track(voice, starts, starts + 0.2, 12.0)
    assert len(track.time_seconds) == 1


def test_keys_are_few_and_apart_for_half_an_hour():
    voice = voice_of(("happy", "sad"), 900.0)
    starts = np.arange(0.0, 1790.0, 3.0)
    track, sure = suggest_track(voice, starts, starts + 2.5, 1800.0)
    assert len(sure) <= 1.1 * len(starts)
    assert np.diff(track.time_seconds).min() >= CLOSEST_KEYS_SECONDS


def test_small_weights_do_not_show():
    voice = voice_of(("happy",), 4.0)
    row = np.full(9, 0.05)
    row[HAPPY] = 0.6
    rows = np.tile(row, (len(voice.time_seconds), 1))
    mixed = replace(voice, probabilities=rows, utterance_probabilities=row)
    track, _ = suggest_track(mixed, np.array([0.0]), np.array([3.0]), 4.0)
    assert track.weights[0, HAPPY] == pytest.approx(0.6)
    assert track.weights[0, NEUTRAL] == pytest.approx(0.4)


def test_effort_raises_the_intensity():
    voice = voice_of(("happy",), 4.0)
    spans = np.array([0.0]), np.array([3.0]), 4.0
    soft, loud = (
        suggest_track(replace(voice, effort=np.full(len(voice.effort), level)), *spans)[0]
        for level in (-0.5, 0.5)
    )
    assert loud.intensity[0] > soft.intensity[0] + 0.2


def test_no_speech_is_one_neutral_key_that_is_not_sure():
    voice = replace(voice_of(("neutral",), 2.0), utterance_confidence=0.0)
    track, sure = suggest_track(voice, np.zeros(0), np.zeros(0), 2.0)
    assert len(sure) == 1
    assert sure[0] == 0.0
    assert track.weights[0, NEUTRAL] == 1.0


def test_an_unsure_voice_leans_on_the_whole_clip():
    voice = voice_of(("happy", "sad"), 4.0)
    whole = np.eye(9)[HAPPY]
    track, _ = suggest_track(
        replace(voice, utterance_probabilities=whole), np.array([4.5]), np.array([7.0]), 8.0
    )
    assert track.weights[0, SAD] > track.weights[0, HAPPY] > 0.0
