# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np

from core.direction import Direction
from core.face.arkit import ARKIT_NAMES
from core.motion.breath import add_breath, breath_curve
from core.motion.phrasing import Phrasing

TIME = np.arange(1200) * 0.01


def phrasing(starts, ends):
    speech = np.zeros(len(TIME))
    for start, end in zip(starts, ends, strict=True):
        speech[(start <= TIME) & (end >= TIME)] = 1.0
    nothing, none = np.zeros(len(TIME)), np.zeros(0)
    return Phrasing(TIME, np.array(starts), np.array(ends), speech, nothing, nothing, none, none)


def test_breath_is_drawn_before_a_phrase_that_follows_a_pause():
    curve = breath_curve(phrasing([1.0, 5.0, 8.1], [4.0, 8.0, 11.0]), 0)
    assert 4.7 < TIME[400:600][curve[400:600].argmax()] < 5.1
    assert curve[490] > 0.8
    # A tenth of a second is too short a pause to breathe in.
    assert curve[760:850].max() < 0.1


def test_a_silent_face_breathes_slowly():
    curve = breath_curve(phrasing([], []), 3)
    assert 0.0 <= curve.min() < 0.1
    assert 0.3 < curve.max() <= 1.0
    assert np.abs(np.diff(curve)).max() < 0.02


def test_strengths_reach_every_part_of_it():
    breath = np.ones(10)
    face = np.zeros((10, 52), np.float32)
    add_breath(face, breath, Direction(breath_strength=0.0))
    assert not face.any()
    add_breath(face, breath, Direction(jaw_emotion_strength=0.0, brow_strength=0.0))
    assert not face[:, ARKIT_NAMES.index("jawOpen")].any()
    assert face[:, ARKIT_NAMES.index("noseSneerLeft")].any()
