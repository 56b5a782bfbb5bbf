# SPDX-License-Identifier: Apache-2.0
"""How strongly each emotion shows over time: it rises with a phrase, settles, ebbs in pauses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..speech.prosody import smooth
from .phrasing import STEP_SECONDS, Phrasing
from .prototypes import Prototype, PrototypeTable
from .randomness import Curve, drift, stream

# The face shows the feeling before the voice does (onsets lead speech by 0.2 to 0.5 s).
_LEAD_SECONDS = 0.3
# Without a word the asked feeling is still meant to be seen.
_SILENT_REST = 0.8
_VARIATION = 0.08


def emotion_curves(
    phrasing: Phrasing, table: PrototypeTable, activation: npt.NDArray[np.float64], seed: int
) -> npt.NDArray[np.float64]:
    """Activation of each emotion over time.

    Args:
        phrasing: of the clip.
        table: the prototypes.
        activation: (8,) weight x intensity of each of MOVED_EMOTIONS.
        seed: of the take.

    Returns:
        (F, 8), 0 where the activation is 0, about the activation at the height of a phrase.
    """
    curves = np.zeros(activation.shape)
    breath = drift(phrasing.time_seconds, stream(seed, "emotion"), 0.08, 0.5)
    for column in np.flatnonzero(activation.any(axis=0)):
        emotion = table.emotions[column]
        shape = _phrase_shape(phrasing, emotion)
        voice = 1.0 + emotion.voice_gain * phrasing.effort
        curves[:, column] = activation[:, column] * shape * voice * (1.0 + _VARIATION * breath)
    return np.maximum(curves, 0.0)


def _phrase_shape(phrasing: Phrasing, emotion: Prototype) -> Curve:
    """Onset, apex, settling and ebb, 0..1; (F,)."""
    time = phrasing.time_seconds
    if not len(phrasing.phrase_starts):
        return np.full(len(time), max(emotion.rest, _SILENT_REST))
    shape = np.full(len(time), emotion.rest)
    starts = phrasing.phrase_starts - _LEAD_SECONDS
    for start, end in zip(starts, phrasing.phrase_ends, strict=True):
        inside = slice(*np.searchsorted(time, (start, end)))
        settling = np.exp(-np.maximum(time[inside] - start, 0.0) / emotion.decay_seconds)
        level = emotion.sustain + (1.0 - emotion.sustain) * settling
        shape[inside] = np.maximum(shape[inside], level)
    # Both ways in time: the curve swells into the phrase and ebbs after it; 0.6 of the rise is
    # one standard deviation, so that 10 to 90 % take about one and a half rises.
    return smooth(shape, 0.6 * emotion.rise_seconds / STEP_SECONDS)
