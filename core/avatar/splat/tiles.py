# SPDX-License-Identifier: Apache-2.0
"""Which Gaussians each tile of the picture has to draw, front to back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from .compiled import compiled, kernel
from .layout import Bins

if TYPE_CHECKING:
    from .layout import Array, Seen

# Pixels a side.
TILE = 16
# Bits that one pass of the radix sort orders by; three passes cover the 31 bits of a positive float.
DIGIT_BITS, PASSES = 11, 3


@compiled
def _front_to_back(seen: Array, depth_bits: Array) -> Array:
    """Numbers of the Gaussians that are seen; equal depths keep their order."""
    order = np.flatnonzero(seen["half_width"] > 0.0).astype(np.int32)
    mask = (1 << DIGIT_BITS) - 1
    for step in range(PASSES):
        shift = step * DIGIT_BITS
        places = np.zeros(mask + 2, np.int64)
        for i in order:
            places[((depth_bits[i] >> shift) & mask) + 1] += 1
        places = np.cumsum(places)
        ordered = np.empty_like(order)
        for i in order:
            digit = (depth_bits[i] >> shift) & mask
            ordered[places[digit]] = i
            places[digit] += 1
        order = ordered
    return order


@compiled
def _span(middle: float, half: float, pixels: int) -> tuple[int, int]:
    """The range of tiles that have a pixel's centre within middle +- half."""
    first = math.ceil(min(max(middle - half - 0.5, 0.0), float(pixels)))
    last = math.floor(max(min(middle + half - 0.5, pixels - 1.0), -1.0))
    return first // TILE, last // TILE + 1


@compiled
def _covered(splat: Seen, width: int, height: int) -> tuple[int, int, int, int]:
    """Ranges of columns and rows of tiles under a Gaussian: left, right, top, bottom."""
    left, right = _span(splat.x, splat.half_width, width)
    top, bottom = _span(splat.y, splat.half_height, height)
    return left, max(right, left), top, max(bottom, top)


@kernel
def bin_tiles(seen: Array, depth_bits: Array, width: int, height: int) -> Bins:
    """Sort what is seen by tile and depth.

    Args:
        seen: (N,) of `SEEN`.
        depth_bits: (N,) uint32, the bits of the Gaussians' depths.
        width: pixels.
        height: pixels.
    """
    across, down = -(-width // TILE), -(-height // TILE)
    order = _front_to_back(seen, depth_bits)
    splat_starts = np.zeros(len(order) + 1, np.int64)
    tile_starts = np.zeros(across * down + 1, np.int64)
    for rank in range(len(order)):
        left, right, top, bottom = _covered(seen[order[rank]], width, height)
        splat_starts[rank + 1] = splat_starts[rank] + (right - left) * (bottom - top)
        for row in range(top, bottom):
            for column in range(left, right):
                tile_starts[row * across + column + 1] += 1
    tile_starts = np.cumsum(tile_starts)
    meetings = np.empty(splat_starts[-1], np.int64)
    splats = np.empty(splat_starts[-1], np.int32)
    places = tile_starts[:-1].copy()
    meeting = 0
    for number in order:
        left, right, top, bottom = _covered(seen[number], width, height)
        for row in range(top, bottom):
            for column in range(left, right):
                tile = row * across + column
                meetings[places[tile]] = meeting
                splats[meeting] = number
                places[tile] += 1
                meeting += 1
    return Bins(order, splat_starts, meetings, tile_starts, splats)
