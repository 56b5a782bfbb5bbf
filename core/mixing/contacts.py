# SPDX-License-Identifier: Apache-2.0
"""Make lips meet where speech says they do, whatever decoder, emotion or frame rate did to them.

A contact bounds a measure of the mouth and lets everything else be: inside it the bound is tight, around
it the bound recedes at the speed of lips, so a mouth that does the right thing already is not touched.
Bilabials bound the three gaps between the inner lips; labiodentals put the lower lip's edge to the upper
teeth; both keep the width that the mouth has and leave the jaw to the vowels, for filmed people shut p, b
and m with the lips, their jaw 4 mm down. Rounded sounds narrow the lips and let them stand out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..easing import ease
from ..face.arkit import ARKIT_NAMES
from ..motion.phones import BILABIAL, LABIODENTAL, ROUNDING
from .contact_shapes import round_lips, tuck_lip
from .contact_solver import move_lips
from .contact_times import ContactTimes, Swell, contact_times, swelling
from .lip_measures import GAPS, WIDTH, LipMeasures, lip_measures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ..curves import Span
    from ..face.model import FaceModel

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

# (mm/s, mm/s^2) by which the bound recedes from a closure before and after it: lips filmed for p, b and m
# close at 18 and open at 13 times their amplitude a second, 5 to 15 mm at 90 to 270 mm/s.
APPROACH, RELEASE = (100.0, 3000.0), (80.0, 2500.0)
# A p after a pause sounds "closed" all through it, but filmed mouths may take breath until 0.15 s before its
# burst. Of a long closure this much is firm; before that, lips less than SHUT apart are shut, lips more
# than BREATH apart are breathing.
FIRM_SECONDS = 0.15
SHUT_MILLIMETRES, BREATH_MILLIMETRES = 3.0, 5.0
# A curve within this of the bound bends into it.
BEND_MILLIMETRES = 1.5
# Closed lips press: the gaps go this far under their rest at firmness 1, so that the reduction of
# keys and other heads leave them shut.
PRESS_MILLIMETRES = 0.1
# As filmed: the lower lip rises for f in 0.1 s and is half up as the sound starts; rounding takes 0.15 s,
# is half done 25 ms after its sound starts and half gone 65 ms after its end.
TUCK = Swell(lead=0.03, rise=0.1, lag=0.03, fall=0.1)
ROUND = Swell(lead=0.05, rise=0.15, lag=0.065, fall=0.15)
# A tongue between the lips draws back as they close, over the last of the way.
TONGUE_MILLIMETRES = 3.0
TONGUE = ARKIT_NAMES.index("tongueOut")
# Cost of changing a channel by 1. The filmed jaw does a fifth of a closure.
CLOSING_COSTS = {
    "mouthClose": 1.0,
    "mouthLowerDown": 0.3,
    "mouthUpperUp": 0.3,
    "mouthShrugUpper": 0.5,
    "mouthFunnel": 2.0,
    "mouthPucker": 2.0,
    "mouthStretch": 4.0,
    "mouthPress": 4.0,
    "mouthShrugLower": 6.0,
    "jawOpen": 4.0,
    "jawForward": 4.0,
    "mouthRollLower": 12.0,
    "mouthRollUpper": 12.0,
}
CLOSING_SOFTNESS = {WIDTH: 3.0}


def close_lips(
    values: Floats,
    time_seconds: Doubles,
    contacts: Sequence[Span],
    face: FaceModel,
    firmness: float = 1.0,
) -> Floats:
    """Enforce contacts on channel values at any frame rate.

    Args:
        values: (T, 52) ARKit channels; a lip track, or lips and emotion mixed.
        time_seconds: (T,) increasing.
        contacts: spans named bilabial, labiodental or rounding; others are left alone.
        face: the canonical head, whose lip gaps are closed.
        firmness: 0 leaves everything as it is, 1 closes, up to 2 presses harder.

    Returns:
        (T, 52) float32 in 0..1. At least one frame of every bilabial contact within the time range
        is closed (all three gaps under 0.5 mm) at firmness 1 and above.
    """
    result = np.clip(np.asarray(values, np.float32), 0.0, 1.0)
    if firmness <= 0.0 or not len(time_seconds):
        return result
    strength, measures = min(firmness, 1.0), lip_measures(face)
    rounded = swelling(time_seconds, contacts, ROUNDING, ROUND)
    result = round_lips(result, strength * rounded, measures)
    tucked = swelling(time_seconds, contacts, LABIODENTAL, TUCK)
    result = tuck_lip(result, strength * tucked, measures)
    closures = contact_times(time_seconds, contacts, BILABIAL, FIRM_SECONDS)
    if not closures.held.any():
        return result
    closed = measures.rest[GAPS] - PRESS_MILLIMETRES - (firmness - strength)
    return _close(result, closures, closed, strength, measures)


def _close(
    values: Floats, times: ContactTimes, closed: Doubles, strength: float, measures: LipMeasures
) -> Floats:
    """Bring the gaps under their bound, by the lips; (T, 52)."""
    over = measures.at(values)[:, GAPS] - closed
    left = bounded(over, times)
    change = strength * np.minimum(left - over, 0.0)
    near = change.min(axis=1) < 0.0
    if not near.any():
        return values
    result = values.copy()
    wanted = {measure: change[near, column] for column, measure in enumerate(GAPS)}
    wanted[WIDTH] = np.zeros(near.sum())
    result[near] = move_lips(values[near], wanted, measures, CLOSING_COSTS, CLOSING_SOFTNESS)
    room = np.clip(left[near, 1] / TONGUE_MILLIMETRES, 0.0, 1.0)
    result[near, TONGUE] *= (1.0 - strength * (1.0 - room)).astype(np.float32)
    return result


def bounded(over: Doubles, times: ContactTimes) -> Doubles:
    """Openings (T, 3) over the closed mouth's, millimetres, as contacts leave them."""
    speeds = ((times.before, APPROACH), (times.after, RELEASE))
    ways = [speed * away + growth * away**2 for away, (speed, growth) in speeds]
    bound = np.minimum(*ways)[:, None]
    nearer = np.minimum(over, bound)
    bend = np.clip(nearer, 1e-6, BEND_MILLIMETRES)
    bent = nearer - np.maximum(bend - np.abs(over - bound), 0.0) ** 2 / (4.0 * bend)
    near_shut = over * ease((over - SHUT_MILLIMETRES) / (BREATH_MILLIMETRES - SHUT_MILLIMETRES))
    bent = np.where(times.early[:, None], np.minimum(bent, near_shut), bent)
    return np.where(times.held[:, None], 0.0, bent)
