# SPDX-License-Identifier: Apache-2.0
"""The channels' values in each picture: least squares in a box, with prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .fit_points import MILLIMETRES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .fit_points import PointCosts
    from .fit_pose import Poses

    Doubles = NDArray[np.float64]

# Rounds of coordinate descent over all channels, from the values of the step before.
SWEEPS = 15


@dataclass(frozen=True, eq=False)
class ValueSystem:
    """The least-squares problem of one person, short of the pictures.

    Attributes:
        neutral: (N, 3) or (T, N, 3) the points of the person's head with all channels at 0, metres.
        per_channel: (C, N, 3) what each channel at 1 adds, metres.
        value_weights: (N, N), see PointCosts.
        grams: (9, C * C) products of the channels' motions along each pair of axes, weighted, mm^2.
        price_gram: (C, C).
        price_pull: (C,).
    """

    neutral: Doubles
    per_channel: Doubles
    value_weights: Doubles
    grams: Doubles
    price_gram: Doubles
    price_pull: Doubles

    def shaped(self, values: Doubles) -> Doubles:
        """Points (T, N, 3) of the head with the channels' values (T, C), metres."""
        flat = self.per_channel.reshape(len(self.per_channel), -1)
        moved = (values @ flat).reshape(len(values), *self.neutral.shape[-2:])
        return np.asarray(self.neutral + moved)


def value_system(neutral: Doubles, per_channel: Doubles, costs: PointCosts) -> ValueSystem:
    """Prepare `refine_values` for a head (N, 3) and the channels (C, N, 3), metres, that `costs` lists."""
    count = len(per_channel)
    motion = per_channel.transpose(2, 0, 1) * MILLIMETRES
    weighted = motion @ costs.value_weights
    grams = np.einsum("akn,bln->abkl", weighted, motion, optimize=True).reshape(9, count * count)
    price_gram = np.diag(costs.prices.square)
    for left, right in costs.prices.pairs:
        price_gram[[left, right], [left, right]] += costs.prices.pair_tie
        price_gram[[left, right], [right, left]] -= costs.prices.pair_tie
    return ValueSystem(
        neutral, per_channel, costs.value_weights, grams, price_gram, costs.prices.linear
    )


def refine_values(
    landmarks: Doubles, system: ValueSystem, poses: Poses, values: Doubles, rounds: int
) -> Doubles:
    """Newton steps of all pictures side by side.

    The slope is exact; the curvature takes the face for flat (each picture's mean of how pixels follow
    metres), which changes how fast the steps arrive, not where. So it is a sum of nine matrices
    instead of a product over all points of each picture.

    Args:
        landmarks: (T, N, 2) pixels.
        system: from `value_system`.
        poses: of the head.
        values: (T, C) the start.
        rounds: steps.

    Returns:
        (T, C) in 0..1.
    """
    count = len(system.price_pull)
    for _ in range(rounds):
        seen = poses.seen(system.shaped(values))
        scale = poses.millimetres_per_pixel()[:, None, None]
        off = (landmarks - poses.pixels(seen)) * scale
        slopes = pixel_slopes(seen, poses) * scale[..., None] / MILLIMETRES
        pull = np.einsum("tnia,tni->tna", slopes, system.value_weights @ off)
        slope = MILLIMETRES * pull.reshape(len(pull), -1) @ system.per_channel.reshape(count, -1).T
        flat = slopes.mean(axis=1)
        curvature: Doubles = (flat.transpose(0, 2, 1) @ flat).reshape(-1, 9) @ system.grams
        grams = curvature.reshape(-1, count, count)
        drive = slope + np.einsum("tkl,tl->tk", grams, values) - system.price_pull
        values = _sweep(grams + system.price_gram, drive, values)
    return values


def pixel_slopes(seen: Doubles, poses: Poses) -> Doubles:
    """How pixels of points follow the points in the head's space: (T, N, 2, 3) pixels a metre."""
    ratio = seen[..., :2] / seen[..., 2:]
    rotation = poses.rotation[:, None]
    slopes = rotation[..., :2, :] - ratio[..., None] * rotation[..., 2:, :]
    return np.asarray(slopes * (poses.lens.focal / seen[..., 2])[..., None, None])


def _sweep(grams: Doubles, drive: Doubles, start: Doubles) -> Doubles:
    """Minimise x G x / 2 - d x over 0 <= x <= 1 for each picture's own G (C, C) and d (C,)."""
    values = start.copy()
    slope = drive - np.einsum("tkl,tl->tk", grams, values)
    diagonal = np.einsum("tkk->tk", grams)
    for _ in range(SWEEPS):
        for column in range(values.shape[1]):
            old = values[:, column]
            new = np.clip(old + slope[:, column] / diagonal[:, column], 0.0, 1.0)
            slope -= grams[:, column] * (new - old)[:, None]
            values[:, column] = new
    return values
