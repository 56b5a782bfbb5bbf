# SPDX-License-Identifier: Apache-2.0
"""Where the eyes look, from the irises between the corners of the eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .fit_values import pixel_slopes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .fit_pose import Poses

    Doubles = NDArray[np.float64]

# Iris, then the corners of the same eye: right, left.
IRISES, CORNERS = [468, 473], [[33, 133], [263, 362]]
EYEBALL_METRES = 0.012
LARGEST_SINE = 0.8


def iris_places(landmarks: Doubles, shape: Doubles, poses: Poses) -> Doubles:
    """How far each iris is from its place in the canonical eye: (T, 2 eyes, 2) metres left and up.

    Args:
        landmarks: (T, 478, 2) pixels.
        shape: (T, 478, 3) the head as shaped in each picture, metres.
        poses: of the head.
    """
    seen = poses.seen(shape)
    off = landmarks - poses.pixels(seen)
    # Against the corners, so that a landmark set that is shifted as a whole shifts no gaze.
    shift = off[:, IRISES] - off[:, CORNERS].mean(axis=2)
    slopes = pixel_slopes(seen[:, IRISES], poses)[..., [0, 2]]
    return np.asarray(np.linalg.solve(slopes, shift[..., None])[..., 0])


def gaze_angles(places: Doubles, rest: Doubles) -> Doubles:
    """Pitch and yaw (T, 2), radians, of both eyes' mean about the person's rest (2, 2)."""
    turned = np.clip((places - rest).mean(axis=1) / EYEBALL_METRES, -LARGEST_SINE, LARGEST_SINE)
    return np.asarray(np.arcsin(turned[:, [1, 0]]))
