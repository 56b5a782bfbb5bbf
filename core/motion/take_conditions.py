# SPDX-License-Identifier: Apache-2.0
"""What the expression decoder knows of the voice at each of its frames."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..speech.encoder import FEATURE_RATE_HZ
from ..speech.prosody import Prosody, smooth
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve
from .take_channels import RATE_HZ

Floats = npt.NDArray[np.float32]

VOICE_NAMES = (
    *("speech", "loudness", "effort", "pitch", "voicing", "stress"),
    *("phrase_position", "phrase_began", "pause_coming", "pause_began", "phrase_coming"),
)
# Bumps of a stress, and how far ahead a pause or a phrase is felt.
_STRESS_SECONDS = 0.08
_NEAR_SECONDS = 0.5


def take_frames(duration_seconds: float) -> int:
    """Frames of the decoder over a clip, both ends included."""
    return int(np.ceil(duration_seconds * RATE_HZ)) + 1


def voice_conditions(prosody: Prosody, phrasing: Phrasing, frames: int) -> Floats:
    """Curves (frames, len(VOICE_NAMES)), each within about -1..2, 0 in silence."""
    time = np.arange(frames) / RATE_HZ

    def at_frames(curve: Curve, sigma_seconds: float = 0.02) -> Curve:
        return np.interp(time, phrasing.time_seconds, smooth(curve, sigma_seconds / STEP_SECONDS))

    spoken = phrasing.speech
    voicing = np.interp(phrasing.time_seconds, prosody.time_seconds, prosody.voicing)
    pitch = np.interp(phrasing.time_seconds, prosody.time_seconds, prosody.pitch_semitones)
    stress = np.zeros(frames)
    for moment, strength in zip(phrasing.stress_times, phrasing.stress_strengths, strict=True):
        near = slice(*np.searchsorted(time, (moment - 0.4, moment + 0.4)))
        bump = np.exp(-0.5 * ((time[near] - moment) / _STRESS_SECONDS) ** 2)
        stress[near] = np.maximum(stress[near], strength * bump)
    columns = [
        at_frames(spoken),
        at_frames(phrasing.loudness * spoken),
        at_frames(phrasing.effort),
        at_frames(np.clip(pitch / 6.0, -2.0, 2.0) * spoken, 0.04),
        at_frames(voicing * spoken),
        stress,
        *_phrase_columns(phrasing, time),
    ]
    return np.asarray(np.stack(columns, axis=1), np.float32)


def _phrase_columns(phrasing: Phrasing, time: Curve) -> list[Curve]:
    """Position in the phrase 0..1, and nearness of its ends from inside and from outside."""
    starts, ends = phrasing.phrase_starts, phrasing.phrase_ends
    nothing = np.zeros(len(time))
    if not len(starts):
        return [nothing] * 5
    current = np.searchsorted(starts, time, side="right") - 1
    begun = current >= 0
    start, end = starts[np.maximum(current, 0)], ends[np.maximum(current, 0)]
    inside = begun & (time <= end)
    next_start = np.append(starts, np.inf)[current + 1]
    position = np.where(inside, (time - start) / np.maximum(end - start, 1e-3), 0.0)
    return [
        position,
        np.where(inside, np.exp((start - time) / _NEAR_SECONDS), 0.0),
        np.where(inside, np.exp(np.minimum(time - end, 0.0) / _NEAR_SECONDS), 0.0),
        np.where(begun & ~inside, np.exp(np.minimum(end - time, 0.0) / _NEAR_SECONDS), 0.0),
        np.where(~inside, np.exp(np.minimum(time - next_start, 0.0) / _NEAR_SECONDS), 0.0),
    ]


def feature_conditions(features: Floats, frames: int) -> Floats:
    """Encoder features (N, 384) at 50 Hz as means of neighbours at the decoder's frames."""
    ratio = round(FEATURE_RATE_HZ / RATE_HZ)
    places = np.arange(frames)[:, None] * ratio + np.arange(ratio)
    held = np.minimum(places, len(features) - 1)
    return np.asarray(features[held].mean(axis=1), np.float32)
