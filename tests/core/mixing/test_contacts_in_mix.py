# SPDX-License-Identifier: Apache-2.0
"""Whatever the feeling does to the mouth, contacts hold in the mix."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.curves import Span
from core.direction import EMOTION_NAMES, Direction
from core.face.arkit import ARKIT_NAMES
from core.face.model import load_face_model
from core.mixing.mixture import mix_face
from core.motion.lips import LipTrack

SOURCE = np.arange(550) * 0.02
FACE = len(ARKIT_NAMES)
# Twelve phones a second in the loudest phrase of the recording: every other one a b.
PHONE_SECONDS = 1 / 12
BABBLE = tuple(
    Span("bilabial", start, start + PHONE_SECONDS)
    for start in 3.5 + 2 * PHONE_SECONDS * np.arange(12)
)


@pytest.fixture(scope="module")
def face():
    return load_face_model()


def babbling():
    """The decoder's track (550, 52): 9 mm open in vowels, 2 mm where the lips should meet."""
    phase = (SOURCE - BABBLE[0].start_seconds) / (2 * PHONE_SECONDS)
    swing = 0.5 - 0.5 * np.cos(2 * np.pi * (phase - 0.25))
    values = np.zeros((len(SOURCE), FACE), np.float32)
    values[:, ARKIT_NAMES.index("jawOpen")] = 0.08 + 0.2 * swing
    return values


@pytest.mark.parametrize("emotion", EMOTION_NAMES)
def test_the_strongest_feeling_leaves_fast_closures_shut_and_vowels_open(
    emotion, face, prosody, express_with
):
    feeling = Direction(emotion, intensity=1.5, mouth_emotion_strength=2.0)
    for fps in (12.0, 24.0, 25.0, 30.0, 60.0):
        time = np.arange(int(11 * fps)) / fps
        felt = express_with(prosody[0], feeling, prosody[1], time).values
        track = LipTrack(SOURCE, babbling(), BABBLE, ())
        mix = mix_face(track, time, feeling, felt, face).values
        gaps = face.lip_gaps(mix[:, :FACE]) * 1e3
        for span, following in itertools.pairwise(BABBLE):
            middle = (span.start_seconds + span.end_seconds) / 2
            near = np.abs(time - middle) <= 0.5 / fps + 1e-6
            assert gaps[near].max(axis=1).min() < 0.0, (fps, span)
            later = (following.start_seconds + following.end_seconds) / 2
            assert gaps[(time > middle) & (time < later), 1].max() > 1.5, (fps, span)
        if fps in {24.0, 25.0}:
            for phase in (0, 1):
                kept = gaps[phase::2].max(axis=1)
                shut = [
                    kept[
                        np.abs(time[phase::2] - s.start_seconds - PHONE_SECONDS / 2)
                        < 1 / fps + 1e-6
                    ]
                    for s in BABBLE
                ]
                assert np.mean([frames.min() < 0.0 for frames in shut]) > 0.9, (fps, phase)
