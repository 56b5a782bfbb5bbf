# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions, their slots (from 4.4 on one Action can animate several data-blocks), and NLA strips that play them."""

from __future__ import annotations

from typing import Any


def has_slots(action: Any) -> bool:
    """True from 4.4 on, where one Action can animate several data-blocks."""
    return hasattr(action, "slots")


def new_fcurves(action: Any, datablock: Any) -> Any:
    """The empty collection of F-curves in `action` meant for `datablock`; makes its slot."""
    fcurves, _ = new_slot_fcurves(action, datablock, datablock.name)
    return fcurves


def new_slot_fcurves(action: Any, datablock: Any, name: str) -> tuple[Any, Any]:
    """The empty collection of F-curves for `datablock`, and its slot called `name` (None before 4.4)."""
    if not has_slots(action):
        action.id_root = datablock.id_type
        return action.fcurves, None
    slot = action.slots.new(id_type=datablock.id_type, name=name)
    return ensured_fcurves(action, slot), slot


def ensured_fcurves(action: Any, slot: Any) -> Any:
    """The collection of F-curves of one slot (4.4 on), made where there is none."""
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True).fcurves


def slot_of(owner: Any) -> Any:
    """The slot that AnimData or an NLA strip plays; None before 4.4."""
    return getattr(owner, "action_slot", None)


def slot_key(slot: Any) -> str:
    """A text that stands for a slot inside its Action, through renaming and saving."""
    return "" if slot is None else str(slot.handle)


def slot_fcurves(action: Any, slot: Any) -> Any:
    """The collection of F-curves of one slot of an Action (all of them before 4.4); may be empty."""
    if not has_slots(action):
        return action.fcurves
    if slot is None or not action.layers:
        return ()
    bag = action.layers[0].strips[0].channelbag(slot)
    return bag.fcurves if bag else ()


def slot_for(action: Any, datablock: Any) -> Any:
    """The slot of an Action with the name of a data-block (None before 4.4)."""
    if not has_slots(action):
        return None
    kind, name = datablock.id_type, datablock.name
    fitting = [slot for slot in action.slots if slot.target_id_type == kind]
    return next((slot for slot in fitting if slot.name_display == name), fitting[0])


def assign_action_of(datablock: Any, action: Any) -> None:
    """Make `action` the active one of `datablock`, with the slot of its name."""
    animation = datablock.animation_data_create()
    animation.action = action
    if has_slots(action):
        animation.action_slot = slot_for(action, datablock)


def choose_strip(track: Any, strip: Any) -> None:
    """Make a strip the one of its track that tweak mode opens: it opens the selected, active one."""
    for other in track.strips:
        other.select = other == strip


def set_strip_slot(nla_strip: Any, slot: Any) -> None:
    """Let an NLA strip play a slot of its Action."""
    if slot is not None:
        nla_strip.action_slot = slot


def fcurves_for(action: Any, datablock: Any) -> Any:
    """The collection of F-curves in a take's `action` that are for `datablock`; may be empty."""
    return slot_fcurves(action, _slot_for(action, datablock))


def drop_other_slots(action: Any, datablock: Any) -> None:
    """Leave in a take's `action` only what is for `datablock`."""
    if has_slots(action):
        kept = _slot_for(action, datablock)
        for slot in [slot for slot in action.slots if slot != kept]:
            action.slots.remove(slot)


def _slot_for(action: Any, datablock: Any) -> Any:
    """A take has one slot for each type of data-block that it animates (None before 4.4)."""
    if not has_slots(action):
        return None
    kind = datablock.id_type
    return next((slot for slot in action.slots if slot.target_id_type == kind), None)


def assign_action(datablock: Any, action: Any) -> None:
    """Make `action` the active one of `datablock`, with the slot made for it."""
    animation = datablock.animation_data_create()
    animation.action = action
    if has_slots(action):
        animation.action_slot = _slot_for(action, datablock)


def slot_memory(animation: Any) -> str | None:
    """What AnimData remembers of its last slot (4.4 on), or None."""
    return getattr(animation, "last_slot_identifier", None)


def restore_slot_memory(animation: Any, identifier: str | None) -> None:
    """Put back what `slot_memory` read."""
    if identifier is not None and animation.action is None:
        animation.last_slot_identifier = identifier
