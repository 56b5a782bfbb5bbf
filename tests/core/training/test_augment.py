# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.training import augment
from core.training.augment_noise import babble, event, level_of, noise, tune
from core.training.augment_room import add_room, companded, equalise, limit_band, with_holes

RATE = 16_000


def speech(seconds=2.0, seed=0):
    """Noise in syllables."""
    count = int(seconds * RATE)
    shape = np.abs(np.sin(2 * np.pi * 2 * np.arange(count) / RATE))
    return (0.1 * shape * np.random.default_rng(seed).normal(size=count)).astype(np.float32)


@pytest.mark.parametrize("change", [add_room, equalise, limit_band, companded, with_holes])
@pytest.mark.parametrize("count", [4_001, 32_000])
def test_what_lies_between_mouth_and_file_keeps_length_and_time(change, count):
    samples = speech()[:count]
    changed = change(samples, np.random.default_rng(3))
    assert changed.shape == samples.shape
    assert changed.dtype == np.float32
    match = np.correlate(np.pad(changed, 400), samples, "valid")
    assert abs(int(np.argmax(np.abs(match))) - 400) <= 8


def test_a_band_limit_takes_the_treble():
    limited = limit_band(speech(), np.random.default_rng(3))
    power = np.abs(np.fft.rfft(limited)) ** 2
    assert power[-1000:].mean() < 0.01 * power[2000:4000].mean()


def test_backgrounds_have_unit_level_and_their_length():
    generator = np.random.default_rng(0)
    voices = [speech(seed=s) for s in range(3)]
    for sound in (
        noise(20_000, generator),
        tune(20_000, generator),
        babble(20_000, voices, generator),
    ):
        assert sound.shape == (20_000,)
        assert np.sqrt(np.square(sound).mean()) == pytest.approx(1.0, rel=1e-3)


def test_events_are_short_and_never_louder_than_one():
    generator = np.random.default_rng(0)
    for _ in range(60):
        sound = event(generator)
        assert np.isfinite(sound).all()
        assert np.abs(sound).max() == pytest.approx(1.0, rel=1e-3)
        assert len(sound) < 3 * RATE


def test_scenes_reach_from_a_whisper_of_level_to_full_scale_and_no_further():
    generator = np.random.default_rng(0)
    levels = []
    for _ in range(60):
        scene = augment.surround(speech(), [speech(seed=1)], generator)
        assert scene.shape == speech().shape
        assert np.abs(scene).max() <= 1.0
        levels.append(20 * np.log10(level_of(scene)))
    assert min(levels) < -38
    assert max(levels) > -12


def test_the_same_seed_makes_the_same_scene():
    scenes = [
        augment.surround(speech(), [speech(seed=1)], np.random.default_rng(7)) for _ in range(2)
    ]
    np.testing.assert_array_equal(*scenes)
