# SPDX-License-Identifier: Apache-2.0
"""The noise that a take is drawn from: repeatable, at absolute times, with the spectrum of faces.

Flow matching may start from any noise. White noise would leave it to the network to make slow motion
out of fast; this noise already has about the spectrum of brows and head in running speech (GRID: 0.55 of
the variance below 1 Hz, 0.28 up to 2 Hz, 0.13 up to 4 Hz), so that paths are nearly straight and a few
steps are enough.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .randomness import stream

Floats = npt.NDArray[np.float32]

# Frames between independent numbers, and the share of the variance.
LAYERS = ((1, 0.06), (3, 0.2), (9, 0.32), (27, 0.42))


def take_noise(seed: int, frames: int, columns: int, first: int = 0) -> Floats:
    """Noise of a take from its frame `first` to `frames`, standard deviation 1; (frames - first, columns).

    A longer take begins with the same numbers as a shorter one.
    """
    total = np.zeros((frames - first, columns))
    for spacing, share in LAYERS:
        count = frames // spacing + 4
        numbers = stream(seed, f"take {spacing}").standard_normal((count, columns))
        knots, weights = spline_weights(np.arange(first, frames) / spacing)
        for tap in range(4):
            total += np.sqrt(share) * weights[:, tap, None] * numbers[knots + tap]
    return total.astype(np.float32)


def spline_weights(
    place: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """First knot (N,) and weights (N, 4) of a cubic B-spline at `place` (N,), in knots.

    The squares of the weights sum to 1: independent numbers at the knots keep their variance.
    """
    knots = np.floor(place).astype(np.int64)
    t = place - knots
    weights = np.stack(
        [
            (1.0 - t) ** 3,
            3.0 * t**3 - 6.0 * t**2 + 4.0,
            -3.0 * t**3 + 3.0 * t**2 + 3.0 * t + 1.0,
            t**3,
        ],
        axis=1,
    )
    return knots, weights / np.sqrt((weights**2).sum(axis=1, keepdims=True))
