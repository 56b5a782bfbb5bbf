# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads from Blender what a character offers to be moved: keys, properties, bones, objects, layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import bpy
import numpy as np

from .. import compat
from . import drivers
from .offer import BONE, KEY, LAYER, OBJECT, UPRIGHT, VALUE, Offer, Rows, Triple
from .parts import parts_of

# A range that is no range: Blender's default for properties is the whole float.
BOUNDLESS = 1e6
# A property that counts from 0 to 100 counts per cent.
PER_CENT = 100.0
# A sideways key must move its front by this share of its motion to say which way it goes.
LEANS = 0.2
# Constraints that leave nothing of how a bone is turned, and of where it is.
_TURNING = frozenset(
    {"COPY_ROTATION", "COPY_TRANSFORMS", "DAMPED_TRACK", "TRACK_TO", "LOCKED_TRACK", "IK"}
)
_MOVING = frozenset({"COPY_LOCATION", "COPY_TRANSFORMS"})
_TURNS = ("rotation_euler", "rotation_quaternion", "rotation_axis_angle")


def offers(target: Any) -> tuple[Offer, ...]:
    """Everything of the character that `target` belongs to; hashable, for `detect`.

    Args:
        target: an object: mesh, armature, empty or Grease Pencil.
    """
    parts = parts_of(target)
    found: list[Offer] = []
    for part in parts:
        found.extend(_properties(part, part, ""))
        if part.type == "MESH":
            found.extend(_keys(part, parts))
        if part.type == "ARMATURE":
            found.extend(_properties(part, part.data, "data"))
            found.extend(_bones(part, parts))
        else:
            found.append(_object(part))
        if compat.is_grease_pencil(part):
            found.extend(_layers(part))
        found.extend(_image_frames(part))
    return tuple(found)


def finished_keys(target: Any) -> tuple[Offer, ...]:
    """Every shape key of the character by its name, driven or not: to be read, not to be keyed."""
    return tuple(
        Offer(KEY, part, block.name, block.name, -1, block.slider_min, block.slider_max)
        for part in parts_of(target)
        if part.type == "MESH" and part.data.shape_keys is not None
        for block in part.data.shape_keys.key_blocks[1:]
    )


def _keys(mesh: Any, parts: tuple[Any, ...]) -> Iterator[Offer]:
    key = mesh.data.shape_keys
    if key is None or not key.use_relative:
        return
    driven = drivers.drivers_of(key)
    for block in key.key_blocks[1:]:
        curve = driven.get(f'key_blocks["{bpy.utils.escape_identifier(block.name)}"].value')
        if curve is None:
            yield Offer(KEY, mesh, block.name, block.name, -1, block.slider_min, block.slider_max)
            yield from _sideways(mesh, block)
        else:
            yield _driven(mesh, block, curve, parts)


def _driven(mesh: Any, block: Any, curve: Any, parts: tuple[Any, ...]) -> Offer:
    """What drives a shape key, by the key's name; held where it cannot be told."""
    number = drivers.driving_number(curve)
    owner = _owner(number.datablock, parts) if number else None
    if number is None or owner is None:
        return Offer(KEY, mesh, block.name, block.name, held=True)
    path = number.path if owner == number.datablock else f"data.{number.path}"
    if owner != number.datablock and number.path.startswith("["):
        path = f"data{number.path}"
    low, high, rest = _range(number)
    return Offer(VALUE, owner, block.name, path, number.index, low, high, rest, number.scale)


def _owner(datablock: Any, parts: tuple[Any, ...]) -> Any:
    """The object of the character that is, or has, `datablock`."""
    for part in parts:
        if datablock in (part, part.data):
            return part
    return None


def _range(number: drivers.Number) -> tuple[float, float, float]:
    """Low, high and present value of a number; where it says nothing, what makes 1 of the key."""
    full = number.scale
    low, high = min(0.0, full), max(0.0, full)
    value = number.datablock.path_resolve(number.path)
    if number.path.endswith("]"):
        holder, name = number.path.rsplit("[", 1)
        block = number.datablock.path_resolve(holder) if holder else number.datablock
        limits = _limits(block, name.strip('"]'))
        if limits is not None:
            low, high = limits
    rest = value[number.index] if number.index >= 0 else value
    return low, high, float(rest)


def _sideways(mesh: Any, block: Any) -> Iterator[Offer]:
    """Keys whose name says that they go sideways (MB-Lab's jawHoriz_max), but not which way.

    Told by where the front of what they move goes (eyeballs roll: their backs go the other way).
    """
    stem, horizontal, _ = block.name.partition("Horiz_m")
    if not horizontal:
        return
    count = len(block.data)
    rest, moved = np.empty(count * 3, np.float32), np.empty(count * 3, np.float32)
    block.relative_key.data.foreach_get("co", rest)
    block.data.foreach_get("co", moved)
    rest, steps = rest.reshape(-1, 3), (moved - rest).reshape(-1, 3)
    moving = np.abs(steps).max(axis=1) > 1e-6
    if not moving.any():
        return
    front = moving & (rest[:, 1] <= np.median(rest[moving, 1]))
    leaning = float(steps[front, 0].sum())
    if abs(leaning) > LEANS * float(np.abs(steps[front]).sum(axis=1).sum()):
        name = f"{stem}Horiz@{'left' if leaning > 0 else 'right'}"
        yield Offer(KEY, mesh, name, block.name, -1, block.slider_min, block.slider_max)


