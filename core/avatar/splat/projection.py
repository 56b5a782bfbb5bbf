# SPDX-License-Identifier: Apache-2.0
"""Gaussians in space -> Gaussians in the picture.

With M = W R S (the view, a Gaussian's rotation and its scales) and J the Jacobian of the perspective
projection, the covariance in the picture is P P^T, P = J M; its determinant is |P0 x P1|^2, which loses
no digits where a Gaussian is seen edge on. Computed in double precision, kept in single.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from numba import prange

from .compiled import compiled, parallel_kernel
from .lens import Lens, lens_of
from .rules import BLUR, LEAST_ALPHA, NEAR_PLANE
from .vectors import (
    Matrix,
    Quaternion,
    Vector,
    applied,
    cross,
    dot,
    product,
    rotation,
    transposed,
    with_columns_scaled,
)

if TYPE_CHECKING:
    from .layout import Array, Gaussians, Seen


class Posed(NamedTuple):
    """A Gaussian before the camera.

    Attributes:
        point: its middle in camera space, metres.
        unit: its quaternion at length 1.
        length: what the quaternion's was.
        scales: metres.
        turn: W R.
        axes: M.
    """

    point: Vector
    unit: Quaternion
    length: float
    scales: Vector
    turn: Matrix
    axes: Matrix


class Flat(NamedTuple):
    """What the picture sees of its shape, in pixels.

    Attributes:
        p0: first row of P.
        p1: second row of P.
        sharp: determinant of the covariance before the blur.
        xx: the covariance with the blur, and so `xy`, `yy`.
        xy: likewise.
        yy: likewise.
        determinant: of the covariance with the blur.
    """

    p0: Vector
    p1: Vector
    sharp: float
    xx: float
    xy: float
    yy: float
    determinant: float


@compiled
def row_of(array: Array, i: int) -> Vector:
    """A row of three in double precision."""
    return (float(array[i, 0]), float(array[i, 1]), float(array[i, 2]))


@compiled
def posed(gaussians: Gaussians, i: int, lens: Lens) -> Posed:
    """Gaussian `i` before the camera; `length` is 0 for a quaternion that says nothing."""
    x, y, z = applied(lens.rotation, row_of(gaussians.means, i))
    point = (x + lens.shift[0], y + lens.shift[1], z + lens.shift[2])
    q = gaussians.quaternions[i]
    length = math.sqrt(float(q[0]) ** 2 + float(q[1]) ** 2 + float(q[2]) ** 2 + float(q[3]) ** 2)
    over = 1.0 / length if length > 0.0 else 0.0
    unit = (q[0] * over, q[1] * over, q[2] * over, q[3] * over)
    scales = row_of(gaussians.scales, i)
    turn = product(lens.rotation, rotation(unit))
    return Posed(point, unit, length, scales, turn, with_columns_scaled(turn, scales))


@compiled
def jacobian(lens: Lens, point: Vector) -> tuple[Vector, Vector]:
    """Rows of the projection's Jacobian at a point in camera space, pixels to a metre."""
    x, y, z = point
    across = min(max(x / z, lens.left), lens.right)
    down = min(max(y / z, lens.top), lens.bottom)
    return (
        (lens.focal_x / z, 0.0, -lens.focal_x * across / z),
        (0.0, lens.focal_y / z, -lens.focal_y * down / z),
    )


@compiled
def flattened(lens: Lens, splat: Posed) -> Flat:
    """The Gaussian's shape in the picture."""
    to_x, to_y = jacobian(lens, splat.point)
    columns = transposed(splat.axes)
    p0, p1 = applied(columns, to_x), applied(columns, to_y)
    edge = cross(p0, p1)
    sharp = dot(edge, edge)
    xx, xy, yy = dot(p0, p0), dot(p0, p1), dot(p1, p1)
    determinant = sharp + BLUR * (xx + yy) + BLUR * BLUR
    return Flat(p0, p1, sharp, xx + BLUR, xy, yy + BLUR, determinant)


@compiled
def _holds_a_pixel(middle: float, half: float, pixels: float) -> bool:
    """Whether a pixel's centre, at 0.5 to pixels - 0.5, may lie within middle +- half."""
    return middle + half > 0.5 and middle - half < pixels - 0.5


@compiled
def _see(gaussians: Gaussians, i: int, lens: Lens, out: Seen) -> None:
    """Fill `out` but for what is not seen; comparisons are false where a number is NaN."""
    splat = posed(gaussians, i, lens)
    depth = splat.point[2]
    if not (depth >= NEAR_PLANE and splat.length > 0.0):
        return
    flat = flattened(lens, splat)
    opacity = gaussians.opacities[i] * math.sqrt(flat.sharp / flat.determinant)
    if not (opacity >= LEAST_ALPHA and math.isfinite(flat.determinant)):
        return
    spread = 2.0 * math.log(opacity / LEAST_ALPHA)
    half_width, half_height = math.sqrt(spread * flat.xx), math.sqrt(spread * flat.yy)
    x = lens.focal_x * splat.point[0] / depth + lens.centre_x
    y = lens.focal_y * splat.point[1] / depth + lens.centre_y
    if not (
        _holds_a_pixel(x, half_width, lens.width) and _holds_a_pixel(y, half_height, lens.height)
    ):
        return
    out.x, out.y = x, y
    out.a, out.b, out.c = (
        flat.yy / flat.determinant,
        -flat.xy / flat.determinant,
        flat.xx / flat.determinant,
    )
    out.opacity = opacity
    out.shear = -flat.xy / flat.yy
    out.reach = spread * flat.determinant / flat.yy
    out.slope = flat.determinant / (flat.yy * flat.yy)
    out.half_width, out.half_height = half_width, half_height
    out.depth = depth


@parallel_kernel
def project(gaussians: Gaussians, numbers: Array, seen: Array) -> None:
    """Project all Gaussians.

    Args:
        gaussians: N of them.
        numbers: the camera's `lens_numbers`.
        seen: (N,) of `SEEN`, zeros, to be filled.
    """
    for i in prange(len(seen)):
        _see(gaussians, i, lens_of(numbers), seen[i])
