# SPDX-License-Identifier: Apache-2.0
"""How far a drawn picture is from the film's."""

from __future__ import annotations

import torch
from torch import Tensor

SSIM_WINDOW = 7
OFFSET_FREE_MILLIMETRES = 3.0
# (0.01)^2 and (0.03)^2 for values in 0..1: Wang and others, 2004.
SSIM_C1, SSIM_C2 = 1e-4, 9e-4


def structural_difference(drawn: Tensor, wanted: Tensor) -> Tensor:
    """1 - SSIM of the brightness in even windows of 7 pixels, per place: (H - 6, W - 6).

    Args:
        drawn: (H, W, 3).
        wanted: (H, W, 3).

    Grey and even windows instead of colours and Gaussian ones cost a tenth of the time.
    """
    x, y = (picture.mean(dim=2)[None, None] for picture in (drawn, wanted))
    stack = torch.cat([x, y, x * x, y * y, x * y])
    mean_x, mean_y, xx, yy, xy = window_means(stack).split(1)
    both = mean_x * mean_y
    squares = mean_x.square() + mean_y.square()
    likeness = ((2.0 * both + SSIM_C1) * (2.0 * (xy - both) + SSIM_C2)) / (
        (squares + SSIM_C1) * (xx + yy - squares + SSIM_C2)
    )
    return 1.0 - likeness[0, 0]


def window_means(pictures: Tensor) -> Tensor:
    """Means of all windows of SSIM_WINDOW pixels a side, across and down: (..., H, W) -> (..., H - 6, W - 6).

    Sums of shifted pictures: a seventh of the time of torch's `avg_pool2d`, which adds 49 pixels for each.
    """
    return _sums_of_seven(_sums_of_seven(pictures, -1), -2) / SSIM_WINDOW**2


def _sums_of_seven(pictures: Tensor, axis: int) -> Tensor:
    """Along one axis; 7 = 4 + 2 + 1."""
    length = pictures.shape[axis]
    two = pictures.narrow(axis, 0, length - 1) + pictures.narrow(axis, 1, length - 1)
    four = two.narrow(axis, 0, length - 3) + two.narrow(axis, 2, length - 3)
    count = length - SSIM_WINDOW + 1
    return (
        four.narrow(axis, 0, count) + two.narrow(axis, 4, count) + pictures.narrow(axis, 6, count)
    )


def picture_loss(drawn: Tensor, wanted: Tensor, care: Tensor, structure: float) -> Tensor:
    """(1 - structure) * mean absolute difference + structure * (1 - SSIM), where it counts.

    Args:
        drawn: (H, W, 3) over some background.
        wanted: (H, W, 3) over the same.
        care: (H, W) 0..1.
        structure: weight of SSIM, 0..1.
    """
    drawn = drawn * care[..., None]
    wanted = wanted * care[..., None]
    share = care.mean().clamp_min(1e-3)
    plain = (drawn - wanted).abs().mean()
    return (
        (1.0 - structure) * plain + structure * structural_difference(drawn, wanted).mean()
    ) / share


def alpha_loss(drawn: Tensor, wanted: Tensor, care: Tensor) -> Tensor:
    """Mean absolute difference of coverage where it counts."""
    return ((drawn - wanted).abs() * care).mean() / care.mean().clamp_min(1e-3)


def offset_loss(offset: Tensor) -> Tensor:
    """Mean distance from the mesh in millimetres, quadratic below OFFSET_FREE_MILLIMETRES.

    Args:
        offset: (N, 3) metres.
    """
    squares = (1e3 * offset).square().sum(dim=1)
    free = OFFSET_FREE_MILLIMETRES
    return (squares + free * free).sqrt().mean() - free
