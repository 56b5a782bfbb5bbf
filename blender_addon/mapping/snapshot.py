# SPDX-License-Identifier: GPL-3.0-or-later
"""What an animator can pose on a character, at one moment: bones, objects, shape keys, sliders.

Driven numbers are left out: they follow the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..problems import AnimatorError
from ..rigs.links import PROPERTY, SHAPE_KEY, TRANSFORM

VERSION = 1
_ROTATIONS = {"QUATERNION": "rotation_quaternion", "AXIS_ANGLE": "rotation_axis_angle"}
# Name of the object, kind of target, target, index, as in a Link.
Spot = tuple[str, str, str, int]


@dataclass(frozen=True)
class State:
    """One target's numbers.

    Attributes:
        numbers: one of a shape key or property; of a transform location, rotation, scale.
        mode: rotation mode of a transform, else empty: it says what the rotation's numbers mean.
    """

    numbers: tuple[float, ...]
    mode: str = ""


Snapshot = dict[Spot, State]


def take(parts: Iterable[Any]) -> Snapshot:
    """The state of all that can be posed on these objects.

    Where the character as a whole stands is not part of it: of objects, only those that are
    parented to another part.
    """
    parts = list(parts)
    return dict(entry for part in parts for entry in _of_object(part, part.parent in parts))


def rotation_name(thing: Any) -> str:
    """Which of a bone's or object's rotation properties its mode uses."""
    return _ROTATIONS.get(thing.rotation_mode, "rotation_euler")


def put_back(snapshot: Snapshot, parts: Iterable[Any]) -> None:
    """Give these objects the state of `snapshot`; what is no longer there is left out.

    A bone whose rotation mode was changed meanwhile gets its former mode back too.
    """
    objects = {part.name: part for part in parts}
    for (name, kind, target, index), state in snapshot.items():
        owner = objects.get(name)
        if owner is None:
            continue
        if kind == SHAPE_KEY:
            block = _key_blocks(owner).get(target)
            if block is not None:
                block.value = state.numbers[0]
        elif kind == TRANSFORM:
            _put_transform(owner, target, state)
        else:
            put_property(owner, target, index, state.numbers[0])
    for owner in objects.values():
        tag(owner)


def tag(owner: Any) -> None:
    """Let Blender evaluate an object again: written sliders and (in 4.2) shape keys do not by themselves."""
    owner.update_tag()
    data = owner.data
    if data is not None and owner.type in {"MESH", "ARMATURE"}:
        data.update_tag()
        if getattr(data, "shape_keys", None):
            data.shape_keys.update_tag()


def put_property(owner: Any, path: str, index: int, value: float) -> None:
    """Set a number by its path from the object; whole numbers stay whole, and truths true or false."""
    try:
        now = owner.path_resolve(path)
    except ValueError:
        return
    if index >= 0:
        now[index] = type(now[index])(round(value) if isinstance(now[index], int) else value)
        return
    value = type(now)(round(value) if isinstance(now, int) else value)
    if path.endswith('"]'):
        # A custom property: the last bracket names it, everything before is its holder.
        holder_path, name = split_custom(path)
        holder = owner.path_resolve(holder_path) if holder_path else owner
        holder[name] = value
        return
    holder_path, _, name = path.rpartition(".")
    setattr(owner.path_resolve(holder_path) if holder_path else owner, name, value)


def split_custom(path: str) -> tuple[str, str]:
    """Holder's path and name of a custom property's path: `pose.bones["a"]["b"]` -> two parts."""
    start = path.rindex('["')
    while start > 0 and path[start - 1] == "\\":
        start = path.rindex('["', 0, start)
    name = path[start + 2 : -2].replace('\\"', '"').replace("\\\\", "\\")
    return path[:start], name


def quoted(name: str) -> str:
    """A name as an RNA path quotes it."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def to_text(snapshot: Snapshot) -> str:
    """As it is stored with the character."""
    rows = [[*spot, state.mode, *state.numbers] for spot, state in snapshot.items()]
    return json.dumps({"version": VERSION, "rows": rows}, ensure_ascii=False)


