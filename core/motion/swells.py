# SPDX-License-Identifier: Apache-2.0
"""Swells: how a face raises something and lets it go."""

from __future__ import annotations

import numpy as np

from .phrasing import STEP_SECONDS
from .randomness import Curve


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
