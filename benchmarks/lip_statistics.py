# SPDX-License-Identifier: Apache-2.0
"""Figures over many clips, with the interval in which they would lie for other clips.

Every figure here is a function of sums over clips, so that drawing clips anew (the bootstrap) only
adds rows of a small table. Where a set has at least FEWEST_SPEAKERS speakers, speakers are drawn
instead of clips: a stranger is another speaker, not another sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST_SPEAKERS = 5
DRAWS = 1000


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval; NaN where nothing was there to measure."""

    value: float
    low: float = float("nan")
    high: float = float("nan")
    count: float = 0.0


def figure(
    rows: Sequence[Sequence[float]], combine: Callable[[Floats], Floats], units: Sequence[str]
) -> Figure:
    """A figure of sums over clips and its bootstrap interval.

    Args:
        rows: one row of sums a clip.
        combine: (..., K) sums -> (...) figures.
        units: speaker of each clip.
    """
    table = np.asarray(rows, np.float64)
    if not len(table):
        return Figure(float("nan"))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(combine(table.sum(axis=0)))
        low, high = interval(by_unit(table, units), combine)
    return Figure(value, low, high, float(len(table)))


def by_unit(table: Floats, units: Sequence[str]) -> Floats:
    """Rows summed by speaker, if there are enough speakers; else the rows as they are."""
    names = sorted(set(units))
    if len(names) < FEWEST_SPEAKERS:
        return table
    of = np.array([names.index(u) for u in units])
    result = np.zeros((len(names), table.shape[1]))
    np.add.at(result, of, table)
    return result


def interval(table: Floats, combine: Callable[[Floats], Floats]) -> tuple[float, float]:
    """2.5 % and 97.5 % of the figure over DRAWS draws of rows, with replacement."""
    if len(table) < 2:
        return float("nan"), float("nan")
    drawn = np.random.default_rng(0).integers(0, len(table), (DRAWS, len(table)))
    values = combine(table[drawn].sum(axis=1))
    if np.isnan(values).all():
        return float("nan"), float("nan")
    low, high = np.nanquantile(values, [0.025, 0.975])
    return float(low), float(high)


def ratio(sums: Floats) -> Floats:
    """First sum over the second: a share, or a mean when the second counts."""
    return np.asarray(sums[..., 0] / sums[..., 1])


def f_score(sums: Floats) -> Floats:
    """Harmonic mean of recall (0 over 1) and precision (2 over 3)."""
    recall, precision = sums[..., 0] / sums[..., 1], sums[..., 2] / sums[..., 3]
    return np.asarray(2.0 * recall * precision / (recall + precision))


def correlation_sums(left: Floats, right: Floats) -> list[float]:
    """What `pearson` needs of one clip's two curves (T,)."""
    return [
        float(len(left)),
        float(left.sum()),
        float(right.sum()),
        float(left @ left),
        float(right @ right),
        float(left @ right),
    ]


def pearson(sums: Floats) -> Floats:
    """Pearson's r over all frames from the sums of `correlation_sums`."""
    count, x, y, xx, yy, xy = np.moveaxis(np.asarray(sums), -1, 0)
    spread = (count * xx - x * x) * (count * yy - y * y)
    return np.asarray((count * xy - x * y) / np.sqrt(np.maximum(spread, 1e-300)))


def median_figure(values: Sequence[float]) -> Figure:
    """The median and its bootstrap interval, single values drawn."""
    data = np.asarray(values, np.float64)
    if not len(data):
        return Figure(float("nan"))
    drawn = np.random.default_rng(0).integers(0, len(data), (200, len(data)))
    low, high = np.quantile(np.median(data[drawn], axis=1), [0.025, 0.975])
    return Figure(float(np.median(data)), float(low), float(high), float(len(data)))


def shifted(left: Floats, right: Floats, lag: int) -> tuple[Floats, Floats]:
    """Both curves where they overlap, `left` moved later by `lag` frames."""
    count = min(len(left), len(right))
    late, early = max(lag, 0), max(-lag, 0)
    return left[early : count - late], right[late : count - early]
