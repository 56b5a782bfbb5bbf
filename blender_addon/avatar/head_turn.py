# SPDX-License-Identifier: GPL-3.0-or-later
"""How a head's three angles turn it on its neck."""

from __future__ import annotations

import numpy as np

# Where skull and neck meet, metres from the middle of the neck's cut; core/avatar/head_pose.py has the
# same, and the stand-in turns about it.
NECK_PIVOT = (0.0, 0.01, 0.10)


def matrices(pitch: np.ndarray, yaw: np.ndarray, roll: np.ndarray) -> np.ndarray:
    """(T, 4, 4) head to shoulders, for angles in radians (T,): up, to its left, to its left shoulder.

    The rotation vector (-pitch, roll, yaw), as takes turn heads in Blender; by Rodrigues' formula.
    """
    vector = np.stack([-pitch, roll, yaw], axis=-1).astype(np.float64)
    angle = np.linalg.norm(vector, axis=-1)[:, None, None]
    x, y, z = np.moveaxis(vector, -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(-1, 3, 3)
    # sin(a)/a and (1 - cos(a))/a^2, which numpy's sinc gives at 0 too.
    first = np.sinc(angle / np.pi)
    second = 0.5 * np.sinc(angle / (2.0 * np.pi)) ** 2
    turns = np.tile(np.eye(4), (len(vector), 1, 1))
    turns[:, :3, :3] += first * cross + second * (cross @ cross)
    turns[:, :3, 3] = NECK_PIVOT - turns[:, :3, :3] @ np.array(NECK_PIVOT)
    return turns
