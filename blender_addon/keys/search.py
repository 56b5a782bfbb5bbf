# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys between the turns: few segments that hold, for all sections of all columns at once.

Which is not proven to be the fewest. Of 235 keys a second in a happy line at 1 % and 24 frames a
second, 147 are turns, 13 ends and 10 borders of holds; more places, slopes and trials than below
take 1 % of the keys away for half as much time again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import shapes
from .curve import bezier, place_on_curve

# A key between two turns is tried at so many frames evenly spread and where the curve bends most.
EVEN_PLACES, BENT_PLACES = 8, 6
# Its slope: so many times the samples' slope there, and flat.
SLOPE_FACTORS = np.array([0.0, 1.0])
# Segments up to so many frames are tried at every frame, longer ones at so many places (and at
# every frame when one was found).
MOST_PARTS = 24
# So many keys of each section are tried again with refined handles.
TRIED_AGAIN = 4
# 2^-22 of a segment: float32's own precision.
SURE_HALVINGS = 22
BLOCK = 8192


@dataclass(frozen=True)
class Segments:
    """Bezier segments between samples: indices, slopes (a frame), handle reaches (S, 2)."""

    start: np.ndarray
    end: np.ndarray
    slope_start: np.ndarray
    slope_end: np.ndarray
    reach: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> Segments:
        return Segments(*(part[rows] for part in self.parts()))

    def parts(self) -> tuple[np.ndarray, ...]:
        """The columns in order."""
        return (self.start, self.end, self.slope_start, self.slope_end, self.reach)


