# SPDX-License-Identifier: GPL-3.0-or-later
"""F-curves that play on a data-block, wherever Blender keeps them."""

from __future__ import annotations

from typing import Any

import bpy

from .slots import assign_action, ensured_fcurves, has_slots, new_fcurves


def all_fcurves(action: Any) -> list[Any]:
    """Every F-curve of an Action, whichever data-block it is for."""
    if not has_slots(action):
        return list(action.fcurves)
    return [
        curve
        for layer in action.layers
        for strip in layer.strips
        for bag in strip.channelbags
        for curve in bag.fcurves
    ]


def animated_paths(owner: Any) -> set[str]:
    """Data paths animated by AnimData's active Action or by an NLA strip (`owner` is either)."""
    return {curve.data_path for curve in playing_fcurves(owner)}


def playing_fcurves(owner: Any) -> list[Any]:
    """F-curves that AnimData's active Action or an NLA strip (`owner` is either) plays."""
    action = owner.action
    if action is None:
        return []
    if not has_slots(action):
        return list(action.fcurves)
    slot = owner.action_slot
    return [
        curve
        for layer in action.layers
        for strip in layer.strips
        for bag in [strip.channelbag(slot) if slot else None]
        if bag
        for curve in bag.fcurves
    ]


def own_fcurve_collections(animation: Any) -> list[Any]:
    """Collections of F-curves that AnimData's own Action, NLA strips and drivers play for it."""
    owners = [animation, *(strip for track in animation.nla_tracks for strip in track.strips)]
    found = [animation.drivers]
    for owner in owners:
        if owner.action is None or not owner.action.is_editable:
            continue
        if not has_slots(owner.action):
            found.append(owner.action.fcurves)
            continue
        for layer in owner.action.layers:
            for strip in layer.strips:
                bag = strip.channelbag(owner.action_slot) if owner.action_slot else None
                if bag is not None:
                    found.append(bag.fcurves)
    return found


def audible_fcurves(owner: Any) -> list[Any]:
    """Those of `playing_fcurves` that are neither muted nor empty."""
    return [
        curve
        for curve in playing_fcurves(owner)
        if not (curve.mute or curve.is_empty or (curve.group and curve.group.mute))
    ]


def editable_fcurves(datablock: Any) -> Any:
    """The collection of F-curves that new keys of `datablock` go to, made where there is none."""
    animation = datablock.animation_data_create()
    if animation.action is None:
        action = bpy.data.actions.new(f"{datablock.name}Action")
        fcurves = new_fcurves(action, datablock)
        assign_action(datablock, action)
        return fcurves
    action = animation.action
    if not has_slots(action):
        return action.fcurves
    if animation.action_slot is None:
        animation.action_slot = action.slots.new(datablock.id_type, datablock.name)
    return ensured_fcurves(action, animation.action_slot)
