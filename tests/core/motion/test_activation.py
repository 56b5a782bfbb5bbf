# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.direction import EMOTION_NAMES, Direction
from core.emotion_track import EmotionTrack
from core.motion.activation import asked_activation
from core.motion.prototypes import MOVED_EMOTIONS

TIME = np.arange(0.0, 4.0, 0.01)


def track(intensity=(1.0, 1.0), **weights):
    columns = {"time_seconds": [0.0, 4.0], "intensity": list(intensity), "weights": weights}
    return EmotionTrack.from_json(columns)


def column(name):
    return MOVED_EMOTIONS.index(name)


def test_columns_are_the_emotions_that_move():
    assert ("neutral", *MOVED_EMOTIONS) == EMOTION_NAMES
    for name in MOVED_EMOTIONS:
        felt = asked_activation(Direction(name, intensity=0.5), None, TIME)
        expected = np.zeros(len(MOVED_EMOTIONS))
        expected[column(name)] = 0.5
        np.testing.assert_allclose(felt, np.tile(expected, (len(TIME), 1)))


def test_a_track_takes_the_place_of_the_emotion_and_intensity_is_a_factor_on_its_own():
    given = track(intensity=(0.2, 1.0), happy=[1.0, 1.0])
    felt = asked_activation(Direction("sad", intensity=0.5, emotion_track=given), None, TIME)
    assert not felt[:, column("sad")].any()
    np.testing.assert_allclose(felt[:, column("happy")], 0.5 * (0.2 + 0.2 * TIME))


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_asked_and_heard_are_mixed_by_their_share(share):
    heard = track(intensity=(0.8, 0.8), angry=[0.5, 0.5])
    felt = asked_activation(Direction("happy", voice_emotion=share), heard, TIME)
    np.testing.assert_allclose(felt[:, column("happy")], 1.0 - share)
    np.testing.assert_allclose(felt[:, column("angry")], 0.4 * share)


def test_where_nothing_is_heard_the_asked_emotion_counts_alone():
    felt = asked_activation(Direction("happy", voice_emotion=1.0), None, TIME)
    np.testing.assert_allclose(felt[:, column("happy")], 1.0)


def test_intensity_0_is_nothing_at_all():
    heard, asked = track(angry=[1.0, 1.0]), track(intensity=(1.5, 1.5), sad=[1.0, 1.0])
    for share in (0.0, 0.5, 1.0):
        direction = Direction(intensity=0.0, emotion_track=asked, voice_emotion=share)
        felt = asked_activation(direction, heard, TIME)
        assert felt.tobytes() == np.zeros_like(felt).tobytes()


def test_no_product_of_intensities_passes_the_highest():
    asked = track(intensity=(1.5, 1.5), happy=[0.5, 0.5], sad=[0.5, 0.5])
    felt = asked_activation(Direction(intensity=1.5, emotion_track=asked), None, TIME)
    np.testing.assert_allclose(felt.sum(axis=1), 1.5)
    np.testing.assert_allclose(felt[:, column("happy")], 0.75)
