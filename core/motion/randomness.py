# SPDX-License-Identifier: Apache-2.0
"""Chance that can be repeated: one stream of numbers a process, and slow drift made from it."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

Curve = npt.NDArray[np.float64]

_SINES = 14


def stream(seed: int, process: str) -> np.random.Generator:
    """Return the random numbers of one process (blinks, gaze, ...) of a take.

    Each process has its own stream, so that changing one strength never reshuffles another part.
    """
    key = zlib.crc32(process.encode())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, key])))


def drift(
    time_seconds: Curve, chance: np.random.Generator, lowest_hz: float, highest_hz: float
) -> Curve:
    """Slow wandering about 0 with a standard deviation near 1; (F,) -> (F,).

    A sum of sines with random phases, of equal power in each octave of the band: smooth, defined
    at every moment, the same at any sampling.
    """
    steps = (np.arange(_SINES) + chance.random(_SINES)) / _SINES
    frequency = lowest_hz * (highest_hz / lowest_hz) ** steps
    phase = chance.random(_SINES) * 2.0 * np.pi
    total = np.zeros(len(time_seconds))
    for one_frequency, one_phase in zip(frequency, phase, strict=True):
        total += np.sin(2.0 * np.pi * one_frequency * time_seconds + one_phase)
    return np.asarray(total * np.sqrt(2.0 / _SINES))
