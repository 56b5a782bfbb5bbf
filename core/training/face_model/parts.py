# SPDX-License-Identifier: Apache-2.0
"""A part of the head (skin, eyes, teeth ...) with all its moves, and how parts are joined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .mesh import Floats, Ints


@dataclass(frozen=True)
class Part:
    """One piece of geometry.

    vertices (V, 3) metres; quads (Q, 4); uvs (Q, 4, 2); materials (Q,) names;
    shapes (52, V, 3) in ARKit order; identity (I, V, 3).
    """

    name: str
    vertices: Floats
    quads: Ints
    uvs: Floats
    materials: tuple[str, ...]
    shapes: Floats
    identity: Floats


def rigid_shapes(vertices: Floats, moves: dict[int, tuple[Floats, Floats, Floats]]) -> Floats:
    """Make the 52 shapes of a part that only turns and shifts.

    Args:
        vertices: (V, 3) at rest.
        moves: channel number -> (rotation (3, 3), centre of rotation (3,), shift (3,)).
    """
    shapes = np.zeros((52, len(vertices), 3))
    for channel, (rotation, centre, shift) in moves.items():
        shapes[channel] = (vertices - centre) @ rotation.T + centre + shift - vertices
    return shapes


def fit_rigid(before: Floats, after: Floats) -> tuple[Floats, Floats, Floats]:
    """Find the rotation, centre and shift that best carry points (N, 3) to points (N, 3).

    Least squares by singular values (Kabsch).
    """
    centre, target = before.mean(axis=0), after.mean(axis=0)
    left, _, right = np.linalg.svd((before - centre).T @ (after - target))
    turn = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    return (left @ turn @ right).T, centre, target - centre


def joined(parts: list[Part]) -> dict[str, NDArray[np.generic]]:
    """Put parts into the arrays of face_model.npz (without landmarks)."""
    offsets = np.cumsum([0] + [len(part.vertices) for part in parts])
    materials = list(dict.fromkeys(name for part in parts for name in part.materials))
    return {
        "vertices": np.concatenate([part.vertices for part in parts]).astype(np.float32),
        "quads": np.concatenate(
            [part.quads + start for part, start in zip(parts, offsets, strict=False)]
        ).astype(np.int32),
        "uvs": np.concatenate([part.uvs for part in parts]).astype(np.float32),
        "material_names": np.array(materials),
        "quad_material": np.array(
            [materials.index(name) for part in parts for name in part.materials], np.uint8
        ),
        "part_names": np.array([part.name for part in parts]),
        "vertex_part": np.repeat(
            np.arange(len(parts)), [len(part.vertices) for part in parts]
        ).astype(np.uint8),
        "shape_deltas": np.concatenate([part.shapes for part in parts], axis=1).astype(np.float32),
        "identity_deltas": np.concatenate([part.identity for part in parts], axis=1).astype(
            np.float32
        ),
    }
