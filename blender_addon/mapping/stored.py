# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's mapping: the animator's own if there is one, else what is recognised."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import bpy

from .. import rigs
from ..rigs.links import TRANSFORM, Link, Pose, Rig
from . import data

# What a stored link has by the same name as a Link.
PLAIN = (
    "source",
    "kind",
    "owner",
    "target",
    "index",
    "weight",
    "gain",
    "rest",
    "low",
    "high",
    "combine",
    "stepped",
)


def rig_of(target: Any) -> Rig:
    """What drives what on `target`, the character's object: its own mapping, else as recognised.

    Disabled links and those whose object is gone are left out. Writes nothing; quick enough for
    every redraw.
    """
    place = data.place_of(target)
    if place is None:
        return detected(target)
    links = tuple(link_of(stored) for stored in place.links if stored.enabled and stored.owner)
    return Rig(place.family, links, missing(links))


def has_own(target: Any) -> bool:
    """Whether `target` has a mapping of its own, be it on its object or in a scene."""
    return data.place_of(target) is not None


def detected(target: Any) -> Rig:
    """What is recognised on `target` without the animator's help; without links if nothing is."""
    key = getattr(target.data, "shape_keys", None)
    names = [block.name for block in key.key_blocks[1:]] if key else []
    found = rigs.detect(names)
    links = tuple(
        Link(link.channel, "SHAPE_KEY", target, link.shape_key, weight=link.weight)
        for link in found.links
    )
    return Rig(found.table, links, found.missing)


def store(target: Any, rig: Rig, filled: Collection[str] = ()) -> Any:
    """Make `rig` the own mapping of `target`; returns the MienRig that holds it.

    `filled` are the sources whose links were made of other channels.
    """
    place = data.new_place(target)
    place.links.clear()
    for link in rig.links:
        write(place.links.add(), link)
    for stored in place.links:
        stored.filled = stored.source in filled
    place.family = rig.family
    place.active = min(place.active, max(0, len(rig.links) - 1))
    place.own = True
    return place


def own(target: Any) -> Any:
    """The MienRig of `target` for changing it: what is recognised is copied in at the first change.

    A library's mapping is copied to the scene, for it cannot be changed where it is.
    """
    place = data.place_of(target)
    if place is not None and place.id_data.is_editable and _is_its_own_place(place, target):
        return place
    if place is None:
        return store(target, detected(target))
    links = tuple(link_of(stored) for stored in place.links if stored.owner)
    switched_off = [
        i for i, stored in enumerate(s for s in place.links if s.owner) if not stored.enabled
    ]
    filled = {stored.source for stored in place.links if stored.filled}
    neutral = place.neutral
    place = store(target, Rig(place.family, links, missing(links)), filled)
    place.neutral = neutral
    for i in switched_off:
        place.links[i].enabled = False
    return place


def _is_its_own_place(place: Any, target: Any) -> bool:
    return isinstance(place.id_data, bpy.types.Scene) or target.override_library is None


def forget(target: Any) -> None:
    """Drop `target`'s own mapping: what is recognised counts again."""
    place = data.new_place(target)
    place.links.clear()
    place.own = False
    place.neutral = ""


def link_of(stored: Any) -> Link:
    """A stored link as plain data."""
    values = {name: getattr(stored, name) for name in PLAIN}
    if stored.kind != TRANSFORM:
        return Link(**values)
    pose = Pose(tuple(stored.location), tuple(stored.rotation), tuple(stored.scale))
    return Link(**values, pose=pose)


def write(stored: Any, link: Link) -> None:
    """Put plain data into a stored link."""
    for name in PLAIN:
        setattr(stored, name, getattr(link, name))
    stored.location, stored.rotation, stored.scale = (
        link.pose.location,
        link.pose.rotation,
        link.pose.scale,
    )


def missing(links: Iterable[Link]) -> tuple[str, ...]:
    """Those of the 52 channels that `links` leave still, in Apple's order."""
    moving = {link.source for link in links if link.weight * link.gain}
    return tuple(name for name in channels() if name not in moving)


def channels() -> tuple[str, ...]:
    """The 52 ARKit channels in Apple's order."""
    return tuple(rigs.load_table("arkit")["channels"])
