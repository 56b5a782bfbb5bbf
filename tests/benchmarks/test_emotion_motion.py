# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from benchmarks import emotion_motion_measures as measures
from core.face.arkit import CHANNEL_NAMES

FRAMES = 750
TIME = np.arange(FRAMES) / measures.FPS


def face(**curves):
    values = np.zeros((FRAMES, 57))
    for name, moved in curves.items():
        values[:, CHANNEL_NAMES.index(name)] = moved
    return values


def test_bands_hold_the_wave_that_is_in_them():
    for hertz, band in ((0.7, 0), (1.5, 1), (3.0, 2), (6.0, 3)):
        shares = measures.band_shares([np.sin(2 * np.pi * hertz * TIME)])
        assert np.argmax(shares) == band
        assert shares[band] > 0.7


def test_a_wave_has_the_speed_of_its_derivative():
    wave = np.sin(2 * np.pi * TIME)
    assert measures.speed([wave]) == pytest.approx(2 * np.pi / np.sqrt(2), rel=0.05)
    assert measures.spread([wave]) == pytest.approx(1 / np.sqrt(2), rel=0.02)


def test_blinks_are_counted_and_leave_the_brow_alone():
    shut = np.zeros(FRAMES)
    for start in (100, 300, 500):
        shut[start : start + 4] = 1.0
    dips = 0.4 * shut
    values = face(eyeBlinkLeft=0.1 + 0.9 * shut, eyeBlinkRight=0.1 + 0.9 * shut, browInnerUp=dips)
    assert np.allclose(measures.blink_onsets(values, measures.FPS), [4.0, 12.0, 20.0])
    assert measures.curve(values, "inner brow").max() < 0.01


def test_a_mask_is_still_and_a_living_face_is_not():
    mask = measures.face_speed(face(browInnerUp=0.8))
    alive = measures.face_speed(face(browInnerUp=0.5 + 0.1 * np.sin(4 * TIME)))
    assert measures.stillness([mask], 0.05) == (1.0, 30.0)
    assert measures.stillness([alive], 0.05)[0] < 0.2


def test_events_after_places_are_told_from_others():
    places = np.array([1.0, 5.0])
    assert measures.share_near(np.array([1.2, 3.0, 5.3, 6.0]), places, (0.0, 0.5)) == 0.5
    assert np.isnan(measures.share_near(np.zeros(0), places, (0.0, 0.5)))


def test_correlation_finds_what_comes_later():
    chance = np.random.default_rng(0)
    wave = np.convolve(chance.normal(size=FRAMES), np.ones(5), "same")
    assert measures.best_correlation(np.roll(wave, 5), wave) > 0.95
    assert measures.best_correlation(chance.normal(size=FRAMES), wave) < 0.3


def test_equal_takes_do_not_differ():
    one, other = face(browInnerUp=0.1 * np.sin(TIME)), face(browInnerUp=0.1 * np.cos(TIME))
    assert measures.distance([one, one]) == 0.0
    assert measures.distance([one, other]) > 0.03


def test_a_mean_face_is_like_itself():
    smile = measures.mean_face(face(mouthSmileLeft=0.8, mouthSmileRight=0.8, eyeBlinkLeft=1.0))
    frown = measures.mean_face(face(mouthFrownLeft=0.8))
    assert measures.cosine(smile, 2 * smile) == pytest.approx(1.0)
    assert measures.cosine(smile, frown) == 0.0
