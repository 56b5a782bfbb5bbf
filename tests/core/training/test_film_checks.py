# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.errors import MienError
from core.film.resample import FaceTrack
from core.training.film_checks import SOUND_HZ, judge

FPS, SECONDS = 25.0, 20.0


def syllables(generator):
    """Opening (T,) at FPS, 0..1: mouths that open for syllables of uneven length."""
    steps = np.repeat(generator.random(200), generator.integers(2, 7, 200))[: int(SECONDS * FPS)]
    return np.convolve(steps, [0.25, 0.5, 0.25], mode="same")


def talking(lag_seconds=0.0, turn=0.0, height=300.0):
    """A face and its sound; the lips come so much after it."""
    generator = np.random.default_rng(1)
    opening = syllables(generator)
    times = np.arange(len(opening)) / FPS
    landmarks = np.zeros((len(times), 478, 3))
    landmarks[:, 152, 1] = height
    landmarks[:, 13, 1] = 0.7 * height
    moved = np.interp(times - lag_seconds, times, opening)
    landmarks[:, 14, 1] = 0.7 * height + 0.1 * height * moved
    pose = np.tile(np.eye(4), (len(times), 1, 1))
    pose[:, 0, 2], pose[:, 2, 2] = np.sin(turn), np.cos(turn)
    fine = np.arange(int(SECONDS * SOUND_HZ)) / SOUND_HZ
    samples = (0.3 * np.interp(fine, times, opening) ** 2).astype(np.float32)
    samples *= generator.standard_normal(len(fine)).astype(np.float32)
    track = FaceTrack(times, np.ones(len(times), bool), landmarks, np.zeros((len(times), 52)), pose)
    return track, samples


def test_a_good_film_passes_without_a_warning():
    quality = judge("a.mp4", *talking_args())
    assert abs(quality.lag_seconds) <= 0.04
    assert quality.found == 1.0
    assert quality.warnings == ()


def talking_args(**what):
    track, samples = talking(**what)
    return track, 29.97, samples


@pytest.mark.parametrize("lag", [0.3, -0.3])
def test_lips_out_of_step_are_refused_and_the_shift_is_named(lag):
    with pytest.raises(MienError, match=r"0\.[23][0-9] s (after|before)") as caught:
        judge("a.mp4", *talking_args(lag_seconds=lag))
    assert caught.value.code == "film_out_of_step"
    assert ("after" in caught.value.message) == (lag > 0)


def test_a_sound_of_other_speech_is_not_taken_for_a_shift():
    track, _ = talking()
    samples = np.random.default_rng(3).standard_normal(int(SECONDS * SOUND_HZ)).astype(np.float32)
    assert judge("a.mp4", track, 25.0, 0.1 * samples).agreement < 0.3


def test_a_small_and_a_turned_face_are_said():
    quality = judge("a.mp4", *talking_args(height=60.0, turn=np.radians(40.0)))
    assert any("60 pixels" in w for w in quality.warnings)
    assert any("40 degrees" in w for w in quality.warnings)


def test_a_face_seen_half_of_the_time_and_an_empty_sound_are_refused():
    track, samples = talking()
    track.found[: int(0.6 * len(track.found))] = False
    with pytest.raises(MienError, match="40 %"):
        judge("a.mp4", track, 25.0, samples)
    with pytest.raises(MienError, match="empty"):
        judge("a.mp4", talking()[0], 25.0, np.zeros_like(samples))
