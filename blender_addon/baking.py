# SPDX-License-Identifier: GPL-3.0-or-later
"""All layers of a take become one Action of the animator's own, with as few keys as it needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy
import numpy as np

from . import apply, character, compat, keying, regenerate, takes
from .keys import Keys, fit_many, stepped_keys
from .keys.curve import CONSTANT
from .problems import AnimatorError
from .rigs.sources import LIPS


def bake(settings: Any, strip_name: str) -> str:
    """Bake the take of a strip that is in use; returns a sentence about it.

    The Action becomes the active one of each data-block, or lies on an NLA track where the animator
    has an active Action. The take and its layers go; muted layers are left out, strengths count.

    Raises:
        AnimatorError: there is no take, or it has nothing that plays.
    """
    able = character.check_character(settings.target, settings.head_target)
    pieces = regenerate.used_pieces(able, strip_name)
    by_block: dict[Any, list[takes.Piece]] = {}
    for piece in takes.everywhere(pieces):
        by_block.setdefault(piece.datablock, []).append(piece)
    baked = {datablock: _baked(own) for datablock, own in by_block.items()}
    if not any(baked.values()):
        raise AnimatorError(
            f"Every layer of the take of '{strip_name}' is muted.", "Unmute what shall be baked."
        )
    actions = _write(f"{strip_name} {able.face.name} Baked", baked)
    apply.remove_takes(list(by_block), {pieces[0].take})
    for datablock, action in actions.items():
        _play(datablock, action)
    count = sum(len(keys.frames) for found in baked.values() for keys in found.values())
    return f"Baked '{strip_name}' to one Action with {count} keys; it is yours now."


def _baked(pieces: list[takes.Piece]) -> dict[tuple[str, int], Keys]:
    """RNA path and index -> keys of what the layers of one data-block add up to."""
    made = pieces[0].content["made"]
    first, last = _bounds(pieces)
    lips = next((piece.strip for piece in pieces if piece.layer == LIPS), pieces[0].strip)
    sums = takes.sampled(pieces, np.arange(first, last + 1, dtype=np.float64))
    moving = {
        (curve.data_path, curve.array_index)
        for piece in pieces
        if piece.layer != "BASE"
        for curve in piece.curves
    }
    stepped = {
        (curve.data_path, curve.array_index)
        for piece in pieces
        for curve in piece.curves
        if piece.layer != "BASE"
        and len(curve.keyframe_points) > 1
        and all(point.interpolation == CONSTANT for point in curve.keyframe_points)
    }
    contacts = made.get("contacts", {})
    keys = {}
    for spot, values in sums.items():
        if spot not in moving:
            keys[spot] = keying.held(first, float(values[0]))
        elif spot in stepped:
            keys[spot] = stepped_keys(values, first)
        else:
            span = min(1.0, max(float(np.ptp(values)), 1e-6))
            meets = takes.scene_frames(lips, contacts.get(spot[0], ()))
            exact = [at - first for at in meets if first <= at <= last]
            keys[spot] = fit_many(
                values[:, None], first, tolerance=made["tolerance"]["share"] * span, exact=exact
            )[0]
    return keys


def _bounds(pieces: Sequence[takes.Piece]) -> tuple[int, int]:
    """First and last frame of what lies on the tracks."""
    return (
        round(min(piece.strip.frame_start for piece in pieces)),
        round(max(piece.strip.frame_end for piece in pieces)),
    )


def _write(name: str, baked: dict[Any, dict[tuple[str, int], Keys]]) -> dict[Any, Any]:
    """One Action with a slot for each data-block, before 4.4 an Action each."""
    found: dict[Any, Any] = {}
    for datablock, curves in baked.items():
        shared = next(iter(found.values()), None)
        if shared is not None and compat.has_slots(shared):
            action = shared
        else:
            action = bpy.data.actions.new(name)
        fcurves = compat.new_fcurves(action, datablock)
        for (path, index), keys in curves.items():
            keying.write_keys(fcurves.new(path, index=index), keys)
        found[datablock] = action
    return found


def _play(datablock: Any, action: Any) -> None:
    """Let a data-block play the Action; beside takes of other strips only as long as it lasts."""
    animation = datablock.animation_data_create()
    others = any(piece.is_used for piece in takes.pieces_on(datablock))
    if animation.action is None:
        compat.assign_action_of(datablock, action)
        if others:
            animation.action_extrapolation = "NOTHING"
        return
    track = animation.nla_tracks.new()
    track.name = action.name
    strip = track.strips.new(action.name, round(action.frame_range[0]), action)
    compat.set_strip_slot(strip, compat.slot_for(action, datablock))
    if others:
        strip.extrapolation = "NOTHING"
