# SPDX-License-Identifier: Apache-2.0
"""When people blink: chances by what they say and see, as blink_hazard.json has them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .blinks import LONGEST_BLINK_SECONDS
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve, stream

# A blink is awaited for so long at most before the table's end would repeat itself.
_HORIZON_SECONDS = 30.0


@cache
def _table() -> dict[str, Any]:
    path = Path(__file__).with_name("blink_hazard.json")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def blink_times(
    phrasing: Phrasing, shift_times: Curve, rate: Curve, seed: int
) -> tuple[Curve, Curve]:
    """Moments at which the lids begin to close, and one random number 0..1 for each.

    None comes in the last moments: the frame that stands after the take must not be one with shut eyes.
    A blink comes when the chance summed since the last one passes an exponential number; so blinks
    gather where the chance is high, and a clip that goes on longer begins with the same ones.

    Args:
        phrasing: of the clip.
        shift_times: (S,) seconds of large shifts of gaze.
        rate: (F,) 1 as people do, 2 twice as often, 0 never.
        seed: of the take.
    """
    chance = STEP_SECONDS * _table()["per_minute"] / 60.0 * rate * _places(phrasing, shift_times)
    horizon = round(_HORIZON_SECONDS / STEP_SECONDS)
    age = _factor("since_blink", np.arange(horizon) * STEP_SECONDS)
    numbers = stream(seed, "blinks")
    times, lots = [], []
    # The take starts in the middle of a life, some time after a blink.
    since = int(2.0 * numbers.random() / STEP_SECONDS)
    first = 0
    while first < len(chance):
        awaited, lot = numbers.standard_exponential(), numbers.random()
        ahead = chance[first : first + horizon - since]
        summed = np.cumsum(ahead * age[since : since + len(ahead)])
        step = int(np.searchsorted(summed, awaited))
        if step == len(summed):
            first, since = first + len(ahead), horizon // 2
            continue
        times.append((first + step) * STEP_SECONDS)
        lots.append(lot)
        first, since = first + step + 1, 0
    over = np.array(times) < phrasing.time_seconds[-1] - LONGEST_BLINK_SECONDS
    return np.array(times)[over], np.array(lots)[over]


def _places(phrasing: Phrasing, shift_times: Curve) -> Curve:
    """Factor (F,) by stresses, ends of phrases and shifts of gaze."""
    time = phrasing.time_seconds
    places = np.ones(len(time))
    stresses = zip(phrasing.stress_times, phrasing.stress_strengths, strict=True)
    events = [("around_stress", moment, strength) for moment, strength in stresses]
    events += [("around_phrase_end", moment, 1.0) for moment in phrasing.phrase_ends]
    events += [("around_shift", moment, 1.0) for moment in shift_times]
    for name, moment, strength in events:
        reach = _table()[name]["seconds"]
        near = slice(*np.searchsorted(time, (moment + reach[0], moment + reach[-1])))
        places[near] *= 1.0 + strength * (_factor(name, time[near] - moment) - 1.0)
    return places


def _factor(name: str, seconds: Curve) -> Curve:
    entry = _table()[name]
    return np.interp(seconds, entry["seconds"], entry["factor"])
