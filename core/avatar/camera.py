# SPDX-License-Identifier: Apache-2.0
"""The pinhole camera through which an avatar is seen.

Spaces: *head* is the canonical head's (metres, +Z up, the face looks along -Y); *root* is the same
place with the head at rest: where the shoulders stand, or the rig or empty in Blender; *camera* is
OpenCV's: +X right, +Y down, +Z into the picture. The centre of the first pixel is at (0.5, 0.5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Camera:
    """A camera and the size of its picture.

    Attributes:
        width: pixels.
        height: pixels.
        focal_x: focal length in pixels, across.
        focal_y: focal length in pixels, down; differs where pixels are not square.
        centre_x: principal point in pixels; away from the middle where the lens is shifted.
        centre_y: likewise.
        root_to_camera: (4, 4) rigid, metres.

    Raises:
        ValueError: a size or focal length is not positive, or the matrix is not rigid.
    """

    width: int
    height: int
    focal_x: float
    focal_y: float
    centre_x: float
    centre_y: float
    root_to_camera: Matrix

    def __post_init__(self) -> None:
        if min(self.width, self.height) < 1 or min(self.focal_x, self.focal_y) <= 0.0:
            raise ValueError("a camera needs a positive size and focal length")
        rotation = self.root_to_camera[:3, :3]
        if self.root_to_camera.shape != (4, 4) or not np.allclose(
            rotation @ rotation.T, np.eye(3), atol=1e-4
        ):
            raise ValueError("root_to_camera must be a rigid 4x4 matrix")

    def scaled(self, factor: float) -> Camera:
        """The same view in a picture `factor` times as large, rounded to whole pixels."""
        width, height = (max(1, round(side * factor)) for side in (self.width, self.height))
        across, down = width / self.width, height / self.height
        return replace(
            self,
            width=width,
            height=height,
            focal_x=self.focal_x * across,
            focal_y=self.focal_y * down,
            centre_x=self.centre_x * across,
            centre_y=self.centre_y * down,
        )

    def cropped(self, left: float, top: float, width: int, height: int) -> Camera:
        """The same lens, seeing only a window of the picture; the window may reach outside."""
        return replace(
            self,
            width=width,
            height=height,
            centre_x=self.centre_x - left,
            centre_y=self.centre_y - top,
        )

    def pixels_of(self, points: Matrix) -> Matrix:
        """Project (..., 3) points in root space to (..., 2) pixels."""
        seen = points @ self.root_to_camera[:3, :3].T + self.root_to_camera[:3, 3]
        focal = np.array([self.focal_x, self.focal_y])
        centre = np.array([self.centre_x, self.centre_y])
        return np.asarray(seen[..., :2] / seen[..., 2:] * focal + centre)
