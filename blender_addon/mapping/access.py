# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a character can be keyed, and what can't and why: said before anything happens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PureWindowsPath
from typing import Any

from .. import spots
from ..rigs.links import SHAPE_KEY, TRANSFORM, Link
from ..rigs.parts import parts_of
from . import stored

_LOCKS = {"location": "lock_location", "rotation": "lock_rotation", "scale": "lock_scale"}


@dataclass(frozen=True)
class Access:
    """What can be done with a character.

    Attributes:
        keyable: links that can be keyed.
        blocked: (what, why) of each target that can't, such as ("shape key 'jawOpen' of 'Hero'",
            "its mesh is linked from hero.blend").
        mendable: Make Editable helps.
    """

    keyable: tuple[Link, ...]
    blocked: tuple[tuple[str, str], ...]
    mendable: bool


def report(target: Any) -> Access:
    """What of `target`'s rig can be keyed. Writes nothing; quick enough for every redraw."""
    found = of_links(stored.rig_of(target).links)
    return replace(found, mendable=found.mendable or is_instance_of_library(target))


def of_links(links: Iterable[Link]) -> Access:
    """What of these links' targets can be keyed."""
    keyable: list[Link] = []
    blocked: dict[str, str] = {}
    mendable = False
    for link in links:
        why, mends = why_not(link)
        if why:
            blocked.setdefault(described(link), why)
            mendable = mendable or mends
        else:
            keyable.append(link)
    return Access(tuple(keyable), tuple(blocked.items()), mendable)


def is_instance_of_library(target: Any) -> bool:
    """Whether `target` is an empty that shows a linked collection, whose objects nobody can key."""
    collection = target.instance_collection if target.type == "EMPTY" else None
    return collection is not None and collection.library is not None


def lines(access: Access) -> list[str]:
    """The blocked targets in few words: one line for each reason."""
    by_reason: dict[str, list[str]] = {}
    for what, why in access.blocked:
        by_reason.setdefault(why, []).append(what)
    return [
        f"{what[0]}{f' and {len(what) - 1} more' if len(what) > 1 else ''}: {why}"
        for why, what in by_reason.items()
    ]


def described(link: Link) -> str:
    """A link's target in words."""
    name = getattr(link.owner, "name", "")
    if link.kind == SHAPE_KEY:
        return f"shape key '{link.target}' of '{name}'"
    if link.kind == TRANSFORM:
        return f"bone '{link.target}' of '{name}'" if link.target else f"object '{name}'"
    return f"property {link.target} of '{name}'"


def why_not(link: Link) -> tuple[str, bool]:
    """Why a link's target can't be keyed (empty text if it can), and whether Make Editable helps."""
    try:
        datablock, path = spots.place(link.kind, link.owner, link.target)
    except ValueError:
        return "it is not there any more", False
    held = _held_by_library(datablock, link)
    if held:
        return held, True
    if _is_driven(link, datablock, path):
        return "a driver moves it", False
    if _is_locked(link):
        return "it is locked (Item panel, or the bone's Transform panel)", False
    return "", False


def holder(datablock: Any) -> Any:
    """The data-block that a library override is made of: of shape keys, the data that they are on."""
    return datablock.user if datablock.id_type == "KEY" else datablock


def _held_by_library(datablock: Any, link: Link) -> str:
    what = {"KEY": "its mesh", "OBJECT": "the object"}.get(datablock.id_type, "its data")
    if not datablock.is_editable:
        return f"{what} is linked from {library_name(datablock, link.owner)}"
    override = holder(datablock).override_library
    if override is not None and override.is_system_override:
        return f"{what} is an override that is not editable"
    return ""


def library_name(datablock: Any, owner: Any) -> str:
    """The file name of the library that a data-block comes from."""
    library = holder(datablock).library or owner.library
    return PureWindowsPath(library.filepath).name if library is not None else "another file"


def _is_driven(link: Link, datablock: Any, path: str) -> bool:
    animation = datablock.animation_data
    if animation is None or not animation.drivers:
        return False
    driven = {(curve.data_path, curve.array_index) for curve in animation.drivers}
    if link.kind != TRANSFORM:
        return (path, max(link.index, 0)) in driven
    paths = spots.transform_paths(datablock, path)
    return any((paths[part], i) in driven for part in _used(link) for i in range(4))


def _is_locked(link: Link) -> bool:
    """Whether all that a link would move of a bone or object is locked."""
    if link.kind != TRANSFORM:
        return False
    thing = link.owner.pose.bones[link.target] if link.target else link.owner
    used = _used(link)
    return bool(used) and all(all(getattr(thing, _LOCKS[part])) for part in used)


def _used(link: Link) -> list[str]:
    return [part for part in _LOCKS if any(getattr(link.pose, part))]


def linked_data(target: Any) -> list[Any]:
    """Data-blocks of `target`'s parts that hold what its rig moves and are linked."""
    links: Iterable[Link] = stored.rig_of(target).links
    owners = set(parts_of(target))
    found: dict[Any, None] = {}
    for link in links:
        try:
            datablock, _ = spots.place(link.kind, link.owner, link.target)
        except ValueError:
            continue
        held = holder(datablock)
        if held not in owners and held.library is not None:
            found.setdefault(held)
    return list(found)
