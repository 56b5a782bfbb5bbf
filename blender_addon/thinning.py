# SPDX-License-Identifier: GPL-3.0-or-later
"""Sampled columns -> the few keys between which straight lines meet all samples."""

from __future__ import annotations

import numpy as np


def kept_rows(times: np.ndarray, columns: np.ndarray, tolerance: float, most: int) -> np.ndarray:
    """Rows to keep so that straight lines between them miss no sample by more than `tolerance`.

    Douglas and Peucker's way (1973), with the largest miss of any column as the distance. Where
    that leaves more than `most` rows, the tolerance doubles until it does not.

    Args:
        times: (N,) ascending.
        columns: (N, C) values.
        tolerance: in the unit of the values.
        most: highest number of rows.

    Returns:
        (K,) ascending indices, first and last among them; one where all rows are alike.
    """
    if float(np.ptp(columns, axis=0).max()) <= tolerance:
        return np.zeros(1, np.intp)
    kept = _by_tolerance(times, columns, tolerance)
    while len(kept) > most:
        tolerance *= 2.0
        kept = _by_tolerance(times, columns, tolerance)
    return kept


def _by_tolerance(times: np.ndarray, columns: np.ndarray, tolerance: float) -> np.ndarray:
    keep = np.zeros(len(times), bool)
    keep[[0, -1]] = True
    spans = [(0, len(times) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        share = (times[first + 1 : last] - times[first]) / (times[last] - times[first])
        line = columns[first] + share[:, None] * (columns[last] - columns[first])
        miss = np.abs(columns[first + 1 : last] - line).max(axis=1)
        worst = int(miss.argmax())
        if miss[worst] > tolerance:
            middle = first + 1 + worst
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return np.flatnonzero(keep)
