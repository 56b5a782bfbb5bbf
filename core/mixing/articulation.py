# SPDX-License-Identifier: Apache-2.0
"""How busy the lips are with speech, which decides how much room the feeling has in the mouth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..curves import Floats, Seconds, Span
from ..easing import ease
from ..face.arkit import ARKIT_NAMES
from ..motion.phones import ROUNDING
from ..speech.prosody import smooth
from .contact_times import swelling
from .contacts import ROUND

Curve = npt.NDArray[np.float64]

# Opening and rounding at which the mouth counts as busy (weights: how far each parts the lips).
_OPENING = {
    "jawOpen": 1.0,
    "mouthFunnel": 0.5,
    "mouthPucker": 0.5,
    "mouthLowerDownLeft": 0.3,
    "mouthLowerDownRight": 0.3,
}
_BUSY_OPENING = 0.22
# Speed over all mouth channels, in units a second: a p in running speech reaches about 4.
_BUSY_SPEED = 3.0
_SMOOTHING_SECONDS = 0.1
# Rounding below the first value is the shape of running speech, above the second a full oo.
_ROUNDNESS = (0.2, 0.55)
# How round a rounding contact is where the decoder's own curves show less.
_CONTACT_ROUNDNESS = 0.75
# The lips start for a closure this long before it and leave it as slowly.
_APPROACH_SECONDS = 0.08
# Lips this busy speak; the mouth waits for their next word this long before the feeling has it to itself.
_SPEAKING, _PAUSE_SECONDS = 0.35, 1.0
# Contacts of the lips that leave no room for the feeling, and how much each claims.
_CLAIMS = {"bilabial": 1.0, "labiodental": 0.8, "rounding": 0.5}


@dataclass(frozen=True, eq=False)
class LipActivity:
    """What speech asks of the lips over time; each (T,) and 0..1.

    Attributes:
        articulation: how busy the lips are.
        rounding: how round they are, beyond what running speech always has.
        claim: how much contacts claim them: full inside, rising and falling around them.
        presence: 1 while somebody speaks and in the short pauses of speech, 0 in long ones.
    """

    articulation: Curve
    rounding: Curve
    claim: Curve
    presence: Curve


def lip_activity(
    lips: Floats, source_seconds: Seconds, contacts: tuple[Span, ...], time_seconds: Seconds
) -> LipActivity:
    """Measure a lip track on its own grid, and read the result at other times.

    Args:
        lips: (N, 52) the decoder's track.
        source_seconds: (N,) its grid.
        contacts: of the same clip.
        time_seconds: (T,) where to read.
    """
    step = float(source_seconds[1] - source_seconds[0]) if len(lips) > 1 else 1.0
    measured = (_busyness(lips, step), _roundness(lips))
    busy, rounding = (
        np.interp(time_seconds, source_seconds, smooth(curve, _SMOOTHING_SECONDS / step))
        for curve in measured
    )
    rounded = _CONTACT_ROUNDNESS * swelling(time_seconds, contacts, ROUNDING, ROUND)
    claim = contact_claim(contacts, time_seconds)
    presence = speech_presence(busy, time_seconds)
    return LipActivity(busy, np.maximum(rounding, rounded), claim, presence)


def speech_presence(busy: Curve, time_seconds: Seconds) -> Curve:
    """(T,) 1 where lips are busy and up to _PAUSE_SECONDS from there, 0 from twice that on."""
    moments = time_seconds[busy > _SPEAKING]
    if not len(moments):
        return np.zeros(len(time_seconds))
    later = np.minimum(np.searchsorted(moments, time_seconds), len(moments) - 1)
    earlier = np.maximum(later - 1, 0)
    ways = np.abs(moments[later] - time_seconds), np.abs(time_seconds - moments[earlier])
    return 1.0 - ease(np.minimum(*ways) / _PAUSE_SECONDS - 1.0)


def _busyness(lips: Floats, step_seconds: float) -> Curve:
    weights = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, weight in _OPENING.items():
        weights[ARKIT_NAMES.index(name)] = weight
    opened = 1.0 - np.exp(-(lips @ weights) / _BUSY_OPENING)
    if len(lips) < 2:
        return np.asarray(opened, np.float64)
    rises = np.gradient(lips, axis=0) / step_seconds
    speed = np.sqrt(np.einsum("ij,ij->i", rises, rises))
    return np.asarray(np.maximum(opened, 1.0 - np.exp(-speed / _BUSY_SPEED)), np.float64)


def _roundness(lips: Floats) -> Curve:
    columns = [ARKIT_NAMES.index(name) for name in ("mouthPucker", "mouthFunnel")]
    least, most = _ROUNDNESS
    return np.asarray(
        np.clip((lips[:, columns].max(axis=1) - least) / (most - least), 0.0, 1.0), np.float64
    )


def contact_claim(contacts: tuple[Span, ...], time_seconds: Seconds) -> Curve:
    """How much contacts claim the lips, 0..1: full inside, rising and falling around them; (T,)."""
    claim = np.zeros(len(time_seconds))
    for contact in contacts:
        most = _CLAIMS.get(contact.label, 0.0)
        start, end = (
            contact.start_seconds - _APPROACH_SECONDS,
            contact.end_seconds + _APPROACH_SECONDS,
        )
        near = slice(*np.searchsorted(time_seconds, (start, end)))
        time = time_seconds[near]
        inside = np.minimum((time - start) / _APPROACH_SECONDS, (end - time) / _APPROACH_SECONDS)
        claim[near] = np.maximum(claim[near], most * ease(inside))
    return claim
