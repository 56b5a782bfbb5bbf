# SPDX-License-Identifier: Apache-2.0
"""Stretches in which nobody speaks, with a mouth at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..motion.mouth_channels import MOUTH_CHANNELS
from .augment_noise import event, noise, tune
from .clips import RATE_HZ, Clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SECONDS = (2.0, 10.0)
NOISE_DB = (-90.0, -20.0)
MUSIC_LEVEL = 0.05
EVENT_LEVELS = (0.02, 0.6)
MOST_EVENTS = 7


def silence_clips(count: int = 120) -> Iterator[Clip]:
    """Digital silence, music, noise of any level, and breaths, coughs, laughter, knocks and claps."""
    channels = len(MOUTH_CHANNELS)
    for number in range(count):
        generator = np.random.default_rng(number)
        yield Clip(
            f"silence{number}",
            "silence",
            "nobody",
            _sound(number, generator),
            (),
            (),
            mouth=np.zeros((1, channels), np.float32),
            mouth_known=np.ones(channels, bool),
        )


def _sound(number: int, generator: np.random.Generator) -> Floats:
    length = int(generator.uniform(*SECONDS) * RATE_HZ)
    kind = number % 6
    if kind == 0:
        return np.zeros(length, np.float32)
    if kind == 1:
        return np.float32(MUSIC_LEVEL) * tune(length, generator)
    level = 10.0 ** (generator.uniform(*NOISE_DB) / 20.0)
    samples = noise(length, generator) * np.float32(level)
    if kind >= 4:
        for _ in range(int(generator.integers(1, MOST_EVENTS + 1))):
            sound = event(generator)[:length]
            place = int(generator.integers(length - len(sound) + 1))
            loud = np.float32(generator.uniform(*EVENT_LEVELS))
            samples[place : place + len(sound)] += loud * sound
    return samples
