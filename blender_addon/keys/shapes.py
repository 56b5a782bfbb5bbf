# SPDX-License-Identifier: GPL-3.0-or-later
"""Handle lengths with which one Bezier segment fits its samples best.

A segment of L frames between the keys (0, y0) and (L, y1) with slopes m0 and m1 at its ends and
handles that reach a L and b L frames has, in values, the control numbers
y0, y0 + a L m0, y1 - b L m1, y1: for given a and b the curve is linear in (y0, L m0, y1, L m1).
So one table for each length tries a coarse grid of handles on many segments by one product;
from the best of them a few Gauss-Newton steps lead on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .curve import place_on_curve

THIRD = 1 / 3
# Handle lengths as parts of the segment. A third at both ends is a cubic in time.
REACHES = (0.15, THIRD, 0.55, 0.8)
GRID = np.array([(a, b) for a in REACHES for b in REACHES])
# What a handle off the third costs, in tolerances: of shapes alike in error, the plainest.
ODDITY = 0.15 * np.abs(GRID - THIRD).sum(axis=1)
SHORTEST, LONGEST = 0.08, 0.95
# Of a frame, where values so large that float32 is coarse leave no range for the handles.
SHORTEST_OF_ALL = 0.02
STEPS = 3
# A segment that misses by more tolerances than this after the grid is given up.
HOPELESS = 4.0


@dataclass(frozen=True)
class Asked:
    """N segments, each seen at the same P places between its ends.

    `start`, `end` (values at the ends), `rise_start`, `rise_end` (slope x length) and `tolerance`
    are (N, 1); `inner`, the samples at j / (P + 1) of the segment, is (N, P).
    """

    start: np.ndarray
    end: np.ndarray
    rise_start: np.ndarray
    rise_end: np.ndarray
    inner: np.ndarray
    tolerance: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> Asked:
        return Asked(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@lru_cache(maxsize=64)
def table(parts: int) -> tuple[np.ndarray, np.ndarray]:
    """What the grid's curves are at the borders of so many equal parts of a segment.

    Returns:
        Weights (4, G (parts - 1)) of (y0, L m0, y1, L m1), and curve parameters (G, parts - 1).
    """
    inner = np.arange(1, parts) / parts
    reach_a, reach_b = (np.repeat(GRID[:, side], parts - 1) for side in (0, 1))
    zero = np.zeros_like(reach_a)
    times = np.stack([zero, reach_a, 1 - reach_b, zero + 1], axis=1)
    place = place_on_curve(times, np.tile(inner, len(GRID)))
    rest = 1 - place
    first, second = 3 * rest * rest * place, 3 * rest * place * place
    weights = (rest**3 + first, reach_a * first, place**3 + second, -reach_b * second)
    return np.stack(weights).astype(np.float32), place.reshape(len(GRID), -1).astype(np.float32)


def best_handles(asked: Asked, *, refine: bool) -> tuple[np.ndarray, np.ndarray]:
    """(N,) errors in tolerances and (N, 2) reaches of the best handles found.

    Handles whose values leave the range of the two keys are none: the error is infinite. A segment
    without a place between its ends always holds, with handles as long as its range allows.

    Args:
        asked: the segments.
        refine: take Gauss-Newton steps where the grid has none within the tolerance.
    """
    parts = asked.inner.shape[1] + 1
    limit = np.abs(asked.end - asked.start) * (1 + 1e-6) + 1e-12
    ends = np.abs(np.concatenate([asked.rise_start, asked.rise_end], axis=1))
    if parts == 1:
        used = np.maximum(ends.sum(axis=1, keepdims=True) * THIRD, 1e-30)
        reach = THIRD * np.minimum(1, limit / used).repeat(2, axis=1)
        return np.zeros(len(reach), np.float32), np.maximum(reach, SHORTEST_OF_ALL)
    one_way = ends @ GRID.T.astype(np.float32) <= limit
    given = np.concatenate([asked.start, asked.rise_start, asked.end, asked.rise_end], axis=1)
    curve = (given @ table(parts)[0]).reshape(len(given), len(GRID), parts - 1)
    curve -= asked.inner[:, None, :]
    error = np.abs(curve, out=curve).max(axis=2) / asked.tolerance
    cost = np.where(one_way, error + (error > 1) * 1e3 + ODDITY, np.inf)
    shape = np.argmin(cost, axis=1)
    row = np.arange(len(shape))
    found = np.where(one_way[row, shape], error[row, shape], np.inf)
    reach = GRID[shape]
    again = np.flatnonzero((found > 1) & (found < HOPELESS)) if refine else ()
    if len(again):
        places = table(parts)[1][shape[again]]
        found[again], reach[again] = _refined(
            asked[again], found[again], reach[again], places, limit[again]
        )
    return found, reach


def _refined(
    asked: Asked, error: np.ndarray, reach: np.ndarray, place: np.ndarray, limit: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Newton steps on the handle lengths, misses weighted by their size."""
    parts = asked.inner.shape[1] + 1
    frames = np.arange(1, parts, dtype=np.float32) / parts
    best, best_reach = error.copy(), reach.copy()
    now = reach.astype(np.float32)
    ends = np.abs(np.concatenate([asked.rise_start, asked.rise_end], axis=1))
    value, by_a, by_b = _curve_and_slopes(asked, now, place)
    for _ in range(STEPS):
        step = _step(asked.inner - value, by_a, by_b)
        now = np.clip(now + np.clip(step, -0.25, 0.25), SHORTEST, LONGEST)
        used = (ends * now).sum(axis=1, keepdims=True)
        now *= np.minimum(1, limit / np.maximum(used, 1e-12))
        place = places_at(now, frames, place)
        value, by_a, by_b = _curve_and_slopes(asked, now, place)
        error = np.abs(value - asked.inner).max(axis=1) / asked.tolerance[:, 0]
        better = error < best
        best[better], best_reach[better] = error[better], now[better]
    return best, best_reach


