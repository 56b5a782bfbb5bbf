# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.curves import Span
from core.face.arkit import ARKIT_NAMES
from core.face.model import load_face_model
from core.mixing.landmark_displacement import by_part, gap_change, with_spoken_gap
from core.mixing.refinement import open_closures, refine, triangles

TIME = np.arange(0.0, 2.0, 0.01)


@pytest.fixture(scope="module")
def face():
    return load_face_model()


def moved(face, frames=200, **channels):
    layer = np.zeros((frames, 57), np.float32)
    for name, value in channels.items():
        layer[:, ARKIT_NAMES.index(name)] = value
    return by_part(np.zeros_like(layer), layer, face)


def test_refining_takes_the_gap_back_and_leaves_the_smile(face):
    smile = moved(face, mouthSmileLeft=0.8, mouthUpperUpLeft=0.5, jawOpen=0.1)
    assert np.abs(gap_change(smile)).max() > 0.002
    refined = refine(smile, np.linspace(0.0, 1.0, len(TIME)))
    assert np.array_equal(refined[0], smile[0])
    assert np.abs(gap_change(refined)[-1]).max() < 1e-6
    corners = [48, 54, 8]
    assert np.array_equal(refined[:, corners], smile[:, corners])


def test_overlapping_windows_take_the_higher():
    weights = triangles([(0.5, 0.55), (0.7, 0.7)], TIME)
    assert weights[(TIME > 0.505) & (TIME < 0.545)].min() == 1.0
    assert weights[70] == pytest.approx(1.0)
    assert weights[62] == pytest.approx(1.0 - 0.07 / 0.16)
    assert not weights[TIME < 0.33].any()
    assert not weights[TIME > 0.87].any()


def test_only_closures_that_stay_open_are_found():
    gaps = np.full((len(TIME), 3), 0.004)
    gaps[(TIME > 0.41) & (TIME < 0.46)] = 0.0
    spans = (
        Span("bilabial", 0.4, 0.5),
        Span("bilabial", 1.0, 1.1),
        Span("labiodental", 1.4, 1.5),
        Span("bilabial", -3.0, -2.0),
        Span("bilabial", 7.0, 8.0),
    )
    assert open_closures(gaps, TIME, spans) == [(1.0, 1.1)]


def test_lips_that_part_by_feeling_part_where_speech_parts_them(face):
    surprise = moved(face, frames=3, jawOpen=0.1)
    spoken = np.array([[0.0] * 3, [0.02] * 3, [0.0] * 3])
    kept = gap_change(with_spoken_gap(surprise, spoken, np.array([1.0, 1.0, 0.0])))
    assert np.abs(kept[0]).max() < 1e-6
    assert 0.002 < kept[1].min() <= kept[1].max() <= 0.003
    np.testing.assert_allclose(kept[2], gap_change(surprise)[2], atol=1e-6)


def test_lips_that_feeling_presses_narrow_and_never_pass_through_each_other(face):
    pressed = moved(face, frames=3, mouthShrugLower=0.5)
    spoken = np.array([[0.0] * 3, [0.002] * 3, [0.01] * 3])
    gap = spoken + gap_change(with_spoken_gap(pressed, spoken, np.ones(3)))
    assert np.abs(gap[0]).max() < 1e-6
    assert (gap > -1e-6).all()
    assert (gap[1:] < spoken[1:]).all()
    assert (gap[1:] >= 0.5 * spoken[1:]).all()


def test_a_sneer_does_not_ask_the_lips_to_answer(face):
    sneer = moved(face, noseSneerLeft=1.0)
    assert not sneer[:, 48:].any()
    assert sneer[:, 27:36].any()
    assert not moved(face, jawOpen=1.0)[:, 17:48].any()
