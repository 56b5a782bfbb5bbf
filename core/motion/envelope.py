# SPDX-License-Identifier: Apache-2.0
"""How strongly each emotion shows over time: it rises with a phrase, settles, ebbs in pauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..speech.prosody import smooth
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve

if TYPE_CHECKING:
    from ..direction import Direction
    from .prototypes import Prototype, PrototypeTable

# The face shows the feeling before the voice does (onsets lead speech by 0.2 to 0.5 s).
_LEAD_SECONDS = 0.3
# Without a word the asked feeling is still meant to be seen.
_SILENT_REST = 0.8
# 0.6 of the rise is one standard deviation, so that 10 to 90 % take about one and a half rises.
_RISE_SIGMAS = 0.6
# A feeling whose asked strength falls goes this much slower than it comes.
_EBB = 1.6


def emotion_curves(
    phrasing: Phrasing, table: PrototypeTable, activation: npt.NDArray[np.float64], asked: Direction
) -> npt.NDArray[np.float64]:
    """Activation of each emotion over time.

    Args:
        phrasing: of the clip.
        table: the prototypes.
        activation: (F, M) weight x intensity of each of MOVED_EMOTIONS.
        asked: its `onset`, `decay` and `voice_effort`.

    Returns:
        (F, M), 0 where the activation is 0, about the activation at the height of a phrase; in
        proportion to the activation.
    """
    curves = np.zeros(activation.shape)
    for column in np.flatnonzero(activation.any(axis=0)):
        emotion = table.emotions[column]
        coming = asked.onset * _RISE_SIGMAS * emotion.rise_seconds
        going = asked.decay * _EBB * _RISE_SIGMAS * emotion.rise_seconds
        shape = _phrase_shape(phrasing, emotion, asked.decay, coming, going)
        voice = np.exp(asked.voice_effort * emotion.voice_gain * phrasing.effort)
        felt = _unhurried(activation[:, column], coming, going)
        curves[:, column] = felt * shape * voice
    return np.maximum(curves, 0.0)


def _phrase_shape(
    phrasing: Phrasing, emotion: Prototype, decay: float, coming: float, going: float
) -> Curve:
    """Onset, apex, settling and ebb, 0..1; (F,)."""
    time = phrasing.time_seconds
    if not len(phrasing.phrase_starts):
        return np.full(len(time), max(emotion.rest, _SILENT_REST))
    shape = np.full(len(time), emotion.rest)
    starts = phrasing.phrase_starts - min(_LEAD_SECONDS, 2.0 * coming)
    settle_seconds = max(decay * emotion.decay_seconds, STEP_SECONDS)
    for start, end in zip(starts, phrasing.phrase_ends, strict=True):
        inside = slice(*np.searchsorted(time, (start, end)))
        settling = np.exp(-np.maximum(time[inside] - start, 0.0) / settle_seconds)
        level = emotion.sustain + (1.0 - emotion.sustain) * settling
        shape[inside] = np.maximum(shape[inside], level)
    return _unhurried(shape, coming, going)


def _unhurried(curve: Curve, coming: float, going: float) -> Curve:
    """A curve that takes its time: it swells into a rise and out of a fall.

    Smoothed with both deviations (seconds), the higher one shows: rises keep the shorter way up, falls
    the longer way down. Larger input gives larger output everywhere, in proportion.
    """
    if curve.min() == curve.max():
        return curve
    return np.maximum(_smoothed(curve, coming), _smoothed(curve, going))


def _smoothed(curve: Curve, sigma_seconds: float) -> Curve:
    return smooth(curve, sigma_seconds / STEP_SECONDS) if sigma_seconds > 0.0 else curve
