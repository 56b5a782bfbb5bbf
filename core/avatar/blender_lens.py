# SPDX-License-Identifier: Apache-2.0
"""Blender's camera as the avatar's: from the numbers of its panels to a pinhole in pixels.

The rules are those by which Blender lays its view plane: the sensor's fit chooses the side on which
the focal length holds, lens shift counts in that side's length, and pixels need not be square.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import MienError
from .camera import Camera

if TYPE_CHECKING:
    from .camera import Matrix

# Blender's camera looks along its -Z with +Y up; OpenCV's along +Z with +Y down.
_TO_OPENCV = np.diag([1.0, -1.0, -1.0, 1.0])


def camera_from_lens(
    width: int,
    height: int,
    *,
    lens_mm: float,
    sensor_width_mm: float,
    sensor_height_mm: float,
    sensor_fit: str,
    shift_x: float,
    shift_y: float,
    pixel_aspect_x: float,
    pixel_aspect_y: float,
    camera_to_root: Matrix,
    camera_type: str = "PERSP",
) -> Camera:
    """The pinhole camera that shows what Blender renders.

    Args:
        width: pixels that are rendered, `resolution_x * resolution_percentage // 100`.
        height: likewise.
        lens_mm: focal length, `Camera.lens`, evaluated at the frame.
        sensor_width_mm: `Camera.sensor_width`.
        sensor_height_mm: `Camera.sensor_height`, which only the fit VERTICAL reads.
        sensor_fit: "AUTO", "HORIZONTAL" or "VERTICAL".
        shift_x: lens shift to the right, `Camera.shift_x`.
        shift_y: lens shift upward.
        pixel_aspect_x: `RenderSettings.pixel_aspect_x`.
        pixel_aspect_y: `RenderSettings.pixel_aspect_y`.
        camera_to_root: (4, 4) from the camera's own axes to the root's, that is
            `root.matrix_world.inverted() @ camera.matrix_world`. Scale of either is left out of the
            directions, as Blender does; the camera's place stays in the root's units.
        camera_type: `Camera.type`.

    Raises:
        MienError: the camera is orthographic or panoramic, or its axes are skewed.
    """
    if camera_type != "PERSP":
        raise MienError(
            code="camera_not_perspective",
            message=f"An avatar is seen through a perspective lens; this camera is {camera_type}.",
            advice="Set the camera's Type to Perspective. A long focal length from far away looks"
            " almost like an orthographic view.",
        )
    aspect = pixel_aspect_y / pixel_aspect_x
    fits_across = sensor_fit == "HORIZONTAL" or (sensor_fit == "AUTO" and width >= height * aspect)
    sensor_mm = sensor_height_mm if sensor_fit == "VERTICAL" else sensor_width_mm
    # The fitted side in pixels as wide as this picture's pixels are.
    side = width if fits_across else height * aspect
    focal = lens_mm / sensor_mm * side
    return Camera(
        width=width,
        height=height,
        focal_x=focal,
        focal_y=focal / aspect,
        centre_x=0.5 * width - shift_x * side,
        centre_y=0.5 * height + shift_y * side / aspect,
        root_to_camera=_TO_OPENCV @ np.linalg.inv(_rigid(camera_to_root)),
    )


def _rigid(camera_to_root: Matrix) -> Matrix:
    """The matrix with axes of length 1."""
    rigid = np.array(camera_to_root, np.float64)
    lengths = np.linalg.norm(rigid[:3, :3], axis=0)
    if lengths.min() > 0.0:
        rigid[:3, :3] /= lengths
        if np.allclose(rigid[:3, :3].T @ rigid[:3, :3], np.eye(3), atol=1e-4):
            return rigid
    raise MienError(
        code="camera_skewed",
        message="The camera's axes are not at right angles, seen from the avatar's root.",
        advice="Apply the scale of the camera's and the root's parents (Ctrl+A, Scale).",
    )
