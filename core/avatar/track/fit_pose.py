# SPDX-License-Identifier: Apache-2.0
"""The head's pose in each picture, by Gauss-Newton on the projected points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .fit_points import MILLIMETRES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]

# About which rotations turn, metres: between the eyes, so that turning hardly moves the face.
PIVOT = np.array([0.0, -0.08, 0.2])
# Canonical axes (left, back, up) of a head that faces the camera, in the camera's (right, down, away).
FACING = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
# A point this many times as far off as the usual one counts half.
OUTLYING = 4.0


@dataclass(frozen=True)
class Lens:
    """A pinhole: focal length and principal point (x, y) in pixels."""

    focal: float
    centre: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Poses:
    """The head before one camera: rotation (T, 3, 3) and translation (T, 3) to it, metres."""

    lens: Lens
    rotation: Doubles
    translation: Doubles

    def __getitem__(self, rows: slice | NDArray[np.int64] | NDArray[np.bool_]) -> Poses:
        return Poses(self.lens, self.rotation[rows], self.translation[rows])

    def seen(self, points: Doubles) -> Doubles:
        """Points (T, N, 3) or (N, 3) of the head in the camera's space: (T, N, 3)."""
        return points @ self.rotation.transpose(0, 2, 1) + self.translation[:, None]

    def pixels(self, seen: Doubles) -> Doubles:
        """Points (T, N, 3) of the camera's space in the picture: (T, N, 2)."""
        return np.asarray(seen[..., :2] / seen[..., 2:] * self.lens.focal + self.lens.centre)

    def pivots(self) -> Doubles:
        """(T, 3) the point between the eyes about which `turned` turns, in the camera's space."""
        return self.seen(PIVOT[None])[:, 0]

    def millimetres_per_pixel(self) -> Doubles:
        """(T,) at the head's distance."""
        return MILLIMETRES * self.pivots()[:, 2] / self.lens.focal

    def matrices(self) -> Doubles:
        """(T, 4, 4)."""
        matrices = np.tile(np.eye(4), (len(self.rotation), 1, 1))
        matrices[:, :3, :3], matrices[:, :3, 3] = self.rotation, self.translation
        return matrices


def first_poses(landmarks: Doubles, points: Doubles, weights: Doubles, lens: Lens) -> Poses:
    """A start for `refine_poses` from points with the tracker's guessed depth.

    Args:
        landmarks: (T, N, 3) pixels.
        points: (N, 3) of the head, metres.
        weights: (N,).
        lens: of the camera.
    """
    share = (weights / weights.sum())[:, None]
    middle = (landmarks * share).sum(axis=1, keepdims=True)
    goal_middle = (points * share).sum(axis=0)
    moved, goal = landmarks - middle, points - goal_middle
    u, size, vt = np.linalg.svd(np.einsum("tni,nj->tij", moved * share, goal))
    sign = np.sign(np.linalg.det(u @ vt))
    u[:, :, 2] *= sign[:, None]
    size[:, 2] *= sign
    rotation = u @ vt
    pixels_per_metre = size.sum(axis=1) / (np.square(goal) * share).sum()
    depth = lens.focal / pixels_per_metre
    across = (middle[:, 0, :2] - np.array(lens.centre)) * (depth / lens.focal)[:, None]
    translation = np.column_stack([across, depth]) - rotation @ goal_middle
    return Poses(lens, rotation, translation)


def refine_poses(
    landmarks: Doubles, points: Doubles, weights: Doubles, poses: Poses, rounds: int
) -> Poses:
    """Gauss-Newton steps of all pictures side by side; points far off count less.

    Args:
        landmarks: (T, N, 2) pixels.
        points: (T, N, 3) or (N, 3) of the head as it is shaped in each picture, metres.
        weights: (N,).
        poses: the start.
        rounds: steps.
    """
    used = np.flatnonzero(weights > 0.0)
    landmarks, points, weights = landmarks[:, used], points[..., used, :], weights[used]
    for _ in range(rounds):
        seen = poses.seen(points)
        off = landmarks - poses.pixels(seen)
        square = np.square(off).sum(axis=2)
        usual = np.median(square, axis=1, keepdims=True) * OUTLYING**2 + 1e-12
        trust = weights / (1.0 + square / usual)
        poses = turned(poses, pose_steps(seen, off, trust, poses))
    return poses


