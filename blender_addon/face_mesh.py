# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the face of a character is: the mesh that shows it, and the part of it that moves."""

from __future__ import annotations

from typing import Any

import mathutils
import numpy as np

from . import mapping


def mesh_of(target: Any) -> Any:
    """The mesh with shape keys that shows the face of `target`: itself, or what hangs on it; or None."""
    if _has_keys(target):
        return target
    found = [child for child in target.children_recursive if _has_keys(child)]
    return max(found, key=lambda mesh: len(mesh.data.shape_keys.key_blocks), default=None)


def _has_keys(candidate: Any) -> bool:
    return candidate.type == "MESH" and candidate.data.shape_keys is not None


def points(mesh: Any) -> tuple[np.ndarray, np.ndarray]:
    """Where a mesh with shape keys has its points at rest, and which of them its face moves.

    Returns:
        (V, 3) in the mesh's own space, and (V,) bool.
    """
    blocks = mesh.data.shape_keys.key_blocks
    resting = _coordinates(blocks[0])
    moved = np.zeros(len(resting), bool)
    named = {link.target for link in mapping.rig_of(mesh).links if link.owner == mesh}
    for name in named & set(blocks.keys()):
        moved |= np.abs(_coordinates(blocks[name]) - resting).max(axis=1) > 0.0
    return resting, moved


def _coordinates(block: Any) -> np.ndarray:
    flat = np.empty(3 * len(block.data), np.float32)
    block.data.foreach_get("co", flat)
    return flat.reshape(-1, 3)


def sphere(mesh: Any) -> tuple[Any, float]:
    """Middle and radius, in the world, of the ball around the moving part of a face, or all of it."""
    resting, moved = points(mesh)
    face = resting[moved] if moved.any() else resting
    low, high = face.min(axis=0), face.max(axis=0)
    middle = mesh.matrix_world @ mathutils.Vector((low + high) / 2.0)
    edge = mesh.matrix_world @ mathutils.Vector(high)
    return middle, max((edge - middle).length, 1e-3)
