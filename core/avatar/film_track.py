# SPDX-License-Identifier: Apache-2.0
"""A tracked film: the person, the camera, and what the face does in each picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FilmTrack:
    """What `avatar track` finds in a film or in several films of one person and one camera.

    Attributes:
        films: paths of the films, as given.
        film_of: (T,) int32, which film a picture is of.
        picture: (T,) int32, its number among the decoded pictures of that film.
        time_seconds: (T,) float64 in its film, ascending within a film.
        found: (T,) bool; the other arrays of a row mean nothing where it is False.
        size: (width, height) in pixels of the upright pictures.
        focal_pixels: one focal length for all; the principal point is the picture's middle.
        identity: (I,) float32 values of the face model's identity directions.
        offsets: (V, 3) float32 metres, what the directions cannot say, spread smoothly over the mesh.
        values: (T, 57) float32, core.face.arkit.CHANNEL_NAMES; head angles about the film's median.
        head_to_camera: (T, 4, 4) float64 rigid, canonical head to camera (OpenCV axes), metres.
        landmarks: (T, 478, 2) float32 pixels, as tracked.
        residual_pixels: (T,) float32, root mean square distance of the fitted points.
        film_digests: what each film was when it was tracked (`core.avatar.film_digest`); empty where that is
            not known.
    """

    films: tuple[str, ...]
    film_of: NDArray[np.int32]
    picture: NDArray[np.int32]
    time_seconds: NDArray[np.float64]
    found: NDArray[np.bool_]
    size: tuple[int, int]
    focal_pixels: float
    identity: Floats
    offsets: Floats
    values: Floats
    head_to_camera: NDArray[np.float64]
    landmarks: Floats
    residual_pixels: Floats
    film_digests: tuple[str, ...] = ()
