# SPDX-License-Identifier: Apache-2.0
"""The melody of speech: loudness, speech or silence, voicing, pitch and brightness, at any level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..model_files import model_path
from ..side_by_side import side_by_side
from .audio import Samples
from .spectrum import BAND_COUNT, Floats, band_levels

Curve = npt.NDArray[np.float64]

HOP_SAMPLES = 256
FRAME_SECONDS = HOP_SAMPLES / 16_000
SILENCE_DB = -60.0
# A clip whose loudest twentieth stays below this level (dB of full scale) holds no speech: the last
# bits of a 16-bit file, 60 dB under a usual recording.
_NO_SPEECH_DBFS = -80.0
# Sound whose level varies less than this between its quietest and loudest parts, with hardly a voice
# in it, is a noise. Speech varies by 20 dB and more.
_STEADY_DB = 6.0
_STEADY_VOICED = 0.2
# A band this far under the speech is empty.
_BAND_FLOOR_DB = -80.0
# Frames this far under the loudest twentieth do not count toward the speech level.
_GATE_DB = 25.0
# The pitch net hears every clip at this level: its confidence falls on quiet sound.
_NET_LEVEL_DBFS = -23.0
# The net looks 2815 samples to each side: 11 frames of the past, 10 of the future.
_LEFT_FRAMES = 11
_RIGHT_FRAMES = 10
# 6 s: the net takes 25 MB a window of this length, and five times that for half a minute.
_WINDOW_FRAMES = 375
_LOWEST_PITCH_HZ = 60.0
_HIGHEST_PITCH_HZ = 650.0
_VOICED = 0.5


@dataclass(frozen=True, eq=False)
class Prosody:
    """Curves of a clip on one grid; frame i is centred at i * FRAME_SECONDS.

    Attributes:
        time_seconds: (F,).
        loudness_db: (F,) level of 32 ms against the clip's own speech level; 0 is its average
            speech, SILENCE_DB the floor.
        speech: (F,) 0..1, is somebody speaking.
        voicing: (F,) 0..1, confidence of the pitch.
        pitch_semitones: (F,) against the clip's median pitch; held through unvoiced frames.
        median_pitch_hz: 0 when nothing is voiced.
        level_dbfs: the clip's speech level in dB of full scale; SILENCE_DB * 2 without speech.
        bands_db: (F, BAND_COUNT) float32 level of third octaves against the clip's speech level.
        prominence_db: (F,) float32, how clearly the voice rings (see `core.speech.spectrum`).
    """

    time_seconds: Curve
    loudness_db: Curve
    speech: Curve
    voicing: Curve
    pitch_semitones: Curve
    median_pitch_hz: float
    level_dbfs: float
    bands_db: Floats
    prominence_db: Floats

    @property
    def has_speech(self) -> bool:
        """Whether anybody speaks at all."""
        return bool((self.speech > 0.5).any())


class PitchTracker:
    """The pitch net (SwiftF0), loaded once.

    Args:
        models_folder: folder with models.json; None for the default one.
        threads: how many windows are heard side by side.

    Raises:
        MienError: from `core.model_files.model_path`.
    """

    def __init__(self, models_folder: Path | str | None = None, threads: int = 1) -> None:
        from .encoder import open_session  # noqa: PLC0415 - onnxruntime takes 0.1 s to load

        self._session = open_session(model_path(models_folder, "pitch"))
        self._threads = threads

    def track(
        self,
        samples: Samples,
        gain: float,
        on_progress: Callable[[float], None] | None = None,
    ) -> tuple[Curve, Curve]:
        """Pitch in hertz and confidence 0..1, each (F,), F = max(1, N // HOP_SAMPLES).

        Args:
            samples: (N,) float32 at 16 kHz.
            gain: factor to the net's level.
            on_progress: called with 0..1 after each window; it may raise Cancelled.
        """
        frames = max(1, len(samples) // HOP_SAMPLES)
        starts = range(0, frames, _WINDOW_FRAMES)
        pieces = []
        with side_by_side(partial(self._window, samples, gain), starts, self._threads) as windows:
            for window in windows:
                pieces.append(window)
                if on_progress is not None:
                    on_progress(min(len(pieces) * _WINDOW_FRAMES, frames) / frames)
        pitch, confidence = (
            np.concatenate(part).astype(np.float64) for part in zip(*pieces, strict=True)
        )
        return pitch, confidence

    def _window(self, samples: Samples, gain: float, start: int) -> list[Curve]:
        """Pitch and confidence of the frames from `start` on, as many as a window holds."""
        frames = max(1, len(samples) // HOP_SAMPLES)
        end = min(start + _WINDOW_FRAMES, frames)
        left = max(0, start - _LEFT_FRAMES)
        stop = len(samples) if end == frames else (end + _RIGHT_FRAMES) * HOP_SAMPLES
        window = samples[left * HOP_SAMPLES : stop] * np.float32(gain)
        if len(window) < HOP_SAMPLES:
            window = np.pad(window, (0, HOP_SAMPLES - len(window)))
        feed = {
            "audio": window[None],
            "fmin": np.array(_LOWEST_PITCH_HZ, np.float32),
            "fmax": np.array(_HIGHEST_PITCH_HZ, np.float32),
        }
        answer = self._session.run(["pitch", "confidence"], feed)
        return [curve[0, start - left : end - left] for curve in answer]


def measure_prosody(
    samples: Samples,
    tracker: PitchTracker,
    on_progress: Callable[[float], None] | None = None,
) -> Prosody:
    """Measure a clip; doubling its level changes nothing but `level_dbfs`.

    Args:
        samples: (N,) float32 at 16 kHz.
        tracker: the pitch net.
        on_progress: see `PitchTracker.track`.
    """
    level_db = _frame_levels(samples)
    frames = len(level_db)
    time = np.arange(frames) * FRAME_SECONDS
    speech_level = _speech_level(level_db)
    if speech_level is None:
        nothing = np.zeros(frames)
        silence = np.full(frames, SILENCE_DB)
        bands = np.full((frames, BAND_COUNT), _BAND_FLOOR_DB, np.float32)
        prominence = np.zeros(frames, np.float32)
        return Prosody(
            time, silence, nothing, nothing, nothing, 0.0, SILENCE_DB * 2, bands, prominence
        )
    loudness = np.maximum(level_db - speech_level, SILENCE_DB)
    gain = 10.0 ** ((_NET_LEVEL_DBFS - speech_level) / 20.0)
    pitch, confidence = tracker.track(samples, gain, on_progress)
    voicing = np.where(loudness > -30.0, confidence, 0.0)
    speech = _speech_activity(loudness, voicing)
    semitones, median = _semitones(pitch, voicing)
    bands, prominence = band_levels(samples * np.float32(gain), frames, HOP_SAMPLES)
    bands = np.maximum(bands - np.float32(_NET_LEVEL_DBFS), np.float32(_BAND_FLOOR_DB))
    return Prosody(
        time, loudness, speech, voicing, semitones, median, speech_level, bands, prominence
    )


def _frame_levels(samples: Samples) -> Curve:
    """Level in dBFS of the two hops around each frame's centre; (F,)."""
    frames = max(1, len(samples) // HOP_SAMPLES)
    padded = (
        samples if len(samples) >= HOP_SAMPLES else np.pad(samples, (0, HOP_SAMPLES - len(samples)))
    )
    hops = padded[: frames * HOP_SAMPLES].reshape(frames, HOP_SAMPLES)
    power = np.einsum("ij,ij->i", hops, hops, dtype=np.float64) / HOP_SAMPLES
    both = (power + np.concatenate((power[:1], power[:-1]))) / 2
    return np.asarray(10.0 * np.log10(np.maximum(both, 1e-14)))


def _speech_level(level_db: Curve) -> float | None:
    """Mean level of the frames that carry speech, or None when the clip is silent."""
    loud = float(np.percentile(level_db, 95))
    if loud < _NO_SPEECH_DBFS:
        return None
    gated = level_db[level_db > loud - _GATE_DB]
    return float(10.0 * np.log10(np.mean(10.0 ** (gated / 10.0))))


def _speech_activity(loudness_db: Curve, voicing: Curve) -> Curve:
    """0..1: above the room's noise and not far below the speech; gaps under 0.15 s are bridged."""
    noise, loud = (float(level) for level in np.percentile(loudness_db, (10, 95)))
    if loud - noise < _STEADY_DB and (voicing >= _VOICED).mean() < _STEADY_VOICED:
        return np.zeros(len(loudness_db))
    threshold = float(np.clip(noise + 9.0, -35.0, -14.0))
    active = loudness_db > threshold
    reach = round(0.075 / FRAME_SECONDS)
    bridged = _erode(_dilate(active, reach), reach)
    return smooth(bridged.astype(np.float64), 0.06 / FRAME_SECONDS)


def _dilate(active: npt.NDArray[np.bool_], reach: int) -> npt.NDArray[np.bool_]:
    counts = np.convolve(active, np.ones(2 * reach + 1), mode="full")[reach : reach + len(active)]
    return np.asarray(counts > 0.5)


def _erode(active: npt.NDArray[np.bool_], reach: int) -> npt.NDArray[np.bool_]:
    return ~_dilate(~active, reach)


def _semitones(pitch_hz: Curve, voicing: Curve) -> tuple[Curve, float]:
    voiced = voicing >= _VOICED
    if not voiced.any():
        return np.zeros(len(pitch_hz)), 0.0
    median = float(np.median(pitch_hz[voiced]))
    # Beyond an octave and a half the net has taken a harmonic for the voice.
    relative = np.clip(12.0 * np.log2(np.maximum(pitch_hz, 1.0) / median), -18.0, 18.0)
    index = np.arange(len(pitch_hz))
    return np.interp(index, index[voiced], relative[voiced]), median


def smooth(curve: Curve, sigma_frames: float) -> Curve:
    """Gaussian smoothing along time; the ends hold their value. (F,) -> (F,)."""
    reach = max(1, int(np.ceil(3.0 * sigma_frames)))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma_frames, 1e-6)) ** 2)
    padded = np.pad(curve, reach, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")
