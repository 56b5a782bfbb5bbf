# SPDX-License-Identifier: Apache-2.0
"""What lies between the mouth and the file: rooms, microphones, telephones, codecs, clipping."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import soxr

from .augment_voice import from_spectra, spectra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE_HZ = 16_000
TELEPHONE_RATE_HZ = 8_000
ROOM_SHARE, EQUALISER_SHARE, BAND_SHARE = 0.35, 0.6, 0.25
CODEC_SHARE, CLIPPING_SHARE = 0.15, 0.1


def colour(samples: Floats, generator: np.random.Generator) -> Floats:
    """Random room, equaliser, band limit, codec and clipping of one clip."""
    if generator.random() < ROOM_SHARE:
        samples = add_room(samples, generator)
    if generator.random() < EQUALISER_SHARE:
        samples = equalise(samples, generator)
    if generator.random() < BAND_SHARE:
        samples = limit_band(samples, generator)
    if generator.random() < CODEC_SHARE:
        code = (companded, with_holes)[int(generator.integers(2))]
        samples = code(samples, generator)
    if generator.random() < CLIPPING_SHARE:
        limit = np.quantile(np.abs(samples), generator.uniform(0.9, 0.99)) + 1e-6
        samples = np.clip(samples, -limit, limit)
    return samples


def add_room(samples: Floats, generator: np.random.Generator) -> Floats:
    """Convolve with a room: direct sound, six early echoes, and a tail that dies in 0.1 to 0.8 s.

    The tail loses its treble first, as walls take it.
    """
    decay_seconds = generator.uniform(0.1, 0.8)
    times = np.arange(int(decay_seconds * RATE_HZ)) / RATE_HZ
    decay = np.exp(-6.9 * times / decay_seconds)
    bright, dull = generator.normal(size=(2, len(times)))
    dull = np.convolve(dull, np.ones(8) / np.sqrt(8.0), mode="same")
    tail = bright * decay**2 + dull * decay
    tail *= generator.uniform(0.1, 0.9) / np.sqrt(np.square(tail).sum())
    echoes = (generator.uniform(0.002, 0.04, 6) * RATE_HZ).astype(int)
    tail[echoes] += generator.normal(0.0, 0.25, 6)
    tail[0] = 1.0
    size = 1 << (len(samples) + len(tail) - 1).bit_length()
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(tail, size), size)
    return np.asarray(wet[: len(samples)], np.float32)


def equalise(samples: Floats, generator: np.random.Generator) -> Floats:
    """A smooth random equaliser: another microphone."""
    hertz = np.fft.rfftfreq(len(samples), 1.0 / RATE_HZ)
    octaves = np.log2(np.maximum(hertz, 60.0) / 60.0)
    knots = np.arange(8)
    return _filtered(samples, np.interp(octaves, knots, generator.normal(0.0, 4.5, len(knots))))


def limit_band(samples: Floats, generator: np.random.Generator) -> Floats:
    """The band of a telephone, a game's radio or a cheap loudspeaker."""
    hertz = np.maximum(np.fft.rfftfreq(len(samples), 1.0 / RATE_HZ), 1.0)
    low, high = generator.uniform(50, 500), generator.uniform(2500, 7000)
    gains_db = -24.0 * np.maximum(0.0, np.log2(low / hertz))
    gains_db -= 48.0 * np.maximum(0.0, np.log2(hertz / high))
    return _filtered(samples, np.maximum(gains_db, -80.0))


def _filtered(samples: Floats, gains_db: NDArray[np.float64]) -> Floats:
    spectrum = np.fft.rfft(samples) * 10.0 ** (gains_db / 20.0)
    return np.asarray(np.fft.irfft(spectrum, len(samples)), np.float32)


def companded(samples: Floats, generator: np.random.Generator) -> Floats:
    """Logarithmic steps of 4 to 8 bits at 8 or 16 kHz, as in telephony (mu-law, G.711)."""
    rate = TELEPHONE_RATE_HZ if generator.random() < 0.6 else RATE_HZ
    sound = soxr.resample(samples, RATE_HZ, rate, "MQ") if rate != RATE_HZ else samples
    peak = np.abs(sound).max() + 1e-9
    steps = 2.0 ** (generator.integers(4, 9) - 1)
    code = np.round(np.sign(sound) * np.log1p(255.0 * np.abs(sound) / peak) / np.log(256.0) * steps)
    back = np.sign(code) * np.expm1(np.abs(code) / steps * np.log(256.0)) / 255.0 * peak
    if rate != RATE_HZ:
        back = soxr.resample(back, rate, RATE_HZ, "MQ")
    return np.asarray(np.resize(np.pad(back, (0, 8)), len(samples)), np.float32)


def with_holes(samples: Floats, generator: np.random.Generator) -> Floats:
    """Weak parts of the spectrum dropped and the rest in coarse steps, as low-rate music codecs do."""
    spectrum = spectra(samples)
    size = np.abs(spectrum)
    floor = size.max(axis=1, keepdims=True) * 10.0 ** (-generator.uniform(25.0, 45.0) / 20.0)
    step_db = generator.uniform(1.0, 4.0)
    level_db = 20.0 * np.log10(size + 1e-9)
    rounded = 10.0 ** (np.round(level_db / step_db) * step_db / 20.0)
    kept = np.where(size >= floor, rounded / (size + 1e-9), 0.0)
    return from_spectra(spectrum * kept, len(samples))