@dataclass(frozen=True)
class Search:
    """What all segments are fitted to: (N,) columns one after the other."""

    samples: np.ndarray
    smooth: np.ndarray
    slope: np.ndarray
    tolerance: np.ndarray
    bend: np.ndarray

    def solve(self, starts: np.ndarray, ends: np.ndarray) -> Segments:
        """Segments that lead from every start to its end within the tolerance."""
        open_ = (starts, ends, self.slope[starts], self.slope[ends])
        done: list[Segments] = []
        while len(open_[0]):
            error, reach = self.best(*open_, refine=True)
            tried = Segments(*open_, reach)
            good = error <= 1
            good[good] = self.holds(tried[good])
            done.append(tried[good])
            open_ = self.split(*(part[~good] for part in open_))
        return Segments(
            *(np.concatenate(parts) for parts in zip(*(some.parts() for some in done), strict=True))
        )

    def holds(self, segments: Segments) -> np.ndarray:
        """Whether segments meet all their samples, not only those that the search looked at."""
        length = segments.end - segments.start
        held = np.ones(len(length), bool)
        long_ = np.flatnonzero(length > MOST_PARTS)
        if not len(long_):
            return held
        some, count = segments[long_], length[long_] - 1
        row = np.repeat(np.arange(len(long_)), count)
        first = np.cumsum(count) - count
        frame = np.arange(len(row)) - first[row] + 1
        corners = corners_of(some, self.smooth)[row]
        place = place_on_curve(corners[:, :, 0], frame.astype(float), SURE_HALVINGS)
        miss = np.abs(bezier(corners[:, :, 1], place) - self.samples[some.start[row] + frame])
        held[long_] = np.maximum.reduceat(miss, first) <= self.tolerance[some.start]
        return held

    def split(
        self, start: np.ndarray, end: np.ndarray, slope_start: np.ndarray, slope_end: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        """The two halves of each section, at the key and the slope that serve best.

        A place from which both halves hold wins; else the longest first half that holds.
        """
        if not len(start):
            return start, end, slope_start, slope_end
        section, key = _places(start, end, self.bend)
        section = np.repeat(section, len(SLOPE_FACTORS))
        key = np.repeat(key, len(SLOPE_FACTORS))
        slope = self._limited(
            key, np.tile(SLOPE_FACTORS, len(key) // len(SLOPE_FACTORS)) * self.slope[key]
        )
        before = (start[section], key, slope_start[section], slope)
        after = (key, end[section], slope, slope_end[section])
        first, first_reach = self.best(*before, refine=False)
        second, second_reach = np.full_like(first, np.inf), np.empty_like(first_reach)
        worth = np.flatnonzero(first < shapes.HOPELESS)
        second[worth], second_reach[worth] = self.best(
            *(part[worth] for part in after), refine=False
        )
        sides = ((before, first, first_reach), (after, second, second_reach))
        again = _least(section, np.maximum(first, second), TRIED_AGAIN)
        for side, error, reach in sides:
            error[again], reach[again] = self.best(*(part[again] for part in side), refine=True)
        chosen = self._chosen(section, sides)
        halves = ((part[chosen] for part in side) for side in (before, after))
        return tuple(np.concatenate(parts) for parts in zip(*halves, strict=True))

    def _chosen(
        self,
        section: np.ndarray,
        sides: tuple[tuple[tuple[np.ndarray, ...], np.ndarray, np.ndarray], ...],
    ) -> np.ndarray:
        """A row for each section: both halves hold, or else the longest half that does."""
        (before, first, _), (_, second, _) = sides
        length = before[1] - before[0]
        for _ in range(TRIED_AGAIN):
            both = np.maximum(first, second)
            way = np.where(first <= 1, 0.01 * first - 1e3, np.minimum(first, 1e3)) * length
            chosen = _least(section, np.where(both <= 1, both - 1e9, way), 1)
            missed = 0
            for side, error, reach in sides:
                sure = chosen[error[chosen] <= 1]
                wrong = sure[~self.holds(Segments(*side, reach)[sure])]
                error[wrong] = 1.5
                missed += len(wrong)
            if not missed:
                break
        return chosen

    def _limited(self, key: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """Slopes with which a segment of one frame at either side still goes one way."""
        before = np.abs(self.smooth[key] - self.smooth[key - 1])
        after = np.abs(self.smooth[key + 1] - self.smooth[key])
        limit = 3 * np.minimum(before, after)
        return np.clip(slope, -limit, limit)

    def best(
        self,
        start: np.ndarray,
        end: np.ndarray,
        slope_start: np.ndarray,
        slope_end: np.ndarray,
        *,
        refine: bool,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Error in tolerances and reaches of the best handles of each segment."""
        error, reach = np.empty(len(start), np.float32), np.empty((len(start), 2))
        parts = np.minimum(end - start, MOST_PARTS)
        order = np.argsort(parts, kind="stable")
        cuts = np.flatnonzero(np.diff(parts[order])) + 1
        for group in np.split(order, cuts) if len(order) else ():
            for at in range(0, len(group), BLOCK):
                part = group[at : at + BLOCK]
                asked = self._asked(start[part], end[part], slope_start[part], slope_end[part])
                error[part], reach[part] = shapes.best_handles(asked, refine=refine)
        return error, reach

    def _asked(
        self, start: np.ndarray, end: np.ndarray, slope_start: np.ndarray, slope_end: np.ndarray
    ) -> shapes.Asked:
        """Segments of one length, or all of them longer than MOST_PARTS, as shapes.py wants them."""
        length = end - start
        columns = (
            self.smooth[start],
            self.smooth[end],
            slope_start * length,
            slope_end * length,
            self.tolerance[start],
        )
        low, high, rise_start, rise_end, tolerance = (
            column.astype(np.float32)[:, None] for column in columns
        )
        parts = min(int(length[0]), MOST_PARTS)
        place = length[:, None] * np.arange(1, parts) / parts
        frame = place.astype(np.intp)
        at = start[:, None] + frame
        inner = self.samples[at]
        if parts == MOST_PARTS:
            inner = inner + (self.samples[at + 1] - inner) * (place - frame).astype(np.float32)
        return shapes.Asked(low, high, rise_start, rise_end, inner, tolerance)


def _least(group: np.ndarray, cost: np.ndarray, count: int) -> np.ndarray:
    """Rows of the `count` least costs of each group; `group` is ascending."""
    order = np.lexsort((cost, group))
    first = np.searchsorted(group, group[order])
    return order[np.arange(len(order)) - first < count]


def _places(start: np.ndarray, end: np.ndarray, bend: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frames at which a key is tried: (P,) section numbers, ascending, and (P,) sample indices.

    So many evenly spread, and so many where the samples bend most.
    """
    count = end - start - 1
    section = np.repeat(np.arange(len(start)), count)
    number = np.arange(len(section)) - np.repeat(np.cumsum(count) - count, count)
    spread = (number * EVEN_PLACES // count[section]) != (
        (number + 1) * EVEN_PLACES // count[section]
    )
    at = start[section] + 1 + number
    spread[_least(section, -bend[at], BENT_PLACES)] = True
    return section[spread], at[spread]


def corners_of(segments: Segments, smooth: np.ndarray) -> np.ndarray:
    """(S, 4, 2) control points: frame from the segment's start, value."""
    length = (segments.end - segments.start).astype(float)
    corners = np.zeros((len(length), 4, 2))
    corners[:, :2, 1] = smooth[segments.start][:, None]
    corners[:, 2:, 1] = smooth[segments.end][:, None]
    corners[:, 2:, 0] = length[:, None]
    reach = segments.reach * length[:, None]
    corners[:, 1] += np.column_stack([reach[:, 0], reach[:, 0] * segments.slope_start])
    corners[:, 2] -= np.column_stack([reach[:, 1], reach[:, 1] * segments.slope_end])
    return corners
