# SPDX-License-Identifier: Apache-2.0
"""Quaternions w x y z as rows of a tensor."""

from __future__ import annotations

import torch
from torch import Tensor


def multiply(first: Tensor, second: Tensor) -> Tensor:
    """Hamilton's product (N, 4): the rotation `second`, then `first`."""
    a, b, c, d = first.unbind(1)
    w, x, y, z = second.unbind(1)
    return torch.stack(
        [
            a * w - b * x - c * y - d * z,
            a * x + b * w + c * z - d * y,
            a * y - b * z + c * w + d * x,
            a * z + b * y - c * x + d * w,
        ],
        dim=1,
    )


def of_matrices(rotations: Tensor) -> Tensor:
    """Unit quaternions (N, 4) of rotation matrices (N, 3, 3).

    Of the four ways to write it the best conditioned is taken for each (Shepperd 1978); the other
    three divide by small numbers.
    """
    m = rotations
    x, y, z = m[:, 0, 0], m[:, 1, 1], m[:, 2, 2]
    squares = torch.stack([x + y + z, x - y - z, y - x - z, z - x - y], dim=1) + 1.0
    a, b, c = m[:, 2, 1] - m[:, 1, 2], m[:, 0, 2] - m[:, 2, 0], m[:, 1, 0] - m[:, 0, 1]
    d, e, f = m[:, 0, 1] + m[:, 1, 0], m[:, 0, 2] + m[:, 2, 0], m[:, 1, 2] + m[:, 2, 1]
    ways = torch.stack(
        [
            torch.stack([squares[:, 0], a, b, c], dim=1),
            torch.stack([a, squares[:, 1], d, e], dim=1),
            torch.stack([b, d, squares[:, 2], f], dim=1),
            torch.stack([c, e, f, squares[:, 3]], dim=1),
        ],
        dim=1,
    )
    best = ways[torch.arange(len(m)), squares.argmax(dim=1)]
    return torch.nn.functional.normalize(best, dim=1)
