# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import pytest

from core.direction import EMOTION_NAMES, Direction
from core.emotion_track import EmotionTrack
from core.errors import MienError
from core.gaze_track import GazeTrack
from core.messages import LONGEST_LINE_BYTES
from core.track_columns import MOST_KEYS

HAPPY, SAD = EMOTION_NAMES.index("happy"), EMOTION_NAMES.index("sad")


def emotion_track(**changes):
    columns = {"time_seconds": [0.0, 2.0], "weights": {"happy": [1.0, 0.0], "sad": [0.0, 0.5]}}
    return EmotionTrack.from_json({**columns, **changes})


def test_between_keys_it_goes_in_straight_lines_and_holds_outside():
    weights, intensity = emotion_track(intensity=[0.5, 1.5]).at(np.array([-1.0, 0.0, 1.0, 9.0]))
    np.testing.assert_allclose(weights[:, HAPPY], [1.0, 1.0, 0.5, 0.0])
    np.testing.assert_allclose(weights[:, SAD], [0.0, 0.0, 0.25, 0.5])
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    np.testing.assert_allclose(intensity, [0.5, 0.5, 1.0, 1.5])


def test_rows_are_as_the_weights_of_a_direction():
    """Too much is scaled down, what is missing is neutral."""
    for blend in ({"happy": 1.0, "sad": 1.0}, {"happy": 0.2, "neutral": 0.1}, {}):
        columns = {name: [weight] for name, weight in blend.items()}
        row = EmotionTrack.from_json({"time_seconds": [0.0], "weights": columns}).weights[0]
        np.testing.assert_allclose(row, list(Direction(blend).weights.values()), atol=1e-12)


def test_what_was_written_is_read_back_equal():
    generator = np.random.default_rng(1)
    weights = generator.uniform(0.0, 0.4, (40, len(EMOTION_NAMES)))
    track = EmotionTrack(np.arange(40) / 24, weights, generator.uniform(0.0, 1.5, 40))
    assert EmotionTrack.from_json(json.loads(json.dumps(track.to_json()))) == track
    gaze = GazeTrack(np.arange(3.0), np.array([0.1, -0.2, 0.0]), np.array([0.3, 0.0, -3.0]))
    assert GazeTrack.from_json(json.loads(json.dumps(gaze.to_json()))) == gaze
    direction = Direction("sad", emotion_track=track, gaze_track=gaze, voice_emotion=0.4)
    assert Direction.from_json(json.dumps(direction.to_json())) == direction
    assert Direction.from_json(json.dumps(direction.to_json())) != Direction("sad")


def test_emotions_that_never_show_take_no_room():
    assert set(emotion_track().to_json()["weights"]) == {"neutral", "happy", "sad"}


def test_the_longest_tracks_fit_into_a_line_of_the_protocol():
    times = np.arange(MOST_KEYS) / 30 + 1 / 3
    generator = np.random.default_rng(0)
    weights = generator.uniform(0.0, 0.1, (MOST_KEYS, len(EMOTION_NAMES)))
    angles = generator.uniform(-1.0, 1.0, (2, MOST_KEYS))
    direction = Direction(
        emotion_track=EmotionTrack(times, weights, weights[:, 0]),
        gaze_track=GazeTrack(times, *angles),
    )
    assert len(json.dumps(direction.to_json())) < 0.7 * LONGEST_LINE_BYTES


def test_nobody_changes_a_track_after_it_was_checked():
    times = np.array([0.0, 1.0])
    track = EmotionTrack(times, np.eye(9)[:2], np.ones(2))
    times[1] = -5.0
    assert track.time_seconds[1] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        track.weights[0, 0] = 3.0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"time_seconds": [0.0, float("nan")]}, "time_seconds is nan at key 1"),
        ({"time_seconds": [1.0, 1.0]}, "key 1 at 1 s does not come after"),
        ({"time_seconds": [2.0, 1.0]}, "key 1 at 1 s does not come after the one at 2 s"),
        ({"time_seconds": []}, "has 0 keys"),
        ({"time_seconds": [0.0]}, "1 times but 2 values of weight of happy"),
        ({"time_seconds": np.arange(MOST_KEYS + 1.0)}, f"has {MOST_KEYS + 1} keys"),
        ({"time_seconds": "soon"}, "'soon'"),
        ({"time_seconds": [0.0, None]}, "holds None"),
        ({"time_seconds": [0.0, "1"]}, "holds '1'"),
        ({"time_seconds": [0, 10**400]}, "too large"),
        ({"time_seconds": [0.0, 1e300]}, "1e\\+300"),
        ({"weights": {"furious": [1.0, 1.0]}}, "'furious'"),
        ({"weights": {"happy": [0.0, float("inf")]}}, "weight of happy is inf"),
        ({"weights": {"happy": [0.0, -0.2]}}, "weight of happy is -0.2 at key 1"),
        ({"weights": {"happy": [True, 0.0]}}, "holds True"),
        ({"weights": [1.0, 2.0]}, "not a JSON object"),
        ({"intensity": [1.0, 1.6]}, "intensity is 1.6 at key 1"),
        ({"intensity": [1.0]}, "2 times but 1 values of intensity"),
        ({"smile": [1.0, 1.0]}, "'smile'"),
    ],
)
def test_a_wrong_column_is_named_with_advice(changes, told):
    with pytest.raises(MienError, match=told) as error:
        emotion_track(**changes)
    assert error.value.code == "bad_direction"
    assert error.value.advice


@pytest.mark.parametrize("data", [[], "track", 3, {"pitch": [0.0]}, {"weights": {}}])
def test_what_is_no_track_is_told(data):
    for field in ("emotion_track", "gaze_track"):
        with pytest.raises(MienError) as error:
            Direction.from_json({field: data})
        assert error.value.code == "bad_direction"


def test_weights_of_another_number_of_emotions_are_told():
    with pytest.raises(MienError, match=r"shape \(2, 8\)"):
        EmotionTrack(np.arange(2.0), np.ones((2, 8)), np.ones(2))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"pitch": [0.0, 4.0]}, "pitch is 4 at key 1"),
        ({"yaw": [0.0, float("nan")]}, "yaw is nan"),
        ({"yaw": [0.0]}, "2 times but 1 values of yaw"),
        ({"roll": [0.0, 0.0]}, "'roll'"),
    ],
)
def test_a_wrong_aim_is_told(columns, told):
    whole = {"time_seconds": [0.0, 1.0], "pitch": [0.0, 0.0], "yaw": [0.0, 0.0]}
    with pytest.raises(MienError, match=told) as error:
        GazeTrack.from_json({**whole, **columns})
    assert error.value.code == "bad_direction"


def test_an_aim_is_read_between_its_keys():
    gaze = GazeTrack.from_json({"time_seconds": [0, 1], "pitch": [0, 0.2], "yaw": [1, 0]})
    np.testing.assert_allclose(gaze.at(np.array([0.5, 7.0])), [[0.1, 0.5], [0.2, 0.0]])
