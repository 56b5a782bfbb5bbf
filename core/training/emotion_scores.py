# SPDX-License-Identifier: Apache-2.0
"""How well emotions are told: recall of classes, confusion, calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.optimize

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Table = NDArray[np.float64]
    Labels = NDArray[np.int64]

CALIBRATION_BINS = 10
TEMPERATURES = (0.2, 8.0)


def softmax(logits: Table) -> Table:
    """Rows of probabilities."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def recalls(labels: Labels, answers: Labels, classes: int) -> Table:
    """(K,) share of each class that is told right; NaN where it has no clips."""
    shares = [
        (answers[labels == k] == k).mean() if (labels == k).any() else np.nan
        for k in range(classes)
    ]
    return np.array(shares)


def unweighted_recall(labels: Labels, answers: Labels, classes: int) -> float:
    """Mean recall of the classes that occur."""
    return float(np.nanmean(recalls(labels, answers, classes)))


def confusion(labels: Labels, answers: Labels, classes: int) -> NDArray[np.int64]:
    """(K, K) counts, rows the truth."""
    table = np.zeros((classes, classes), np.int64)
    np.add.at(table, (labels, answers), 1)
    return table


def calibration_error(labels: Labels, probabilities: Table) -> float:
    """Expected calibration error of the first answer in ten equal bins (Guo et al. 2017)."""
    sure = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((sure * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = [
        abs(right[bins == b].mean() - sure[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(sum(gaps))


def best_temperature(labels: Labels, logits: Table) -> float:
    """What logits are divided by so that the answers are most likely, each class weighing the same."""
    weights = 1.0 / np.bincount(labels, minlength=logits.shape[1])[labels]

    def cost(temperature: float) -> float:
        chance = softmax(logits / temperature)[np.arange(len(labels)), labels]
        return float(-(weights * np.log(chance + 1e-12)).sum())

    found = scipy.optimize.minimize_scalar(cost, bounds=TEMPERATURES, method="bounded")
    return float(found.x)


def clusters_interval(
    values: Table, groups: NDArray[np.str_], draws: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """95 % interval of the mean by drawing whole groups (actors) with replacement."""
    names = np.unique(groups)
    sums = np.array([values[groups == name].sum() for name in names])
    counts = np.array([(groups == name).sum() for name in names])
    picks = np.random.default_rng(seed).integers(len(names), size=(draws, len(names)))
    means = sums[picks].sum(axis=1) / counts[picks].sum(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)
