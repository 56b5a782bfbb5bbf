# SPDX-License-Identifier: Apache-2.0
"""Which pixels a Gaussian reaches in a tile, and how strongly; all in single precision.

A constant written as a plain number would make compiled code compute in double precision.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .compiled import compiled
from .tiles import TILE

if TYPE_CHECKING:
    from .layout import Seen

    # float32, whose arithmetic the type checker does not follow.
    Single = Any

ZERO, HALF, ONE, EIGHTH = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(0.125)
# exp(-t) = 1 + t (E1 + t (E2 + ...)) for t in 0..0.7, interpolated at Chebyshev's points: to 1.2e-8.
E1, E2, E3 = np.float32(-0.99999999120), np.float32(0.49999909374), np.float32(-0.16665146466)
E4, E5, E6 = np.float32(0.04157276341), np.float32(-0.00806795274), np.float32(0.00103324334)


@compiled
def falloff(splat: Seen, dx: Single, dy: Single) -> Single:
    """The Gaussian at (dx, dy) pixels before its middle, to 1.5e-6 of the value.

    Within its ellipse exp's argument is in -5.6..0, all that LEAST_ALPHA leaves: a polynomial of an
    eighth of it, thrice squared, is several times as fast as the library's exp.
    """
    power = HALF * (splat.a * dx * dx + splat.c * dy * dy) + splat.b * dx * dy
    t = power * EIGHTH
    value = ONE + t * (E1 + t * (E2 + t * (E3 + t * (E4 + t * (E5 + t * E6)))))
    value *= value
    value *= value
    value *= value
    return value


@compiled
def tile_window(tile: int, width: int, height: int) -> tuple[int, int, int, int]:
    """A tile's pixels: left, right, top, bottom, as ranges."""
    across = -(-width // TILE)
    top, left = (tile // across) * TILE, (tile % across) * TILE
    return left, min(left + TILE, width), top, min(top + TILE, height)


@compiled
def rows(splat: Seen, top: int, bottom: int) -> tuple[int, int]:
    """The range of rows that a Gaussian reaches within `top`..`bottom`."""
    return _whole(splat.y - HALF, splat.half_height, top, bottom)


@compiled
def columns(splat: Seen, dy: Single, left: int, right: int) -> tuple[int, int]:
    """The range of columns that it reaches within `left`..`right`, in the row `dy` before its middle."""
    half = math.sqrt(max(splat.reach - splat.slope * dy * dy, ZERO))
    return _whole(splat.x + splat.shear * dy - HALF, half, left, right)


@compiled
def _whole(middle: Single, half: Single, begin: int, end: int) -> tuple[int, int]:
    """The whole numbers within middle +- half and `begin`..`end`, as a range."""
    first = max(middle - half, np.float32(begin))
    last = min(middle + half, np.float32(end - 1))
    return math.ceil(first), math.floor(last) + 1
