# SPDX-License-Identifier: Apache-2.0
"""What the fit of a film's landmarks gives: the person once, and the face picture by picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]
    Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FilmLandmarks:
    """The tracked points of one film, or of several of one person and one camera.

    Attributes:
        pixels: (T, 478, 3) MediaPipe's points: right, down, away from the camera.
        times: (T,) seconds in its film, ascending within a film.
        found: (T,) whether a face was seen; what `pixels` holds elsewhere is not read.
        film_of: (T,) which film a picture is of, in runs.
        size: (width, height) of the pictures in the points' pixels.
    """

    pixels: Doubles | Floats
    times: Doubles
    found: NDArray[np.bool_]
    film_of: NDArray[np.int32]
    size: tuple[int, int]


@dataclass(frozen=True, eq=False)
class PersonFit:
    """What stays the same over all films of one person and one camera.

    Attributes:
        focal_pixels: the principal point is the picture's middle.
        focal_sureness: 0..1, how much of `focal_pixels` the film told; the rest is the usual lens.
        identity: (I,) values of the face model's identity directions.
        offsets: (V, 3) metres added to its vertices afterwards.
        rest: (478, 3) metres, where the tracker sees the landmarks of the face at rest. On the lips
            and lids it differs from the mesh: the mesh's lips touch, the tracker's never do.
        firmest_blink: what a closed eye fits to before `values` are stretched to 1.
    """

    focal_pixels: float
    focal_sureness: float
    identity: Floats
    offsets: Floats
    rest: Doubles
    firmest_blink: float


@dataclass(frozen=True, eq=False)
class Fit:
    """The arrays of `core.avatar.film_track.FilmTrack` that come from landmarks.

    Attributes:
        person: what stays; hand it to another fit of the same person and camera.
        values: (T, 57) float32, core.face.arkit.CHANNEL_NAMES.
        head_to_camera: (T, 4, 4) float64 rigid, canonical head to camera (OpenCV axes), metres.
        residual_pixels: (T,) float32, root mean square distance of the fitted points.
        rest_frames: (T,) bool: the closed-mouth pictures that say how the face looks at rest.
    """

    person: PersonFit
    values: Floats
    head_to_camera: Doubles
    residual_pixels: Floats
    rest_frames: NDArray[np.bool_]
