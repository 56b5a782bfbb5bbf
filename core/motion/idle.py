# SPDX-License-Identifier: Apache-2.0
"""The face at rest, and micro-motion: it is never quite still, not even at the height of a feeling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..face.arkit import ARKIT_NAMES
from .parts import part_strengths
from .randomness import Curve
from .take import Take
from .take_channels import take_channels

if TYPE_CHECKING:
    from ..direction import Direction

Floats = npt.NDArray[np.float64]

# Lids at rest cover 1 to 2 mm of the iris, and the corners of resting lips are not drawn down: without
# them three expression nets took the neutral head for a frightened one.
_REST_LIDS, _REST_CORNERS = 0.1, 0.05
_LEANINGS = ("browLean", "lidLean", "cornerLean")
# Where a column turns from one channel to its opposite, in its units: no kink, and a trace of both.
_SOFTNESS = 0.5
# How much more of a shown feeling a falling column takes than it gives to a resting face.
_EBB = 1.5
_LARGEST = 0.4


def add_rest(face: npt.NDArray[np.float32], activation: Floats, direction: Direction) -> None:
    """What a face at rest shows, in place (F, 52): lids that are not wide open, corners that do not hang.

    Wide eyes have no resting lids, drooping ones have theirs already, and the corners follow the feeling alone where it is felt fully.
    """
    strengths = part_strengths(direction) * min(direction.idle_strength, 1.0)
    free = np.maximum(0.0, 1.0 - activation.sum(axis=1))
    for side in ("Left", "Right"):
        lids, wide, corner = (
            ARKIT_NAMES.index(f"{name}{side}") for name in ("eyeBlink", "eyeWide", "mouthSmile")
        )
        resting = _REST_LIDS * strengths[lids] * (1.0 - np.minimum(1.0, 2.0 * face[:, wide]))
        face[:, lids] = np.maximum(face[:, lids], resting)
        face[:, corner] += _REST_CORNERS * strengths[corner] * free * (1.0 - face[:, corner])


def add_idle(face: npt.NDArray[np.float32], take: Take, direction: Direction) -> None:
    """Let the take's micro-motion move the face (F, 52) in place; values stay in 0..1.

    A rising column fills what room its channels have left, v + a (1 - v); a falling one takes from
    what they show, v - b v, and raises its opposites.
    """
    if direction.idle_strength == 0.0:
        return
    channels = take_channels()
    strengths = part_strengths(direction) * direction.idle_strength
    for column, name in enumerate(channels.names):
        unit = channels.units[column]
        size = unit * (direction.asymmetry if name in _LEANINGS else 1.0)
        moved = take.values[:, column] / unit
        rising, falling = size * _positive(moved), size * _positive(-moved)
        for shown, taken, rows in (
            (rising, falling, channels.up[column]),
            (falling, rising, channels.down[column]),
        ):
            for target in np.flatnonzero(rows):
                added = np.minimum(strengths[target] * shown, _LARGEST)
                lost = np.minimum(_EBB * strengths[target] * taken, _LARGEST)
                value = face[:, target]
                face[:, target] = value + added * (1.0 - value) - lost * value


def _positive(curve: Curve) -> Curve:
    """The positive part with a round corner."""
    return np.asarray(0.5 * (curve + np.sqrt(curve**2 + _SOFTNESS**2)))
