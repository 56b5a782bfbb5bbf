# SPDX-License-Identifier: Apache-2.0
"""Head angles of a performance as the rigid matrix that turns a head on its neck, and back.

Angles are `core.face.arkit.HEAD_NAMES`: radians; up, to the character's left, toward its left shoulder
are positive. The head rolls about the axis of its gaze, then pitches about the ears, then yaws about
the body's vertical, as trackers read them: pitch and yaw alone say where the face looks. Head space is
`core.avatar.camera`'s: +Z up, the face looks along -Y, +X is the character's left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Matrix = NDArray[np.float64]

NECK_PIVOT = np.array([0.0, 0.01, 0.10])
"""Where skull and neck meet (between and a little behind the ears' lower ends), metres in head space."""


def head_to_root(pitch: float, yaw: float, roll: float, shift: ArrayLike | None = None) -> Matrix:
    """Turn a head about its neck.

    Args:
        pitch: radians.
        yaw: radians.
        roll: radians.
        shift: (3,) metres in root space, added afterwards; None for none.

    Returns:
        (4, 4) rigid: yaw after pitch after roll, about `NECK_PIVOT`.
    """
    cos_pitch, sin_pitch = np.cos(pitch), np.sin(pitch)
    cos_yaw, sin_yaw = np.cos(yaw), np.sin(yaw)
    cos_roll, sin_roll = np.cos(roll), np.sin(roll)
    about_up = np.array([[cos_yaw, -sin_yaw, 0.0], [sin_yaw, cos_yaw, 0.0], [0.0, 0.0, 1.0]])
    about_ears = np.array(
        [[1.0, 0.0, 0.0], [0.0, cos_pitch, sin_pitch], [0.0, -sin_pitch, cos_pitch]]
    )
    about_gaze = np.array([[cos_roll, 0.0, sin_roll], [0.0, 1.0, 0.0], [-sin_roll, 0.0, cos_roll]])
    matrix = np.eye(4)
    matrix[:3, :3] = about_up @ about_ears @ about_gaze
    matrix[:3, 3] = NECK_PIVOT - matrix[:3, :3] @ NECK_PIVOT
    if shift is not None:
        matrix[:3, 3] += np.asarray(shift, np.float64)
    return matrix


def head_angles(matrix: Matrix) -> tuple[float, float, float, Matrix]:
    """Pitch, yaw, roll and shift of which `head_to_root` makes `matrix`.

    Args:
        matrix: (4, 4) rigid. Within a degree of looking straight up or down, yaw and roll cannot be
            told apart.

    Returns:
        Radians, radians, radians and (3,) metres.
    """
    rotation = np.asarray(matrix, np.float64)[:3, :3]
    face = -rotation[:, 1]
    pitch = float(np.arcsin(np.clip(face[2], -1.0, 1.0)))
    yaw = float(np.arctan2(face[0], -face[1]))
    roll = float(np.arctan2(-rotation[2, 0], rotation[2, 2]))
    shift = np.asarray(matrix, np.float64)[:3, 3] - NECK_PIVOT + rotation @ NECK_PIVOT
    return pitch, yaw, roll, shift
