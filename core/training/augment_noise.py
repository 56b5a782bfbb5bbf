# SPDX-License-Identifier: Apache-2.0
"""Sounds without a mouth of their own: noise, hum, music, other people far off, coughs, doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE_HZ = 16_000
HUM_SHARE, DRUM_SHARE = 0.3, 0.6


def noise(count: int, generator: np.random.Generator) -> Floats:
    """White to brown noise, sometimes with a hum of a few partials; root mean square 1."""
    sound = _coloured(count, generator.uniform(0.0, 1.0), generator)
    if generator.random() < HUM_SHARE:
        times = np.arange(count) / RATE_HZ
        base = generator.uniform(50.0, 500.0)
        for partial in range(1, int(generator.integers(2, 6))):
            phase = generator.uniform(0, 2 * np.pi)
            sound += np.sin(2 * np.pi * base * partial * times + phase) / partial
    return normalised(sound)


def _coloured(count: int, exponent: float, generator: np.random.Generator) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(generator.normal(size=count))
    hertz = np.maximum(np.fft.rfftfreq(count, 1.0 / RATE_HZ), 20.0)
    sound: NDArray[np.float64] = np.fft.irfft(spectrum * hertz**-exponent, count)
    return sound / (np.sqrt(np.square(sound).mean()) + 1e-9)


def tune(count: int, generator: np.random.Generator) -> Floats:
    """A band that plays: chords of decaying or held notes, often over a beat; root mean square 1."""
    sound = np.zeros(count)
    place = 0
    while place < count:
        length = min(int(generator.uniform(0.1, 0.8) * RATE_HZ), count - place)
        sound[place : place + length] += _chord(length, generator)
        place += length
    if generator.random() < DRUM_SHARE:
        sound += generator.uniform(0.5, 2.0) * _beat(count, generator)
    return normalised(sound)


def _chord(length: int, generator: np.random.Generator) -> NDArray[np.float64]:
    times = np.arange(length) / RATE_HZ
    sound = np.zeros(length)
    for _ in range(int(generator.integers(1, 4))):
        pitch = 55.0 * 2.0 ** (int(generator.integers(0, 48)) / 12.0)
        fading = generator.uniform(0.0, 8.0)
        wobble = generator.uniform(0.0, 0.006) * np.sin(2 * np.pi * 5.5 * times)
        for partial in range(1, 6):
            phase = 2 * np.pi * pitch * partial * (times + wobble / 5.5)
            sound += np.exp(-times * fading) / partial * np.sin(phase)
    return sound


def _beat(count: int, generator: np.random.Generator) -> NDArray[np.float64]:
    sound = np.zeros(count)
    period = int(RATE_HZ * 60.0 / generator.uniform(80.0, 180.0))
    for number, place in enumerate(range(0, count, period)):
        length = min(int(0.12 * RATE_HZ), count - place)
        times = np.arange(length) / RATE_HZ
        if number % 2:
            hit = generator.normal(size=length) * np.exp(-times * 40.0)
        else:
            hit = np.sin(2 * np.pi * 60.0 * (times + 0.03 * np.exp(-times * 30.0))) * np.exp(
                -times * 25.0
            )
        sound[place : place + length] += hit
    return sound


def babble(count: int, voices: list[Floats], generator: np.random.Generator) -> Floats:
    """Three to seven other people at once, each in a loop from a random place; root mean square 1."""
    sound = np.zeros(count)
    for _ in range(int(generator.integers(3, 8))):
        voice = voices[int(generator.integers(len(voices)))]
        start = int(generator.integers(len(voice)))
        loop = np.resize(np.roll(voice, -start), count)
        sound += generator.uniform(0.4, 1.0) * loop / level_of(voice)
    return normalised(sound)


def event(generator: np.random.Generator) -> Floats:
    """One short sound that is no speech: breath, cough, laughter, knock, clap, click; peak 1."""
    makers = (_breath, _cough, _laughter, _knocks, _clap, _click)
    sound = makers[int(generator.integers(len(makers)))](generator)
    return np.asarray(sound / (np.abs(sound).max() + 1e-9), np.float32)


def _breath(generator: np.random.Generator) -> NDArray[np.float64]:
    count = int(generator.uniform(0.25, 0.9) * RATE_HZ)
    shape = np.sin(np.pi * np.linspace(0.0, 1.0, count) ** generator.uniform(0.6, 1.6)) ** 2
    return _band_noise(count, generator.uniform(400, 1500), generator) * shape


def _cough(generator: np.random.Generator) -> NDArray[np.float64]:
    pieces = []
    for _ in range(int(generator.integers(1, 4))):
        count = int(generator.uniform(0.15, 0.35) * RATE_HZ)
        times = np.arange(count) / RATE_HZ
        shape = np.minimum(times / 0.006, 1.0) * np.exp(-times * generator.uniform(9.0, 18.0))
        rough = _band_noise(count, generator.uniform(300, 1200), generator)
        voice = _pulses(count, generator.uniform(120, 300), generator)
        pieces += [shape * (rough + generator.uniform(0.0, 0.6) * voice), np.zeros(count // 2)]
    return np.concatenate(pieces)


def _laughter(generator: np.random.Generator) -> NDArray[np.float64]:
    """Breathy pulses at four to six a second, falling in pitch and loudness."""
    rate, pitch = generator.uniform(3.8, 6.0), generator.uniform(150, 450)
    beats = int(generator.integers(3, 9))
    breathiness = generator.uniform(0.2, 1.2)
    pieces = []
    for beat in range(beats):
        count = int(RATE_HZ / rate)
        shape = np.sin(np.pi * np.minimum(np.linspace(0.0, 1.8, count), 1.0)) ** 2
        voice = _pulses(count, pitch * (1.0 - 0.4 * beat / beats), generator)
        rough = _band_noise(count, generator.uniform(500, 1500), generator)
        pieces.append((1.0 - 0.6 * beat / beats) * shape * (voice + breathiness * rough))
    return np.concatenate(pieces)


def _knocks(generator: np.random.Generator) -> NDArray[np.float64]:
    """A door: knocks of damped low modes, or one slam."""
    pieces = []
    base = generator.uniform(60, 350)
    for _ in range(int(generator.integers(1, 5))):
        count = int(generator.uniform(0.15, 0.35) * RATE_HZ)
        times = np.arange(count) / RATE_HZ
        modes = [base, base * generator.uniform(1.5, 2.5), base * generator.uniform(3.0, 6.0)]
        ring = sum(np.sin(2 * np.pi * f * times) * np.exp(-times * f / 6.0) for f in modes)
        pieces.append(ring + 0.4 * generator.normal(size=count) * np.exp(-times * 150.0))
    return np.concatenate(pieces)


def _clap(generator: np.random.Generator) -> NDArray[np.float64]:
    count = int(0.12 * RATE_HZ)
    times = np.arange(count) / RATE_HZ
    body = _band_noise(count, generator.uniform(800, 2500), generator)
    return np.tile(
        body * np.exp(-times * generator.uniform(60, 120)), int(generator.integers(1, 4))
    )


def _click(generator: np.random.Generator) -> NDArray[np.float64]:
    count = int(generator.uniform(0.005, 0.03) * RATE_HZ)
    return generator.normal(size=count) * np.exp(-np.arange(count) / (0.2 * count))


def _band_noise(
    count: int, middle_hz: float, generator: np.random.Generator
) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(generator.normal(size=count))
    hertz = np.maximum(np.fft.rfftfreq(count, 1.0 / RATE_HZ), 20.0)
    sound: NDArray[np.float64] = np.fft.irfft(
        spectrum * np.exp(-0.7 * np.log2(hertz / middle_hz) ** 2), count
    )
    return sound / (np.abs(sound).max() + 1e-9)


def _pulses(count: int, pitch_hz: float, generator: np.random.Generator) -> NDArray[np.float64]:
    phase = np.cumsum(pitch_hz * (1.0 + 0.02 * generator.normal(size=count)) / RATE_HZ)
    partials = [np.sin(2 * np.pi * p * phase) / p for p in range(1, 9)]
    sound: NDArray[np.float64] = np.sum(partials, axis=0)
    return sound / 2.0


def normalised(sound: NDArray[np.floating]) -> Floats:
    """Root mean square 1."""
    return np.asarray(sound / (np.sqrt(np.square(sound).mean()) + 1e-9), np.float32)


def level_of(samples: Floats) -> float:
    """Root mean square of the louder half of a clip."""
    power = np.square(samples[: len(samples) // 320 * 320]).reshape(-1, 320).mean(axis=1)
    return float(np.sqrt(power[power >= np.median(power)].mean()) + 1e-9) if len(power) else 1e-9
