# SPDX-License-Identifier: Apache-2.0
"""The first thing to beat: the training picture that is nearest, shown again.

Nearest is measured on landmarks in the crop's pixels, which hold the face's expression, the head's pose
and the gaze in one unit, with the mouth's points counting MOUTH_WEIGHT times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.avatar_metrics import MOUTH_POINTS
from benchmarks.avatar_pictures import similarity, warped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.avatar_views import View

    Floats = NDArray[np.float32]

MOUTH_WEIGHT = 4.0


class NearestFrame:
    """The training pictures, ready to be searched."""

    def __init__(self, training: Sequence[View]) -> None:
        """Keep the pictures that can be shown; all of one size."""
        self._training = training
        self._points = np.stack([_complex(view.landmarks) for view in training])
        self._weights = np.ones(self._points.shape[1])
        self._weights[list(MOUTH_POINTS)] = MOUTH_WEIGHT
        self._weights /= self._weights.sum()

    def as_it_is(self, landmarks: Floats) -> Floats:
        """The picture (H, W, 4) whose landmarks lie nearest to (478, 2) in the crop."""
        apart = np.abs(self._points - _complex(landmarks)) ** 2 @ self._weights
        return self._training[int(apart.argmin())].rgba

    def aligned(self, landmarks: Floats) -> Floats:
        """The picture that comes nearest when turned, scaled and shifted, and so moved."""
        wanted, held = (self._centred(z) for z in (_complex(landmarks), self._points))
        # What is left of the wanted points after the best complex factor on the held ones.
        shared = np.abs((held.conj() * wanted) @ self._weights) ** 2
        explained = shared / (np.abs(held) ** 2 @ self._weights)
        best = self._training[int(explained.argmax())]
        return warped(best.rgba, similarity(landmarks, best.landmarks))

    def _centred(self, points: NDArray[np.complex128]) -> NDArray[np.complex128]:
        return points - np.asarray(points @ self._weights)[..., None]


def _complex(landmarks: Floats) -> NDArray[np.complex128]:
    return landmarks[:, 0].astype(np.float64) + 1j * landmarks[:, 1]
