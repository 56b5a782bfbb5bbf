# SPDX-License-Identifier: Apache-2.0
"""Three numbers at a time for compiled code: tuples stay in registers where arrays would be allocated."""

from __future__ import annotations

from .compiled import compiled

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]  # of rows
Quaternion = tuple[float, float, float, float]


@compiled
def dot(a: Vector, b: Vector) -> float:
    """The sum of products."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@compiled
def cross(a: Vector, b: Vector) -> Vector:
    """The vector at right angles to both."""
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )


@compiled
def combined(p: float, a: Vector, q: float, b: Vector) -> Vector:
    """The sum of p a and q b."""
    return (p * a[0] + q * b[0], p * a[1] + q * b[1], p * a[2] + q * b[2])


@compiled
def transposed(m: Matrix) -> Matrix:
    """Columns for rows."""
    return (
        (m[0][0], m[1][0], m[2][0]),
        (m[0][1], m[1][1], m[2][1]),
        (m[0][2], m[1][2], m[2][2]),
    )


@compiled
def applied(m: Matrix, v: Vector) -> Vector:
    """The matrix times a column."""
    return (dot(m[0], v), dot(m[1], v), dot(m[2], v))


@compiled
def product(m: Matrix, n: Matrix) -> Matrix:
    """The matrix product m n."""
    columns = transposed(n)
    return (applied(columns, m[0]), applied(columns, m[1]), applied(columns, m[2]))


@compiled
def with_columns_scaled(m: Matrix, by: Vector) -> Matrix:
    """The matrix times a diagonal one."""
    return (
        (m[0][0] * by[0], m[0][1] * by[1], m[0][2] * by[2]),
        (m[1][0] * by[0], m[1][1] * by[1], m[1][2] * by[2]),
        (m[2][0] * by[0], m[2][1] * by[1], m[2][2] * by[2]),
    )


@compiled
def rotation(unit: Quaternion) -> Matrix:
    """The rotation matrix of a unit quaternion w x y z."""
    w, x, y, z = unit
    return (
        (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)),
        (2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)),
        (2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)),
    )


@compiled
def rotation_gradient(unit: Quaternion, g: Matrix) -> Quaternion:
    """The gradient to a unit quaternion, given that to its rotation matrix."""
    w, x, y, z = unit
    return (
        2.0 * (x * (g[2][1] - g[1][2]) + y * (g[0][2] - g[2][0]) + z * (g[1][0] - g[0][1])),
        2.0 * (w * (g[2][1] - g[1][2]) + y * (g[0][1] + g[1][0]) + z * (g[0][2] + g[2][0]))
        - 4.0 * x * (g[1][1] + g[2][2]),
        2.0 * (w * (g[0][2] - g[2][0]) + x * (g[0][1] + g[1][0]) + z * (g[1][2] + g[2][1]))
        - 4.0 * y * (g[0][0] + g[2][2]),
        2.0 * (w * (g[1][0] - g[0][1]) + x * (g[0][2] + g[2][0]) + y * (g[1][2] + g[2][1]))
        - 4.0 * z * (g[0][0] + g[1][1]),
    )
