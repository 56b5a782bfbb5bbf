# SPDX-License-Identifier: Apache-2.0
"""Blinks: when people blink while they speak, and how a lid closes and opens."""

from __future__ import annotations

import numpy as np

from ..easing import ease
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve, stream

# Speakers blink about 20 times a minute (Bentivoglio et al. 1997: 26 in conversation, 17 at rest);
# intervals scatter like a log-normal.
_MEAN_INTERVAL_SECONDS = 2.9
_INTERVAL_SPREAD = 0.5
_SHORTEST_INTERVAL_SECONDS = 0.45
# A blink moves to a phrase's end or to just after a stress when one is this near.
_SNAP_SECONDS = 0.8
# Lids close in 75 ms, stay shut for 45 ms (a frame at 24 fps), open in 0.16 to 0.25 s. Where frames
# are longer they stay shut for one, or a blink would fall between two; but not under 8 a second.
_CLOSE_SECONDS = 0.075
_SHUT_SECONDS = 0.045
_LONGEST_SHUT_SECONDS = 0.125
_OPEN_SECONDS = 0.19
_SIDE_LAG_SECONDS = 0.008
_LONGEST_BLINK_SECONDS = (
    _CLOSE_SECONDS + _LONGEST_SHUT_SECONDS + 1.25 * 1.04 * _OPEN_SECONDS + _SIDE_LAG_SECONDS
)


def blink_times(phrasing: Phrasing, seed: int, rate: float) -> tuple[Curve, Curve]:
    """Moments at which the lids begin to close, and one random number 0..1 for each.

    Args:
        phrasing: of the clip.
        seed: of the take.
        rate: 1 as people do, 2 twice as often, 0 never.
    """
    if rate <= 0.0:
        return np.zeros(0), np.zeros(0)
    duration = float(phrasing.time_seconds[-1])
    count = int(duration / 0.5) + 12
    draws = stream(seed, "blinks").standard_normal(count)
    lots = stream(seed, "blink lots").random(count)
    centred = np.exp(_INTERVAL_SPREAD * draws - 0.5 * _INTERVAL_SPREAD**2)
    # The first one comes after part of an interval: the take starts in the middle of a life.
    centred[0] *= lots[0]
    intervals = np.maximum(centred * _MEAN_INTERVAL_SECONDS / rate, _SHORTEST_INTERVAL_SECONDS)
    times = _snapped(np.cumsum(intervals), phrasing)
    apart = np.concatenate(([True], np.diff(times) >= _SHORTEST_INTERVAL_SECONDS))
    # None in the last moments: the frame that stands after the take must not be one with shut eyes.
    kept = apart & (times < duration - _LONGEST_BLINK_SECONDS)
    return times[kept], lots[kept]


def _snapped(times: Curve, phrasing: Phrasing) -> Curve:
    """Move each blink to the nearest place where people blink, if one is near."""
    places = np.sort(np.concatenate((phrasing.phrase_ends + 0.06, phrasing.stress_times + 0.22)))
    if not len(places):
        return times
    after = (
        np.clip(np.searchsorted(places, times), 1, len(places) - 1)
        if len(places) > 1
        else np.zeros(len(times), int)
    )
    before = np.maximum(after - 1, 0)
    nearest = np.where(
        np.abs(places[after] - times) < np.abs(places[before] - times),
        places[after],
        places[before],
    )
    return np.sort(np.where(np.abs(nearest - times) < _SNAP_SECONDS, nearest, times))


def blink_curves(
    phrasing: Phrasing, times: Curve, lots: Curve, frame_seconds: float
) -> tuple[Curve, Curve]:
    """Closure 0..1 of the left and the right eye, each (F,); never both quite the same.

    Args:
        phrasing: of the clip.
        times: (B,) from `blink_times`.
        lots: (B,) from `blink_times`.
        frame_seconds: distance of the frames at which the curves will be looked at.
    """
    shut = min(max(frame_seconds, _SHUT_SECONDS), _LONGEST_SHUT_SECONDS)
    left = np.zeros(len(phrasing.time_seconds))
    right = np.zeros(len(phrasing.time_seconds))
    for time, lot in zip(times, lots, strict=True):
        lag = (2.0 * lot - 1.0) * _SIDE_LAG_SECONDS
        opening = _OPEN_SECONDS * (0.85 + 0.4 * lot)  # to 1.25
        _add_blink(left, time + lag, shut, opening)
        _add_blink(right, time - lag, shut, opening * 1.04)
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
