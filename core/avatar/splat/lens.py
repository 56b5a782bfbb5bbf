# SPDX-License-Identifier: Apache-2.0
"""A camera in the form that compiled code takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .compiled import compiled
from .rules import MARGIN
from .vectors import Matrix, Vector

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..camera import Camera

    Numbers = NDArray[np.float64]


class Lens(NamedTuple):
    """The numbers of a camera, as compiled code sees them.

    `left` to `bottom` bound x/z and y/z where the Jacobian of the projection is taken.
    """

    focal_x: float
    focal_y: float
    centre_x: float
    centre_y: float
    left: float
    right: float
    top: float
    bottom: float
    width: float
    height: float
    rotation: Matrix
    shift: Vector


def lens_numbers(camera: Camera) -> Numbers:
    """The numbers that `lens_of` unpacks: parallel loops take arrays, not tuples in tuples."""
    half_x, half_y = (
        0.5 * camera.width / camera.focal_x,
        0.5 * camera.height / camera.focal_y,
    )
    return np.array(
        [
            camera.focal_x,
            camera.focal_y,
            camera.centre_x,
            camera.centre_y,
            -camera.centre_x / camera.focal_x - MARGIN * half_x,
            (camera.width - camera.centre_x) / camera.focal_x + MARGIN * half_x,
            -camera.centre_y / camera.focal_y - MARGIN * half_y,
            (camera.height - camera.centre_y) / camera.focal_y + MARGIN * half_y,
            camera.width,
            camera.height,
            *camera.root_to_camera[:3].ravel(),
        ],
        np.float64,
    )


@compiled
def lens_of(n: Numbers) -> Lens:
    """The `Lens` of `lens_numbers`."""
    return Lens(
        n[0],
        n[1],
        n[2],
        n[3],
        n[4],
        n[5],
        n[6],
        n[7],
        n[8],
        n[9],
        ((n[10], n[11], n[12]), (n[14], n[15], n[16]), (n[18], n[19], n[20])),
        (n[13], n[17], n[21]),
    )
