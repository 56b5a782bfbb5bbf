# SPDX-License-Identifier: Apache-2.0
"""Pictures as arrays: laid over each other, cut, resampled and moved.

Float (H, W, C), sRGB-coded, 0..1; the first pixel's middle is at (0.5, 0.5), as Pillow has it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]

GREY = 0.5
"""Pictures with alpha are laid over this grey, in sRGB-coded colours."""
LPIPS_PIXELS = 256


def face_square(picture: Floats, region: Mask, side_pixels: int = LPIPS_PIXELS) -> Floats:
    """The smallest square around the region, resampled; where it leaves the picture, edges repeat.

    Args:
        picture: (H, W, 3).
        region: (H, W).
        side_pixels: of the result.
    """
    rows, columns = (np.flatnonzero(region.any(axis=axis)) for axis in (1, 0))
    side = max(np.ptp(rows), np.ptp(columns)) + 1
    top, left = ((ends[0] + ends[-1] + 1 - side) // 2 for ends in (rows, columns))
    down = np.clip(np.arange(top, top + side), 0, picture.shape[0] - 1)
    across = np.clip(np.arange(left, left + side), 0, picture.shape[1] - 1)
    return resized(picture[down][:, across], side_pixels)


def resized(picture: Floats, side_pixels: int) -> Floats:
    """A square picture (N, N, C) in another size, bicubic."""
    size = (side_pixels, side_pixels)
    planes = [
        Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32)).resize(
            size, Image.Resampling.BICUBIC
        )
        for plane in np.moveaxis(picture, 2, 0)
    ]
    return np.clip(np.stack(planes, axis=2), 0.0, 1.0).astype(np.float32)


def over(rgba: Floats, backdrop: Floats | float) -> Floats:
    """Lay a premultiplied picture (H, W, 4) over (H, W, 3) or a grey, in sRGB-coded colours."""
    return np.clip(rgba[..., :3] + (1.0 - rgba[..., 3:]) * backdrop, 0.0, 1.0).astype(np.float32)


def similarity(source: NDArray[np.floating], target: NDArray[np.floating]) -> NDArray[np.float64]:
    """The turn, scale and shift that bring points nearest to others, in least squares.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns", IEEE
    PAMI 1991, without mirroring.

    Args:
        source: (N, 2).
        target: (N, 2).

    Returns:
        (2, 3): target is about `source @ result[:, :2].T + result[:, 2]`.
    """
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    centred = source - source_mean
    left, strengths, right = np.linalg.svd((target - target_mean).T @ centred)
    signs = np.array([1.0, np.sign(np.linalg.det(left @ right))])
    scale = (strengths * signs).sum() / (centred**2).sum()
    turn = scale * (left * signs) @ right
    return np.column_stack([turn, target_mean - turn @ source_mean])


def warped(picture: Floats, to_source: NDArray[np.float64]) -> Floats:
    """A picture (H, W, C) seen through a (2, 3) map from its new pixels to its old ones; edges repeat."""
    height, width = picture.shape[:2]
    margin = max(height, width) // 2
    wide = np.pad(picture, ((margin, margin), (margin, margin), (0, 0)), mode="edge")
    shifted = to_source + np.array([[0.0, 0.0, margin], [0.0, 0.0, margin]])
    numbers = tuple(shifted.ravel())
    planes = [
        Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32)).transform(
            (width, height), Image.Transform.AFFINE, numbers, Image.Resampling.BICUBIC
        )
        for plane in np.moveaxis(wide, 2, 0)
    ]
    return np.clip(np.stack(planes, axis=2), 0.0, 1.0).astype(np.float32)


def to_bytes(picture: Floats) -> NDArray[np.uint8]:
    """0..1 as 0..255."""
    return np.ascontiguousarray(np.round(np.clip(picture, 0.0, 1.0) * 255.0), dtype=np.uint8)
