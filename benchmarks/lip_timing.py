# SPDX-License-Identifier: Apache-2.0
"""Mean temporal misalignment (MTM): how far apart in time two mouths open and shut, in seconds.

The definition of Chae-Yeon et al., "Perceptually Accurate 3D Talking Head Generation" (CVPR 2025,
arXiv 2503.20308), with the settings of its published evaluation, so that the figures compare: the
distance of the lips' middle at 30 frames a second, smoothed by a Gaussian of 2 frames; the curves'
derivatives are aligned by dynamic time warping (cost: absolute difference); wherever the path joins
a peak to a peak or a valley to a valley, and the guess lies between the truth's neighbouring
extremes, their distance in time counts:

    MTM = mean over clips of mean |t_truth - t_guess| over joined extremes.

Its authors call 50 to 60 ms about the limit of what viewers accept. What the path does not join does
not count, so `joined_share` says how many of the truth's extremes found a partner.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FPS = 30.0
SMOOTHING_FRAMES = 2.0
# Longer clips are cut: the warping costs the square of the length.
MOST_FRAMES = 300


@dataclass(frozen=True)
class Misalignment:
    """Joined extremes of one clip: |difference| in seconds of each, and how many the truth has."""

    seconds: tuple[float, ...]
    extremes: int


def misalignment(truth: Floats, guess: Floats, fps: float) -> Misalignment:
    """Misalignment of two openings (T,) on the same grid."""
    times = np.arange(0.0, len(truth) / fps - 1e-9, 1.0 / FPS)
    have = np.arange(len(truth)) / fps
    curves = [smooth(np.interp(times, have, curve)) for curve in (truth, guess)]
    seconds: list[float] = []
    extremes = 0
    for first in range(0, len(times), MOST_FRAMES):
        pieces = [curve[first : first + MOST_FRAMES] for curve in curves]
        if len(pieces[0]) < 3:
            continue
        joined, count = _joined(pieces[0], pieces[1])
        seconds += [abs(a - b) / FPS for a, b in joined]
        extremes += count
    return Misalignment(tuple(seconds), extremes)


def smooth(curve: Floats, sigma: float = SMOOTHING_FRAMES) -> Floats:
    """Gaussian smoothing in frames; the curve is mirrored at its ends."""
    reach = int(4 * sigma + 0.5)
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.pad(curve, reach, mode="symmetric")
    return np.convolve(padded, taps / taps.sum(), mode="valid")


def extreme_frames(curve: Floats) -> dict[int, int]:
    """Frames of peaks (1) and valleys (-1); of a flat one its middle."""
    steps = np.sign(np.diff(curve))
    moving = np.flatnonzero(steps)
    found = {}
    for left, right in itertools.pairwise(moving):
        if steps[left] != steps[right]:
            found[int(left + 1 + right) // 2] = int(steps[left])
    return found


def warping_path(left: Floats, right: Floats) -> list[tuple[int, int]]:
    """Pairs of frames of the cheapest monotone alignment of two curves' derivatives."""
    slopes = [np.diff(curve, prepend=curve[0]) for curve in (left, right)]
    cost = np.abs(slopes[0][:, None] - slopes[1][None, :])
    total = _accumulated(cost)
    row, column = len(left), len(right)
    path = []
    while row > 0 and column > 0:
        path.append((row - 1, column - 1))
        steps = ((row - 1, column - 1), (row - 1, column), (row, column - 1))
        row, column = min(steps, key=lambda at: total[at])
    return path[::-1]


def _accumulated(cost: Floats) -> Floats:
    """Cost of the cheapest path to each cell (n + 1, m + 1), diagonal by diagonal."""
    rows, columns = cost.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0.0
    for diagonal in range(2, rows + columns + 1):
        i = np.arange(max(1, diagonal - columns), min(rows, diagonal - 1) + 1)
        j = diagonal - i
        before = np.minimum(np.minimum(total[i - 1, j], total[i, j - 1]), total[i - 1, j - 1])
        total[i, j] = cost[i - 1, j - 1] + before
    return total


def _joined(truth: Floats, guess: Floats) -> tuple[list[tuple[int, int]], int]:
    """Pairs of extremes of one kind on the path, near each other; and how many the truth has."""
    own, other = extreme_frames(truth), extreme_frames(guess)
    order = sorted(own)
    bounds = dict(
        zip(order, zip([0, *order[:-1]], [*order[1:], len(truth) - 1], strict=True), strict=True)
    )
    pairs = [
        (a, b)
        for a, b in warping_path(truth, guess)
        if a in own and other.get(b) == own[a] and bounds[a][0] <= b <= bounds[a][1]
    ]
    return pairs, len(own)
