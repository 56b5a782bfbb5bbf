# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.speech.audio import load_speech
from core.speech.emotion_model import load_emotion_model
from core.speech.encoder import FEATURE_SIZE, WINDOW_FRAMES, SpeechEncoder
from core.speech.spoken_content import SpokenContent, without_places

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("frames", [1, 200, 600, 601, 1_700])
def test_the_places_of_every_window_are_taken_away(frames):
    """Where the features are the places alone, cross-faded as the encoder does, nothing is left."""
    constant = np.tile(RANDOM.normal(size=FEATURE_SIZE).astype(np.float32), (WINDOW_FRAMES, 1))
    left = without_places(np.tile(constant[:1], (frames, 1)), constant)
    assert np.abs(left).max() < 1e-5


def test_a_phone_that_is_surely_heard_leaves_nothing():
    means = 10.0 * RANDOM.normal(size=(5, FEATURE_SIZE)).astype(np.float32)
    content = SpokenContent(
        np.zeros((WINDOW_FRAMES, FEATURE_SIZE), np.float32),
        means.T.copy(),
        -0.5 * np.square(means).sum(axis=1),
        means,
    )
    features = means[RANDOM.integers(5, size=5_000)]
    assert np.abs(content.without(features)).max() < 1e-3
    manner = features + np.float32(0.5)
    assert np.allclose(content.without(manner), 0.5, atol=1e-3)


def test_place_shows_less_once_it_is_taken_away(recording):
    samples = load_speech(recording).samples[8_000:56_000]
    later = np.concatenate((np.zeros(48_000, np.float32), samples))
    encoder, content = SpeechEncoder(), load_emotion_model(None).content
    first, second = (encoder.encode(sound) for sound in (samples, later))
    raw = np.abs(second[150:].mean(axis=0) - first[: len(second) - 150].mean(axis=0)).mean()
    a, b = content.without(first), content.without(second)[150:]
    assert np.abs(b.mean(axis=0) - a[: len(b)].mean(axis=0)).mean() < 0.8 * raw
