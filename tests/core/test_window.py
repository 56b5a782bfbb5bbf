# SPDX-License-Identifier: Apache-2.0
"""A window of a take is what the whole take shows there."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from core.curves import save_performance
from core.direction import Direction
from core.errors import MienError
from core.hearing import hear
from core.kept import Kept
from core.performance import perform, perform_heard
from core.window import window_of

FPS = 24.0
# What lies far from a window is not looked at (core.window); a thousandth is the promise.
NEAR = 1e-3


def silent_report(_fraction, _stage):
    pass


@pytest.fixture(scope="module")
def long_heard(recording, models, tmp_path_factory):
    """Fifty seconds: much longer than what a window looks at."""
    samples, rate = soundfile.read(recording, dtype="float32")
    path = tmp_path_factory.mktemp("sounds") / "long.wav"
    soundfile.write(path, np.tile(samples, 5)[: 50 * rate], rate)
    return hear(path, models, silent_report)


TRACK = {
    "time_seconds": [0.0, 20.0, 26.0, 40.0],
    "intensity": [1.0, 1.0, 0.2, 0.9],
    "weights": {"surprised": [0.0, 1.0, 0.2, 0.0], "sad": [0.6, 0.0, 0.7, 1.0]},
}
DIRECTIONS = {
    "neutral": {},
    "happy": {"emotion": "happy", "intensity": 0.7, "seed": 4},
    "surprised": {"emotion": "surprised", "intensity": 1.5, "jaw_emotion_strength": 2.0},
    "over time": {"emotion_track": TRACK, "voice_emotion": 0.4},
    "lips": {"emotion": "angry", "lip_strength": 1.7, "firmness": 1.5, "articulation": 1.6},
    "mouth still": {"emotion": "angry", "mouth_emotion_strength": 0.0, "idle_strength": 0.0},
    "nothing said": {"emotion": "fearful", "lip_strength": 0.0},
}


@pytest.mark.parametrize("name", DIRECTIONS)
def test_a_window_shows_what_the_take_shows(name, long_heard, models):
    direction = Direction.from_json(DIRECTIONS[name])
    whole = perform_heard(long_heard, direction, FPS, models, silent_report)
    for start, end in ((0.0, 1.0), (20.5, 21.5), (27.013, 27.013 + 1 / FPS), (49.2, 60.0)):
        kept = Kept()
        part = perform_heard(
            long_heard,
            direction,
            FPS,
            models,
            silent_report,
            window_seconds=(start, end),
            kept=kept,
        )
        first = part.meta["window"]["first_frame"]
        own = slice(first, first + part.frames)
        assert np.array_equal(part.time_seconds, whole.time_seconds[own])
        assert part.time_seconds[0] >= start - 1e-9
        assert part.time_seconds[-1] <= end + 1e-9
        assert np.abs(part.lips - whole.lips[own]).max() < 1e-6
        assert np.abs(part.expression - whole.expression[own]).max() < 1e-4
        assert np.abs(part.emotion - whole.emotion[own]).max() < 1e-6
        assert np.abs(part.values - whole.values[own]).max() < NEAR
        assert np.abs(part.landmarks_mix - whole.landmarks_mix[own]).max() < 1e-5
        assert np.abs(part.visemes - whole.visemes[own]).max() < 1e-5
        assert np.array_equal(part.mouths, whole.mouths[own])


def test_a_window_differs_between_takes(long_heard, models):
    """Or the test above would pass with a face at rest."""
    takes = [
        perform_heard(
            long_heard,
            Direction("happy", seed=seed),
            FPS,
            models,
            silent_report,
            window_seconds=(20, 21),
        )
        for seed in (0, 1)
    ]
    assert np.abs(takes[0].values - takes[1].values).max() > 0.05


def test_what_is_kept_changes_no_byte(recording, models, tmp_path):
    heard, kept = hear(recording, models, silent_report), Kept()
    takes = (
        {"emotion": "happy"},
        {"emotion": "happy", "brow_strength": 1.6, "onset": 0.5},
        {"emotion": "sad", "seed": 2, "voice_emotion": 0.5},
        {"emotion": "happy", "articulation": 0.4, "saccade_strength": 1.7},
        {"emotion": "happy"},
    )
    for number, fields in enumerate(takes):
        direction = Direction.from_json(fields)
        # Windows fill what is kept with their own pieces.
        perform_heard(
            heard, direction, FPS, models, silent_report, window_seconds=(4, 5), kept=kept
        )
        again = perform_heard(heard, direction, FPS, models, silent_report, kept=kept)
        fresh = perform(recording, direction, FPS, models=models)
        save_performance(again, tmp_path / f"{number}a.npz")
        save_performance(fresh, tmp_path / f"{number}b.npz")
        files = [(tmp_path / f"{number}{letter}.npz").read_bytes() for letter in "ab"]
        assert files[0] == files[1], fields


def test_a_window_beside_the_take_is_refused():
    for seconds in ((10.1, 12.0), (-2.0, -1.0), (0.01, 0.02)):
        with pytest.raises(MienError) as told:
            window_of(seconds, 240, FPS)
        assert told.value.code == "bad_window"


def test_a_window_counts_both_ends():
    window = window_of((1.0, 2.0), 240, FPS)
    assert (window.first, window.stop) == (24, 49)
    assert window.around(0.5) == slice(12, 61)
    assert window.around(60.0) == slice(0, 240)
    assert window_of(None, 240, FPS).own == slice(0, 240)
