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
# its strong intensity, where effort differs by 0.27; channels near their ends give less than is asked, so
# that 1.3 comes out as +0.11. A quiet voice keeps most of what is asked: sadness is quiet.
DOSE_PER_EFFORT = 1.3
LEAST_DOSE, LARGEST_DOSE = 0.6, 2.0
# The face follows the effort of a phrase, and keeps it for some seconds of silence.
_FOLLOW_SECONDS = 0.35
_KEEP_SECONDS, _KEPT, _FORGOTTEN = 1.5, 0.05, 1e-3


def dose_curve(phrasing: Phrasing, voice: VoiceEmotion | None, voice_effort: float) -> Curve:
    """Factor on what the face shows (F,): exp(1.3 voice_effort x effort), within 0.6 to 2.

    1 at ordinary speaking, in long silence, without a voice, and where `voice_effort` is 0.

    Args:
        phrasing: of the clip.
        voice: whose effort is comparable across clips; None where nothing is known.
        voice_effort: 0..2 of the direction.
    """
    if voice is None:
        return np.ones(len(phrasing.time_seconds))
    effort = np.interp(phrasing.time_seconds, voice.time_seconds, voice.effort)
    total, weight = _kept(effort * phrasing.speech), _kept(phrasing.speech)
    dose = np.exp(DOSE_PER_EFFORT * voice_effort * total / (weight + _FORGOTTEN))
    return np.asarray(np.clip(dose, LEAST_DOSE, LARGEST_DOSE))


def _kept(curve: Curve) -> Curve:
    """A curve's surroundings: near ones, and a trace of far ones for where there are no near ones."""
    near = smooth(curve, _FOLLOW_SECONDS / STEP_SECONDS)
    return near + _KEPT * smooth(curve, _KEEP_SECONDS / STEP_SECONDS)
