# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from core.speech.emotion_features import ENCODER_SIZE, MELODY_NAMES
from core.training.emotion_effort import ANGER_EFFORT, fit_effort
from core.training.emotion_fit import Recipe, fit, fit_mean
from core.training.emotion_scores import (
    best_temperature,
    calibration_error,
    clusters_interval,
    softmax,
    unweighted_recall,
)
from core.training.emotion_tables import Rows

CLASSES = ("neutral", "happy", "sad", "angry", "fearful", "disgusted", "calm")
SIZE = len(MELODY_NAMES)


def rows_of(moves, home, count, seed, *, noise=0.5):
    """Rows of one corpus: its home, a move for each emotion, and noise."""
    random = np.random.default_rng(seed)
    emotion = np.repeat(list(moves), count)
    melody = home + np.stack([moves[name] for name in emotion])
    total = len(emotion)
    melody = melody + noise * random.normal(size=melody.shape)
    encoder = noise * random.normal(size=(total, ENCODER_SIZE))
    numbers = np.arange(total)
    return Rows(
        melody.astype(np.float32),
        encoder.astype(np.float32),
        np.ones(total),
        emotion,
        np.array([f"{seed} {n % 3}" for n in numbers]),
        np.full(total, ""),
        np.full(total, ""),
        numbers,
        numbers % 2,
        np.zeros(total, np.int64),
    )


@pytest.fixture(scope="module")
def corpora():
    """Emotions are the same moves everywhere; where a corpus lies is its own matter."""
    random = np.random.default_rng(5)
    moves = {name: 0.8 * random.normal(size=SIZE) for name in CLASSES}
    moves["neutral"] = np.zeros(SIZE)
    shift = 8.0 * random.normal(size=SIZE)
    acted = rows_of(moves, 0.0, 40, 1)
    plain = [rows_of({"plain": np.zeros(SIZE)}, share * shift, 60, 7) for share in (0.5, 1.0, 1.5)]
    other = rows_of(moves, shift, 20, 2)
    return acted, plain, other


def recall(model, rows):
    labels = np.array([CLASSES.index(name) for name in rows.emotion])
    return unweighted_recall(labels, model.logits(rows).argmax(axis=1), len(CLASSES))


def test_emotions_lent_to_plain_voices_are_told_in_another_corpus(corpora):
    acted, plain, other = corpora
    lent = fit(acted, plain, CLASSES, Recipe(transplants=2, penalty=0.01))
    assert recall(lent, acted) > 0.95
    assert recall(lent, other) > 0.9
    alone = fit(acted, [], CLASSES, Recipe(transplants=0, penalty=0.01))
    assert recall(lent, other) > recall(alone, other) + 0.2


def test_the_same_seed_gives_the_same_map(corpora):
    acted, plain, _ = corpora
    one, two = (fit(acted, plain, CLASSES, Recipe(iterations=10)) for _ in range(2))
    assert np.array_equal(one.weights, two.weights)


def test_a_mean_of_maps_is_one_map(corpora):
    acted, plain, other = corpora
    recipes = (Recipe(encoder_parts=1, iterations=10), Recipe(encoder_parts=3, iterations=10))
    parts = [fit(acted, plain, CLASSES, recipe, seed) for seed, recipe in enumerate(recipes)]
    mean = fit_mean(acted, plain, CLASSES, recipes)
    expected = np.mean([part.logits(other) for part in parts], axis=0)
    assert np.allclose(mean.logits(other), expected, atol=1e-6)


def test_effort_is_zero_in_plain_speech_and_high_in_anger():
    high = np.zeros(SIZE)
    high[:4] = 2.0
    moves = dict.fromkeys(CLASSES, 0.0 * high) | {"angry": high, "sad": -high, "happy": 0.7 * high}
    acted = rows_of(moves, 0.0, 40, 1)
    plain = [rows_of({"plain": 0.0 * high}, 0.0, 60, 7)]
    effort = fit_effort(acted, plain)
    told = {name: effort.of(acted.where(acted.emotion == name)).mean() for name in CLASSES}
    assert told["angry"] == pytest.approx(ANGER_EFFORT, abs=0.1)
    assert told["sad"] < -0.4
    assert abs(effort.of(plain[0]).mean()) < 0.1


def test_temperature_undoes_what_was_sharpened():
    random = np.random.default_rng(0)
    logits = 2.0 * random.normal(size=(4_000, 3))
    labels = np.array([random.choice(3, p=row) for row in softmax(logits)])
    assert best_temperature(labels, 3.0 * logits) == pytest.approx(3.0, rel=0.1)
    assert calibration_error(labels, softmax(logits)) < 0.03
    assert calibration_error(labels, softmax(3.0 * logits)) > 0.1


def test_the_interval_draws_actors_not_clips():
    actors = np.repeat([str(n) for n in range(8)], 50)
    values = np.repeat(np.random.default_rng(0).normal(size=8), 50)
    low, high = clusters_interval(values, actors)
    assert low < values.mean() < high
    assert high - low > 0.5
