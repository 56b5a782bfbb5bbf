# SPDX-License-Identifier: Apache-2.0
"""What answers of judges come to: shares, first answers, monotony, intervals."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.emotion_judges_layers import Floats

_RESAMPLES = 1000


def mean_of(answers: Mapping[str, Floats], judges: Sequence[str]) -> Floats:
    """Mean probabilities (N, 7) of some judges, each weighing the same."""
    return np.asarray(np.mean([answers[name] for name in judges], axis=0))


def first_shares(probabilities: Floats) -> Floats:
    """Share (7,) of pictures at which each label is the first answer."""
    firsts = probabilities.argmax(axis=1)
    return np.bincount(firsts, minlength=probabilities.shape[1]) / len(probabilities)


def rises(values: Sequence[float]) -> bool:
    """Whether each value is above the one before."""
    return all(after > before for before, after in itertools.pairwise(values))


def interval(
    groups: NDArray[np.intp],
    measure: Callable[[NDArray[np.intp]], float],
    seed: int = 0,
) -> tuple[float, float]:
    """95 % of a measure over bootstrap resamples of pictures within each group.

    Args:
        groups: (N,) number of the group that each picture belongs to.
        measure: of numbers of pictures, some of them more than once.
        seed: of the resampling.
    """
    chance = np.random.default_rng(seed)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    found = [
        measure(np.concatenate([chance.choice(each, len(each)) for each in members]))
        for _ in range(_RESAMPLES)
    ]
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)