def _properties(owner: Any, holder: Any, path: str) -> Iterator[Offer]:
    """Custom properties of numbers on an object, its armature or a pose bone."""
    driven = drivers.drivers_of(holder) if isinstance(holder, bpy.types.ID) else None
    for name in holder.keys():  # noqa: SIM118  ID properties iterate by .keys() only
        value = holder[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        limits = _limits(holder, name)
        low, high = limits or (0.0, 1.0)
        own = f'["{bpy.utils.escape_identifier(name)}"]'
        yield Offer(
            VALUE,
            owner,
            name,
            f"{path}{own}",
            low=low,
            high=high,
            rest=float(value),
            scale=PER_CENT if high == PER_CENT else 1.0,
            whole=isinstance(value, int) and high != PER_CENT,
            held=own in driven if driven is not None else False,
        )


def _limits(holder: Any, name: str) -> tuple[float, float] | None:
    """The range that an animator sees of a custom property; None where it has none."""
    try:
        limits = holder.id_properties_ui(name).as_dict()
    except (KeyError, TypeError):
        return None
    low, high = float(limits.get("soft_min", 0.0)), float(limits.get("soft_max", 1.0))
    if abs(low) > BOUNDLESS or abs(high) > BOUNDLESS:
        low, high = float(limits.get("min", 0.0)), float(limits.get("max", 1.0))
    return None if abs(low) > BOUNDLESS or abs(high) > BOUNDLESS else (low, high)


def _bones(armature: Any, parts: tuple[Any, ...]) -> Iterator[Offer]:
    driven = drivers.drivers_of(armature)
    meshes = [part for part in parts if part.type == "MESH" and part.vertex_groups]
    # A new armature has no pose until Blender has evaluated it once.
    for pose in armature.pose.bones if armature.pose else ():
        bone = pose.bone
        path = f'pose.bones["{bpy.utils.escape_identifier(pose.name)}"]'
        yield Offer(
            BONE,
            armature,
            pose.name,
            pose.name,
            matrix=_rows(bone.matrix_local.to_3x3()),
            steps=_steps(bone),
            place=_triple(bone.head_local),
            parent=bone.parent.name if bone.parent else "",
            fixed=bone.use_connect or _overwritten(pose, _MOVING) or f"{path}.location" in driven,
            stiff=_overwritten(pose, _TURNING)
            or any(f"{path}.{channel}" in driven for channel in _TURNS),
            skins=tuple(mesh.name for mesh in meshes if pose.name in mesh.vertex_groups),
        )
        for offer in _properties(armature, pose, path):
            own = offer.path[len(path) :]
            held = f"{path}{own}" in driven
            yield offer if not held else _held(offer)


def _steps(bone: Any) -> Rows:
    if bone.use_local_location:
        return _rows(bone.matrix_local.to_3x3())
    return _rows(bone.parent.matrix_local.to_3x3()) if bone.parent else UPRIGHT


def _held(offer: Offer) -> Offer:
    return Offer(offer.kind, offer.owner, offer.name, offer.path, held=True)


def _overwritten(pose: Any, types: frozenset[str]) -> bool:
    """Whether a constraint of these types leaves nothing of what is keyed on the bone."""
    return any(
        constraint.type in types
        and not constraint.mute
        and constraint.influence > 0.5
        and not getattr(constraint, "use_offset", False)
        and getattr(constraint, "mix_mode", "REPLACE") == "REPLACE"
        for constraint in pose.constraints
    )


def _object(part: Any) -> Offer:
    world = part.matrix_world
    bent = any(modifier.type == "ARMATURE" for modifier in _modifiers(part))
    return Offer(
        OBJECT,
        part,
        part.name,
        "",
        matrix=_rows(world.to_3x3().normalized()),
        place=_triple(world.translation),
        fixed=bent or not _turns_about_its_middle(part),
    )


def _turns_about_its_middle(part: Any) -> bool:
    """Whether the origin lies in the middle half of the object's box, as an eyeball's should."""
    corners = np.array(part.bound_box)
    low, high = corners.min(axis=0), corners.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    return bool((np.abs(middle) <= half / 2 + 1e-9).all() and half.max() > 0)


def _modifiers(part: Any) -> Iterable[Any]:
    return part.modifiers if part.type == "MESH" else ()


def _layers(pencil: Any) -> Iterator[Offer]:
    for name in compat.layer_names(pencil):
        path = f'data.layers["{bpy.utils.escape_identifier(name)}"].hide'
        yield Offer(LAYER, pencil, name, path)


def _image_frames(part: Any) -> Iterator[Offer]:
    """Offsets of image sequences: of an image empty, and in the object's materials."""
    if part.type == "EMPTY" and part.data is not None and part.data.source == "SEQUENCE":
        count = max(int(part.image_user.frame_duration), 1)
        yield _frames(part, part.name, "image_user.frame_offset", count)
    for number, slot in enumerate(part.material_slots):
        tree = slot.material.node_tree if slot.material else None
        for node in tree.nodes if tree else ():
            image = node.image if node.type == "TEX_IMAGE" else None
            if image is not None and image.source == "SEQUENCE":
                escaped = bpy.utils.escape_identifier(node.name)
                path = (
                    f"material_slots[{number}].material.node_tree"
                    f'.nodes["{escaped}"].image_user.frame_offset'
                )
                count = max(int(node.image_user.frame_duration), 1)
                for name in dict.fromkeys((node.label or node.name, image.name)):
                    yield _frames(part, name, path, count)


def _frames(owner: Any, name: str, path: str, count: int) -> Offer:
    return Offer(VALUE, owner, name, path, low=0.0, high=count - 1.0, whole=True)


def _rows(matrix: Any) -> Rows:
    first, second, third = (_triple(row) for row in matrix)
    return first, second, third


def _triple(vector: Any) -> Triple:
    x, y, z = vector
    return (float(x), float(y), float(z))