def _step(miss: np.ndarray, by_a: np.ndarray, by_b: np.ndarray) -> np.ndarray:
    """(N, 2) damped least squares step; large misses weigh more, as the largest counts."""
    weight = np.abs(miss)
    weight /= weight.max(axis=1, keepdims=True) + 1e-12
    weight += 0.05
    weighted_a, weighted_b = weight * by_a, weight * by_b
    aa, bb, ab = (
        np.einsum("ij,ij->i", *pair)
        for pair in ((weighted_a, by_a), (weighted_b, by_b), (weighted_a, by_b))
    )
    ar, br = (np.einsum("ij,ij->i", side, miss) for side in (weighted_a, weighted_b))
    damping = 0.02 * (aa + bb) + 1e-12
    aa, bb = aa + damping, bb + damping
    return np.stack([bb * ar - ab * br, aa * br - ab * ar], axis=1) / (aa * bb - ab * ab)[:, None]


def places_at(reach: np.ndarray, frames: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Curve parameters at `frames` (parts of the segment), by Newton's steps from near ones."""
    first, second = reach[:, :1], 1 - reach[:, 1:]
    for _ in range(4):
        rest = 1 - place
        time = 3 * rest * place * (rest * first + place * second) + place**3
        pace = 3 * (
            rest * rest * first + 2 * rest * place * (second - first) + place * place * (1 - second)
        )
        place = np.clip(place + (frames - time) / np.maximum(pace, 0.02), 0, 1)
    return place


def _curve_and_slopes(
    asked: Asked, reach: np.ndarray, place: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values at the inner frames, and how they change with the reach of either handle."""
    a, b = reach[:, :1], reach[:, 1:]
    rest = 1 - place
    first, second = 3 * rest * rest * place, 3 * rest * place * place
    handle_a, handle_b = asked.start + a * asked.rise_start, asked.end - b * asked.rise_end
    value = rest**3 * asked.start + first * handle_a + second * handle_b + place**3 * asked.end
    along = 3 * (
        rest * rest * (handle_a - asked.start)
        + 2 * rest * place * (handle_b - handle_a)
        + place * place * (asked.end - handle_b)
    )
    pace = 3 * (rest * rest * a + 2 * rest * place * (1 - b - a) + place * place * b)
    steep = along / np.maximum(pace, 0.02)
    return value, first * (asked.rise_start - steep), second * (steep - asked.rise_end)
