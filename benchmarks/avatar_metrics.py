# SPDX-License-Identifier: Apache-2.0
"""Numbers that say how near a picture of an avatar is to the film's.

Pictures are (H, W, 3) float, sRGB-coded, 0..1, compared at the size at which the avatar was trained: the
square crop around the head. A film's crop is resampled to it (GRID's by about 1.2), so these numbers say
nothing about detail that the film does not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter
from scipy.spatial import ConvexHull

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]

FACE_GROWN = 1.10
"""The face region is the hull of the 478 landmarks, this much larger about its middle: it takes in the
forehead up to the hair, the ears' edge and the chin's shadow, on the film's own landmarks."""

# MediaPipe's numbers: its lip contours, and the two ends of the face's width before the ears.
MOUTH_POINTS = (
    *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409),
    *(78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415),
)
WIDTH_POINTS = (234, 454)
# The upper edges of the brows.
BROW_POINTS = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300)

# Wang and others, "Image quality assessment: from error visibility to structural similarity", IEEE TIP
# 2004: a Gaussian window of 1.5 pixels cut off after 5, and two constants against division by zero.
_WINDOW_SIGMA, _WINDOW_RADIUS = 1.5, 5
_C1, _C2 = 0.01**2, 0.03**2
# Sides of a pixel's area that the region's mask is drawn at.
_FINER = 4


def face_region(landmarks: Floats, width: int, height: int) -> Mask:
    """Which pixels are the face: see FACE_GROWN.

    Args:
        landmarks: (478, 2) pixels in this picture.
        width: of the picture.
        height: of the picture.
    """
    hull = landmarks[ConvexHull(landmarks).vertices]
    middle = hull.mean(axis=0)
    outline = (middle + (hull - middle) * FACE_GROWN) * _FINER
    drawn = Image.new("L", (width * _FINER, height * _FINER))
    ImageDraw.Draw(drawn).polygon([tuple(point) for point in outline.tolist()], fill=255)
    return np.asarray(drawn.resize((width, height), Image.Resampling.BOX)) > 127


def below_brows(region: Mask, landmarks: Floats) -> Mask:
    """The part of a face region under the brows' upper edge: no fringe that may fall either way."""
    part = region.copy()
    part[: max(0, int(landmarks[list(BROW_POINTS), 1].min()))] = False
    return part


def psnr(one: Floats, other: Floats, region: Mask | None = None) -> float:
    """Peak signal-to-noise ratio in dB; infinite for the same picture.

    Args:
        one: a picture.
        other: a picture of its size.
        region: the pixels that count; None for all.
    """
    squares = (one.astype(np.float64) - other) ** 2
    mean = squares.mean() if region is None else squares[region].mean()
    return float("inf") if mean == 0.0 else float(-10.0 * np.log10(mean))


def ssim(one: Floats, other: Floats, region: Mask | None = None) -> float:
    """Structural similarity, 1 for the same picture: mean over channels and pixels.

    As scikit-image's with gaussian_weights=True, use_sample_covariance=False, data_range=1. With a
    region, the mean is over windows whose middle lies in it.
    """
    a, b = one.astype(np.float64), other.astype(np.float64)
    mean_a, mean_b = _windowed(a), _windowed(b)
    spread_a = _windowed(a * a) - mean_a**2
    spread_b = _windowed(b * b) - mean_b**2
    shared = _windowed(a * b) - mean_a * mean_b
    likeness = ((2 * mean_a * mean_b + _C1) * (2 * shared + _C2)) / (
        (mean_a**2 + mean_b**2 + _C1) * (spread_a + spread_b + _C2)
    )
    if region is None:
        edge = slice(_WINDOW_RADIUS, -_WINDOW_RADIUS)
        return float(likeness[edge, edge].mean())
    return float(likeness[region].mean())


def alpha_error(one: Floats, other: Floats) -> float:
    """Mean absolute difference of two (H, W) alphas over the picture."""
    return float(np.abs(one - other).mean())


def depth_error_mm(one: Floats, other: Floats, alpha_one: Floats, alpha_other: Floats) -> float:
    """Mean absolute difference of two (H, W) depths in metres, as millimetres, where both are solid.

    Solid is an alpha over 0.5; NaN where the two never meet.
    """
    both = (alpha_one > 0.5) & (alpha_other > 0.5)
    return float(np.abs(one - other)[both].mean() * 1000.0) if both.any() else float("nan")


def landmark_percent(shown: Floats, true: Floats, points: tuple[int, ...] | None = None) -> float:
    """Mean distance of landmarks, in per cent of the true face's width.

    Args:
        shown: (478, 2) pixels, MediaPipe's on the avatar's picture.
        true: (478, 2) pixels, MediaPipe's on the film's.
        points: those that count, such as MOUTH_POINTS; None for all.
    """
    chosen = slice(None) if points is None else list(points)
    right, left = WIDTH_POINTS
    width = np.linalg.norm(true[right] - true[left])
    return float(np.linalg.norm(shown[chosen] - true[chosen], axis=1).mean() / width * 100.0)


def _windowed(field: NDArray[np.float64]) -> NDArray[np.float64]:
    sigmas = (_WINDOW_SIGMA, _WINDOW_SIGMA, 0.0)
    return gaussian_filter(field, sigmas, radius=(_WINDOW_RADIUS, _WINDOW_RADIUS, 0))
