# SPDX-License-Identifier: Apache-2.0
"""What stays over a film: the lens and the face at rest, from the pictures that show it at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .fit_gaze import with_irises
from .fit_pose import Lens, Poses, first_poses, refine_poses
from .fit_rest import rest_frames
from .fit_shape import fit_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...face.model import FaceModel
    from .fit_points import PointCosts

    Doubles = NDArray[np.float64]

# Focal length over the picture's longer side before the film is asked: 45 degrees across, between a
# phone's and a studio's; and how far lenses spread about it (standard deviation of the logarithm).
USUAL_FOCAL, FOCAL_SPREAD = 1.2, 0.35
# Focal lengths tried, as powers of the spread.
FOCAL_STEPS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, 3.0])
# Pictures at rest that are used at most: spread over the film, they say all that they can.
MOST_PICTURES = 100
SHAPE_ROUNDS, POSE_ROUNDS = 5, 3
# The tracker's errors repeat over neighbouring points and like poses: a film says as much about the
# lens as this many independent distances.
INDEPENDENT = 60.0


@dataclass(frozen=True, eq=False)
class Shape:
    """A face at rest under one lens.

    Attributes:
        lens: of the camera.
        identity: (I,).
        rest: (478, 3) landmarks, metres.
        misfit: mean square distance, pixels^2.
    """

    lens: Lens
    identity: Doubles
    rest: Doubles
    misfit: float


def usual_lens(size: tuple[int, int], factor: float = 1.0) -> Lens:
    """The lens that is believed before the film is asked, for a (width, height) in pixels."""
    return Lens(USUAL_FOCAL * max(size) * factor, (size[0] / 2.0, size[1] / 2.0))


def find_rest(
    landmarks: Doubles,
    face: FaceModel,
    costs: PointCosts,
    size: tuple[int, int],
    film_of: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """(T,) the pictures at rest among (T, 478, 3) landmarks, a face in each."""
    lens = usual_lens(size)
    neutral = face.pieces478.neutral.astype(np.float64)
    poses = first_poses(landmarks, neutral, costs.pose_weights, lens)
    return rest_frames(landmarks, poses, film_of)


def fit_person_shape(
    landmarks: Doubles, face: FaceModel, costs: PointCosts, size: tuple[int, int]
) -> tuple[Shape, float]:
    """The shape under the likeliest lens, and how much of the lens the film told, 0..1.

    Args:
        landmarks: (T, 478, 3) pixels of pictures at rest.
        face: the canonical head.
        costs: see PointCosts.
        size: (width, height) in pixels.
    """
    landmarks = landmarks[np.linspace(0, len(landmarks) - 1, MOST_PICTURES).round().astype(int)]
    lenses = [usual_lens(size, np.exp(FOCAL_SPREAD * step)) for step in FOCAL_STEPS]
    misfits = np.array([_shape(landmarks, face, costs, lens).misfit for lens in lenses])
    likely = -0.5 * (INDEPENDENT * np.log(misfits) + np.square(FOCAL_STEPS))
    fine = np.linspace(FOCAL_STEPS[0], FOCAL_STEPS[-1], 201)
    chance = np.exp(np.interp(fine, FOCAL_STEPS, likely - likely.max()))
    chance /= chance.sum()
    step = float(chance @ fine)
    sureness = 1.0 - float(chance @ np.square(fine - step))
    lens = usual_lens(size, np.exp(FOCAL_SPREAD * step))
    return _shape(landmarks, face, costs, lens), float(np.clip(sureness, 0.0, 1.0))


def _shape(landmarks: Doubles, face: FaceModel, costs: PointCosts, lens: Lens) -> Shape:
    rest = face.pieces478.neutral.astype(np.float64)
    identity = np.zeros(len(face.identity_deltas))
    poses: Poses = first_poses(landmarks, rest, costs.pose_weights, lens)
    pixels = landmarks[..., :2]
    for _ in range(SHAPE_ROUNDS):
        poses = refine_poses(pixels, rest, costs.pose_weights, poses, POSE_ROUNDS)
        identity, rest = fit_shape(pixels, face, costs, poses)
    poses = refine_poses(pixels, rest, costs.pose_weights, poses, POSE_ROUNDS)
    off = np.square(pixels - poses.pixels(poses.seen(rest))).sum(axis=2)
    misfit = float((off @ costs.shape_weights).mean() / costs.shape_weights.sum())
    return Shape(lens, identity, with_irises(pixels, rest, poses), misfit)
