# SPDX-License-Identifier: Apache-2.0
"""Smooth curves over time without lag: still where nothing moves, as filmed where something does.

The smoothed curve x of a measured curve y minimises the sum of w (y - x)^2 + m (x'')^2. Where m is
constant this is Whittaker's smoother (1923; the Hodrick-Prescott filter), which has no phase; here m
falls where it would take more from the curve than its noise, so that steps and turns keep their place
and height.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solveh_banded

from ...runs import runs_of_one

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]

# Weights of a picture and its neighbours in telling motion from noise.
AROUND = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
# Where a film of few pictures a second has one cut-off for both, or nothing moves at all.
NOTHING = 1e-30
# Films of fewer pictures are left as they are.
SHORTEST = 4
# Median of an absolute normal deviate; what a third difference makes of noise of 1.
MEDIAN_DEVIATE, THIRD_DIFFERENCE = 0.6745, 20.0**0.5


@dataclass(frozen=True, eq=False)
class Clock:
    """Times (T,) in seconds, ascending within a film, and which film each is of (T,), in runs."""

    times: Doubles
    film_of: NDArray[np.int32]


@dataclass(frozen=True)
class Smoothing:
    """How a kind of curve is smoothed.

    Attributes:
        still_hz: cut-off where the curve holds still, or moves slowly and evenly.
        moving_hz: cut-off where it moves.
        noise: the largest noise believed, in the curve's units; a film of little rest looks noisier.
        firmness: what is this many times the noise counts as motion.
    """

    still_hz: float
    moving_hz: float
    noise: float
    firmness: float = 2.0


def noise_of(curves: Doubles) -> Doubles:
    """(C,) standard deviations of the noise in (T, C), from the median third difference."""
    if len(curves) < SHORTEST:
        return np.zeros(curves.shape[1])
    steps = np.abs(np.diff(curves, n=3, axis=0))
    return np.asarray(np.median(steps, axis=0) / (MEDIAN_DEVIATE * THIRD_DIFFERENCE))


def smooth_films(
    curves: Doubles,
    guides: Doubles,
    clock: Clock,
    settings: Smoothing,
    trust: Doubles | None = None,
) -> Doubles:
    """Smooth each film's curves apart.

    Args:
        curves: (T, C).
        guides: (T, G) curves by whose common motion all C are held or let go, such as the pixels
            that a pose moves.
        clock: of the T rows.
        settings: in the guides' units.
        trust: (T,) weights of the measurements; None for 1.
    """
    weights = np.ones(len(curves)) if trust is None else trust
    noise = np.minimum(noise_of(guides), settings.noise)
    level = float(np.sqrt(np.square(noise).sum()))
    smoothed = curves.copy()
    for first, last in runs_of_one(clock.film_of.astype(np.int64)):
        if last - first < SHORTEST:
            continue
        rows = slice(first, last)
        grid = _Grid(clock.times[rows], weights[rows])
        stiffness = _adapted(guides[rows], grid, settings, level)
        smoothed[rows] = grid.solve(curves[rows], stiffness)
    return smoothed


def _adapted(guides: Doubles, grid: _Grid, settings: Smoothing, level: float) -> Doubles:
    """The weights of the bends (T - 2,).

    They are those of `still_hz` where that takes no more than noise from the guides (T, G), and those
    of `moving_hz` where it would take motion.
    """
    still, moving = (
        _stiffness(hertz, grid.step) for hertz in (settings.still_hz, settings.moving_hz)
    )
    ones = np.ones(len(guides) - 2)
    taken = grid.solve(guides, moving * ones) - grid.solve(guides, still * ones)
    around = np.convolve(np.square(taken).sum(axis=1), AROUND, mode="same")[1:-1]
    believed = np.square(settings.firmness * level) * _noise_between(still, moving)
    # In a film of few pictures a second both cut-offs are beyond what it can show, and nothing is taken.
    believed = max(believed, float(np.finfo(np.float64).tiny))
    return np.asarray(moving + (still - moving) / np.square(1.0 + around / (believed + NOTHING)))


def _noise_between(still: float, moving: float) -> float:
    """The share of white noise's power that lies between the two cut-offs."""
    angles = np.linspace(0.0, np.pi, 200)
    rough = (2.0 * np.sin(angles / 2.0)) ** 4
    return float(np.square(1.0 / (1.0 + moving * rough) - 1.0 / (1.0 + still * rough)).mean())


class _Grid:
    """The rows of one film: what does not depend on the curves."""

    def __init__(self, times: Doubles, weights: Doubles) -> None:
        self.weights = weights
        self.step = float(np.median(np.diff(times)))
        before, after = np.diff(times)[:-1] / self.step, np.diff(times)[1:] / self.step
        # Weights of three neighbours that give the curve's bend, at uneven times too.
        self.bend = (
            2.0 / (before * (before + after)),
            -2.0 / (before * after),
            2.0 / (after * (before + after)),
        )

    def solve(self, curves: Doubles, stiffness: Doubles) -> Doubles:
        """The smoothed curves (T, C) under weights of the bends (T - 2,)."""
        a, b, c = self.bend
        bands = np.zeros((3, len(curves)))
        bands[0] = self.weights
        bands[0, :-2] += stiffness * a * a
        bands[0, 1:-1] += stiffness * b * b
        bands[0, 2:] += stiffness * c * c
        bands[1, :-2] += stiffness * a * b
        bands[1, 1:-1] += stiffness * b * c
        bands[2, :-2] = stiffness * a * c
        return np.asarray(solveh_banded(bands, self.weights[:, None] * curves, lower=True))


def _stiffness(hertz: float, step: float) -> float:
    """The weight at which a frequency passes by half."""
    angle = min(np.pi * hertz * step, np.pi / 2.0)
    return float((2.0 * np.sin(angle)) ** -4)
