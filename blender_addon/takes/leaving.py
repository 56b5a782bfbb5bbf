# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking takes off data-blocks: exactly what Mien brought goes, and what it found comes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy

from .. import compat, memory
from .marks import MARK, is_edited, state_before, unmark
from .pieces import Piece, held_by_bases, pieces_on
from .tracks import leave_tweak_mode, settle, unplace


def drop(datablock: Any, take_ids: Iterable[str]) -> None:
    """Take takes off a data-block and give back the values that only they animated.

    The Actions themselves stay until `remove_unused`.
    """
    leave_tweak_mode(datablock)
    gone = [piece for piece in pieces_on(datablock) if piece.take in set(take_ids)]
    keyed = {curve.data_path for piece in gone for curve in piece.curves}
    states = [state_before(piece.content, piece.slot, datablock) for piece in gone]
    # What was renamed since stands under its old name in the marks, under its new one in the curves.
    renamed = held_by_bases(gone, memory.values(datablock, keyed))
    for piece in gone:
        if piece.strip is None:
            _give_back_curves(piece)
    for piece in gone:
        if piece.strip is not None or datablock.animation_data.action == piece.action:
            unplace(piece)
    kept = {curve.data_path for piece in pieces_on(datablock) for curve in piece.curves}
    state = next((state for state in states if state is not None), None)
    if state is not None:
        state = {**state, "values": {**renamed, **state["values"]}}
        memory.restore(datablock, state, keyed - kept)
    if datablock.animation_data is not None:
        settle(datablock)


def _give_back_curves(piece: Piece) -> None:
    """Move curves that Mien never writes out of a take that is the active Action.

    Blender puts new keys of a data-block, its location say, into the Action that is active.
    """
    datablock, take = piece.datablock, piece.action
    before = state_before(piece.content, piece.slot, datablock)
    paths = before["values"] if before else {}
    curves = piece.curves
    foreign = [curve for curve in curves if curve.data_path not in paths]
    if not foreign:
        return
    own = take.copy()
    own.name = f"{datablock.name}Action"
    del own[MARK]
    compat.drop_other_slots(own, datablock)
    own_curves = compat.fcurves_for(own, datablock)
    for curve in [curve for curve in own_curves if curve.data_path in paths]:
        own_curves.remove(curve)
    for curve in foreign:
        curves.remove(curve)
    compat.assign_action(datablock, own)


def remove_unused(actions: Iterable[Any]) -> tuple[str, ...]:
    """Delete those of Mien's Actions that nothing plays any more.

    A take that the animator has edited, or protected by a fake user, is kept as an Action of
    theirs; returns the names of those.
    """
    kept = []
    for action in actions:
        if action.users - int(action.use_fake_user) > 0:
            continue
        edited = is_edited(action)
        if edited or action.use_fake_user:
            unmark(action)
            action.use_fake_user = True
            action.name += " edited" if edited else " kept"
            kept.append(action.name)
        else:
            bpy.data.actions.remove(action)
    return tuple(kept)
