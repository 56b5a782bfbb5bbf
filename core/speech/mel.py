# SPDX-License-Identifier: Apache-2.0
"""Whisper's log-mel spectrogram in numpy alone, in blocks, so that long audio needs little memory.

The numbers follow the reference code of openai-whisper (MIT): 16 kHz, Hann window of 400 samples,
hop 160, 80 Slaney mel bands, log10 of the power floored at 1e-10 and at 8 decades (80 dB) under
the loudest value of the clip, then (x + 4) / 4. Frame k is centred at k * 0.01 s.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
FFT_SAMPLES = 400
HOP_SAMPLES = 160
MEL_BANDS = 80
MEL_RATE_HZ = SAMPLE_RATE_HZ / HOP_SAMPLES
SMALLEST_POWER = 1e-10
RANGE_DECADES = 8.0
# 20 s of audio a block: its frames and spectra take about 15 MB, and blocks any longer gain nothing.
BLOCK_FRAMES = 2000
# The edges are mirrored by half a window; a mirror needs more samples than it adds.
SHORTEST_SAMPLES = FFT_SAMPLES // 2 + 1


def frame_count(sample_count: int) -> int:
    """Number of mel frames (100 Hz) of a clip; at least one."""
    return max(sample_count, SHORTEST_SAMPLES) // HOP_SAMPLES


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-mel spectrogram as Whisper's encoder expects it.

    Args:
        samples: (N,) mono audio at 16 kHz, any length; shorter than 13 ms is filled up with zeros.

    Returns:
        (frame_count(N), 80) float32, equal to openai-whisper's within 1e-4.
    """
    return normalise(log_mel_power(samples))


def log_mel_power(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """log10 of the mel power, (frame_count(N), 80) float32, before any normalisation."""
    count = frame_count(len(samples))
    missing = max(SHORTEST_SAMPLES - len(samples), 0)
    filled = np.pad(np.asarray(samples, np.float32), (0, missing))
    half = FFT_SAMPLES // 2
    head, tail = filled[1 : half + 1][::-1], filled[-half - 1 : -1][::-1]
    result = np.empty((count, MEL_BANDS), np.float32)
    for start in range(0, count, BLOCK_FRAMES):
        stop = min(start + BLOCK_FRAMES, count)
        first, last = start * HOP_SAMPLES - half, (stop - 1) * HOP_SAMPLES + half
        piece = filled[max(first, 0) : min(last, len(filled))]
        parts = [head] if first < 0 else []
        parts.append(piece)
        if last > len(filled):
            parts.append(tail[: last - len(filled)])
        result[start:stop] = _block_log_power(np.concatenate(parts))
    return result


def normalise(log_power: NDArray[np.float32], loudest: float | None = None) -> NDArray[np.float32]:
    """Whisper's floor and scale.

    Args:
        log_power: (frames, 80) from `log_mel_power`.
        loudest: the clip's largest value; taken from `log_power` where not given. Windows of one
            clip must share it, or they would not join.
    """
    top = float(log_power.max()) if loudest is None else loudest
    floored = np.maximum(log_power, np.float32(top - RANGE_DECADES))
    return np.asarray((floored + np.float32(4.0)) / np.float32(4.0), np.float32)


def _block_log_power(padded: NDArray[np.float32]) -> NDArray[np.float32]:
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT_SAMPLES)[::HOP_SAMPLES]
    spectrum = np.fft.rfft(frames * _hann_window(), axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    mel_power = power @ mel_filters().T
    return np.asarray(np.log10(np.maximum(mel_power, np.float32(SMALLEST_POWER))), np.float32)


@cache
def _hann_window() -> NDArray[np.float32]:
    phase = 2.0 * np.pi * np.arange(FFT_SAMPLES) / FFT_SAMPLES
    return np.asarray(0.5 - 0.5 * np.cos(phase), np.float32)


@cache
def mel_filters() -> NDArray[np.float32]:
    """(80, 201) triangles on Slaney's mel scale from 0 to 8 kHz, each of unit area.

    The scale is linear below 1 kHz (66.7 Hz a mel) and logarithmic above (Slaney, Auditory
    Toolbox, 1998), as librosa computes it.
    """
    edges = _mel_to_hz(np.linspace(0.0, _hz_to_mel(SAMPLE_RATE_HZ / 2), MEL_BANDS + 2))
    bins = np.linspace(0.0, SAMPLE_RATE_HZ / 2, FFT_SAMPLES // 2 + 1)
    widths = np.diff(edges)
    ramps = edges[:, None] - bins[None, :]
    rising = -ramps[:-2] / widths[:-1, None]
    falling = ramps[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    areas = 2.0 / (edges[2:] - edges[:-2])
    filters: NDArray[np.float32] = (triangles * areas[:, None]).astype(np.float32)
    return filters


LINEAR_HZ_PER_MEL = 200.0 / 3.0
BREAK_HZ = 1000.0
BREAK_MEL = BREAK_HZ / LINEAR_HZ_PER_MEL
LOG_STEP = np.log(6.4) / 27.0


def _hz_to_mel(hz: float) -> float:
    if hz < BREAK_HZ:
        return hz / LINEAR_HZ_PER_MEL
    return float(BREAK_MEL + np.log(hz / BREAK_HZ) / LOG_STEP)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(
        mel < BREAK_MEL,
        mel * LINEAR_HZ_PER_MEL,
        BREAK_HZ * np.exp(LOG_STEP * (mel - BREAK_MEL)),
    )
