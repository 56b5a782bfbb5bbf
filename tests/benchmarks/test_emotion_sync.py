# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.emotion_sync import answer, answers_to, fast
from benchmarks.emotion_sync_emogene import blended, closed_frames, mixed, one_euro, windows
from benchmarks.emotion_sync_hearing import hearing_once
from benchmarks.lip_clips import Clip, Film
from benchmarks.lip_film import GRID
from benchmarks.lip_follow import follow
from benchmarks.lip_systems import Answer
from core.direction import Direction
from core.face.arkit import ARKIT_NAMES
from core.face.model import load_face_model
from core.performance import load_models

RECORDING = Path(__file__).resolve().parents[2] / "demo" / "speech.flac"
TIMES = np.arange(0, 4, 1 / 60)


@pytest.fixture(scope="module")
def face():
    return load_face_model()


def spoken(face, jaw):
    """Landmarks of a jaw's curve in EmoGene's unit."""
    values = np.zeros((len(jaw), 52), np.float32)
    values[:, ARKIT_NAMES.index("jawOpen")] = jaw
    return face.landmarks68(values).astype(np.float64) / 0.1


def filmed_pair(own, seen):
    film = Film(60.0, {"opening": seen}, np.zeros((len(TIMES), 20, 3)))
    clip = Clip("a", GRID, "s", Path("a.flac"), film=film)
    return clip, Answer(TIMES, {"opening": own}, lip_gap=own)


def test_a_posture_does_not_count_among_what_is_fast():
    speech = np.sin(2 * np.pi * 4 * TIMES)
    posture = 3.0 * np.sin(2 * np.pi * 0.25 * TIMES)
    assert fast([filmed_pair(speech + posture, speech)], "opening").value > 0.9
    assert fast([filmed_pair(posture, speech)], "opening").value < 0.2
    assert follow([filmed_pair(speech + posture, speech)], "opening").value < 0.5


def test_lips_that_press_count_as_shut_and_no_more(face):
    values = np.zeros((3, 57), np.float32)
    values[1, ARKIT_NAMES.index("mouthShrugLower")] = 1.0
    values[2, ARKIT_NAMES.index("jawOpen")] = 0.3
    take = SimpleNamespace(time_seconds=TIMES[:3])
    gap = answer(take, values, face.landmarks68(values[:, :52]), face).lip_gap
    assert gap[0] == gap[1] == 0.0
    assert gap[2] > 8.0


def test_emogenes_threshold_finds_a_fast_closure_and_misses_a_slow_one(face):
    frames = np.arange(60)
    fast_jaw = np.where((frames > 20) & (frames < 26), 0.0, 0.4)
    slow_jaw = 0.4 * np.abs(np.linspace(-1, 1, 60))
    found = [
        closed_frames((lips[:, 62] - lips[:, 66])[:, 2])
        for lips in (spoken(face, jaw) for jaw in (fast_jaw, slow_jaw))
    ]
    assert found[0] == [21]
    assert found[1] == []


def test_emogenes_windows_blend_the_mouth_alone(face):
    lips = spoken(face, np.zeros(20))
    weights = windows([10, 12], 20, 4)
    assert weights[10] == weights[12] == 1.0
    assert weights[11] == pytest.approx(0.8)
    assert not weights[:6].any()
    mix = blended(lips + 1.0, lips, weights)
    assert np.array_equal(mix[10, 48:], lips[10, 48:])
    assert np.array_equal(mix[10, :48], lips[10, :48] + 1.0)


def test_emogenes_filter_lags_and_swallows_fast_speech(face):
    frames = np.arange(100)
    lips = spoken(face, 0.15 - 0.15 * np.cos(2 * np.pi * 4 * frames / 25))
    smooth = one_euro(lips)
    assert np.ptp(smooth[30:, 66, 2]) < 0.6 * np.ptp(lips[30:, 66, 2])
    np.testing.assert_allclose(mixed(lips[:1], lips[:1]), lips[:1])


def test_the_road_is_measured_on_every_layer_and_hears_a_clip_once():
    models = hearing_once(load_models())
    clip = Clip("speech", "demo", "woman", RECORDING, duration_seconds=3.0)
    answers = answers_to([clip], Direction("happy"), models, None)
    layers = (answers.lips, answers.mix, answers.emogene)
    widths = [pairs[0][1].curves["width"] for pairs in layers]
    assert len({len(width) for width in widths}) == 1
    assert widths[1].mean() > widths[0].mean() + 2.0
    assert widths[2].mean() > widths[0].mean() + 2.0
    assert answers.residual[0]["max"] < 0.002
    features = [models.encoder.encode(np.zeros(16_000, np.float32)) for _ in range(2)]
    assert features[0] is features[1]
