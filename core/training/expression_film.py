# SPDX-License-Identifier: Apache-2.0
"""Fitted film -> the motion that the expression decoder learns, free of blinks, posture and tracker noise."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..face.arkit import CHANNEL_NAMES
from ..motion.take_channels import take_channels
from ..speech.prosody import smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Columns of take_channels.json as sums of fitted channels; what is not here, a camera does not show.
FILMED: dict[str, dict[str, float]] = {
    "browInner": {"browInnerUp": 1.0},
    "browOuter": {"browOuterUpLeft": 0.5, "browOuterUpRight": 0.5},
    "browDown": {"browDownLeft": 0.5, "browDownRight": 0.5},
    "lidWide": {"eyeWideLeft": 0.5, "eyeWideRight": 0.5},
    "squint": {"eyeSquintLeft": 0.5, "eyeSquintRight": 0.5},
    "browLean": {
        "browOuterUpLeft": 1.0,
        "browOuterUpRight": -1.0,
        "browDownLeft": -1.0,
        "browDownRight": 1.0,
    },
    "lidLean": {"eyeSquintLeft": 1.0, "eyeSquintRight": -1.0},
    "headPitch": {"headPitch": 1.0},
    "headYaw": {"headYaw": 1.0},
    "headRoll": {"headRoll": 1.0},
}
# A lid this far shut is in a blink, which takes its surroundings along for so many frames.
BLINK, BLINK_FRAMES = 0.22, 2
# Two frames either way is what a tracker's noise needs; faces hold little above 5 Hz.
SMOOTHING_FRAMES = 0.7
LARGEST = 3.5
TAPER_FRAMES = 5


def film_motion(values: NDArray[np.float32], start: NDArray[np.int64]) -> Floats:
    """Motion (T, D) of one speaker, 0 in the columns that the film does not show.

    Each column is in units of the speaker's own spread, so that a calm and a lively one teach the
    same; clips begin and end at 0, so that they can be joined.

    Args:
        values: (T, 57) fitted channels at 25 frames a second.
        start: (K + 1,) clip i is frames start[i]:start[i + 1].
    """
    channels = take_channels()
    blinks = np.maximum(
        values[:, CHANNEL_NAMES.index("eyeBlinkLeft")],
        values[:, CHANNEL_NAMES.index("eyeBlinkRight")],
    )
    motion = np.zeros((len(values), len(channels.names)))
    for name, parts in FILMED.items():
        curve = sum(
            weight * values[:, CHANNEL_NAMES.index(channel)].astype(np.float64)
            for channel, weight in parts.items()
        )
        free = np.concatenate(
            [_clip_motion(curve[a:b], blinks[a:b] > BLINK) for a, b in pairwise(start)]
        )
        low, high = np.percentile(free, (16, 84))
        # Spread by percentiles, and large values drawn in: a lost track must not teach a jump. A
        # column that mostly rests has a narrow middle and is measured by its deviation.
        spread = max(0.5 * (high - low), 0.6 * float(free.std())) + 1e-9
        motion[:, channels.column(name)] = LARGEST * np.tanh(free / spread / LARGEST)
    for first, last in pairwise(start):
        motion[first:last] *= _taper(last - first)[:, None]
    return motion


def seen_columns() -> NDArray[np.bool_]:
    """(D,) which columns a film shows."""
    return np.array([name in FILMED for name in take_channels().names])


def _clip_motion(curve: Floats, blinking: NDArray[np.bool_]) -> Floats:
    """A clip about its own median, with blinks bridged."""
    reach = np.ones(2 * BLINK_FRAMES + 1)
    hidden = np.convolve(blinking, reach, mode="same") > 0.5
    frames = np.arange(len(curve))
    if hidden.all():
        return np.zeros(len(curve))
    bridged = np.interp(frames, frames[~hidden], curve[~hidden])
    return smooth(bridged - np.median(bridged), SMOOTHING_FRAMES)


def _taper(count: int) -> Floats:
    edge = (np.minimum(np.arange(count), np.arange(count)[::-1]) + 0.5) / TAPER_FRAMES
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.minimum(edge, 1.0)))
