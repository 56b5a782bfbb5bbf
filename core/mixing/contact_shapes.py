# SPDX-License-Identifier: Apache-2.0
"""Shapes that contacts give the lips beside closing them: the tuck of f and v, the rounding of w, oo and sh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..face.arkit import ARKIT_NAMES
from .contact_solver import move_lips
from .lip_measures import (
    CHIN_HEIGHT,
    GAPS,
    LOWER_HEIGHT,
    PROTRUSION,
    UPPER_HEIGHT,
    WIDTH,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .lip_measures import LipMeasures

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

# The upper teeth end 2.6 mm under the resting upper lip, 3.1 under the lower lip's edge. For f and v that
# edge comes to theirs: it may cover this much of them.
TEETH_UNDER_LOWER_LIP, COVERED = 3.1, (0.0, 2.4)
# The upper lip clears the tucked one and shows the teeth; filmed: 2.2 mm over its rest in f, 2.9 in v.
LIFTED = 1.5
# The film's tracker sees no tuck; this much shows one without a bitten lip.
TUCK_ROLL = 0.5
TUCK_COSTS = {
    "mouthClose": 1.0,
    "mouthLowerDown": 0.3,
    "mouthUpperUp": 0.5,
    "mouthShrugLower": 1.0,
    "mouthFunnel": 1.0,
    "mouthStretch": 2.0,
    "mouthPucker": 2.0,
    "jawOpen": 4.0,
}
TUCK_SOFTNESS = {WIDTH: 3.0, CHIN_HEIGHT: 3.0}
# For w and oo filmed lips narrow; decoders average some of that away: it is deepened by this share. The
# lips stand out over their rest by OUT at least, which cameras hardly see, and are WIDEST at most.
DEEPENED = 0.25
OUT, WIDEST = 4.0, -4.0
ROUND_COSTS = {
    "mouthFunnel": 1.0,
    "mouthPucker": 1.0,
    "mouthClose": 2.0,
    "mouthSmile": 0.5,
    "mouthStretch": 0.5,
    "mouthDimple": 0.5,
    "mouthUpperUp": 2.0,
    "mouthLowerDown": 2.0,
}
ROUND_SOFTNESS = {WIDTH: 3.0, PROTRUSION: 3.0}


def tuck_lip(values: Floats, weights: Doubles, measures: LipMeasures) -> Floats:
    """Put the lower lip's edge to the upper teeth, by (T,) weights; (T, 52)."""
    near = weights > 0.0
    if not near.any():
        return values
    result, weight = values.copy(), weights[near]
    tucked = values[near]
    roll = tucked[:, ARKIT_NAMES.index("mouthRollLower")]
    roll += (weight * np.maximum(TUCK_ROLL - roll, 0.0)).astype(np.float32)
    was, now = measures.at(values[near]), measures.at(tucked)
    edge = measures.rest[LOWER_HEIGHT] - TEETH_UNDER_LOWER_LIP
    lower = np.clip(now[:, LOWER_HEIGHT], edge + COVERED[0], edge + COVERED[1])
    upper = np.maximum(was[:, UPPER_HEIGHT], measures.rest[UPPER_HEIGHT] + LIFTED)
    aims = {LOWER_HEIGHT: lower, UPPER_HEIGHT: upper}
    wanted = {
        measure: was[:, measure] + weight * (aim - was[:, measure]) - now[:, measure]
        for measure, aim in aims.items()
    }
    wanted |= {measure: was[:, measure] - now[:, measure] for measure in (WIDTH, CHIN_HEIGHT)}
    result[near] = move_lips(tucked, wanted, measures, TUCK_COSTS, TUCK_SOFTNESS)
    return result


def round_lips(values: Floats, weights: Doubles, measures: LipMeasures) -> Floats:
    """Narrow the lips and let them stand out, opening and jaw as they are, by (T,) weights; (T, 52)."""
    near = weights > 0.0
    if not near.any():
        return values
    at, weight = measures.at(values[near]) - measures.rest, weights[near]
    wanted = {measure: np.zeros(len(at)) for measure in GAPS}
    width = np.minimum((1.0 + DEEPENED) * at[:, WIDTH], WIDEST)
    wanted[WIDTH] = weight * np.minimum(width - at[:, WIDTH], 0.0)
    wanted[PROTRUSION] = weight * np.maximum(OUT - at[:, PROTRUSION], 0.0)
    result = values.copy()
    result[near] = move_lips(values[near], wanted, measures, ROUND_COSTS, ROUND_SOFTNESS)
    return result
