# SPDX-License-Identifier: Apache-2.0
"""The gradients to Gaussians in the picture -> those to Gaussians in space; see `projection`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from numba import prange

from .compiled import compiled, parallel_kernel
from .layout import CHANNELS, DEPTH, OPACITY, A, B, C, X, Y
from .lens import Lens, lens_of
from .projection import Flat, Posed, flattened, jacobian, posed
from .rules import BLUR
from .vectors import (
    Matrix,
    Vector,
    applied,
    combined,
    dot,
    product,
    rotation_gradient,
    transposed,
    with_columns_scaled,
)

if TYPE_CHECKING:
    from .layout import Array, Gaussians


@compiled
def _to_covariance(flat: Flat, gradient: Array, opacity: float) -> Vector:
    """Gradient to the covariance as a symmetric matrix: (xx, xy, yy)."""
    a, b, c = (
        flat.yy / flat.determinant,
        -flat.xy / flat.determinant,
        flat.xx / flat.determinant,
    )
    # Through its inverse Q, to which V is the gradient: -Q V Q.
    va, vb, vc = gradient[A], 0.5 * gradient[B], gradient[C]
    first_a, first_b = a * va + b * vb, a * vb + b * vc
    second_a, second_b = b * va + c * vb, b * vb + c * vc
    # Through the antialiasing's sqrt(det C / det (C + BLUR I)).
    share = flat.sharp / flat.determinant
    factor = 0.5 * gradient[OPACITY] * opacity / math.sqrt(share)
    blurred = BLUR / flat.determinant
    return (
        factor * ((1.0 - share) * a - blurred) - (first_a * a + first_b * b),
        factor * (1.0 - share) * b - (first_a * b + first_b * c),
        factor * ((1.0 - share) * c - blurred) - (second_a * b + second_b * c),
    )


@compiled
def _to_point(lens: Lens, point: Vector, to_p: Matrix, gradient: Array) -> Vector:
    """Gradient to a point in camera space, through its place in the picture, the Jacobian and its depth.

    `to_p` holds the gradients to the Jacobian's two rows; its third row is not used.
    """
    x, y, z = point
    row_x, row_y = jacobian(lens, point)
    gx = gradient[X] * lens.focal_x / z
    gy = gradient[Y] * lens.focal_y / z
    gz = gradient[CHANNELS + DEPTH] - (gx * x + gy * y) / z
    # All of the Jacobian falls with 1 / z; its last column also follows x / z and y / z, unless held.
    gz -= (dot(to_p[0], row_x) + dot(to_p[1], row_y)) / z
    if lens.left <= x / z <= lens.right:
        along = -to_p[0][2] * lens.focal_x / (z * z)
        gx += along
        gz -= along * x / z
    if lens.top <= y / z <= lens.bottom:
        along = -to_p[1][2] * lens.focal_y / (z * z)
        gy += along
        gz -= along * y / z
    return gx, gy, gz


@compiled
def _to_quaternion(lens: Lens, splat: Posed, to_axes: Matrix, out: Array) -> None:
    to_rotation = product(transposed(lens.rotation), with_columns_scaled(to_axes, splat.scales))
    unit, to_unit = splat.unit, rotation_gradient(splat.unit, to_rotation)
    # The quaternion's length changes nothing.
    along = (
        unit[0] * to_unit[0] + unit[1] * to_unit[1] + unit[2] * to_unit[2] + unit[3] * to_unit[3]
    )
    for part in range(4):
        out[part] = (to_unit[part] - along * unit[part]) / splat.length


@compiled
def _pull_back(gaussians: Gaussians, i: int, lens: Lens, gradient: Array, out: Gaussians) -> None:
    splat = posed(gaussians, i, lens)
    flat = flattened(lens, splat)
    out.opacities[i] = gradient[OPACITY] * math.sqrt(flat.sharp / flat.determinant)
    xx, xy, yy = _to_covariance(flat, gradient, float(gaussians.opacities[i]))
    # The covariance is P P^T, and P = J M.
    to_p0 = combined(2.0 * xx, flat.p0, 2.0 * xy, flat.p1)
    to_p1 = combined(2.0 * xy, flat.p0, 2.0 * yy, flat.p1)
    to_rows = (applied(splat.axes, to_p0), applied(splat.axes, to_p1), (0.0, 0.0, 0.0))
    to_point = _to_point(lens, splat.point, to_rows, gradient)
    to_mean = applied(transposed(lens.rotation), to_point)
    row_x, row_y = jacobian(lens, splat.point)
    to_axes = (
        combined(row_x[0], to_p0, row_y[0], to_p1),
        combined(row_x[1], to_p0, row_y[1], to_p1),
        combined(row_x[2], to_p0, row_y[2], to_p1),
    )
    _to_quaternion(lens, splat, to_axes, out.quaternions[i])
    to_columns, columns = transposed(to_axes), transposed(splat.turn)
    for axis in range(3):
        out.means[i, axis] = to_mean[axis]
        out.scales[i, axis] = dot(to_columns[axis], columns[axis])


@parallel_kernel
def project_gradient(
    gaussians: Gaussians, numbers: Array, order: Array, gradients: Array, out: Gaussians
) -> None:
    """Pull all gradients back.

    Args:
        gaussians: as given to `project`.
        numbers: as given to `project`.
        order: (S,) numbers of the Gaussians that are seen.
        gradients: (S, CHANNELS + K) float64 to these in the picture.
        out: zeros shaped like `gaussians`, to be filled.
    """
    for rank in prange(len(order)):
        _pull_back(gaussians, order[rank], lens_of(numbers), gradients[rank], out)
