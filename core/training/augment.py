# SPDX-License-Identifier: Apache-2.0
"""Make one recording into many: pitch, tempo, rooms, bands, noise, level.

The mouth of a stranger, through a telephone, in a kitchen, has to be read by a decoder that met few
speakers; what cannot be collected is imitated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soxr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE_HZ = 16_000
TEMPO = (0.84, 1.2)


def draw_tempo(generator: np.random.Generator) -> float:
    """Factor of playback speed (pitch, formants and tempo together); 1 in a third of the draws."""
    return float(generator.uniform(*TEMPO)) if generator.random() < 0.67 else 1.0


def change_tempo(samples: Floats, tempo: float) -> Floats:
    """Play faster (> 1) or slower; times shrink by the same factor."""
    if tempo == 1.0:
        return samples
    return np.asarray(soxr.resample(samples, RATE_HZ * tempo, RATE_HZ), np.float32)


def colour(samples: Floats, generator: np.random.Generator) -> Floats:
    """Random room, tilt, band limit and clipping of one clip."""
    if generator.random() < 0.3:
        samples = add_room(samples, generator)
    if generator.random() < 0.6:
        samples = shape_spectrum(samples, generator)
    if generator.random() < 0.1:
        limit = np.quantile(np.abs(samples), generator.uniform(0.9, 0.99)) + 1e-6
        samples = np.clip(samples, -limit, limit)
    return samples


def add_room(samples: Floats, generator: np.random.Generator) -> Floats:
    """Convolve with decaying noise after the direct sound: reverberation of 0.1 to 0.5 s."""
    decay_seconds = generator.uniform(0.1, 0.5)
    times = np.arange(int(decay_seconds * RATE_HZ)) / RATE_HZ
    tail = generator.normal(size=len(times)) * np.exp(-6.9 * times / decay_seconds)
    tail *= generator.uniform(0.1, 0.7) / np.sqrt(np.square(tail).sum())
    tail[0] = 1.0
    size = 1 << (len(samples) + len(tail) - 1).bit_length()
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(tail, size), size)
    return np.asarray(wet[: len(samples)], np.float32)


def shape_spectrum(samples: Floats, generator: np.random.Generator) -> Floats:
    """A smooth random equaliser, and in a third of the draws the band of a telephone or radio."""
    size = len(samples)
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(size, 1.0 / RATE_HZ)
    octaves = np.log2(np.maximum(hertz, 60.0) / 60.0)
    knots = np.arange(0, 8)
    gains_db = np.interp(octaves, knots, generator.normal(0.0, 4.0, len(knots)))
    if generator.random() < 0.33:
        low, high = generator.uniform(50, 400), generator.uniform(3000, 7500)
        gains_db -= 24.0 * np.maximum(0.0, np.log2(low / np.maximum(hertz, 1.0)))
        gains_db -= 48.0 * np.maximum(0.0, np.log2(np.maximum(hertz, 1.0) / high))
    shaped = np.fft.irfft(spectrum * 10.0 ** (np.maximum(gains_db, -80.0) / 20.0), size)
    return np.asarray(shaped, np.float32)


def noise(count: int, generator: np.random.Generator) -> Floats:
    """White to brown noise, or a hum of a few partials, or both; root mean square 1."""
    spectrum = np.fft.rfft(generator.normal(size=count))
    hertz = np.maximum(np.fft.rfftfreq(count, 1.0 / RATE_HZ), 20.0)
    sound = np.fft.irfft(spectrum * hertz ** -generator.uniform(0.0, 1.0), count)
    sound /= np.sqrt(np.square(sound).mean()) + 1e-9
    if generator.random() < 0.3:
        times = np.arange(count) / RATE_HZ
        base = generator.uniform(50.0, 500.0)
        for partial in range(1, int(generator.integers(2, 6))):
            phase = generator.uniform(0, 2 * np.pi)
            sound += np.sin(2 * np.pi * base * partial * times + phase) / partial
    return np.asarray(sound / (np.sqrt(np.square(sound).mean()) + 1e-9), np.float32)


def tune(count: int, generator: np.random.Generator) -> Floats:
    """Notes of a few partials, struck at random: a band that plays while nobody speaks."""
    sound = np.zeros(count)
    place = 0
    while place < count:
        length = min(int(generator.uniform(0.1, 0.8) * RATE_HZ), count - place)
        times = np.arange(length) / RATE_HZ
        for _ in range(int(generator.integers(1, 4))):
            pitch = 55.0 * 2.0 ** (int(generator.integers(0, 48)) / 12.0)
            for partial in range(1, 6):
                strength = np.exp(-times * generator.uniform(1.0, 8.0)) / partial
                sound[place : place + length] += strength * np.sin(
                    2 * np.pi * pitch * partial * times
                )
        place += length
    return np.asarray(0.1 * sound / (np.abs(sound).max() + 1e-9), np.float32)


def level_of(samples: Floats) -> float:
    """Root mean square of the louder half of a clip."""
    power = np.square(samples[: len(samples) // 320 * 320]).reshape(-1, 320).mean(axis=1)
    return float(np.sqrt(power[power >= np.median(power)].mean()) + 1e-9) if len(power) else 1e-9
