# SPDX-License-Identifier: Apache-2.0
"""Brow flashes on stressed words, as people mark what they mean with the upper face."""

from __future__ import annotations

import numpy as np

from ..speech.prosody import smooth
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve, stream

# Speakers raise their brows at roughly a third of the pitch accents, more often at strong ones.
_LOWEST_CHANCE = 0.08
_STRENGTH_CHANCE = 0.6
# What two swells leave as a notch between them is rounded off.
_ROUNDING_SECONDS = 0.05
# The brow's apex meets the syllable's or leads it a little; it falls slower than it rises.
_LEAD_SECONDS = 0.04
_RISE_SECONDS = 0.2
_FALL_SECONDS = 0.42


def accent_curve(phrasing: Phrasing, seed: int) -> Curve:
    """How much accent the face shows, 0..about 1; (F,) on the phrasing's time base."""
    chance = stream(seed, "accents")
    draws = chance.random((len(phrasing.stress_times), 2))
    curve = np.zeros(len(phrasing.time_seconds))
    likely = _LOWEST_CHANCE + _STRENGTH_CHANCE * phrasing.stress_strengths
    for number in np.flatnonzero(draws[:, 0] < likely):
        size = draws[number, 1]
        apex = phrasing.stress_times[number] - _LEAD_SECONDS
        height = (0.3 + 0.9 * phrasing.stress_strengths[number]) * (0.6 + 0.7 * size)
        add_swell(curve, apex, _RISE_SECONDS, _FALL_SECONDS * (0.8 + 0.8 * size), height)
    return smooth(curve, _ROUNDING_SECONDS / STEP_SECONDS)


def add_swell(
    curve: Curve, apex_seconds: float, rise_seconds: float, fall_seconds: float, height: float
) -> None:
    """Raise `curve` in place to a swell with smooth ends; where swells meet, the higher one shows."""
    first = max(0, int(np.ceil((apex_seconds - rise_seconds) / STEP_SECONDS)))
    last = min(len(curve), int(np.floor((apex_seconds + fall_seconds) / STEP_SECONDS)) + 1)
    if last <= first:
        return
    offset = np.arange(first, last) * STEP_SECONDS - apex_seconds
    reach = np.where(offset < 0.0, -offset / rise_seconds, offset / fall_seconds)
    swell = height * 0.5 * (1.0 + np.cos(np.pi * np.clip(reach, 0.0, 1.0)))
    curve[first:last] = np.maximum(curve[first:last], swell)
