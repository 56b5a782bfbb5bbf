# SPDX-License-Identifier: Apache-2.0
"""Where the shoulders are in a tracked film, from where the head was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .film_track import FilmTrack


def film_roots(track: FilmTrack) -> NDArray[np.float64]:
    """Root to camera of each film: (films, 4, 4), the head's middle pose.

    The median of the shifts and the mean of the turns: a head that leans for a moment does not move the
    shoulders.
    """
    roots = np.tile(np.eye(4), (len(track.films), 1, 1))
    for film in range(len(track.films)):
        poses = track.head_to_camera[track.found & (track.film_of == film)]
        if len(poses):
            roots[film, :3, :3] = Rotation.from_matrix(poses[:, :3, :3]).mean().as_matrix()
            roots[film, :3, 3] = np.median(poses[:, :3, 3], axis=0)
    return roots
