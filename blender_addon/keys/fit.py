# SPDX-License-Identifier: GPL-3.0-or-later
"""Sampled curves -> the few Bezier keys that an animator would set.

1. Ends, turns of visible size and frames asked for become keys that meet the sample; turns lie
   flat (turns.py). Between two of them the curve goes one way.
2. One segment with the handle lengths that fit best (shapes.py) is tried between the two, then two
   segments with a key between, then the longest first segment and the rest again.
All sections of all columns go through each step together. Handles keep within the values of their
two keys, so a segment goes one way as well: no overshoot at any time between frames.

Blender's own `graph.decimate(mode="ERROR")` was measured beside it (benchmarks/keys.py): 325 keys a
second against 235 at the same error, 263 of 708 turns met exactly against all, up to 7 times as
long, and only from an editor. Blender's Python has no scipy, whose splines know no key handles.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from . import turns
from .curve import Keys, checked, plain_keys, rounded
from .search import Search, Segments, corners_of

# What float32 and the tables may add to an error, in parts of the largest value.
ROUNDING = 2e-6


def fit_keys(
    values: np.ndarray, first_frame: float, *, tolerance: float, exact: Sequence[int] = ()
) -> Keys:
    """Few Bezier keys whose curve is at most `tolerance` from `values` at every frame.

    Args:
        values: (T,) on whole frames.
        first_frame: scene frame of the first value.
        tolerance: in the unit of the values.
        exact: indices (0 to T - 1) that get a key with exactly the sample's value.

    Raises:
        ValueError: no values, values that are not finite, a tolerance that is not above zero or
            an index out of range.
    """
    values = np.asarray(values)
    return fit_many(values[:, None], first_frame, tolerance=tolerance, exact=exact)[0]


def fit_many(
    columns: np.ndarray,
    first_frame: float,
    *,
    tolerance: float | Sequence[float] | np.ndarray,
    exact: Sequence[int] | Sequence[Sequence[int]] = (),
) -> list[Keys]:
    """`fit_keys` for columns (T, C), all in one go.

    Args:
        columns: (T, C) on whole frames.
        first_frame: scene frame of the first row.
        tolerance: one number, or one for each column.
        exact: rows that all columns meet exactly, or a list of such rows for each column.

    Raises:
        ValueError: as `fit_keys`.
    """
    columns = checked(np.asarray(columns))
    frames, count = columns.shape
    limits = np.broadcast_to(np.asarray(tolerance, np.float64), (count,))
    if not (limits > 0).all():
        raise ValueError("The tolerance must be a number above zero.")
    asked = _asked_rows(exact, frames, count)
    rows = np.ascontiguousarray(columns.T)
    result = [_resting(rows[c], limits[c], asked[c], first_frame) for c in range(count)]
    moving = [c for c in range(count) if result[c] is None]
    if moving:
        fitted = _fit_moving(rows[moving], limits[moving], asked[moving], first_frame)
        for column, keys in zip(moving, fitted, strict=True):
            result[column] = keys
    return result


def _asked_rows(exact: Sequence, frames: int, count: int) -> np.ndarray:
    """(C, T) true where a column must be met exactly."""
    shared = len(exact) == 0 or np.ndim(exact[0]) == 0
    asked = np.zeros((count, frames), bool)
    if not shared and len(exact) != count:
        raise ValueError(f"{len(exact)} lists of exact frames were given for {count} curves.")
    for column in range(count):
        wanted = np.asarray(exact if shared else exact[column], np.intp)
        if ((wanted < 0) | (wanted >= frames)).any():
            raise ValueError(f"Exact frames must lie in 0 to {frames - 1}.")
        asked[column, wanted] = True
    return asked


def _resting(row: np.ndarray, tolerance: float, asked: np.ndarray, first: float) -> Keys | None:
    """The single key of a curve that does not visibly move; None where it does."""
    low, high = row.min(), row.max()
    level = row[asked][0] if asked.any() else np.clip(0.0, high - tolerance, low + tolerance)
    level = row[0] if low == high else level
    same = np.abs(row[asked] - level).max(initial=0.0) <= 0.0
    if not same or max(high - level, level - low) > tolerance or high - low > 2 * tolerance:
        return None
    return plain_keys(np.array([first]), np.array([level]), "BEZIER")


def _fit_moving(
    rows: np.ndarray, limits: np.ndarray, asked: np.ndarray, first_frame: float
) -> list[Keys]:
    count, frames = rows.shape
    margin = np.maximum(limits - ROUNDING * np.abs(rows).max(axis=1), limits / 2)
    marks = turns.turns(rows, turns.SWING_IN_TOLERANCES * margin) | asked
    keep = (asked | _ends(rows.shape)).ravel()
    marks |= turns.holds(rows, margin)
    samples, tolerances = rows.ravel(), np.repeat(margin, frames)
    slack = turns.SWING_IN_TOLERANCES / 2 * tolerances
    knots = turns.sections(samples, np.flatnonzero(marks.ravel() | keep), slack)
    knots = turns.needed(samples, knots, tolerances, keep)
    smooth = turns.one_way(samples, knots)
    slope = turns.slopes(smooth, np.arange(count) * frames)
    inside = (knots[:-1] // frames) == (knots[1:] // frames)
    starts, ends = knots[:-1][inside], knots[1:][inside]
    bend = np.abs(np.diff(smooth, 2, prepend=smooth[:1], append=smooth[-1:]))
    task = Search(samples.astype(np.float32), smooth, slope, tolerances, bend)
    segments = task.solve(starts, ends)
    return _keys_of_columns(segments, smooth, count, frames, first_frame)


def _ends(shape: tuple[int, int]) -> np.ndarray:
    """True in the first and last row of (C, T)."""
    ends = np.zeros(shape, bool)
    ends[:, 0] = ends[:, -1] = True
    return ends


def _keys_of_columns(
    segments: Segments, smooth: np.ndarray, count: int, frames: int, first_frame: float
) -> list[Keys]:
    """Keys of each column from its segments, which lie in any order."""
    segments = segments[np.argsort(segments.start)]
    borders = np.searchsorted(segments.start, np.arange(count + 1) * frames)
    return [
        _keys_of(segments[np.arange(low, high)], smooth, column * frames, first_frame)
        for column, (low, high) in enumerate(pairwise(borders))
    ]


def _keys_of(segments: Segments, smooth: np.ndarray, base: int, first_frame: float) -> Keys:
    corners = corners_of(segments, smooth)
    corners[:, :, 0] += (segments.start - base + first_frame)[:, None]
    points = np.concatenate([corners[:, 0], corners[-1:, 3]])
    left, right = points.copy(), points.copy()
    right[:-1], left[1:] = corners[:, 1], corners[:, 2]
    # Outward handles, which shape nothing, go straight on.
    left[0], right[-1] = 2 * points[0] - right[0], 2 * points[-1] - left[-1]
    return rounded(Keys(points[:, 0], points[:, 1], left, right))
