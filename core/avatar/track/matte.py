# SPDX-License-Identifier: Apache-2.0
"""A category map of 256 x 256 -> how much of each pixel of the picture the person covers, hair by hair.

Away from the person's edge the map is right; along it, wider around hair, a pixel's colour says how much
of it is person: what is sure on either side gives the colours of person and background nearby, and the
share on the line between them is the coverage (the compositing equation of Porter and Duff, 1984, solved
for alpha). Where both sides look alike, the map decides, its steps smoothed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..track_masks import CATEGORIES, MASK_SIDE, MaskWindow

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    Mask = NDArray[np.uint8]
    Floats = NDArray[np.float32]

_HAIR, _FACE = CATEGORIES.index("hair"), CATEGORIES.index("face_skin")
PERSON = tuple(range(1, len(CATEGORIES)))
# Widths in sizes of the face (the root of its skin's area): loose hair stands off by a tenth, other
# edges are as sure as the map is fine.
HAIR_OUT, HAIR_IN, EDGE = 0.12, 0.045, 0.03
# Colours of either side are means with this standard deviation, in sizes of the face.
NEARBY = 0.08
# Blur of the map's steps, in sizes of the face.
STEPS = 0.01
# Coverage under the first is noise of the background, over the second noise of the person.
NOISE_LOW, NOISE_HIGH = 0.12, 0.85
# Colours differ surely where their squared distance is this many times their variances.
SURE = 4.0


def soft_alpha(
    pixels: NDArray[np.uint8],
    mask: Mask,
    wanted: Collection[int] = PERSON,
    window: MaskWindow | None = None,
) -> NDArray[np.uint8]:
    """Coverage of a person or of some parts of one.

    Args:
        pixels: (H, W, 3) uint8 upright picture, as `core.film.read` gives it.
        mask: (256, 256) its category map.
        wanted: the categories that count; all others are what lies behind.
        window: the part of the picture that the map shows (`Masks.window`); None for all of it.

    Returns:
        (H, W) uint8, 255 where the wanted parts cover all; 0 outside the window.
    """
    from scipy import ndimage  # noqa: PLC0415 - an extra

    window = window or MaskWindow(0, 0, pixels.shape[1], pixels.shape[0])
    rows = slice(window.top, window.top + window.height)
    columns = slice(window.left, window.left + window.width)
    part = pixels[rows, columns].astype(np.float32) / 255.0
    person = _enlarged(np.isin(mask, list(wanted)).astype(np.float32), window)
    face = _face_pixels(mask, window)
    hair = _enlarged((mask == _HAIR).astype(np.float32), window) > 0.5
    inside, outside = _sure(person > 0.5, hair, face)
    alpha = np.zeros(pixels.shape[:2], np.uint8)
    if not (inside.any() and outside.any()):
        alpha[rows, columns] = np.where(person > 0.5, 255, 0)
        return alpha
    soft = np.where(inside, 1.0, 0.0).astype(np.float32)
    band = ~(inside | outside)
    by_colour, trust = _by_colour(part, inside, outside, NEARBY * face)
    by_map = ndimage.gaussian_filter(person, STEPS * face)
    found = trust * by_colour + (1.0 - trust) * by_map
    found = np.clip((found - NOISE_LOW) / (NOISE_HIGH - NOISE_LOW), 0.0, 1.0)
    soft[band] = found[band]
    alpha[rows, columns] = np.round(255.0 * soft)
    return alpha


def _enlarged(values: Floats, window: MaskWindow) -> Floats:
    """(256, 256) -> the window's own pixels, in straight lines between the map's."""
    from scipy import ndimage  # noqa: PLC0415 - an extra

    factors = window.height / MASK_SIDE, window.width / MASK_SIDE
    return np.asarray(
        ndimage.zoom(values, factors, order=1, mode="nearest", grid_mode=True), np.float32
    )


def _face_pixels(mask: Mask, window: MaskWindow) -> float:
    share = float((mask == _FACE).mean())
    area = share * window.width * window.height
    return float(np.sqrt(area)) if share > 0.0 else min(window.width, window.height) / 4.0


def _sure(
    person: NDArray[np.bool_], hair: NDArray[np.bool_], face: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """What is surely person and surely background: far enough from the edge, farther at hair."""
    from scipy import ndimage  # noqa: PLC0415

    within = ndimage.distance_transform_edt(person)
    beyond = ndimage.distance_transform_edt(~person)
    to_hair = ndimage.distance_transform_edt(~hair)
    near_hair = to_hair < HAIR_OUT * face
    inside = within > np.where(hair, HAIR_IN, EDGE) * face
    outside = (beyond > np.where(near_hair, HAIR_OUT, EDGE) * face) & (beyond > 0)
    return inside, outside


def _by_colour(
    part: Floats, inside: NDArray[np.bool_], outside: NDArray[np.bool_], spread: float
) -> tuple[Floats, Floats]:
    """Coverage from colours nearby, and how far to trust it, 0..1."""
    person, person_variance = _nearby(part, inside, spread)
    behind, behind_variance = _nearby(part, outside, spread)
    apart = person - behind
    distance = np.square(apart).sum(axis=2)
    share = ((part - behind) * apart).sum(axis=2) / np.maximum(distance, 1e-6)
    trust = distance / (distance + SURE * (person_variance + behind_variance) + 1e-4)
    return np.clip(share, 0.0, 1.0), trust


def _nearby(part: Floats, sure: NDArray[np.bool_], spread: float) -> tuple[Floats, Floats]:
    """Mean colour (H, W, 3) and its variance (H, W) of what is sure, near each pixel."""
    weight = sure.astype(np.float32)
    total = _near_and_far(weight, spread) + 1e-8
    colour = np.stack(
        [_near_and_far(part[..., k] * weight, spread) / total for k in range(3)], axis=2
    )
    square = _near_and_far(np.square(part).sum(axis=2) * weight, spread) / total
    return colour, np.maximum(square - np.square(colour).sum(axis=2), 0.0)


def _near_and_far(values: Floats, spread: float) -> Floats:
    """A blur whose wide part decides only where the narrow one reaches nothing."""
    from scipy import ndimage  # noqa: PLC0415

    near = ndimage.gaussian_filter(values, spread, truncate=3.0)
    far = ndimage.gaussian_filter(values, 4.0 * spread, truncate=2.0)
    return np.asarray(near + 0.01 * far, np.float32)
