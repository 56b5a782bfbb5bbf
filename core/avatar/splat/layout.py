# SPDX-License-Identifier: Apache-2.0
"""How the data of a drawing lie in memory, for the compiled code that passes them on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
# One of `SEEN`, whose fields compiled code reads as attributes.
Seen = Any

# A Gaussian in the picture, pixels: exp(-(a dx^2 + c dy^2) / 2 - b dx dy) with (dx, dy) = (x, y) - pixel.
# In row dy it reaches from x + shear dy to each side by sqrt(reach - slope dy^2), where its alpha falls
# to LEAST_ALPHA; `half_width` and `half_height` bound that ellipse, and are 0 where nothing is seen.
SEEN = np.dtype(
    [
        (name, np.float32)
        for name in (
            "x",
            "y",
            "a",
            "b",
            "c",
            "opacity",
            "shear",
            "reach",
            "slope",
            "half_width",
            "half_height",
            "depth",
        )
    ]
)
# Columns of the gradient to a Gaussian in the picture; those to its channels follow.
X, Y, A, B, C, OPACITY, CHANNELS = range(7)
# Channels of a picture: colour, depth and, if there are, normals.
COLOUR, DEPTH, NORMAL = slice(0, 3), 3, slice(4, 7)


class Gaussians(NamedTuple):
    """Arrays of float32 as in `Splats`."""

    means: Array
    quaternions: Array
    scales: Array
    opacities: Array


class Bins(NamedTuple):
    """Which Gaussians each tile has to draw.

    A *meeting* is one Gaussian in one tile. Meetings are numbered by Gaussian from front to back, so
    those of a tile ascend with depth.

    Attributes:
        order: (S,) int32 numbers of the Gaussians that are seen, front to back.
        splat_starts: (S + 1,) int64, the first meeting of each of these.
        meetings: (M,) int64 meetings sorted by tile; tiles go row by row through the picture.
        tile_starts: (tiles + 1,) int64, where each tile's begin in `meetings`.
        splats: (M,) int32, the Gaussian of each meeting.
    """

    order: Array
    splat_starts: Array
    meetings: Array
    tile_starts: Array
    splats: Array


class Scene(NamedTuple):
    """All that the tiles draw; flat, as parallel loops take no tuples in tuples.

    Attributes:
        seen: (N,) of `SEEN`.
        features: (N, K) float32 what each Gaussian shows.
        meetings: of `Bins`.
        tile_starts: of `Bins`.
        splats: of `Bins`.
    """

    seen: Array
    features: Array
    meetings: Array
    tile_starts: Array
    splats: Array


class Picture(NamedTuple):
    """A picture of K channels.

    Attributes:
        image: (H, W, K) float32, premultiplied.
        transmittance: (H, W) float32, the light that all Gaussians together let through.
        last: (H, W) int32, the place in `Bins.meetings` of the rearmost Gaussian shown; -1 for none.
    """

    image: Array
    transmittance: Array
    last: Array


class PictureGradient(NamedTuple):
    """Gradient to a picture: `image` (H, W, K) and `alpha` (H, W), float32."""

    image: Array
    alpha: Array
