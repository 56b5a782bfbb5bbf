# SPDX-License-Identifier: Apache-2.0
"""What the emotion recogniser looks at: statistics of a window of speech, none of them of its gain.

Two groups. The melody (pitch, loudness, voicing, balance of the spectrum, pace) carries arousal
across languages (Scherer 2003; Eyben et al., GeMAPS, 2016). The speech encoder's features carry the
colour of the voice and the way sounds are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .encoder import FEATURE_RATE_HZ, FEATURE_SIZE
from .prosody import FRAME_SECONDS
from .spectrum import BAND_COUNT, band_centres_hz

if TYPE_CHECKING:
    from .prosody import Prosody

Floats = npt.NDArray[np.float32]
Table = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

VOICED = 0.5
SPEAKING = 0.5
# Encoder frames between which a change is measured: 60 ms, about a sound.
CHANGE_FRAMES = 3
ENCODER_SIZE = 3 * FEATURE_SIZE
# Frames described at once: gathered and worked on they take about 30 MB.
_BLOCK_FRAMES = 6000
_REFERENCE_HZ = 100.0


@dataclass(frozen=True, eq=False)
class Described:
    """Statistics of windows.

    Attributes:
        melody: (W, len(MELODY_NAMES)).
        encoder: (W, ENCODER_SIZE): mean, deviation and deviation of the change of each feature.
        speech_seconds: (W,) how long somebody speaks in the window.
        voiced_seconds: (W,) how long with a voice.
    """

    melody: Floats
    encoder: Floats
    speech_seconds: Table
    voiced_seconds: Table


def describe(
    features: Floats, prosody: Prosody, start_seconds: Table, window_seconds: float
) -> Described:
    """Describe windows of one length.

    Args:
        features: (N, 384) speech features, 50 Hz.
        prosody: of the same clip.
        start_seconds: (W,) where the windows begin; they may reach over the clip's ends.
        window_seconds: their length.
    """
    curves = _Curves.of(prosody)
    speech = np.interp(
        np.arange(len(features)) / FEATURE_RATE_HZ, prosody.time_seconds, prosody.speech
    )
    melody, encoder, lengths = [], [], []
    block = max(1, int(_BLOCK_FRAMES / (window_seconds * FEATURE_RATE_HZ)))
    for first in range(0, len(start_seconds), block):
        starts = start_seconds[first : first + block]
        index, inside = _indices(starts, window_seconds, 1.0 / FRAME_SECONDS, len(prosody.speech))
        melody.append(_melody(curves, index, inside))
        spoken = inside & curves.is_speech[index]
        lengths.append(np.stack((spoken.sum(1), (spoken & curves.is_voiced[index]).sum(1)), axis=1))
        index, inside = _indices(starts, window_seconds, FEATURE_RATE_HZ, len(features))
        encoder.append(_encoder(features, index, inside & (speech[index] > SPEAKING)))
    seconds = np.concatenate(lengths) * FRAME_SECONDS
    return Described(np.concatenate(melody), np.concatenate(encoder), seconds[:, 0], seconds[:, 1])


def _indices(
    starts: Table, seconds: float, rate_hz: float, count: int
) -> tuple[npt.NDArray[np.int64], Mask]:
    """(W, L) frames of each window, held at the ends, and whether they lie inside the clip."""
    length = max(1, round(seconds * rate_hz))
    index = np.round(starts * rate_hz).astype(np.int64)[:, None] + np.arange(length)
    return np.clip(index, 0, count - 1), (index >= 0) & (index < count)


@dataclass(frozen=True, eq=False)
class _Curves:
    """Curves of a clip that windows are taken from; all (F,) but bands (F, BAND_COUNT)."""

    is_speech: Mask
    is_voiced: Mask
    pitch: Table
    pitch_change: Table
    is_pair: Mask
    loudness: Table
    loudness_change: Table
    is_peak: Mask
    bands: Floats
    balance: Table
    dip: Table
    prominence: Floats
    voicing: Table

    @classmethod
    def of(cls, prosody: Prosody) -> _Curves:
        speech = prosody.speech > SPEAKING
        voiced = speech & (prosody.voicing >= VOICED)
        level = 12.0 * np.log2(max(prosody.median_pitch_hz, 1.0) / _REFERENCE_HZ)
        pitch = prosody.pitch_semitones + (level if prosody.median_pitch_hz > 0.0 else 0.0)
        power = 10.0 ** (prosody.bands_db / np.float32(10.0))
        total = 10.0 * np.log10(power.sum(axis=1, keepdims=True))
        centres = band_centres_hz()
        low, high = centres < 1000.0, (centres >= 1000.0) & (centres < 5000.0)
        balance = 10.0 * np.log10(power[:, high].sum(1) / power[:, low].sum(1))
        dip = prosody.bands_db[:, centres < 2000.0].max(1) - prosody.bands_db[:, high].max(1)
        loudness = np.maximum(prosody.loudness_db, -40.0)
        before = np.concatenate((voiced[:1], voiced[:-1]))
        around = _smooth(loudness)
        ahead, behind = np.append(around[1:], around[-1:]), np.append(around[:1], around[:-1])
        return cls(
            speech,
            voiced,
            pitch,
            np.diff(pitch, prepend=pitch[:1]),
            voiced & before,
            loudness,
            np.diff(around, prepend=around[:1]),
            speech & (around > ahead) & (around >= behind) & (around > -20.0),
            (prosody.bands_db - total).astype(np.float32),
            balance.astype(np.float64),
            dip.astype(np.float64),
            prosody.prominence_db,
            prosody.voicing,
        )


def _smooth(curve: Table) -> Table:
    kernel = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
    return np.convolve(np.pad(curve, 2, mode="edge"), kernel, mode="valid")


MELODY_NAMES: tuple[str, ...] = (
    "pitch_level",
    "pitch_deviation",
    "pitch_low",
    "pitch_high",
    "pitch_change",
    "pitch_change_deviation",
    "pitch_slope",
    "pitch_top_level",
    "loudness_deviation",
    "loudness_low",
    "loudness_high",
    "loudness_change",
    "loudness_slope",
    "peaks_a_second",
    "voiced_share",
    "voicing",
    "voicing_deviation",
    "balance",
    "balance_deviation",
    "balance_high",
    "balance_low",
    "balance_by_loudness",
    "dip",
    "dip_deviation",
    "prominence",
    "prominence_deviation",
    "prominence_high",
    *(f"band_{n}" for n in range(BAND_COUNT)),
    *(f"band_deviation_{n}" for n in range(BAND_COUNT)),
    *(f"breath_band_{n}" for n in range(BAND_COUNT)),
)


def _melody(curves: _Curves, index: npt.NDArray[np.int64], inside: Mask) -> Floats:
    spoken = inside & curves.is_speech[index]
    voiced = inside & curves.is_voiced[index]
    pairs = voiced & curves.is_pair[index]
    breath = spoken & ~voiced
    pitch, loudness = curves.pitch[index], curves.loudness[index]
    balance, dip = curves.balance[index], curves.dip[index]
    prominence, voicing = curves.prominence[index], curves.voicing[index]
    pitch_low, pitch_middle, pitch_high = _quantiles(pitch, voiced, (0.1, 0.5, 0.9))
    loud_low, loud_middle, loud_high = _quantiles(loudness, spoken, (0.1, 0.5, 0.9))
    balance_low, balance_high = _quantiles(balance, voiced, (0.1, 0.9))
    change = curves.pitch_change[index]
    spoken_seconds = np.maximum(spoken.sum(1) * FRAME_SECONDS, 0.1)
    columns = [
        pitch_middle,
        _deviation(pitch, voiced),
        pitch_low - pitch_middle,
        pitch_high - pitch_middle,
        _mean(np.minimum(np.abs(change), 3.0), pairs),
        _deviation(np.clip(change, -3.0, 3.0), pairs),
        _slope(pitch, voiced),
        pitch_high,
        _deviation(loudness, spoken),
        loud_low - loud_middle,
        loud_high - loud_middle,
        _mean(np.abs(curves.loudness_change[index]), spoken),
        _slope(loudness, spoken),
        (curves.is_peak[index] & inside).sum(1) / spoken_seconds,
        voiced.sum(1) / np.maximum(spoken.sum(1), 1),
        _mean(voicing, spoken),
        _deviation(voicing, spoken),
        _mean(balance, voiced),
        _deviation(balance, voiced),
        balance_high,
        balance_low,
        _covariance(balance, loudness, voiced),
        _mean(dip, voiced),
        _deviation(dip, voiced),
        _mean(prominence, voiced),
        _deviation(prominence, voiced),
        _quantiles(prominence, voiced, (0.9,))[0],
    ]
    bands = curves.bands[index]
    mean, deviation = _moments(bands, voiced)
    breath_mean, _ = _moments(bands, breath)
    return np.concatenate(
        (np.stack(columns, axis=1), mean, deviation, breath_mean), axis=1, dtype=np.float32
    )


def _encoder(features: Floats, index: npt.NDArray[np.int64], spoken: Mask) -> Floats:
    gathered = features[index]
    mean, deviation = _moments(gathered, spoken)
    changes = gathered[:, CHANGE_FRAMES:] - gathered[:, :-CHANGE_FRAMES]
    both = spoken[:, CHANGE_FRAMES:] & spoken[:, :-CHANGE_FRAMES]
    change = np.sqrt(_weighted(np.square(changes), both))
    return np.concatenate((mean, deviation, change), axis=1)


def _weighted(values: Floats, mask: Mask) -> Floats:
    """Mean over (W, L) of (W, L, C) where the mask holds; 0 where it nowhere does."""
    share = mask / np.maximum(mask.sum(axis=1, keepdims=True), 1)
    return np.asarray(np.einsum("wl,wlc->wc", share.astype(np.float32), values), np.float32)


def _moments(values: Floats, mask: Mask) -> tuple[Floats, Floats]:
    mean = _weighted(values, mask)
    square = _weighted(np.square(values), mask)
    return mean, np.sqrt(np.maximum(square - np.square(mean), 0.0))


def _mean(values: Table | Floats, mask: Mask) -> Table:
    return np.asarray((values * mask).sum(1) / np.maximum(mask.sum(1), 1), np.float64)


def _deviation(values: Table | Floats, mask: Mask) -> Table:
    centred = (values - _mean(values, mask)[:, None]) * mask
    return np.asarray(np.sqrt(np.square(centred).sum(1) / np.maximum(mask.sum(1), 1)))


def _covariance(values: Table, others: Table, mask: Mask) -> Table:
    first = (values - _mean(values, mask)[:, None]) * mask
    second = (others - _mean(others, mask)[:, None]) * mask
    return np.asarray((first * second).sum(1) / (np.square(second).sum(1) + 20.0))


def _slope(values: Table, mask: Mask) -> Table:
    """Change a second of the straight line through the marked values."""
    time = np.arange(values.shape[1]) * FRAME_SECONDS
    centred = (time - _mean(np.broadcast_to(time, values.shape), mask)[:, None]) * mask
    return np.asarray((centred * values).sum(1) / (np.square(centred).sum(1) + 0.5))


def _quantiles(values: Table | Floats, mask: Mask, shares: tuple[float, ...]) -> list[Table]:
    """Quantiles of the marked values of each row; 0 where none is marked."""
    ordered = np.sort(np.where(mask, values, np.inf), axis=1)
    count = mask.sum(axis=1)
    rows = np.arange(len(values))
    picked = [
        ordered[rows, np.round(share * np.maximum(count - 1, 0)).astype(int)] for share in shares
    ]
    return [np.where(count > 0, value, 0.0) for value in picked]
