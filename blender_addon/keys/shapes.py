# SPDX-License-Identifier: GPL-3.0-or-later
"""A grid of handle lengths, and the Bezier segments that they make, sampled at whole frames.

A segment of L frames between the keys (0, y0) and (L, y1) with slopes m0 and m1 at its ends and
handles that reach a L and b L frames has, in values, the control numbers
y0, y0 + a L m0, y1 - b L m1, y1: for given a and b the curve is linear in (y0, L m0, y1, L m1).
So one table for each length tests a whole grid of handles on many segments by one product.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from .curve import place_on_curve

THIRD = 1 / 3
# Handle lengths as parts of the segment. A third at both ends is a cubic in time.
REACHES = (0.12, 0.22, THIRD, 0.4, 0.5, 0.65, 0.85)
GRID = np.array([(a, b) for a in REACHES for b in REACHES])
# What a handle off the third costs, in tolerances: of shapes alike in error, the plainest.
ODDITY = 0.15 * np.abs(GRID - THIRD).sum(axis=1)


@lru_cache(maxsize=512)
def table(length: int) -> np.ndarray:
    """(4, G (L - 1)) weights of (y0, L m0, y1, L m1) at the inner frames, for every handle pair."""
    inner = np.arange(1, length) / length
    reach_a, reach_b = (np.repeat(GRID[:, side], length - 1) for side in (0, 1))
    zero = np.zeros_like(reach_a)
    times = np.stack([zero, reach_a, 1 - reach_b, zero + 1], axis=1)
    place = place_on_curve(times, np.tile(inner, len(GRID)))
    rest = 1 - place
    first, second = 3 * rest * rest * place, 3 * rest * place * place
    weights = (rest**3 + first, reach_a * first, place**3 + second, -reach_b * second)
    return np.stack(weights).astype(np.float32)
