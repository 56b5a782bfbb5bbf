# SPDX-License-Identifier: Apache-2.0
"""The dose: how much more the face shows where the voice puts in more effort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..speech.prosody import smooth
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve

if TYPE_CHECKING:
    from ..speech.emotion import VoiceEmotion

# Logarithm of the face's amplitude per unit of vocal effort. People show +0.22 from RAVDESS's normal to
# its strong intensity, where effort differs by about 0.5.
DOSE_PER_EFFORT = 0.55
LEAST_DOSE, LARGEST_DOSE = 0.5, 1.8
_SMOOTHING_SECONDS = 0.35


def dose_curve(phrasing: Phrasing, voice: VoiceEmotion | None, voice_effort: float) -> Curve:
    """Factor on what the face shows (F,): exp(0.55 voice_effort x effort), within 0.5 to 1.8.

    1 at ordinary speaking, in silence, without a voice, and where `voice_effort` is 0.

    Args:
        phrasing: of the clip.
        voice: whose effort is comparable across clips; None where nothing is known.
        voice_effort: 0..2 of the direction.
    """
    if voice is None:
        return np.ones(len(phrasing.time_seconds))
    effort = np.interp(phrasing.time_seconds, voice.time_seconds, voice.effort)
    slow = smooth(effort, _SMOOTHING_SECONDS / STEP_SECONDS)
    return np.asarray(
        np.clip(np.exp(DOSE_PER_EFFORT * voice_effort * slow), LEAST_DOSE, LARGEST_DOSE)
    )
