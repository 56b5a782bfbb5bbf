# SPDX-License-Identifier: Apache-2.0
"""How strongly each emotion shows over time: it rises with a phrase, settles, ebbs in pauses."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..kept import Kept
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve

if TYPE_CHECKING:
    from ..direction import Direction
    from .prototypes import Prototype, PrototypeTable

# The face shows the feeling before the voice does (onsets lead speech by 0.2 to 0.5 s): half of the rise
# is done so long before the first sound.
_LEAD_SECONDS = 0.3
# Without a word the asked feeling is still meant to be seen.
_SILENT_REST = 0.8
# A rise of `rise_seconds` (10 to 90 %) takes two of them from end to end, and a fall somewhat longer.
_WHOLE_RISE, _WHOLE_FALL = 2.0, 2.6
# Keys of an animator, which are curves already, are drawn out less.
_KEYED_RISE, _KEYED_FALL = 1.4, 1.8


def unhurried_activation(
    table: PrototypeTable, activation: npt.NDArray[np.float64], asked: Direction
) -> npt.NDArray[np.float64]:
    """What is asked for, come and gone as slowly as each feeling does; (F, M) -> (F, M).

    Args:
        table: the prototypes.
        activation: (F, M) weight x intensity of each of MOVED_EMOTIONS.
        asked: its `onset` and `decay`.
    """
    curves = np.zeros(activation.shape)
    for column in np.flatnonzero(activation.any(axis=0)):
        rise_seconds = table.emotions[column].rise_seconds
        curves[:, column] = unhurried(
            activation[:, column],
            coming=asked.onset * _KEYED_RISE * rise_seconds,
            going=asked.decay * _KEYED_FALL * rise_seconds,
            ahead=0.5,
        )
    return curves


def emotion_curves(
    phrasing: Phrasing,
    table: PrototypeTable,
    activation: npt.NDArray[np.float64],
    asked: Direction,
    kept: Kept | None = None,
) -> npt.NDArray[np.float64]:
    """Activation of each emotion over time.

    Args:
        phrasing: of the clip.
        table: the prototypes.
        activation: (F, M) of `unhurried_activation`.
        asked: its `onset`, `decay` and `voice_effort`.
        kept: shapes of this clip's phrases that were made before.

    Returns:
        (F, M), 0 where the activation is 0, about the activation at the height of a phrase; in
        proportion to the activation.
    """
    curves, kept = np.zeros(activation.shape), kept or Kept(0)
    for column in np.flatnonzero(activation.any(axis=0)):
        emotion = table.emotions[column]
        voice = np.exp(asked.voice_effort * emotion.voice_gain * phrasing.effort)
        key = (int(column), asked.onset, asked.decay)
        shape = kept.once("shape", key, partial(_phrase_shape, phrasing, emotion, asked), 2)
        curves[:, column] = activation[:, column] * shape * voice
    return np.maximum(curves, 0.0)


def _phrase_shape(phrasing: Phrasing, emotion: Prototype, asked: Direction) -> Curve:
    """Onset, apex, settling and ebb, 0..1; (F,)."""
    time = phrasing.time_seconds
    if not len(phrasing.phrase_starts):
        return np.full(len(time), max(emotion.rest, _SILENT_REST))
    coming = asked.onset * _WHOLE_RISE * emotion.rise_seconds
    going = asked.decay * _WHOLE_FALL * emotion.rise_seconds
    shape = np.full(len(time), emotion.rest)
    starts = phrasing.phrase_starts - min(_LEAD_SECONDS, coming) + 0.5 * coming
    settle_seconds = max(asked.decay * emotion.decay_seconds, STEP_SECONDS)
    for start, end in zip(starts, phrasing.phrase_ends, strict=True):
        inside = slice(*np.searchsorted(time, (min(start, end), end)))
        settling = np.exp(-np.maximum(time[inside] - start, 0.0) / settle_seconds)
        level = emotion.sustain + (1.0 - emotion.sustain) * settling
        shape[inside] = np.maximum(shape[inside], level)
    return unhurried(shape, coming=coming, going=going, ahead=1.0)


def unhurried(curve: Curve, *, coming: float, going: float, ahead: float) -> Curve:
    """A curve that takes its time to rise and to fall, without corners; (F,) -> (F,).

    A step up begins `ahead` of its moment and takes `coming`; a step down begins at its moment and takes
    `going`. Both are means of the curve under a raised cosine, and the higher one shows: so a larger
    curve gives a larger one everywhere, in proportion, and 0 seconds leave the step as it is.

    Args:
        curve: (F,) on the time base of `motion`.
        coming: seconds of a whole rise.
        going: seconds of a whole fall.
        ahead: share of `coming` that lies before the step; 0..1.
    """
    if curve.min() == curve.max():
        return curve
    return np.maximum(_mean_over(curve, coming, ahead), _mean_over(curve, going, 0.0))


def _mean_over(curve: Curve, seconds: float, ahead: float) -> Curve:
    """Mean of a curve from (1 - ahead) x seconds ago to ahead x seconds from now."""
    count = round(seconds / STEP_SECONDS)
    if count < 2:
        return curve
    weights = 1.0 - np.cos(2.0 * np.pi * (np.arange(count) + 0.5) / count)
    later = round(ahead * (count - 1))
    padded = np.pad(curve, (count - 1 - later, later), mode="edge")
    return np.convolve(padded, weights / weights.sum(), mode="valid")
