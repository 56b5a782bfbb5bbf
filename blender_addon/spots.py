# SPDX-License-Identifier: GPL-3.0-or-later
"""Where on Blender's data a target's numbers live: a data-block, and RNA paths seen from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mathutils
import numpy as np

from .rigs.links import SHAPE_KEY, TRANSFORM, Link
from .rigs.values import TargetValues

# Arrays of the transforms of a pose bone by its rotation mode; every other mode is an Euler order.
_ROTATIONS = {"QUATERNION": "rotation_quaternion", "AXIS_ANGLE": "rotation_axis_angle"}


@dataclass(frozen=True)
class Numbers:
    """Animated numbers of one RNA property.

    Attributes:
        datablock: whose animation data moves them.
        path: RNA path from the data-block.
        first_index: array index of the first column, 0 for single numbers.
        values: (T, n) on every frame.
        span: what the number travels when its source goes from 0 to 1: tolerances are shares of it.
        stepped: the numbers jump.
    """

    datablock: Any
    path: str
    first_index: int
    values: np.ndarray
    span: float
    stepped: bool = False


def value_path(shape_key: str) -> str:
    """RNA path, from the Key data-block, of a shape key's value."""
    escaped = shape_key.replace("\\", "\\\\").replace('"', '\\"')
    return f'key_blocks["{escaped}"].value'


def place(kind: str, owner: Any, target: str) -> tuple[Any, str]:
    """Data-block and RNA path of a target; of a transform, the path of what is transformed.

    Raises:
        ValueError: the target is not there (any more).
    """
    if kind == SHAPE_KEY:
        key = getattr(owner.data, "shape_keys", None)
        if key is None or target not in key.key_blocks:
            raise ValueError(f"no shape key {target}")
        return key, value_path(target)
    if kind == TRANSFORM:
        if target and (owner.pose is None or target not in owner.pose.bones):
            raise ValueError(f"no bone {target}")
        return owner, owner.pose.bones[target].path_from_id() if target else ""
    found = owner.path_resolve(target, False)  # noqa: FBT003  Blender takes it by position
    try:
        return found.id_data, found.path_from_id()
    except (AttributeError, ValueError):  # arrays do not know their path in every version
        return owner, target


def place_of(link: Link) -> tuple[Any, str]:
    """`place` of a link's target."""
    return place(link.kind, link.owner, link.target)


def transform_paths(datablock: Any, path: str) -> dict[str, str]:
    """RNA paths of location, rotation and scale of a pose bone, or of an object's deltas."""
    if path:
        mode = datablock.path_resolve(path).rotation_mode
        rotation = _ROTATIONS.get(mode, "rotation_euler")
        return {"location": f"{path}.location", "rotation": f"{path}.{rotation}"} | {
            "scale": f"{path}.scale"
        }
    mode = datablock.rotation_mode
    rotation = "delta_rotation_quaternion" if mode == "QUATERNION" else "delta_rotation_euler"
    return {"location": "delta_location", "rotation": rotation, "scale": "delta_scale"}


def numbers(values: TargetValues, rest: dict[str, Any], spans: dict[str, float]) -> list[Numbers]:
    """What a target's values are on Blender's data.

    Args:
        values: of the target.
        rest: RNA path -> value (a number, or a list of them) without Mien; of a transform, the
            parts (location, rotation, scale) that are in it are given.
        spans: part of a transform -> what it travels when its sources go from 0 to 1.
    """
    datablock, path = place(values.kind, values.owner, values.target)
    if values.kind != TRANSFORM:
        index = max(values.index, 0)
        span = 1.0 if values.stepped else abs(values.high - values.low)
        return [Numbers(datablock, path, index, values.values[:, None], span, values.stepped)]
    found = []
    for part, where in transform_paths(datablock, path).items():
        if where not in rest:
            continue
        added = getattr(values, part)
        if part == "rotation":
            rows = _turned(datablock, path, added, rest[where])
        else:
            rows = np.asarray(rest[where], np.float64) + added
        found.append(Numbers(datablock, where, 0, rows, spans[part]))
    return found


def _turned(datablock: Any, path: str, vectors: np.ndarray, rest: Any) -> np.ndarray:
    """Rotations of a bone, or deltas of an object, turned by rotation vectors (T, 3) from rest."""
    if not vectors.any():
        return np.tile(np.asarray(rest, np.float64), (len(vectors), 1))
    mode = (datablock.path_resolve(path) if path else datablock).rotation_mode
    resting = rotation_matrix(rest, mode)
    before, after = resting, mathutils.Matrix.Identity(3)
    if not path:
        # Blender applies an object's delta D in the parent's space before its own rotation R, so the
        # delta for a turn H about the object's own axes is D0 R H R^-1.
        own = own_rotation(datablock)
        before, after = resting @ own, own.inverted()
    rows = np.empty((len(vectors), len(rest)))
    last: Any = None
    for i, vector in enumerate(vectors):
        turn = mathutils.Quaternion(mathutils.Vector(vector)).to_matrix()
        last = _as_mode(before @ turn @ after, mode, rest if last is None else last)
        rows[i] = last
    return rows


def own_rotation(thing: Any) -> mathutils.Matrix:
    """An object's rotation without its delta, 3 x 3."""
    return rotation_matrix(getattr(thing, own_rotation_path(thing)), thing.rotation_mode)


def own_rotation_path(thing: Any) -> str:
    """RNA path of an object's rotation in the numbers of its mode, without its delta."""
    return _ROTATIONS.get(thing.rotation_mode, "rotation_euler")


def delta_rotation(thing: Any) -> mathutils.Matrix:
    """An object's delta rotation, 3 x 3."""
    return rotation_matrix(
        getattr(thing, transform_paths(thing, "")["rotation"]), thing.rotation_mode
    )


def rotation_matrix(rotation: Any, mode: str) -> mathutils.Matrix:
    """The numbers of a rotation mode as a 3 x 3 matrix."""
    if mode == "QUATERNION":
        return mathutils.Quaternion(rotation).to_matrix()
    if mode == "AXIS_ANGLE":
        return mathutils.Quaternion(rotation[1:], rotation[0]).to_matrix()
    return mathutils.Euler(rotation, mode).to_matrix()


def _as_mode(matrix: mathutils.Matrix, mode: str, last: Any) -> Any:
    """A rotation in the numbers of a mode, as near to the `last` as they can be."""
    if mode == "QUATERNION":
        turned = matrix.to_quaternion()
        return -turned if turned.dot(mathutils.Quaternion(last)) < 0.0 else turned
    if mode == "AXIS_ANGLE":
        axis, angle = matrix.to_quaternion().to_axis_angle()
        return (angle, *axis)
    return matrix.to_euler(mode, mathutils.Euler(last, mode))
