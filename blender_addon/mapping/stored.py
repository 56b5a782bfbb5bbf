# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's mapping: the animator's own if there is one, else what is recognised."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import bpy

from ..rigs.detection import detect, missing
from ..rigs.links import TRANSFORM, Link, Pose, Rig
from ..rigs.offers import offers
from . import data

# What a stored link has by the same name as a Link.
PLAIN = (
    "source",
    "kind",
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
    links = tuple(
        link for stored in place.links if stored.enabled and (link := link_of(stored)).owner
    )
    return Rig(place.family, links, missing(link for link in links if link.weight * link.gain))


def has_own(target: Any) -> bool:
    """Whether `target` has a mapping of its own, be it on its object or in a scene."""
    return data.place_of(target) is not None


def detected(target: Any) -> Rig:
    """What is recognised on `target` without the animator's help; without links if nothing is."""
    return detect(offers(target))


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
    former = list(place.links)
    neutral, family = place.neutral, place.family
    links = tuple(link_of(stored) for stored in former)
    marks = [(stored.enabled, stored.filled) for stored in former]
    place = store(target, Rig(family, links, ()))
    place.neutral = neutral
    for stored, (enabled, filled) in zip(place.links, marks, strict=True):
        stored.enabled, stored.filled = enabled, filled
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
    """A stored link as plain data; its owner is None where the object is gone."""
    values = {name: getattr(stored, name) for name in PLAIN}
    values["owner"] = stored.material.node_tree if stored.material else stored.owner
    if stored.kind != TRANSFORM:
        return Link(**values)
    pose = Pose(tuple(stored.location), tuple(stored.rotation), tuple(stored.scale))
    return Link(**values, pose=pose)


def write(stored: Any, link: Link) -> None:
    """Put plain data into a stored link."""
    for name in PLAIN:
        setattr(stored, name, getattr(link, name))
    if isinstance(link.owner, bpy.types.NodeTree):
        stored.material = next(each for each in bpy.data.materials if each.node_tree == link.owner)
    else:
        stored.owner = link.owner
    stored.location, stored.rotation, stored.scale = (
        link.pose.location,
        link.pose.rotation,
        link.pose.scale,
    )
