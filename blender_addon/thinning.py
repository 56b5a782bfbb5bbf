# SPDX-License-Identifier: GPL-3.0-or-later
"""Sampled columns -> the few keys between which straight lines meet all samples."""

from __future__ import annotations

import numpy as np


def kept_rows(times: np.ndarray, columns: np.ndarray, tolerance: float, most: int) -> np.ndarray:
    """Rows to keep so that straight lines between them miss no sample by more than `tolerance`.

    A line grows from one kept row as long as it ends in a sample and misses none before it by more
    than `tolerance`: each sample narrows the slopes that are left (the swing filter of Elmeleegy
    and others, 2009). It takes one pass, however wild the columns are. Of more rows than `most`,
    which is noise over a long time, every second, third ... is kept.

    Args:
        times: (N,) ascending.
        columns: (N, C) values.
        tolerance: in the unit of the values.
        most: highest number of rows.

    Returns:
        (K,) ascending indices, the first among them; one where all rows are alike.
    """
    if float(np.ptp(columns, axis=0).max()) <= tolerance:
        return np.zeros(1, np.intp)
    kept = np.array(_line_ends(times, columns, tolerance))
    return kept[:: -(-len(kept) // most)]


def _line_ends(times: np.ndarray, columns: np.ndarray, tolerance: float) -> list[int]:
    ends = [0]
    steepest, flattest = np.inf, -np.inf
    for row in range(1, len(times)):
        rise, way = columns[row] - columns[ends[-1]], times[row] - times[ends[-1]]
        slope = rise / way
        if ((slope > steepest) | (slope < flattest)).any():
            ends.append(row - 1)
            rise, way = columns[row] - columns[row - 1], times[row] - times[row - 1]
            steepest, flattest = np.inf, -np.inf
        steepest = np.minimum(steepest, (rise + tolerance) / way)
        flattest = np.maximum(flattest, (rise - tolerance) / way)
    return [*ends, len(times) - 1]
