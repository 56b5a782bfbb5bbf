# SPDX-License-Identifier: Apache-2.0
"""Tables of the comparison, with intervals over clips and trainings drawn anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.dual_decoder_measures import METRICS, Metric, Sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]

DRAWS = 1000
GROUPS: dict[str, tuple[str, ...]] = {
    "Lip sync without a feeling, GRID s1 dev against its film": (
        *("opening", "width", "jaw", "timing", "recall bare", "recall", "false"),
    ),
    "Lip sync with each of eight feelings, GRID s1 dev": (
        *("felt opening", "felt recall bare", "felt recall"),
    ),
    "Lip sync of acted voices never heard, Emo-DB": (
        *("stranger recall bare", "stranger recall", "stranger false"),
    ),
    "Geometry: distance of the 68 points": (
        *("mouth", "face", "felt mouth", "felt face", "stranger face"),
    ),
    "Expression": (
        *(
            "upper motion",
            "upper speed",
            "head motion",
            "felt motion",
            "takes",
            "strength",
            "named",
            "dose",
        ),
    ),
}


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def text(self, digits: int, sign: str = "") -> str:
        """As tables print it."""
        if np.isnan(self.value):
            return "-"
        return f"{self.value:{sign}.{digits}f} [{self.low:{sign}.{digits}f}, {self.high:{sign}.{digits}f}]"


def table_of(trainings: Sequence[Sums], metric: str) -> Doubles:
    """(S, C, K) sums of S trainings on C clips, clips in the order of their names."""
    clips = sorted(trainings[0].get(metric, {}))
    return np.array([[sums[metric][clip] for clip in clips] for sums in trainings if clips])


def figures(table: Doubles, metric: Metric) -> tuple[float, Doubles]:
    """The figure of (S, C, K) sums, and of DRAWS draws of trainings and clips.

    The same draws for every system: differences of two systems are differences of pairs.
    """
    if table.size == 0:
        return float("nan"), np.full(DRAWS, np.nan)
    generator = np.random.default_rng(0)
    clips = generator.integers(0, table.shape[1], (DRAWS, table.shape[1]))
    lots = generator.random((DRAWS, 8))[:, : table.shape[0]]
    trainings = (lots * table.shape[0]).astype(int)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(np.mean(metric.combine(table.sum(axis=1))))
        # Figures of each training by itself, then their mean: seeds are not one long clip.
        drawn = np.stack([metric.combine(rows[clips].sum(axis=1)) for rows in table], axis=1)
    return value, np.take_along_axis(drawn, trainings, axis=1).mean(axis=1)


def figure(table: Doubles, metric: Metric) -> Figure:
    """A figure with its interval."""
    value, drawn = figures(table, metric)
    return Figure(value, *_interval(drawn))


def difference(left: Doubles, right: Doubles, metric: Metric) -> Figure:
    """How much larger the left figure is; for those that should be 1, how much nearer to 1."""
    pairs = [figures(table, metric) for table in (left, right)]
    (a, drawn_a), (b, drawn_b) = pairs
    if metric.better == 0:
        return Figure(
            abs(b - 1.0) - abs(a - 1.0),
            *_interval(np.abs(drawn_b - 1.0) - np.abs(drawn_a - 1.0)),
        )
    return Figure(a - b, *_interval(drawn_a - drawn_b))


def verdict(gain: Figure, metric: Metric) -> str:
    """``two``, ``one`` or ``even``, by whether the interval leaves 0."""
    sign = -1.0 if metric.better < 0 else 1.0
    low, high = sorted((sign * gain.low, sign * gain.high))
    if np.isnan(low) or low <= 0.0 <= high:
        return "even"
    return "two" if low > 0.0 else "one"


def print_tables(measured: dict[str, list[Sums]], pairs: Sequence[tuple[str, str]]) -> None:
    """Figures of every system, then the differences of the named pairs (two, one).

    Args:
        measured: system -> sums of each training.
        pairs: systems to subtract.
    """
    for title, names in GROUPS.items():
        print(f"\n### {title}\n")
        print("| system | " + " | ".join(METRICS[n].title for n in names) + " |")
        print("|---|" + "---|" * len(names))
        for system, trainings in measured.items():
            cells = (
                figure(table_of(trainings, n), METRICS[n]).text(METRICS[n].digits) for n in names
            )
            print(f"| {system} | " + " | ".join(cells) + " |")
    for two, one in pairs:
        print(f"\n### {two} against {one}\n")
        print("| measure | difference | better |\n|---|---|---|")
        for title, names in GROUPS.items():
            for name in names:
                metric = METRICS[name]
                tables = [table_of(measured[s], name) for s in (two, one)]
                gain = difference(tables[0], tables[1], metric)
                kind = "nearer to 1 by " if metric.better == 0 else ""
                print(
                    f"| {title.split(':')[0].split(',')[0]}: {metric.title} | "
                    f"{kind}{gain.text(metric.digits, '+')} | {verdict(gain, metric)} |"
                )


def _interval(drawn: Doubles) -> tuple[float, float]:
    if np.isnan(drawn).all():
        return float("nan"), float("nan")
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return float(low), float(high)
