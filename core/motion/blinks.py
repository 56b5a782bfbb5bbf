# SPDX-License-Identifier: Apache-2.0
"""Blinks: how a lid closes and opens."""

from __future__ import annotations

import numpy as np

from ..easing import ease
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve

# Lids close in 75 ms, stay shut for 45 ms (a frame at 24 fps), open in 0.16 to 0.25 s. Where frames
# are longer they stay shut for one, or a blink would fall between two; but not under 8 a second.
_CLOSE_SECONDS = 0.075
_SHUT_SECONDS = 0.045
_LONGEST_SHUT_SECONDS = 0.125
_OPEN_SECONDS = 0.19
_SIDE_LAG_SECONDS = 0.008
LONGEST_BLINK_SECONDS = (
    _CLOSE_SECONDS + _LONGEST_SHUT_SECONDS + 1.25 * 1.04 * _OPEN_SECONDS + _SIDE_LAG_SECONDS
)


def blink_curves(
    phrasing: Phrasing, times: Curve, lots: Curve, frame_seconds: float, asymmetry: float = 1.0
) -> tuple[Curve, Curve]:
    """Closure 0..1 of the left and the right eye, each (F,); never both quite the same.

    Args:
        phrasing: of the clip.
        times: (B,) of `core.motion.blink_times`.
        lots: (B,) from there.
        frame_seconds: distance of the frames at which the curves will be looked at.
        asymmetry: how much the sides differ; 0 not at all.
    """
    shut = min(max(frame_seconds, _SHUT_SECONDS), _LONGEST_SHUT_SECONDS)
    left = np.zeros(len(phrasing.time_seconds))
    right = np.zeros(len(phrasing.time_seconds))
    for time, lot in zip(times, lots, strict=True):
        lag = min(asymmetry, 1.0) * (2.0 * lot - 1.0) * _SIDE_LAG_SECONDS
        opening = _OPEN_SECONDS * (0.85 + 0.4 * lot)  # to 1.25
        _add_blink(left, time + lag, shut, opening)
        _add_blink(right, time - lag, shut, opening * (1.0 + 0.04 * min(asymmetry, 1.0)))
    return left, right


def _add_blink(
    curve: Curve, start_seconds: float, shut_seconds: float, open_seconds: float
) -> None:
    end = start_seconds + _CLOSE_SECONDS + shut_seconds + open_seconds
    first = max(0, int(np.ceil(start_seconds / STEP_SECONDS)))
    last = min(len(curve), int(np.floor(end / STEP_SECONDS)) + 1)
    if last <= first:
        return
    offset = np.arange(first, last) * STEP_SECONDS - start_seconds
    up = np.clip((offset - _CLOSE_SECONDS - shut_seconds) / open_seconds, 0.0, 1.0)
    closing = ease(offset / _CLOSE_SECONDS)
    # Opening starts fast and ends slowly: three quarters are done after half the time.
    opening = ease(1.0 - (1.0 - up) ** 2)
    curve[first:last] = np.maximum(curve[first:last], np.minimum(closing, 1.0 - opening))
