# SPDX-License-Identifier: Apache-2.0
"""What an avatar is: Gaussians on a person's mesh, a residual that the curves drive, and its papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .person import PersonMesh

    Floats = NDArray[np.float32]

HARMONICS = 4
"""Spherical harmonics of degree 0 and 1 a colour."""
RESIDUAL_PARTS = {"offset": 3, "turn": 3, "growth": 3, "colour": 3, "opacity": 1}
RESIDUAL_WIDTH = sum(RESIDUAL_PARTS.values())


@dataclass(frozen=True, eq=False)
class Gaussians:
    """N Gaussians, each riding on one triangle of the mesh.

    A triangle's frame has its first edge as X and its normal as Z; lengths in it grow with the root
    of the triangle's area over its area at rest (GaussianAvatars, Qian and others, CVPR 2024).

    Attributes:
        triangle: (N,) int32.
        barycentric: (N, 3) float32, sums to 1: the place on the triangle.
        offset: (N, 3) float32 metres from that place, in the triangle's frame.
        rotation: (N, 4) float32 quaternion w x y z in the triangle's frame, unit length when read.
        log_scale: (N, 3) float32, natural logarithm of the standard deviations in metres.
        opacity_logit: (N,) float32.
        harmonics: (N, 4, 3) float32: sRGB-coded colour as real spherical harmonics of the direction
            from the camera to the Gaussian in head space, 0.5 added (the convention of 3D Gaussian
            splatting, Kerbl and others 2023, degree 1).
        residual: (K, N, 13) float16: what each drive at 1 adds; columns are `RESIDUAL_PARTS`.
    """

    triangle: NDArray[np.int32]
    barycentric: Floats
    offset: Floats
    rotation: Floats
    log_scale: Floats
    opacity_logit: Floats
    harmonics: Floats
    residual: NDArray[np.float16]


@dataclass(frozen=True, eq=False)
class Drive:
    """How the curves drive the residual: a small network over what the film has shown.

    Attributes:
        centre: (D,) float32, the film's mean of the inputs: 52 channels, then the head's rotation
            vector against the root (3, radians).
        spread: (D,) float32 divides what is left.
        lowest: (D,) float32, the film's range of an input, beyond which the residual does not follow;
            the mesh does.
        highest: (D,) float32.
        hidden_weight: (H, D) float32.
        hidden_bias: (H,) float32.
        out_weight: (K, H) float32.
        out_bias: (K,) float32.
        looks: (P, K) float32, what the look of each film (hair, beard, light) adds to what the curves
            drive; `Avatar.meta` names them under "looks".
    """

    centre: Floats
    spread: Floats
    lowest: Floats
    highest: Floats
    hidden_weight: Floats
    hidden_bias: Floats
    out_weight: Floats
    out_bias: Floats
    looks: Floats


@dataclass(frozen=True, eq=False)
class Avatar:
    """A trained person.

    Attributes:
        mesh: the person's head.
        gaussians: what is drawn.
        drive: what moves them beyond the mesh.
        landmarks: (M, 68, 3) float32 displacements that the person really made, for
            `core.mixing.landmark_database`; metres.
        film_values: (M, 52) float32, the channels at the same moments.
        meta: JSON data: person and consent (`core.avatar.consent`), versions, training, the film's
            camera (`film_camera`: width, height, focal_x, focal_y, centre_x, centre_y,
            root_to_camera as 16 numbers).
    """

    mesh: PersonMesh
    gaussians: Gaussians
    drive: Drive
    landmarks: Floats
    film_values: Floats
    meta: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Pose:
    """What an avatar does in one frame.

    Attributes:
        values: (52,) float32 ARKit channels, 0..1.
        head_to_root: (4, 4) float64, rigid: the head against the shoulders.
    """

    values: Floats
    head_to_root: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Frame:
    """One rendered picture, linear in coverage and sRGB-coded in colour.

    Attributes:
        rgba: (H, W, 4) float32, colour multiplied by alpha.
        depth: (H, W) float32, metres along the camera's axis, mean over what is seen; 0 where alpha is 0.
        normal: (H, W, 3) float32 in camera space, multiplied by alpha; None unless asked for.
    """

    rgba: Floats
    depth: Floats
    normal: Floats | None = None
