# SPDX-License-Identifier: GPL-3.0-or-later
"""Curves and their keys -> the marked Actions of a take, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import bpy

from . import compat, keying, layers, takes
from .keys import Keys


@dataclass(frozen=True)
class Part:
    """What a take does to one data-block: curves with their keys, its state before Mien, its layers.

    A layer without curves gets its place as well, to be filled when a part of the take is made
    again.
    """

    datablock: Any
    curves: Sequence[layers.Curve]
    keys: Sequence[Keys]
    before: Mapping[str, Any]
    present: Set[str]


@dataclass(frozen=True)
class Made:
    """Actions, and by data-block: layer -> Action, layer -> slot (None before 4.4)."""

    actions: list[Any] = field(default_factory=list)
    placed: dict[Any, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)


def make(name: str, parts: Sequence[Part], content: Mapping[str, Any]) -> Made:
    """The Actions of a take: one with a slot for each layer of each data-block, before 4.4 one each.

    Args:
        name: of the Action.
        parts: one for each data-block.
        content: of the mark, but for what this function knows: slots and states before Mien.
    """
    made = Made()
    slots: dict[Any, dict[str, list[Any]]] = {}
    try:
        for number, part in enumerate(parts):
            action_of, slot_of = made.placed.setdefault(part.datablock, ({}, {}))
            for layer in [layer for layer in layers.ORDER if layer in part.present]:
                action = _action_for(name, layer, made.actions)
                action_of[layer] = action
                slot_of[layer] = _fill(action, part, layer)
                slots.setdefault(action, {})[compat.slot_key(slot_of[layer])] = [layer, number]
        before = {str(number): part.before for number, part in enumerate(parts)}
        for action in made.actions:
            takes.write_mark(action, {**content, "before": before, "slots": slots[action]})
    except Exception:
        for action in made.actions:
            bpy.data.actions.remove(action)
        raise
    return made


def _action_for(name: str, layer: str, actions: list[Any]) -> Any:
    if actions and compat.has_slots(actions[0]):
        return actions[0]
    actions.append(bpy.data.actions.new(name))
    if not compat.has_slots(actions[-1]):
        actions[-1].name = f"{name} {layers.LABELS[layer]}"
    return actions[-1]


def _fill(action: Any, part: Part, layer: str) -> Any:
    """Write a layer's curves; returns its slot."""
    label = f"{layers.LABELS[layer]} {part.datablock.name}"
    fcurves, slot = compat.new_slot_fcurves(action, part.datablock, label)
    rows = [row for row, curve in enumerate(part.curves) if curve.layer == layer]
    keying.write_curves(
        fcurves, [part.curves[row] for row in rows], [part.keys[row] for row in rows]
    )
    return slot
