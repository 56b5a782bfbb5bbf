# SPDX-License-Identifier: Apache-2.0
"""How the voice spreads over pitch bands, and how clearly it rings: what vocal effort changes.

A louder voice is a brighter one: with effort the vocal folds close faster, and the bands above 1 kHz
gain more than those below (Traunmueller & Eriksson 2000; Sluijter & van Heuven 1996), while the
harmonics stand out of the breath (cepstral peak prominence: Hillenbrand & Houde 1996).
Both are differences within one frame, so they do not know the recording's gain.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

FRAME_SAMPLES = 512
RATE_HZ = 16_000
# Third octaves from 100 Hz to 8 kHz: 19 bands.
BANDS_A_OCTAVE = 3
LOWEST_BAND_HZ = 100.0
BAND_COUNT = 19
# Quefrencies of voices between 70 and 500 Hz, in samples.
_SHORTEST_PERIOD, _LONGEST_PERIOD = RATE_HZ // 500, RATE_HZ // 70
# 32 s of sound a block: 8 MB of spectra.
_BLOCK_FRAMES = 2000

Floats = npt.NDArray[np.float32]


def band_centres_hz() -> npt.NDArray[np.float64]:
    """Middle of each band, (BAND_COUNT,)."""
    return np.asarray(LOWEST_BAND_HZ * 2.0 ** ((np.arange(BAND_COUNT) + 0.5) / BANDS_A_OCTAVE))


def band_levels(samples: Floats, frames: int, hop_samples: int) -> tuple[Floats, Floats]:
    """Level in bands and clearness of the voice, frame by frame.

    Args:
        samples: (N,) float32 at 16 kHz.
        frames: how many frames; frame i is centred at i * hop_samples.
        hop_samples: step between frames.

    Returns:
        bands_dbfs: (F, BAND_COUNT) level in dB of full scale.
        prominence_db: (F,) how far the strongest cepstral peak of the voice's range stands over the
            mean of that range, in dB of the log spectrum's ripple.
    """
    half = FRAME_SAMPLES // 2
    needed = (frames - 1) * hop_samples + half
    padded = np.pad(samples[:needed], (half, max(needed - len(samples), 0)))
    views = np.lib.stride_tricks.sliding_window_view(padded, FRAME_SAMPLES)[::hop_samples]
    bands = np.empty((frames, BAND_COUNT), np.float32)
    prominence = np.empty(frames, np.float32)
    for start in range(0, frames, _BLOCK_FRAMES):
        part = slice(start, min(start + _BLOCK_FRAMES, frames))
        spectrum = np.fft.rfft(views[part] * _window(), axis=1)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        bands[part] = 10.0 * np.log10(np.maximum(power @ _band_matrix(), np.float32(1e-14)))
        prominence[part] = _prominence(power)
    return bands, prominence


def _prominence(power: Floats) -> Floats:
    # 60 dB under the frame's peak is the floor: what lies below is the file's last bits.
    floor = power.max(axis=1, keepdims=True) * np.float32(1e-6) + np.float32(1e-12)
    cepstrum = np.fft.irfft(10.0 * np.log10(power + floor), axis=1)
    ripple = 2.0 * cepstrum[:, _SHORTEST_PERIOD:_LONGEST_PERIOD]
    return np.asarray(ripple.max(axis=1) - ripple.mean(axis=1), np.float32)


@cache
def _window() -> Floats:
    window = np.hanning(FRAME_SAMPLES + 1)[:FRAME_SAMPLES]
    return np.asarray(window / np.sqrt(np.square(window).sum() * FRAME_SAMPLES / 2.0), np.float32)


@cache
def _band_matrix() -> Floats:
    """(bins, bands): each bin falls to the bands beside it, in proportion on a scale of octaves."""
    hertz = np.fft.rfftfreq(FRAME_SAMPLES, 1.0 / RATE_HZ)
    places = np.log2(np.maximum(hertz, 1.0) / LOWEST_BAND_HZ) * BANDS_A_OCTAVE - 0.5
    distance = np.abs(places[:, None] - np.arange(BAND_COUNT)[None, :])
    return np.asarray(np.maximum(0.0, 1.0 - distance), np.float32)
