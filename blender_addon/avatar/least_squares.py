# SPDX-License-Identifier: GPL-3.0-or-later
"""Least squares between limits, for many right-hand sides at once."""

from __future__ import annotations

import numpy as np

# Coordinate descent converges in a few rounds where few unknowns share an equation; face rigs have at
# most a dozen that do.
MOST_ROUNDS = 400
CLOSE = 1e-7
# Draws unknowns that no equation decides to 0; too small to be seen in those that one does.
RIDGE = 1e-8


def bounded(
    matrix: np.ndarray, wanted: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """The x between `low` and `high` for which `matrix @ x` comes nearest to `wanted`.

    Cyclic coordinate descent, each step exact (the problem is convex, so it ends at the optimum).

    Args:
        matrix: (equations, unknowns).
        wanted: (equations, T).
        low: (unknowns,).
        high: (unknowns,).

    Returns:
        (unknowns, T).
    """
    scale = np.linalg.norm(matrix, axis=0)
    scale[scale == 0.0] = 1.0
    scaled = matrix / scale
    lowest, highest = (low * scale)[:, None], (high * scale)[:, None]
    normal = scaled.T @ scaled + RIDGE * np.eye(len(scale))
    target = scaled.T @ wanted
    found = np.clip(np.zeros_like(target), lowest, highest)
    pull = target - normal @ found
    for _ in range(MOST_ROUNDS):
        largest = 0.0
        for place in range(len(scale)):
            new = np.clip(
                found[place] + pull[place] / normal[place, place], lowest[place], highest[place]
            )
            step = new - found[place]
            move = float(np.abs(step).max(initial=0.0))
            if move:
                found[place] = new
                pull -= np.outer(normal[:, place], step)
                largest = max(largest, move)
        if largest < CLOSE:
            break
    return np.asarray(found / scale[:, None])
