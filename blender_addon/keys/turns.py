# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a curve must have a key: its ends, its turns of visible size, the frames asked for."""

from __future__ import annotations

import numpy as np

# A swing of less than two tolerances fits inside the band around the samples, so it needs no keys
# of its own. A little less than two leaves room for the shape of the segment.
SWING_IN_TOLERANCES = 1.8
# A value is held where it stays this near (in tolerances) for so many frames.
HELD_IN_TOLERANCES = 0.02
HELD_FRAMES = 6


def turns(rows: np.ndarray, swing: np.ndarray) -> np.ndarray:
    """Highest and lowest frames of every movement by more than `swing`.

    Args:
        rows: (C, T) values.
        swing: (C,) in their unit.

    Returns:
        (C, T) true at the turns.
    """
    marks = np.zeros(rows.shape, bool)
    column = np.arange(len(rows))
    high, low = rows[:, 0].copy(), rows[:, 0].copy()
    high_at, low_at = np.zeros(len(rows), np.intp), np.zeros(len(rows), np.intp)
    going = np.zeros(len(rows), np.int8)
    for frame, now in enumerate(rows.T):
        above, below = now > high, now < low
        high[above], high_at[above] = now[above], frame
        low[below], low_at[below] = now[below], frame
        falls = (going >= 0) & (high - now > swing)
        rises = (going <= 0) & (now - low > swing)
        if falls.any():
            marks[column[falls], high_at[falls]] = True
            going[falls], low[falls], low_at[falls] = -1, now[falls], frame
        if rises.any():
            marks[column[rises], low_at[rises]] = True
            going[rises], high[rises], high_at[rises] = 1, now[rises], frame
    return marks


def holds(rows: np.ndarray, tolerance: np.ndarray) -> np.ndarray:
    """(C, T) true at the first and last frame of every stretch where a value is held.

    Args:
        rows: (C, T) values.
        tolerance: (C,) in their unit.
    """
    still = np.abs(np.diff(rows, axis=1)) <= (HELD_IN_TOLERANCES * tolerance / HELD_FRAMES)[:, None]
    edge = np.zeros((len(rows), 1), bool)
    change = np.diff(np.concatenate([edge, still, edge], axis=1).astype(np.int8), axis=1)
    column, first = np.nonzero(change > 0)
    _, last = np.nonzero(change < 0)
    long_ = last - first >= HELD_FRAMES
    marks = np.zeros(rows.shape, bool)
    marks[column[long_], first[long_]] = marks[column[long_], last[long_]] = True
    return marks


def needed(
    samples: np.ndarray, knots: np.ndarray, tolerance: np.ndarray, keep: np.ndarray
) -> np.ndarray:
    """`knots` without those from which the curve goes on flat at both sides.

    Args:
        samples: (N,) all columns, one after the other.
        knots: (K,) ascending.
        tolerance: (N,).
        keep: (N,) true at frames that stay knots.
    """
    level = np.abs(np.diff(samples[knots])) <= HELD_IN_TOLERANCES * tolerance[knots[:-1]]
    flat = np.append(False, level) & np.append(level, False)
    return knots[~flat | keep[knots]]


def sections(samples: np.ndarray, knots: np.ndarray, slack: np.ndarray) -> np.ndarray:
    """`knots` and those further ones that make every section between two of them go one way.

    A frame that is asked for need not be a turn, so between it and the next key a curve can leave
    the range of the two; its furthest frame becomes a knot, until none leaves it by more than
    `slack`.

    Args:
        samples: (N,) all columns, one after the other.
        knots: (K,) ascending, with both ends of every column.
        slack: (N,) in the unit of the samples.
    """
    while True:
        starts, ends = knots[:-1], knots[1:]
        section = np.repeat(np.arange(len(starts)), ends - starts)
        inner = samples[: len(section)]
        low = np.minimum(samples[starts], samples[ends])[section]
        high = np.maximum(samples[starts], samples[ends])[section]
        beyond = np.maximum(inner - high, low - inner) - slack[: len(section)]
        worst = np.maximum.reduceat(beyond, starts)
        # The step from one column's end to the next column's start is no section.
        open_sections = np.flatnonzero((worst > 0) & (ends - starts > 1))
        if len(open_sections) == 0:
            return knots
        further = [starts[s] + np.argmax(beyond[starts[s] : ends[s]]) for s in open_sections]
        knots = np.union1d(knots, further)


def one_way(samples: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """(N,) values that go one way between every two knots and meet the samples at the knots.

    Between, it is the mean of the running maximum from the left and the running minimum from the
    right: of all rising curves the one whose worst miss is least.
    """
    starts, ends = knots[:-1], knots[1:]
    sizes = ends - starts
    section = np.repeat(np.arange(len(starts)), sizes)
    inner = samples[: len(section)]
    sign = np.where(samples[ends] >= samples[starts], 1.0, -1.0)[section]
    step = 2 * np.ptp(samples) + 1
    base = samples[starts][section]
    rising = (inner - base) * sign + section * step
    from_left = np.maximum.accumulate(rising)
    from_right = np.minimum.accumulate(rising[::-1])[::-1]
    middle = ((from_left + from_right) / 2 - section * step) * sign + base
    low = np.minimum(samples[starts], samples[ends])[section]
    high = np.maximum(samples[starts], samples[ends])[section]
    smooth = np.append(np.clip(middle, low, high), samples[len(section) :])
    smooth[knots] = samples[knots]
    return smooth


def slopes(smooth: np.ndarray, first_of_column: np.ndarray) -> np.ndarray:
    """(N,) slopes a frame of one-way values, such that segments of one frame go one way too.

    The mean of the slopes at either side, at most three times the smaller (Fritsch and Carlson,
    1980), and flat where the curve turns or rests at one side.

    Args:
        smooth: (N,) all columns, one after the other.
        first_of_column: indices of the columns' first frames.
    """
    step = np.diff(smooth)
    before, after = np.append(step[:1], step), np.append(step, step[-1:])
    before[first_of_column] = after[first_of_column]
    last = np.append(first_of_column[1:], len(smooth)) - 1
    after[last] = before[last]
    limit = 3 * np.minimum(np.abs(before), np.abs(after))
    middle = np.clip((before + after) / 2, -limit, limit)
    return np.where(before * after > 0, middle, 0.0)
