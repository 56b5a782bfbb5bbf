# SPDX-License-Identifier: Apache-2.0
"""What a film shows behind a person: remembered where it was ever seen, continued smoothly where not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Bytes = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

# Pictures that the median is taken over, as far as memory goes.
MOST_SAMPLES, MOST_SAMPLE_BYTES = 48, 200_000_000
# A pixel seen as background in fewer of them is not known.
LEAST_SEEN = 3
# A camera stands still when nearly all of the background keeps its colour, in codes of 0..255.
STILL_CODES, STILL_SHARE = 8.0, 0.9


@dataclass(frozen=True, eq=False)
class Background:
    """A film's background.

    Attributes:
        colour: (H, W, 3) float32 sRGB codes 0..1, the median over the film.
        known: (H, W), where it was seen.
        still: whether it is the same over the film; else only single pictures say what is there.
    """

    colour: Floats
    known: Mask
    still: bool


def sample_count(height: int, width: int) -> int:
    """How many pictures of a size `film_background` should get at most."""
    return int(np.clip(MOST_SAMPLE_BYTES // (height * width * 3), LEAST_SEEN, MOST_SAMPLES))


def film_background(samples: Iterable[tuple[Bytes, Mask]]) -> Background:
    """The background of pictures spread over a film.

    Args:
        samples: pictures (H, W, 3) with what of each is surely background (H, W).
    """
    pictures, masks = zip(*samples, strict=True)
    shape = pictures[0].shape
    colour = np.zeros(shape, np.float32)
    known = np.zeros(shape[:2], np.bool_)
    unrest = np.zeros(shape[:2], np.float32)
    for row in range(shape[0]):
        seen = np.stack([mask[row] for mask in masks])
        codes = np.stack([picture[row] for picture in pictures]).astype(np.float32)
        codes = np.sort(np.where(seen[..., None], codes, np.inf), axis=0)
        count = seen.sum(axis=0)
        middle, low, high = (
            _at(codes, (count * share).astype(np.int64)) for share in (0.5, 0.15, 0.85)
        )
        known[row] = count >= min(LEAST_SEEN, len(masks))
        colour[row] = np.where(known[row, :, None], middle, 0.0)
        spread = np.where(known[row, :, None], high - low, 0.0)
        unrest[row] = spread.max(axis=1)
    still = bool((unrest[known] <= STILL_CODES).mean() >= STILL_SHARE) if known.any() else False
    return Background(colour / np.float32(255.0), known, still)


def continued(colour: Floats, known: Floats) -> Floats:
    """Fill what is not known with a smooth continuation of what is.

    Pull-push (Gortler and others 1996): means of what is known at half the size, again and again, and
    from there back into the gaps.

    Args:
        colour: (H, W, 3).
        known: (H, W) 0..1, how far each pixel counts.
    """
    height, width = known.shape
    weight = known.astype(np.float32)[..., None]
    if min(height, width) <= 1 or not (weight < 1.0).any():
        return np.where(
            weight > 0.0, colour, colour[known > 0.0].mean(axis=0) if weight.any() else 0.0
        )
    padded = ((0, height % 2), (0, width % 2), (0, 0))
    sums, weights = (_halved(np.pad(part, padded)) for part in (colour * weight, weight))
    coarse = sums / np.maximum(weights, 1e-6)
    filled = continued(coarse, np.minimum(weights[..., 0], 1.0))
    smooth = _doubled(filled)[:height, :width]
    return np.asarray(weight * colour + (1.0 - weight) * smooth, np.float32)


def _halved(array: Floats) -> Floats:
    height, width, channels = array.shape
    quarters = array.reshape(height // 2, 2, width // 2, 2, channels)
    return np.asarray(quarters.sum(axis=(1, 3)))


def _doubled(array: Floats) -> Floats:
    """Twice the size, in straight lines between the middles of pixels."""
    for axis in (0, 1):
        before = np.concatenate(
            [array.take([0], axis), array.take(range(array.shape[axis] - 1), axis)], axis
        )
        after = np.concatenate(
            [array.take(range(1, array.shape[axis]), axis), array.take([-1], axis)], axis
        )
        pair = np.stack([0.75 * array + 0.25 * before, 0.75 * array + 0.25 * after], axis + 1)
        shape = list(array.shape)
        shape[axis] *= 2
        array = pair.reshape(shape)
    return array


def _at(sorted_codes: Floats, index: NDArray[np.int64]) -> Floats:
    """The codes (S, W, 3) at an index (W,) of each pixel, which may be one too far."""
    index = np.minimum(index, len(sorted_codes) - 1)
    taken = np.take_along_axis(sorted_codes, index[None, :, None], axis=0)[0]
    return np.asarray(np.where(np.isfinite(taken), taken, 0.0), np.float32)