def from_text(text: str) -> Snapshot:
    """What `to_text` wrote.

    Raises:
        AnimatorError: nothing was recorded yet, or by a later version.
    """
    try:
        data = json.loads(text)
        rows = data["rows"] if data["version"] == VERSION else None
        return {tuple(row[:4]): State(tuple(row[5:]), row[4]) for row in rows}
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise AnimatorError(
            "The rig's neutral pose is not recorded yet.",
            "Bring the rig to rest and press Record Neutral.",
        ) from error


def _of_object(owner: Any, is_child: bool) -> Iterator[tuple[Spot, State]]:
    driven = _driven(owner)
    if is_child:
        yield (owner.name, TRANSFORM, "", -1), _transform(owner, "", driven)
    yield from _properties(owner, "", owner, driven)
    for bone in owner.pose.bones if owner.pose else ():
        path = bone.path_from_id()
        yield (owner.name, TRANSFORM, bone.name, -1), _transform(bone, path, driven)
        yield from _properties(owner, path, bone, driven)
    if owner.data is not None:
        yield from _properties(owner, "data", owner.data, _driven(owner.data))
    key = getattr(owner.data, "shape_keys", None)
    if key is not None and key.use_relative:
        moved = _driven(key)
        for block in key.key_blocks[1:]:
            if f"{block.path_from_id()}.value" not in moved:
                yield (owner.name, SHAPE_KEY, block.name, -1), State((block.value,))


def _driven(datablock: Any) -> set[str]:
    animation = datablock.animation_data
    return {driver.data_path for driver in animation.drivers} if animation else set()


def _transform(thing: Any, path: str, driven: set[str]) -> State:
    """Driven parts are given as rest, so that they never differ."""
    dot = f"{path}." if path else ""
    name = rotation_name(thing)
    still = {
        "rotation_quaternion": (1.0, 0.0, 0.0, 0.0),
        "rotation_axis_angle": (0.0, 0.0, 1.0, 0.0),
    }
    location, rotation, scale = (
        rest if f"{dot}{part}" in driven else tuple(getattr(thing, part))
        for part, rest in (
            ("location", (0.0, 0.0, 0.0)),
            (name, still.get(name, (0.0, 0.0, 0.0))),
            ("scale", (1.0, 1.0, 1.0)),
        )
    )
    return State((*location, *rotation, *scale), thing.rotation_mode)


def _properties(
    owner: Any, holder_path: str, holder: Any, driven: set[str]
) -> Iterator[tuple[Spot, State]]:
    """Custom properties that are numbers, or arrays of numbers."""
    for name, value in holder.items():
        path = f"{holder_path}[{quoted(name)}]"
        own_path = path.removeprefix("data") if holder_path == "data" else path
        if own_path in driven or name.startswith("_"):
            continue
        if isinstance(value, bool | int | float):
            yield (owner.name, PROPERTY, path, -1), State((float(value),))
        elif getattr(value, "typecode", "") in {"f", "d", "i", "b"}:
            for i, number in enumerate(value):
                yield (owner.name, PROPERTY, path, i), State((float(number),))


def _put_transform(owner: Any, bone: str, state: State) -> None:
    thing = owner
    if bone:
        thing = owner.pose.bones.get(bone) if owner.pose else None
    if thing is None:
        return
    if thing.rotation_mode != state.mode:
        thing.rotation_mode = state.mode
    thing.location = state.numbers[:3]
    setattr(thing, rotation_name(thing), state.numbers[3:-3])
    thing.scale = state.numbers[-3:]


def _key_blocks(owner: Any) -> Any:
    key = getattr(owner.data, "shape_keys", None)
    return key.key_blocks if key is not None else {}