def pose_steps(seen: Doubles, off: Doubles, trust: Doubles, poses: Poses) -> Doubles:
    """One Gauss-Newton step (T, 6): a rotation vector about the pivot, then a shift, metres.

    Args:
        seen: (T, N, 3) points in camera space.
        off: (T, N, 2) pixels from where they are to where they should be.
        trust: (T, N) weights.
        poses: of the points.
    """
    slopes = pose_slopes(seen, poses).reshape(len(seen), -1, 6)
    weighted = (slopes.reshape(*trust.shape, 2, 6) * trust[..., None, None]).reshape(slopes.shape)
    curvature = weighted.transpose(0, 2, 1) @ slopes
    pull = weighted.transpose(0, 2, 1) @ off.reshape(len(off), -1, 1)
    return np.asarray(np.linalg.solve(curvature, pull)[..., 0])


def pose_slopes(seen: Doubles, poses: Poses) -> Doubles:
    """How pixels of points (T, N, 3) follow a turn about the pivot and a shift: (T, N, 2, 6)."""
    pivot = poses.pivots()[:, None]
    x, y, z = np.moveaxis(seen - pivot, 2, 0)
    across, down = seen[..., 0] / seen[..., 2], seen[..., 1] / seen[..., 2]
    slopes = np.zeros((*seen.shape[:2], 2, 6))
    slopes[..., 0, 0], slopes[..., 0, 1], slopes[..., 0, 2] = -across * y, z + across * x, -y
    slopes[..., 1, 0], slopes[..., 1, 1], slopes[..., 1, 2] = -z - down * y, down * x, x
    slopes[..., 0, 3], slopes[..., 0, 5] = 1.0, -across
    slopes[..., 1, 4], slopes[..., 1, 5] = 1.0, -down
    slopes *= (poses.lens.focal / seen[..., 2])[..., None, None]
    return slopes


def turned(poses: Poses, steps: Doubles) -> Poses:
    """Poses turned about the pivot and shifted by (T, 6) steps of `pose_steps`."""
    turn = rotation_matrices(steps[:, :3])
    pivot = poses.pivots()
    rotation = turn @ poses.rotation
    translation = (turn @ (poses.translation - pivot)[..., None])[..., 0] + pivot + steps[:, 3:]
    return Poses(poses.lens, rotation, translation)


def rotation_matrices(vectors: Doubles) -> Doubles:
    """Rotation vectors (T, 3), radians, to matrices (T, 3, 3), by Rodrigues' formula."""
    angle = np.linalg.norm(vectors, axis=1)
    axis = vectors / np.maximum(angle, 1e-12)[:, None]
    cross = np.zeros((len(vectors), 3, 3))
    cross[:, 2, 1], cross[:, 0, 2], cross[:, 1, 0] = axis.T
    cross -= cross.transpose(0, 2, 1)
    sine, rest = np.sin(angle)[:, None, None], (1.0 - np.cos(angle))[:, None, None]
    return np.asarray(np.eye(3) + sine * cross + rest * (cross @ cross))


def head_angles(rotation: Doubles) -> Doubles:
    """Pitch, yaw and roll (T, 3) of heads in the camera's space, radians as HEAD_NAMES defines them."""
    forward, up = -rotation[:, :, 1], rotation[:, :, 2]
    pitch = np.arcsin(np.clip(-forward[:, 1], -1.0, 1.0))
    yaw = np.arctan2(forward[:, 0], -forward[:, 2])
    roll = np.arctan2(up[:, 0], -up[:, 1])
    return np.stack([pitch, yaw, roll], axis=1)
