# SPDX-License-Identifier: Apache-2.0
"""Square crops of a film's pictures: the head without its background, with its matte and its camera."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from scipy.ndimage import minimum_filter, uniform_filter

from ..camera import Camera
from ..track.matte import soft_alpha
from ..track_masks import CATEGORIES, MaskWindow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]

HEAD = tuple(CATEGORIES.index(name) for name in ("hair", "body_skin", "face_skin"))
UNSURE = tuple(CATEGORIES.index(name) for name in ("clothes", "others"))
# The background behind a half covered pixel is looked for in a window of this share of the crop, among
# pixels with at most this alpha of 255; less coverage than the last would only blow noise up.
BACKGROUND_WINDOW = 1 / 12
SURE_BACKGROUND, LEAST_ALPHA = 8, 0.15
# The rim's brightness and its two colour differences are held to so many standard deviations about what the
# head shows in a window of this share of the crop, where it lies another share behind the rim.
RIM_DEVIATIONS = np.array([2.0, 1.0, 1.0], np.float32)
RIM_WINDOW, RIM_WIDTH, SURE_HEAD = 1 / 8, 1 / 36, 247
# Rec. 601, as films of a standard size are coded; for this any would do.
LUMA_CHROMA = np.array(
    [[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]], np.float32
)


@dataclass(frozen=True)
class Window:
    """A square of the film's picture, in its pixels; it may reach outside."""

    left: float
    top: float
    side: float


@dataclass(frozen=True, eq=False)
class Sample:
    """One picture of the set: colour (S, S, 3), alpha and care (S, S), all uint8."""

    colour: Bytes
    alpha: Bytes
    care: Bytes


def crop_camera(camera: Camera, window: Window, size: int) -> Camera:
    """The camera that sees the window at `size` pixels a side."""
    scale = size / window.side
    return Camera(
        size,
        size,
        camera.focal_x * scale,
        camera.focal_y * scale,
        (camera.centre_x - window.left) * scale,
        (camera.centre_y - window.top) * scale,
        camera.root_to_camera,
    )


def cut(pixels: Bytes, mask: Bytes, shown: MaskWindow, window: Window, size: int) -> Sample:
    """One crop: straight colour without the background, coverage of the head, and where both are known.

    Args:
        pixels: (H, W, 3) the film's upright picture.
        mask: (256, 256) categories.
        shown: the part of the picture that the mask is of.
        window: what is cut.
        size: pixels a side.
    """
    head = soft_alpha(pixels, mask, HEAD, shown)
    unsure = _in_picture(np.where(np.isin(mask, UNSURE), 255, 0).astype(np.uint8), shown, pixels)
    colour, alpha, doubt = (_window(part, window, size) for part in (pixels, head, unsure))
    inside = _window(np.full(pixels.shape[:2], 255, np.uint8), window, size)
    # Where clothes begin nothing is known; what is surely head stays.
    care = np.where((doubt > 127) | (inside < 250), 0, 255).astype(np.uint8)
    front = without_background(colour, alpha)
    return Sample(rim_like_inside(front, alpha), alpha, care)


def _in_picture(mask: Bytes, shown: MaskWindow, pixels: Bytes) -> Bytes:
    """A map in the place that it shows; 0 around."""
    whole = np.zeros(pixels.shape[:2], np.uint8)
    image = Image.fromarray(mask).resize((shown.width, shown.height), Image.Resampling.BILINEAR)
    rows = slice(shown.top, shown.top + shown.height)
    whole[rows, shown.left : shown.left + shown.width] = np.asarray(image, np.uint8)
    return whole


def without_background(colour: Bytes, alpha: Bytes) -> Bytes:
    """Take the background's share out of half covered pixels.

    C = alpha F + (1 - alpha) B is solved for F, with B the mean of the sure background nearby.
    """
    nearby, weight = _mean_nearby(colour, alpha <= SURE_BACKGROUND, BACKGROUND_WINDOW)
    share = (alpha / 255.0)[..., None]
    known = (weight > 1e-3)[..., None]
    front = (colour - (1.0 - share) * nearby) / np.maximum(share, LEAST_ALPHA)
    front = np.where(known & (share > 0.0), front, colour)
    return np.asarray(np.clip(np.round(front), 0, 255), np.uint8)


def rim_like_inside(colour: Bytes, alpha: Bytes) -> Bytes:
    """Bring colours at the head's rim into the range of those behind it.

    Films keep colour at half the resolution of brightness (4:2:0), so that a rim has some of the wall's:
    what is left when the wall is taken out is red beside a cyan one, and seen as soon as the head turns.
    """
    inside = minimum_filter(alpha, max(3, round(len(alpha) * RIM_WIDTH))) >= SURE_HEAD
    values = colour.astype(np.float32) @ LUMA_CHROMA.T
    mean, weight = _mean_nearby(values, inside, RIM_WINDOW)
    squares, _ = _mean_nearby(values**2, inside, RIM_WINDOW)
    reach = RIM_DEVIATIONS * np.sqrt(np.maximum(squares - mean**2, 0.0))
    held = np.clip(values, mean - reach, mean + reach) @ np.linalg.inv(LUMA_CHROMA).T
    rim = (alpha > 0) & ~inside & (weight > 1e-3)
    return np.where(rim[..., None], np.clip(np.round(held), 0, 255), colour).astype(np.uint8)


def _mean_nearby(values: Bytes | Floats, counted: Mask, share: float) -> tuple[Floats, Floats]:
    """Means (H, W, 3) of the counted pixels in a window that is a share of the crop, and their share (H, W)."""
    window = max(3, round(len(values) * share))
    counts = counted.astype(np.float32)
    weight = uniform_filter(counts, window)
    sums = uniform_filter(values * counts[..., None], (window, window, 1))
    return np.asarray(sums / np.maximum(weight, 1e-4)[..., None]), weight


def _window(picture: Bytes, window: Window, size: int) -> Bytes:
    """Resample a square, averaging where it shrinks; outside the picture is 0."""
    height, width = picture.shape[:2]
    left, top = (math.floor(min(0.0, edge)) for edge in (window.left, window.top))
    right = math.ceil(max(width, window.left + window.side))
    bottom = math.ceil(max(height, window.top + window.side))
    margins = ((-top, bottom - height), (-left, right - width), (0, 0))
    padded = np.pad(picture, margins[: picture.ndim])
    x, y = window.left - left, window.top - top
    box = (x, y, x + window.side, y + window.side)
    image = Image.fromarray(padded).resize((size, size), Image.Resampling.BICUBIC, box=box)
    return np.asarray(image, np.uint8)
