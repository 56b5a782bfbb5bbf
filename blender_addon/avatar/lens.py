# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's camera as a pinhole in pixels, by the rules by which Blender lays its view plane.

The sensor's fit chooses the side on which the focal length holds, lens shift counts in that side's
length, and pixels need not be square. The same rules stand in core/avatar/blender_lens.py, which
cannot be imported here (`places.core_folder` says why); a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Blender's camera looks along its -Z with +Y up; the avatar's along +Z with +Y down.
_TURNED = np.diag([1.0, -1.0, -1.0, 1.0])
# How far axes may differ in length, or from a right angle, before a head would look squashed.
EVEN = 0.01


@dataclass(frozen=True)
class Picture:
    """The size of a rendered picture in pixels, and the shape of a pixel."""

    width: int
    height: int
    aspect_x: float = 1.0
    aspect_y: float = 1.0


@dataclass(frozen=True)
class Lens:
    """What a camera's panels say, millimetres; shifts in the fitted side's length."""

    focal: float
    sensor_width: float
    sensor_height: float
    shift_x: float
    shift_y: float
    fit: str


def pinhole(picture: Picture, lens: Lens) -> tuple[tuple[float, float], tuple[float, float]]:
    """Focal lengths (across, down) and principal point, in pixels."""
    aspect = picture.aspect_y / picture.aspect_x
    width, height = picture.width, picture.height * aspect
    across = lens.fit == "HORIZONTAL" or (lens.fit == "AUTO" and width >= height)
    side = width if across else height
    sensor = lens.sensor_height if lens.fit == "VERTICAL" else lens.sensor_width
    focal = lens.focal / sensor * side
    centre = (
        0.5 * picture.width - lens.shift_x * side,
        0.5 * picture.height + lens.shift_y * side / aspect,
    )
    return (focal, focal / aspect), centre


def root_to_camera(root: np.ndarray, camera: np.ndarray) -> np.ndarray:
    """(4, 4) rigid: from the avatar's root, in its own metres, to the camera's axes.

    Args:
        root: (4, 4) world matrix; its scale, the same on all axes, makes the avatar larger.
        camera: (4, 4) world matrix; its scale means nothing.

    Raises:
        ValueError: the root is skewed, or scaled unevenly.
    """
    lengths = np.linalg.norm(root[:3, :3], axis=0)
    scale = float(lengths.mean())
    turn = root[:3, :3] / max(scale, 1e-12)
    if scale < 1e-9 or np.abs(turn.T @ turn - np.eye(3)).max() > EVEN:
        raise ValueError("the root is skewed or scaled unevenly")
    rigid = np.eye(4)
    rigid[:3, :3] = _nearest_turn(turn)
    rigid[:3, 3] = root[:3, 3]
    eye = np.eye(4)
    eye[:3, :3] = _nearest_turn(camera[:3, :3])
    eye[:3, 3] = camera[:3, 3]
    seen = _TURNED @ np.linalg.inv(eye) @ rigid
    seen[:3, 3] /= scale
    return np.asarray(seen)


def scale_of(root: np.ndarray) -> float:
    """How large the avatar stands in the scene, 1 for life size."""
    return float(np.linalg.norm(root[:3, :3], axis=0).mean())


def _nearest_turn(axes: np.ndarray) -> np.ndarray:
    """The rotation nearest to three axes, whatever their lengths."""
    left, _, right = np.linalg.svd(axes / np.linalg.norm(axes, axis=0))
    return np.asarray(left @ right)
