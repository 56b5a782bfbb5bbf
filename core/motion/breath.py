# SPDX-License-Identifier: Apache-2.0
"""Breathing: slow at rest, and drawn in quickly before a phrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..face.arkit import ARKIT_NAMES
from ..speech.prosody import smooth
from .parts import part_strengths
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve, stream
from .swells import add_swell

if TYPE_CHECKING:
    from ..direction import Direction

# Adults at rest breathe 12 to 18 times a minute.
_REST_HZ = 0.24
# Speakers draw breath in 0.5 s before a phrase, where a pause leaves time for it.
_SHORTEST_PAUSE_SECONDS = 0.3
_INHALE_SECONDS, _EXHALE_SECONDS, _LEAD_SECONDS = 0.45, 0.9, 0.08
_FULL_PAUSE_SECONDS = 1.0
# What a full breath lifts and opens.
_HEAD_DEGREES = 0.6
_OPENED = {"jawOpen": 0.025, "noseSneerLeft": 0.03, "noseSneerRight": 0.03, "browInnerUp": 0.02}


def breath_curve(phrasing: Phrasing, seed: int) -> Curve:
    """How far breath is drawn in, 0..1; (F,)."""
    time = phrasing.time_seconds
    phase = stream(seed, "breath").random() * 2.0 * np.pi
    resting = 0.25 * (1.0 + np.sin(2.0 * np.pi * _REST_HZ * time + phase))
    curve = resting * (1.0 - smooth(phrasing.speech, 0.3 / STEP_SECONDS))
    drawn = np.zeros(len(time))
    before = np.concatenate(([-1.0], phrasing.phrase_ends[:-1]))
    for start, end in zip(phrasing.phrase_starts, before, strict=False):
        pause = start - end
        if pause >= _SHORTEST_PAUSE_SECONDS:
            depth = min(pause / _FULL_PAUSE_SECONDS, 1.0)
            apex = start - _LEAD_SECONDS
            add_swell(drawn, apex, min(_INHALE_SECONDS, pause), _EXHALE_SECONDS, depth)
    return smooth(np.maximum(curve, drawn), 0.06 / STEP_SECONDS)


def breath_degrees(breath: Curve) -> Curve:
    """Pitch of the head that breath lifts, (F,) degrees."""
    return _HEAD_DEGREES * breath


def add_breath(face: npt.NDArray[np.float32], breath: Curve, direction: Direction) -> None:
    """Part the jaw, flare the nostrils and lift the brows a trace, in place; (F, 52)."""
    strengths = np.minimum(part_strengths(direction), 1.0) * direction.breath_strength
    for name, amount in _OPENED.items():
        column = ARKIT_NAMES.index(name)
        face[:, column] += strengths[column] * amount * breath * (1.0 - face[:, column])
