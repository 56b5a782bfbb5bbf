# SPDX-License-Identifier: Apache-2.0
"""Trembling of a face in fear, and a trace of it in grief and rage.

Tremor is too small and too seldom in a take for the decoder to learn, so it is made by rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..face.arkit import ARKIT_NAMES
from .parts import part_strengths
from .phrasing import Phrasing
from .prototypes import MOVED_EMOTIONS
from .randomness import Curve, drift, stream

if TYPE_CHECKING:
    from ..direction import Direction

# Fear trembles at 4.5 to 7 Hz, in bursts; standard deviation of the channels at intensity 1, negative
# where a channel falls as the others rise.
_TREMOR_HZ, _BURST_HZ = (4.5, 7.0), (0.15, 0.6)
_EMOTIONS = {"fearful": 1.0, "sad": 0.2, "angry": 0.2}
_CHANNELS = {
    **dict.fromkeys(("eyeWideLeft", "eyeWideRight"), 0.03),
    **dict.fromkeys(("eyeSquintLeft", "eyeSquintRight"), -0.012),
    "browInnerUp": 0.018,
    **dict.fromkeys(("mouthStretchLeft", "mouthStretchRight"), 0.02),
    **dict.fromkeys(("mouthFrownLeft", "mouthFrownRight"), 0.012),
}
_SIDE_SHARE = 0.25


def add_tremor(
    face: npt.NDArray[np.float32],
    phrasing: Phrasing,
    emotion: npt.NDArray[np.float64],
    direction: Direction,
) -> None:
    """Let a felt face (F, 52) tremble in place, as far as `emotion` (F, M) asks for it."""
    felt = np.zeros(len(face))
    for name, amount in _EMOTIONS.items():
        felt += amount * emotion[:, MOVED_EMOTIONS.index(name)]
    if not felt.any() or direction.idle_strength == 0.0:
        return
    time = phrasing.time_seconds
    bursts = np.clip(
        0.7 + 0.7 * drift(time, stream(direction.seed, "bursts"), *_BURST_HZ), 0.1, 2.0
    )
    common = _band(time, direction.seed, "tremor")
    strengths = part_strengths(direction) * direction.idle_strength
    for name, deviation in _CHANNELS.items():
        column = ARKIT_NAMES.index(name)
        own = _SIDE_SHARE * direction.asymmetry * _band(time, direction.seed, f"tremor {name}")
        moved = deviation * strengths[column] * felt * bursts * (common + own)
        face[:, column] = np.clip(face[:, column] + moved * 4.0 * _room(face[:, column]), 0.0, 1.0)


def _band(time: Curve, seed: int, name: str) -> Curve:
    return drift(time, stream(seed, name), *_TREMOR_HZ)


def _room(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Most in the middle of a channel's range, none at its ends; 1/4 at the height of v (1 - v)."""
    return values * (1.0 - values)
