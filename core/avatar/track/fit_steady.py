# SPDX-License-Identifier: Apache-2.0
"""Poses, values and gaze of a film, steady over time; closed lips stay closed, blinks stay blinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from ...face.arkit import ARKIT_NAMES
from ...runs import runs_of_true
from .fit_pose import Poses
from .smooth import Clock, Smoothing, smooth_films

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]

# Corners of the face whose pixels say how far a pose moved, metres.
ANCHORS = np.array(
    [[-0.06, -0.06, 0.2], [0.06, -0.06, 0.2], [0.0, -0.11, 0.25], [0.0, -0.13, 0.17]]
)
# Pixels of all anchors together; the pose's own noise is under half a pixel a point.
POSE = Smoothing(still_hz=1.5, moving_hz=9.0, noise=0.5)
MOUTH = Smoothing(still_hz=5.0, moving_hz=12.0, noise=0.02)
BROWS = Smoothing(still_hz=2.0, moving_hz=8.0, noise=0.03)
LIDS = Smoothing(still_hz=3.0, moving_hz=12.0, noise=0.03)
GAZE = Smoothing(still_hz=2.0, moving_hz=11.0, noise=0.02)
# Measurements of a mouth that is shut only for a moment count so many times, lest neighbours open it.
SHUT_TRUST, MOMENT_SECONDS = 50.0, 0.2
# Lids less open than this share of rest hide the iris.
IRIS_HIDDEN, HIDDEN_TRUST = 0.6, 1e-3


def steady_poses(poses: Poses, clock: Clock) -> Poses:
    """Poses without the tracker's tremble.

    Rotations are smoothed as vectors about their mean, which over the turns of a filmed head (under
    60 degrees) differs from a path on the sphere by less than the noise.
    """
    middle = Rotation.from_matrix(poses.rotation).mean()
    turns = (Rotation.from_matrix(poses.rotation) * middle.inv()).as_rotvec()
    guides = poses.pixels(poses.seen(ANCHORS)).reshape(len(turns), -1)
    curves = np.column_stack([turns, poses.translation])
    smoothed = smooth_films(curves, guides, clock, POSE)
    rotation = (Rotation.from_rotvec(smoothed[:, :3]) * middle).as_matrix()
    return Poses(poses.lens, rotation, smoothed[:, 3:])


def steady_values(
    values: Doubles, columns: NDArray[np.int64], clock: Clock, shut: NDArray[np.bool_]
) -> Doubles:
    """Values (T, C) of the channels `columns`, each group held or let go as one; (T,) where lips meet."""
    smoothed = values.copy()
    trust = np.ones(len(values))
    for first, last in runs_of_true(shut):
        if clock.times[last - 1] - clock.times[first] < MOMENT_SECONDS:
            trust[first:last] = SHUT_TRUST
    for stems, settings, weights in (
        (("jaw", "mouth", "cheek", "nose"), MOUTH, trust),
        (("brow",), BROWS, None),
        (("eye",), LIDS, None),
    ):
        own = [c for c, number in enumerate(columns) if ARKIT_NAMES[number].startswith(stems)]
        curves = values[:, own]
        smoothed[:, own] = smooth_films(curves, curves, clock, settings, weights)
    return np.clip(smoothed, 0.0, 1.0)


def steady_gaze(gaze: Doubles, eyes_open: Doubles, clock: Clock) -> Doubles:
    """Gaze (T, 2), carried over lids that are shut, whose opening (T,) is 1 at rest."""
    trust = np.where(eyes_open < IRIS_HIDDEN, HIDDEN_TRUST, 1.0)
    return smooth_films(gaze, gaze, clock, GAZE, trust)
