# SPDX-License-Identifier: Apache-2.0
"""Tracked face points -> channel values of the canonical head.

Three steps, each over all frames at once:

1. `align_rigidly` brings every frame into the canonical head's space by the points that no
   expression moves (temples, forehead, bridge of the nose, corners of the eyes).
2. `fit_identity` explains the speaker's closed-mouth face by the identity directions; what they
   leave over is kept per point, so that the face at rest is all zeros.
3. `fit_channels` solves, per frame, a bounded least-squares problem for what is left: the points'
   motion. Points alone do not decide it (a dropped jaw and a rolled lip move the same points), so
   each channel has a price, and left is tied to right.

Axes are the canonical head's: +X the character's left, +Z up, the face looks along -Y; metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# MediaPipe points that hold still on the skull while the face moves.
STABLE_POINTS_478 = (
    *(6, 10, 21, 33, 54, 67, 103, 109, 127, 133, 162, 168, 195, 197, 234),
    *(251, 263, 284, 297, 332, 338, 356, 362, 389, 454),
)
# Camera trackers guess depth; a fifth of the weight keeps it from bending what the picture shows.
DEPTH_WEIGHT = 0.2
ALIGN_ROUNDS = 2
SWEEPS = 60
# Metres; residuals and prices are put on one scale: a channel at 1 moves its points by millimetres.
MILLIMETRE = 1e-3


@dataclass(frozen=True)
class Identity:
    """A speaker's face at rest.

    Attributes:
        values: (I,) identity directions of the face model.
        rest: (N, 3) the points at rest, canonical metres, offsets included.
    """

    values: Floats
    rest: Floats


@dataclass(frozen=True)
class Prices:
    """What keeps the solution honest.

    Attributes:
        square: (C,) cost of a channel's square, mm^2: large values spread motion over channels.
        linear: (C,) cost of a channel's value, mm^2: keeps channels that explain little at zero.
        pairs: (left, right) column numbers.
        pair_tie: cost of the square of left minus right, mm^2.
    """

    square: Floats
    linear: Floats
    pairs: tuple[tuple[int, int], ...]
    pair_tie: float


def align_rigidly(
    points: Floats, reference: Floats, stable: NDArray[np.int64], groups: NDArray[np.int64]
) -> Floats:
    """Rotate, scale and shift each frame onto the reference by its stable points.

    Args:
        points: (T, N, 3) tracked points in any unit, axes as in the module docstring.
        reference: (N, 3) canonical points, metres.
        stable: numbers of the points (of the N) to align by.
        groups: (T,) a number a frame; frames of one group (a clip) share one scale, because a
            scale of each frame's own would put the tracker's noise into the mouth.

    Returns:
        (T, N, 3) canonical metres.
    """
    target = reference[stable]
    aligned = points
    for _ in range(ALIGN_ROUNDS):
        aligned = _align_once(points, target, stable, groups)
        # The second round aligns to the speaker's own skull instead of the average one.
        target = np.asarray(np.median(aligned[:, stable], axis=0))
    return aligned


def _align_once(
    points: Floats, target: Floats, stable: NDArray[np.int64], groups: NDArray[np.int64]
) -> Floats:
    centre = points[:, stable].mean(axis=1, keepdims=True)
    moved = points[:, stable] - centre
    goal = target - target.mean(axis=0)
    u, size, vt = np.linalg.svd(np.einsum("tni,nj->tij", moved, goal))
    sign = np.sign(np.linalg.det(u @ vt))
    u[:, :, 2] *= sign[:, None]
    size[:, 2] *= sign
    scale = size.sum(axis=1) / np.square(moved).sum(axis=(1, 2))
    for group in np.unique(groups):
        scale[groups == group] = np.median(scale[groups == group])
    rotated = (points - centre) @ (u @ vt)
    return np.asarray(rotated * scale[:, None, None] + target.mean(axis=0))


def fit_identity(
    rest_points: Floats, neutral: Floats, identity: Floats, ridge: float = 4.0
) -> Identity:
    """Identity directions of a face at rest, and the rest itself.

    Args:
        rest_points: (N, 3) the speaker's closed-mouth points, canonical metres.
        neutral: (N, 3) the model's.
        identity: (I, N, 3) the model's identity directions.
        ridge: cost of a direction's square, mm^2.
    """
    weights = np.array([1.0, DEPTH_WEIGHT, 1.0])
    basis = (identity * weights).reshape(len(identity), -1) / MILLIMETRE
    wanted = ((rest_points - neutral) * weights).ravel() / MILLIMETRE
    gram = basis @ basis.T + ridge * np.eye(len(identity))
    return Identity(np.linalg.solve(gram, basis @ wanted), rest_points)


def fit_channels(
    motion: Floats,
    per_channel: Floats,
    point_weights: Floats,
    prices: Prices,
    measures: Floats | None = None,
) -> Floats:
    """Channel values in 0..1 that explain the motion of points, frame by frame.

    Args:
        motion: (T, N, 3) points minus their rest, canonical metres.
        per_channel: (C, N, 3) how far each channel at 1 moves the points, metres.
        point_weights: (N,) how much each point counts.
        prices: see `Prices`; their columns are those of `per_channel`.
        measures: (K, N, 3) sums of coordinates that matter more than any point, such as the gap
            of the lips, each times the root of its weight. Without them a price of a channel and
            the average of many points win over a lip gap that is half a millimetre off.

    Returns:
        (T, C). Solved by coordinate descent on one Gram matrix for all frames (convex: the same
        minimum from any start).
    """
    weights = point_weights[:, None] * np.array([1.0, DEPTH_WEIGHT, 1.0])
    basis = (per_channel * weights).reshape(len(per_channel), -1) / MILLIMETRE
    wanted = (motion * weights).reshape(len(motion), -1) / MILLIMETRE
    gram = basis @ basis.T + np.diag(prices.square)
    drive = wanted @ basis.T - prices.linear
    if measures is not None:
        rows = measures.reshape(len(measures), -1).T / MILLIMETRE
        of_channel = per_channel.reshape(len(per_channel), -1) @ rows
        gram += of_channel @ of_channel.T
        drive += (motion.reshape(len(motion), -1) @ rows) @ of_channel.T
    for left, right in prices.pairs:
        gram[[left, right], [left, right]] += prices.pair_tie
        gram[[left, right], [right, left]] -= prices.pair_tie
    return solve_in_box(gram, drive)


def solve_in_box(gram: Floats, drive: Floats, sweeps: int = SWEEPS) -> Floats:
    """Minimise x G x / 2 - d x over 0 <= x <= 1 for each row d.

    Args:
        gram: (C, C) symmetric positive definite.
        drive: (T, C).
        sweeps: rounds of coordinate descent.
    """
    return sweep_box(gram, drive, np.zeros_like(drive), (0.0, 1.0), sweeps)


def sweep_box(
    gram: Floats,
    drive: Floats,
    start: Floats,
    box: tuple[Floats | float, Floats | float],
    sweeps: int,
) -> Floats:
    """Coordinate descent on x G x / 2 - d x for each row d, from a start within the box.

    Args:
        gram: (C, C) symmetric positive definite.
        drive: (T, C).
        start: (T, C) within the box.
        box: lowest and highest values, (T, C) or one for all.
        sweeps: rounds over all C.

    Returns:
        (T, C) within the box.
    """
    # Channels in rows: each step reads and writes whole rows.
    values = np.ascontiguousarray(start.T)
    lowest, highest = (np.broadcast_to(edge, start.shape).T for edge in box)
    slope = drive.T - gram @ values
    for _ in range(sweeps):
        for column in range(len(gram)):
            old = values[column]
            new = np.clip(
                old + slope[column] / gram[column, column], lowest[column], highest[column]
            )
            slope -= np.outer(gram[column], new - old)
            values[column] = new
    return np.ascontiguousarray(values.T)
