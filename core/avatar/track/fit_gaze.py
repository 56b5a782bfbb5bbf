# SPDX-License-Identifier: Apache-2.0
"""Where the eyes look, from where the irises are in the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...face.arkit import ARKIT_NAMES
from ...motion.gaze import look_channels
from .fit_values import pixel_slopes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .fit_pose import Poses

    Doubles = NDArray[np.float64]

# The centres of the irises: right, left.
IRISES = [468, 473]
# The points of each iris: centre, then rim.
IRIS_POINTS = ([*range(468, 473)], [*range(473, 478)])
EYEBALL_METRES = 0.012
LARGEST_SINE = 0.8


def iris_places(landmarks: Doubles, shape: Doubles, poses: Poses) -> Doubles:
    """How far each iris is from its place at rest: (T, 2 eyes, 2) metres left and up.

    Args:
        landmarks: (T, 478, 2) pixels.
        shape: (478, 3) the head at rest, metres.
        poses: of the head.
    """
    seen = poses.seen(shape[IRISES])
    off = landmarks[:, IRISES] - poses.pixels(seen)
    slopes = pixel_slopes(seen, poses)[..., [0, 2]]
    return np.asarray(np.linalg.solve(slopes, off[..., None])[..., 0])


def with_irises(landmarks: Doubles, rest: Doubles, poses: Poses) -> Doubles:
    """The points at rest (478, 3) with the irises where pictures at rest show them, at their depth."""
    moved = rest.copy()
    shifts = np.median(iris_places(landmarks, rest, poses), axis=0)
    for points, (left, up) in zip(IRIS_POINTS, shifts, strict=True):
        moved[points] += np.array([left, 0.0, up])
    return moved


def gaze_angles(places: Doubles) -> Doubles:
    """Pitch and yaw (T, 2), radians, of both eyes' mean, from `iris_places`."""
    turned = np.clip(places.mean(axis=1) / EYEBALL_METRES, -LARGEST_SINE, LARGEST_SINE)
    return np.asarray(np.arcsin(turned[:, [1, 0]]))


def look_values(gaze: Doubles) -> Doubles:
    """(T, 52) channel values that show a gaze (T, 2), radians."""
    values = np.zeros((len(gaze), len(ARKIT_NAMES)))
    for name, curve in look_channels(gaze).items():
        values[:, ARKIT_NAMES.index(name)] = curve
    return values
