# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's mapping: the animator's own if there is one, else what is recognised."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import bpy

from ..rigs.detection import detect, missing
from ..rigs.links import TRANSFORM, Link, Pose, Rig
from ..rigs.offers import offers
from . import data
from .glance import glanced

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
    links = tuple(link for stored, link in links_in(place) if stored.enabled and link.owner)
    return Rig(place.family, links, missing(link for link in links if link.weight * link.gain))


def has_own(target: Any) -> bool:
    """Whether `target` has a mapping of its own, be it on its object or in a scene."""
    return data.place_of(target) is not None


def detected(target: Any) -> Rig:
    """What is recognised on `target` without the animator's help; without links if nothing is."""
    return glanced(target, lambda seen: detect(offers(seen)))


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
    there = changeable(target)
    if there is not None:
        return there
    place = data.place_of(target)
    if place is None:
        return store(target, detected(target))
    former = links_in(place)
    neutral, family = place.neutral, place.family
    marks = [(stored.enabled, stored.filled) for stored, _ in former]
    place = store(target, Rig(family, tuple(link for _, link in former), ()))
    place.neutral = neutral
    for stored, (enabled, filled) in zip(place.links, marks, strict=True):
        stored.enabled, stored.filled = enabled, filled
    return place


def changeable(target: Any) -> Any | None:
    """The MienRig of `target` if it has one that can be changed where it is: no library's."""
    place = data.place_of(target)
    if place is None or not place.id_data.is_editable:
        return None
    in_scene = isinstance(place.id_data, bpy.types.Scene)
    return place if in_scene or target.override_library is None else None


def forget(target: Any) -> None:
    """Drop `target`'s own mapping: what is recognised counts again."""
    place = data.new_place(target)
    place.links.clear()
    place.own = False
    place.neutral = ""


def links_in(place: Any) -> list[tuple[Any, Link]]:
    """Each stored link of a MienRig with what it says.

    A library's mapping names the library's objects; those of an overridden character are meant.
    (Blender lets them name the overrides until the file is opened again.)
    """
    target = place.id_data
    override = getattr(target, "override_library", None)
    rows = [(stored, link_of(stored)) for stored in place.links]
    if override is None:
        return rows
    root = override.hierarchy_root
    of = {
        each.override_library.reference: each
        for each in bpy.data.objects
        if each.override_library is not None and each.override_library.hierarchy_root == root
    }
    return [(stored, replace(link, owner=of.get(link.owner, link.owner))) for stored, link in rows]


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
