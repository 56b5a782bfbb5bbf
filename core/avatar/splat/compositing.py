# SPDX-License-Identifier: Apache-2.0
"""Gaussians in the picture -> pixels, front to back.

Each Gaussian's own ellipse is walked over within a tile, so that a pixel costs nothing where it does not
reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import prange

from .compiled import compiled, parallel_kernel
from .footprint import HALF, ONE, columns, falloff, rows, tile_window
from .rules import LEAST_TRANSMITTANCE, MOST_ALPHA

if TYPE_CHECKING:
    from .layout import Array, Picture, Scene


@compiled
def _draw_tile(scene: Scene, tile: int, picture: Picture, finished: Array) -> None:
    image, transmittance, last = picture
    height, width = last.shape
    left, right, top, bottom = tile_window(tile, width, height)
    open_pixels = (right - left) * (bottom - top)
    starts = scene.tile_starts
    for place in range(starts[tile], starts[tile + 1]):
        if open_pixels == 0:
            return
        number = scene.splats[scene.meetings[place]]
        splat, feature = scene.seen[number], scene.features[number]
        first_row, end_row = rows(splat, top, bottom)
        for row in range(first_row, end_row):
            dy = splat.y - (np.float32(row) + HALF)
            first, end = columns(splat, dy, left, right)
            for column in range(first, end):
                if finished[row, column]:
                    continue
                dx = splat.x - (np.float32(column) + HALF)
                alpha = min(splat.opacity * falloff(splat, dx, dy), MOST_ALPHA)
                light = transmittance[row, column]
                passed = light * (ONE - alpha)
                if passed <= LEAST_TRANSMITTANCE:
                    finished[row, column] = True
                    open_pixels -= 1
                    continue
                weight = alpha * light
                for channel in range(len(feature)):
                    image[row, column, channel] += weight * feature[channel]
                transmittance[row, column] = passed
                last[row, column] = place


@parallel_kernel
def composite(scene: Scene, picture: Picture, threads: int) -> None:
    """Draw a picture.

    Args:
        scene: what is drawn.
        picture: image of zeros, transmittance of ones and last of -1, to be drawn on.
        threads: how many share the tiles.
    """
    finished = np.zeros(picture.last.shape, np.bool_)
    # Neighbours in turn: threads that had whole parts of the picture would wait for that with the face.
    for thread in prange(threads):
        for tile in range(thread, len(scene.tile_starts) - 1, threads):
            _draw_tile(scene, tile, picture, finished)
