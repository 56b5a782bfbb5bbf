# SPDX-License-Identifier: Apache-2.0
"""Feelings to be taught: FACS prototypes by an envelope over the phrases of a voice.

A simple actor on purpose, and apart from the product's own expression: what a decoder is judged by
must not be made by one of those judged. A feeling stands at its `rest` in pauses, rises with a phrase to
its apex, moves with vocal effort by its `voice_gain`, and stressed words add its accent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from core.motion.phrasing import STEP_SECONDS, Phrasing
from core.motion.prototypes import MOVED_EMOTIONS, Prototype, prototype_table
from core.speech.prosody import smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FACE = len(ARKIT_NAMES)
# The film's rate, at which everything is taught.
FPS = 25.0
LEAD_SECONDS = 0.3
# One standard deviation of the apex from take to take, and within a take.
APEX_SPREAD, WANDER = 0.12, 0.08
WANDER_SECONDS = 0.6
ACCENT_SECONDS = 0.12
# How often a lesson holds one feeling, and not two.
PURE_SHARE = 0.8
LEAST_INTENSITY, MOST_INTENSITY = 0.2, 1.5


def draw_activation(generator: np.random.Generator) -> Floats:
    """(8,) weight times intensity of MOVED_EMOTIONS: mostly one feeling, else two."""
    activation = np.zeros(len(MOVED_EMOTIONS))
    intensity = generator.uniform(LEAST_INTENSITY, MOST_INTENSITY)
    first, second = generator.choice(len(activation), 2, replace=False)
    share = 1.0 if generator.random() < PURE_SHARE else generator.uniform(0.3, 0.7)
    activation[[first, second]] = intensity * share, intensity * (1.0 - share)
    return activation


def pure_activation(emotion: str, intensity: float = 1.0) -> Floats:
    """(8,) one emotion of EMOTION_NAMES; neutral is all zeros."""
    return np.array([intensity * (name == emotion) for name in MOVED_EMOTIONS])


def felt_displacement(
    phrasing: Phrasing, activation: Floats, times: Floats, generator: np.random.Generator
) -> NDArray[np.float32]:
    """What the feeling adds to a face at the given times.

    Args:
        phrasing: of the voice.
        activation: (8,) weight times intensity.
        times: (T,) seconds.
        generator: of the take's small differences.

    Returns:
        (T, 57); 0 without a feeling.
    """
    added = np.zeros((len(phrasing.time_seconds), len(CHANNEL_NAMES)))
    table = prototype_table()
    for emotion, weight in zip(table.emotions, activation, strict=True):
        if weight > 0.0:
            level = weight * _envelope(phrasing, emotion, generator)
            added[:, :FACE] += np.outer(level, emotion.weights)
            added[:, FACE : FACE + 3] += np.outer(level, emotion.posture_radians)
            added[:, FACE + 3 :] += np.outer(level, emotion.gaze_radians)
            added[:, :FACE] += np.outer(weight * _accents(phrasing), emotion.accent)
    added[:, :FACE] = np.clip(added[:, :FACE], 0.0, 1.0)
    columns = [np.interp(times, phrasing.time_seconds, column) for column in added.T]
    return np.stack(columns, axis=1).astype(np.float32)


def _envelope(phrasing: Phrasing, emotion: Prototype, generator: np.random.Generator) -> Floats:
    time = phrasing.time_seconds
    shape = np.full(len(time), emotion.rest)
    for start, end in zip(phrasing.phrase_starts - LEAD_SECONDS, phrasing.phrase_ends, strict=True):
        inside = slice(*np.searchsorted(time, (start, end)))
        ebb = np.exp(-(time[inside] - start) / emotion.decay_seconds)
        shape[inside] = emotion.sustain + (1.0 - emotion.sustain) * ebb
    shape = smooth(shape, 0.6 * emotion.rise_seconds / STEP_SECONDS)
    wander = smooth(generator.standard_normal(len(time)), WANDER_SECONDS / STEP_SECONDS)
    wander /= max(float(wander.std()), 1e-6)
    apex = 1.0 + APEX_SPREAD * generator.standard_normal()
    voice = 1.0 + emotion.voice_gain * phrasing.effort
    return np.maximum(shape * voice * (apex + WANDER * wander), 0.0)


def _accents(phrasing: Phrasing) -> Floats:
    bumps = np.zeros(len(phrasing.time_seconds))
    for time, strength in zip(phrasing.stress_times, phrasing.stress_strengths, strict=True):
        bumps += strength * np.exp(-0.5 * ((phrasing.time_seconds - time) / ACCENT_SECONDS) ** 2)
    return np.minimum(bumps, 1.0)
