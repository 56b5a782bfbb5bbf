# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects make up the character that one of them belongs to."""

from __future__ import annotations

from typing import Any

FACE_TYPES = frozenset({"MESH", "ARMATURE", "EMPTY", "GPENCIL", "GREASEPENCIL"})


def parts_of(target: Any) -> tuple[Any, ...]:
    """The target, its armatures, and everything of the scene that hangs on them or beside it.

    A mesh belongs to its armature by modifier or by parent. Parents are followed upwards while all
    that hangs on them has no more than this character's armature: an empty that carries a whole
    cast is no character. Objects that no scene shows do not count; hidden ones do, since drawn
    mouths are hidden most of the time.
    """
    scenes = target.users_scene
    if not scenes:
        return (target,)
    objects = [each for each in scenes[0].objects if each.type in FACE_TYPES]
    children: dict[Any, list[Any]] = {}
    for each in objects:
        for holder in _holders(each):
            children.setdefault(holder, []).append(each)
    root = _root(target, children)
    found: dict[Any, None] = {target: None}
    for start in (*_armatures_above(target), root):
        if start in objects or start == target:
            for each in (start, *_below(start, children)):
                found.setdefault(each)
    return tuple(found)


def _holders(each: Any) -> list[Any]:
    """What an object hangs on: its parent, and the armatures of its modifiers."""
    modifiers = each.modifiers if each.type == "MESH" else ()
    bending = [modifier.object for modifier in modifiers if modifier.type == "ARMATURE"]
    return [holder for holder in (each.parent, *bending) if holder is not None]


def _armatures_above(target: Any) -> list[Any]:
    """Armatures that the target hangs on, be it by way of what it hangs on."""
    return [each for each in _above(target) if each.type == "ARMATURE"]


def _above(target: Any) -> list[Any]:
    found: dict[Any, None] = {}
    waiting = _holders(target)
    while waiting:
        each = waiting.pop(0)
        if each not in found and each != target:
            found.setdefault(each)
            waiting.extend(_holders(each))
    return list(found)


def _root(target: Any, children: dict[Any, list[Any]]) -> Any:
    root = target
    while root.parent is not None and _is_one_character(root.parent, target, children):
        root = root.parent
    return root


def _is_one_character(parent: Any, target: Any, children: dict[Any, list[Any]]) -> bool:
    if parent.type not in FACE_TYPES:
        return False
    armatures = {each for each in (parent, *_below(parent, children)) if each.type == "ARMATURE"}
    return armatures <= {target, *_above(target)}


def _below(start: Any, children: dict[Any, list[Any]]) -> list[Any]:
    found: dict[Any, None] = {}
    waiting = list(children.get(start, ()))
    while waiting:
        each = waiting.pop(0)
        if each not in found and each != start:
            found.setdefault(each)
            waiting.extend(children.get(each, ()))
    return list(found)
