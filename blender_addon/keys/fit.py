# SPDX-License-Identifier: GPL-3.0-or-later
"""Sampled curves -> the few Bezier keys that an animator would set.

1. Ends, turns of visible size and frames asked for become keys that meet the sample; turns lie
   flat (turns.py). Between two of them the curve goes one way.
2. One segment with the handle lengths that fit best (shapes.py) is tried between the two, then two
   segments with a key between, then the longest first segment and the rest again.
All sections of all columns go through each step together. Handles keep within the values of their
two keys, so a segment goes one way as well: no overshoot at any time between frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from . import shapes, turns
from .curve import Keys, checked, plain_keys, rounded

# What float32 and the tables may add to an error, in parts of the largest value.
ROUNDING = 2e-6
# Where a key between two turns may lie: at most so many frames are tried, evenly spread.
MOST_PLACES = 12
# Its slope: so many times the samples' slope there, and flat.
SLOPE_FACTORS = np.array([0.0, 0.6, 1.0, 1.5])
BLOCK = 1 << 21


@dataclass(frozen=True)
class Segments:
    """Bezier segments between samples: indices, slopes (a frame), handle reaches (grid rows)."""

    start: np.ndarray
    end: np.ndarray
    slope_start: np.ndarray
    slope_end: np.ndarray
    shape: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> Segments:
        return Segments(*(part[rows] for part in self.parts()))

    def parts(self) -> tuple[np.ndarray, ...]:
        """The columns in order."""
        return (self.start, self.end, self.slope_start, self.slope_end, self.shape)


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
    marks[:, 0] = marks[:, -1] = True
    samples, tolerances = rows.ravel(), np.repeat(margin, frames)
    slack = turns.SWING_IN_TOLERANCES / 2 * tolerances
    knots = turns.sections(samples, np.flatnonzero(marks.ravel()), slack)
    smooth = turns.one_way(samples, knots)
    slope = turns.slopes(smooth, np.arange(count) * frames)
    inside = (knots[:-1] // frames) == (knots[1:] // frames)
    starts, ends = knots[:-1][inside], knots[1:][inside]
    task = _Task(samples.astype(np.float32), smooth, slope, tolerances)
    segments = task.solve(starts, ends)
    return _keys_of_columns(segments, smooth, count, frames, first_frame)


@dataclass(frozen=True)
class _Task:
    """What all segments are fitted to: (N,) columns one after the other."""

    samples: np.ndarray
    smooth: np.ndarray
    slope: np.ndarray
    tolerance: np.ndarray

    def solve(self, starts: np.ndarray, ends: np.ndarray) -> Segments:
        """Segments that lead from every start to its end within the tolerance."""
        open_ = (starts, ends, self.slope[starts], self.slope[ends])
        done: list[Segments] = []
        while len(open_[0]):
            error, shape = self.best(*open_)
            good = error <= 1
            done.append(Segments(*open_, shape)[good])
            left = tuple(part[~good] for part in open_)
            if not len(left[0]):
                break
            more, open_ = self.split(*left)
            done += more
        return Segments(
            *(np.concatenate(parts) for parts in zip(*(some.parts() for some in done), strict=True))
        )

    def split(
        self, start: np.ndarray, end: np.ndarray, slope_start: np.ndarray, slope_end: np.ndarray
    ) -> tuple[list[Segments], tuple[np.ndarray, ...]]:
        """A key between the ends of each section: segments that are done, sections still open."""
        section, key = _places(start, end)
        section = np.repeat(section, len(SLOPE_FACTORS))
        factor = np.tile(SLOPE_FACTORS, len(key))
        key = np.repeat(key, len(SLOPE_FACTORS))
        slope = self._limited(key, factor * self.slope[key])
        before = (start[section], key, slope_start[section], slope)
        error_before, shape_before = self.best(*before)
        reachable = np.flatnonzero(error_before <= 1)
        section, before = section[reachable], tuple(part[reachable] for part in before)
        after = (before[1], end[section], before[3], slope_end[section])
        error_after, shape_after = self.best(*after)
        error_before, shape_before = error_before[reachable], shape_before[reachable]
        # Two segments that both hold win over all; else the longest first one.
        both = error_after <= 1
        way = (before[0] - before[1]) + 0.01 * error_before
        cost = np.where(both, np.maximum(error_before, error_after) - 1e6, way)
        order = np.lexsort((cost, section))
        chosen = order[np.r_[True, section[order][1:] != section[order][:-1]]]
        first = Segments(*before, shape_before)[chosen]
        whole = both[chosen]
        second = Segments(*after, shape_after)[chosen[whole]]
        return [first, second], tuple(part[chosen[~whole]] for part in after)

    def _limited(self, key: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """Slopes with which a segment of one frame at either side still goes one way."""
        before = np.abs(self.smooth[key] - self.smooth[key - 1])
        after = np.abs(self.smooth[key + 1] - self.smooth[key])
        limit = 3 * np.minimum(before, after)
        return np.clip(slope, -limit, limit)

    def best(
        self, start: np.ndarray, end: np.ndarray, slope_start: np.ndarray, slope_end: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Error in tolerances and grid row of the best handles of each segment."""
        error, shape = np.empty(len(start)), np.empty(len(start), np.intp)
        length = end - start
        order = np.argsort(length, kind="stable")
        cuts = np.flatnonzero(np.diff(length[order])) + 1
        for group in np.split(order, cuts):
            if not len(group):
                continue
            size = max(1, BLOCK // (len(shapes.GRID) * int(length[group[0]])))
            for at in range(0, len(group), size):
                part = group[at : at + size]
                error[part], shape[part] = self._best_alike(
                    start[part], int(length[part[0]]), slope_start[part], slope_end[part]
                )
        return error, shape

    def _best_alike(
        self, start: np.ndarray, length: int, slope_start: np.ndarray, slope_end: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """`best` for segments of one length."""
        low, high = self.smooth[start], self.smooth[start + length]
        rise = np.abs(high - low)
        reach = np.abs(np.stack([slope_start, slope_end], axis=1)) * length @ shapes.GRID.T
        one_way = reach <= rise[:, None] * (1 + 1e-9) + 1e-12
        error = np.zeros(one_way.shape, np.float32)
        limit = self.tolerance[start]
        if length > 1:
            given = np.stack([low, slope_start * length, high, slope_end * length], axis=1)
            curve = given.astype(np.float32) @ shapes.table(length)
            curve = curve.reshape(len(start), len(shapes.GRID), length - 1)
            inner = self.samples[start[:, None] + np.arange(1, length)]
            curve -= inner[:, None, :]
            error = np.abs(curve, out=curve).max(axis=2) / limit[:, None].astype(np.float32)
        cost = np.where(one_way, error + (error > 1) * 1e3 + shapes.ODDITY, np.inf)
        shape = np.argmin(cost, axis=1)
        row = np.arange(len(start))
        return np.where(one_way[row, shape], error[row, shape], np.inf), shape


def _places(start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frames at which a key is tried: (P,) section numbers and (P,) sample indices."""
    length = end - start
    count = np.minimum(length - 1, MOST_PLACES)
    section = np.repeat(np.arange(len(start)), count)
    number = np.arange(len(section)) - np.repeat(np.cumsum(count) - count, count)
    step = (length[section] - 2) / np.maximum(count[section] - 1, 1)
    return section, start[section] + 1 + np.round(number * step).astype(np.intp)


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
    at = np.append(segments.start, segments.end[-1:])
    points = np.column_stack([at - base + float(first_frame), smooth[at]])
    left, right = points.copy(), points.copy()
    length = (segments.end - segments.start)[:, None]
    reach = shapes.GRID[segments.shape] * length
    right[:-1] += np.column_stack([reach[:, 0], reach[:, 0] * segments.slope_start])
    left[1:] -= np.column_stack([reach[:, 1], reach[:, 1] * segments.slope_end])
    # Outward handles, which shape nothing, go straight on.
    left[0], right[-1] = 2 * points[0] - right[0], 2 * points[-1] - left[-1]
    return rounded(Keys(points[:, 0], points[:, 1], left, right))
