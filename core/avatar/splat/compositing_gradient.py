# SPDX-License-Identifier: Apache-2.0
"""The gradient to a picture -> those to the Gaussians in it, back to front.

They are kept for each meeting of a Gaussian with a tile and added up afterwards, always in the same
order: the same bits come out on any number of threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import prange

from .compiled import compiled, parallel_kernel
from .footprint import HALF, ONE, ZERO, columns, falloff, rows, tile_window
from .layout import CHANNELS, OPACITY, A, B, C, Picture, PictureGradient, X, Y
from .rules import MOST_ALPHA

if TYPE_CHECKING:
    from .layout import Array, Scene


@compiled
def _pull_back_tile(
    scene: Scene, tile: int, picture: Picture, wish: PictureGradient, out: Array
) -> None:
    """Fill the rows of `out` (M, CHANNELS + K) of a tile's meetings.

    On the way, `picture.transmittance` becomes the light before each Gaussian, and `wish.alpha` what all
    that lies behind it adds to the loss.
    """
    _, transmittance, last = picture
    to_image, behind = wish
    height, width = last.shape
    left, right, top, bottom = tile_window(tile, width, height)
    rearmost = last[top:bottom, left:right].max()
    for place in range(rearmost, scene.tile_starts[tile] - 1, -1):
        meeting = scene.meetings[place]
        number = scene.splats[meeting]
        splat, feature, sums = scene.seen[number], scene.features[number], out[meeting]
        # The derivative by the exponent, and its moments about the Gaussian's middle.
        total = total_x = total_y = total_xx = total_xy = total_yy = ZERO
        first_row, end_row = rows(splat, top, bottom)
        for row in range(first_row, end_row):
            dy = splat.y - (np.float32(row) + HALF)
            first, end = columns(splat, dy, left, right)
            line = line_x = ZERO
            for column in range(first, end):
                if place > last[row, column]:
                    continue
                dx = splat.x - (np.float32(column) + HALF)
                unbounded = splat.opacity * falloff(splat, dx, dy)
                alpha = min(unbounded, MOST_ALPHA)
                inverse = ONE / (ONE - alpha)
                light = transmittance[row, column] * inverse
                transmittance[row, column] = light
                weight = alpha * light
                shown = ZERO
                for channel in range(len(feature)):
                    wanted = to_image[row, column, channel]
                    shown += wanted * feature[channel]
                    sums[CHANNELS + channel] += weight * wanted
                to_alpha = light * shown - behind[row, column] * inverse
                behind[row, column] += weight * shown
                if unbounded > MOST_ALPHA:
                    continue
                pull = unbounded * to_alpha
                line += pull
                line_x += pull * dx
                total_xx += pull * dx * dx
            total += line
            total_x += line_x
            total_y += line * dy
            total_xy += line_x * dy
            total_yy += line * dy * dy
        sums[OPACITY] = total / splat.opacity
        sums[X] = -(splat.a * total_x + splat.b * total_y)
        sums[Y] = -(splat.b * total_x + splat.c * total_y)
        sums[A], sums[B], sums[C] = -HALF * total_xx, -total_xy, -HALF * total_yy


@parallel_kernel
def composite_gradient(
    scene: Scene, picture: Picture, wish: PictureGradient, out: Array, threads: int
) -> None:
    """Pull a picture's gradient back.

    Args:
        scene: as given to `composite`.
        picture: as `composite` left it.
        wish: the gradient to its image and its alpha.
        out: (M, CHANNELS + K) float32, zeros; gradient to each meeting.
        threads: how many share the tiles.
    """
    light = picture.transmittance.copy()
    # The open background adds nothing to the picture, and alpha is what it leaves.
    behind = -picture.transmittance * wish.alpha
    for thread in prange(threads):
        for tile in range(thread, len(scene.tile_starts) - 1, threads):
            _pull_back_tile(
                scene,
                tile,
                Picture(picture.image, light, picture.last),
                PictureGradient(wish.image, behind),
                out,
            )


@parallel_kernel
def added_up(gradients: Array, splat_starts: Array) -> Array:
    """Add up each Gaussian's meetings, in double precision.

    Args:
        gradients: (M, G) float32 of the meetings.
        splat_starts: (S + 1,) of `Bins`.

    Returns:
        (S, G) float64.
    """
    total = np.zeros((len(splat_starts) - 1, gradients.shape[1]), np.float64)
    for rank in prange(len(total)):
        for meeting in range(splat_starts[rank], splat_starts[rank + 1]):
            total[rank] += gradients[meeting]
    return total
