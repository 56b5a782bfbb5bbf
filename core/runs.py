# SPDX-License-Identifier: Apache-2.0
"""Runs in rows of frames: where something holds on end."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt


def runs_of_true(holds: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First frame and end of each run of True in (T,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], holds, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def runs_of_one(labels: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """First frame and end of each run of one label in (T,), without gaps; none of none."""
    if not len(labels):
        return []
    changes = (np.flatnonzero(np.diff(labels)) + 1).tolist()
    return list(itertools.pairwise([0, *changes, len(labels)]))
