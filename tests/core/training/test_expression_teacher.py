# SPDX-License-Identifier: Apache-2.0
"""The teacher of the expression decoder, and the film that it keeps."""

from __future__ import annotations

import numpy as np
import pytest

from core.direction import EMOTION_NAMES
from core.face.arkit import CHANNEL_NAMES
from core.motion.prototypes import MOVED_EMOTIONS
from core.motion.take_channels import take_channels
from core.motion.take_conditions import VOICE_NAMES
from core.training.expression_film import film_motion, seen_columns
from core.training.expression_manner import manner_curves
from core.training.expression_teacher import Lesson, phrases, teach

FRAMES = 3000
STRESSES = np.arange(20, FRAMES - 40, 30)


def voice():
    """Phrases of 4 s with pauses of 2 s, a stress every 1.2 s."""
    told = np.zeros((FRAMES, len(VOICE_NAMES)))
    frames = np.arange(FRAMES)
    speech = frames % 150 < 100
    told[:, VOICE_NAMES.index("speech")] = speech
    told[:, VOICE_NAMES.index("loudness")] = 0.7 * speech
    told[:, VOICE_NAMES.index("phrase_began")] = 0.5 * speech
    near = np.abs(frames[:, None] - STRESSES).min(axis=1)
    told[:, VOICE_NAMES.index("stress")] = speech * np.exp(-0.5 * (near / 2.0) ** 2)
    return told


def activation(emotion):
    felt = np.zeros((FRAMES, len(MOVED_EMOTIONS)))
    if emotion is not None:
        felt[:, MOVED_EMOTIONS.index(emotion)] = 1.0
    return felt


def lesson(emotion, film=None, filmed=None):
    return Lesson(voice(), activation(emotion), film, activation(filmed), seen_columns())


def column(motion, name):
    return motion[:, take_channels().column(name)]


def test_nothing_felt_moves_as_neutral_and_gains_nothing():
    motion = teach(lesson(None), np.random.default_rng(0))
    assert motion[:, : take_channels().column("accent")].std(axis=0) == pytest.approx(1.0, abs=0.5)
    assert not motion[:, take_channels().column("gainBrows") :].any()


def test_feelings_differ_in_size_and_tempo():
    takes = {
        name: teach(lesson(None if name == "neutral" else name), np.random.default_rng(1))
        for name in EMOTION_NAMES
    }

    def tempo(name, curve):
        moved = column(takes[name], curve)
        return np.diff(moved).std() / moved.std()

    assert tempo("fearful", "browInner") > 1.5 * tempo("sad", "browInner")
    assert column(takes["angry"], "headYaw").std() > 1.3 * column(takes["calm"], "headYaw").std()
    assert column(takes["happy"], "cheek").std() > 1.3 * column(takes["neutral"], "cheek").std()


def test_accents_stand_on_stresses():
    accent = column(teach(lesson("angry"), np.random.default_rng(2)), "accent")
    raised = np.flatnonzero((accent[1:-1] > accent[:-2]) & (accent[1:-1] > accent[2:])) + 1
    raised = raised[accent[raised] > 1.0]
    assert len(raised) > 20
    assert np.mean(np.abs(raised[:, None] - STRESSES).min(axis=1) <= 4) > 0.9


def test_apexes_answer_stresses():
    gain = column(teach(lesson("disgusted"), np.random.default_rng(3)), "gainBrows")
    speaking = voice()[:, VOICE_NAMES.index("speech")] > 0.5
    stress = voice()[:, VOICE_NAMES.index("stress")]
    assert np.corrcoef(gain[speaking], stress[speaking])[0, 1] > 0.3


def test_a_film_is_kept_where_its_own_feeling_is_felt():
    chance = np.random.default_rng(4)
    film = chance.normal(size=(FRAMES, len(take_channels().names)))
    brow = take_channels().column("browOuter")
    for emotion in (None, "happy"):
        taught = teach(lesson(emotion, film, filmed=emotion), np.random.default_rng(5))
        assert np.allclose(taught[:, brow], film[:, brow])
    other = teach(lesson("surprised", film, filmed=None), np.random.default_rng(5))
    assert other[:, brow].std() > 1.4 * film[:, brow].std()


def test_manners_are_those_of_the_blend():
    both = 0.5 * (activation("happy") + activation("sad"))
    tempo = manner_curves(both)["tempo"]
    ends = [manner_curves(activation(name))["tempo"][0] for name in ("happy", "sad")]
    assert tempo == pytest.approx(np.mean(ends))
    assert manner_curves(activation(None))["tempo"] == pytest.approx(1.0)


def test_phrases_are_found_in_the_conditions():
    found = phrases(voice())
    assert found[:2] == [(0, 100), (150, 250)]


def test_film_loses_blinks_posture_and_ends():
    chance = np.random.default_rng(6)
    values = np.zeros((300, 57), np.float32)
    brow = CHANNEL_NAMES.index("browInnerUp")
    waves = np.sin(np.arange(300) / 12.0)
    values[:, brow] = 0.3 + 0.03 * waves + 0.002 * chance.normal(size=300)
    values[150:, brow] += 0.2  # another posture in the second clip
    for start in (60, 220):
        values[start : start + 6, CHANNEL_NAMES.index("eyeBlinkLeft")] = 0.9
        values[start : start + 6, brow] -= 0.25  # a blink takes the tracked brow along
    motion = film_motion(values, np.array([0, 150, 300]))
    moved = column(motion, "browInner")
    assert np.abs(moved[[0, 149, 150, 299]]).max() < 0.1
    assert abs(np.corrcoef(moved[10:140], waves[10:140])[0, 1]) > 0.95
    assert np.abs(moved).max() < 2.5
    assert not column(motion, "cheek").any()
