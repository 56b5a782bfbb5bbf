# SPDX-License-Identifier: Apache-2.0
"""Where a film cuts to another picture, so that nothing is smoothed across."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

ROWS, COLUMNS = 36, 64
# Neighbouring pictures of GRID agree by r 0.999 and of a handheld film by 0.98; across a cut by under
# 0.7, but in two takes before the same wall by 0.97: there the face jumps.
LEAST_AGREEMENT = 0.85
# A head turns its face by under 0.1 of the face's width within 1/25 s.
FARTHEST_JUMP = 0.25
LEAST_JUMP_AGREEMENT = 0.995


def thumbnail(pixels: NDArray[np.uint8]) -> Floats:
    """A picture as ROWS x COLUMNS of brightness, 0..1: means over every block."""
    rows = np.linspace(0, len(pixels), ROWS + 1).astype(int)[:-1]
    columns = np.linspace(0, pixels.shape[1], COLUMNS + 1).astype(int)[:-1]
    # Green alone is most of what the eye calls brightness.
    grey = pixels[..., 1]
    sums = np.add.reduceat(grey.astype(np.float32), rows, axis=0)
    blocks = np.add.reduceat(sums, columns, axis=1)
    return np.asarray(blocks * (ROWS * COLUMNS / (255.0 * grey.size)), np.float32)


def find_cuts(
    thumbnails: Floats, landmarks: NDArray[np.floating[Any]], found: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(T,) True where a picture begins another shot; the first never does.

    Args:
        thumbnails: (T, ROWS, COLUMNS) of `thumbnail`.
        landmarks: (T, 478, 3) pixels.
        found: (T,) whether a picture has them.
    """
    flat = thumbnails.reshape(len(thumbnails), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    flat = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
    agreement = np.einsum("tp,tp->t", flat[1:], flat[:-1])
    middle = landmarks[..., :2].mean(axis=1)
    width = np.maximum(np.ptp(landmarks[..., 0], axis=1), 1.0)
    jump = np.linalg.norm(np.diff(middle, axis=0), axis=1) / width[1:]
    jumps = found[1:] & found[:-1] & (jump > FARTHEST_JUMP) & (agreement < LEAST_JUMP_AGREEMENT)
    return np.concatenate([[False], (agreement < LEAST_AGREEMENT) | jumps])
