# SPDX-License-Identifier: GPL-3.0-or-later
"""Laying a take's layers on NLA tracks, without touching what else lies there.

The tracks of a take stand together, the base lowest. Takes that follow each other in time share the
same tracks; one that overlaps another gets tracks of its own above, and its base hides what is below.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from .. import compat, keying
from ..keys import Keys, mapped
from ..layers import BASE, LABELS, ORDER
from .marks import TRACK_NAME, change_mark, read_mark
from .pieces import Piece, pieces_on, sharers_of


def place(
    datablock: Any,
    action_of: Mapping[str, Any],
    slot_of: Mapping[str, Any],
    bounds: tuple[int, int],
) -> None:
    """Put a take's layers on tracks.

    Args:
        datablock: what they animate.
        action_of: layer -> Action, marked as a take's.
        slot_of: layer -> slot for it (None before 4.4).
        bounds: first and last frame of the take.
    """
    animation = datablock.animation_data_create()
    active = animation.nla_tracks.active
    first, last = bounds
    group = _free_group(datablock, first, last)
    for layer in ORDER:
        if layer not in action_of:
            continue
        track = group.get(layer) or _new_track(animation, group, layer)
        group[layer] = track
        strip = track.strips.new(action_of[layer].name, first, action_of[layer])
        compat.set_strip_slot(strip, slot_of[layer])
        strip.name = f"{LABELS[layer]} {(read_mark(action_of[layer]) or {})['label']}"
        # The end first: Blender holds the start below it. A strip keeps its length meanwhile.
        strip.action_frame_end, strip.action_frame_start = last, first
        strip.frame_start, strip.frame_end = first, last
        strip.blend_type = "REPLACE" if layer == BASE else "ADD"
    animation.nla_tracks.active = active
    settle(datablock)


def change_takes(pieces: Iterable[Piece], ids: Collection[str], **changes: Any) -> None:
    """Change what the marks of takes say, on all data-blocks that they move, and play it so."""
    chosen = [piece for piece in pieces if piece.take in ids]
    datablocks = dict.fromkeys([piece.datablock for piece in chosen] + sharers_of(chosen))
    actions = dict.fromkeys(
        piece.action
        for datablock in datablocks
        for piece in pieces_on(datablock)
        if piece.take in ids
    )
    for action in actions:
        change_mark(action, **changes)
    for datablock in datablocks:
        settle(datablock)


def unplace(piece: Piece) -> None:
    """Take a piece off its data-block; a track that becomes empty by that goes too."""
    animation = piece.datablock.animation_data
    if piece.strip is None:
        animation.action = None
        return
    piece.track.strips.remove(piece.strip)
    if not piece.track.strips:
        animation.nla_tracks.remove(piece.track)


def settle(datablock: Any) -> None:
    """Make the strips play as their marks say, and hold on outside them.

    The face holds a line's last values until the next one begins, and the first line's first values
    before it.
    """
    placed = [piece for piece in pieces_on(datablock) if piece.strip is not None]
    for piece in placed:
        muted = piece.content.get("off", False) or piece.layer in piece.content.get("muted", ())
        if piece.strip.mute != muted:
            piece.strip.mute = muted
    audible = [piece for piece in placed if not piece.content.get("off", False)]
    earliest = min((piece.strip.frame_start for piece in audible), default=0.0)
    for piece in placed:
        holds = piece in audible and piece.strip.frame_start == earliest
        wanted = "HOLD" if holds else "HOLD_FORWARD"
        if piece.strip.extrapolation != wanted:
            piece.strip.extrapolation = wanted
    datablock.update_tag(refresh={"TIME"})


def _new_track(animation: Any, group: Mapping[str, Any], layer: str) -> Any:
    """A track for a layer, above the lower layers of its group."""
    lower = [group[name] for name in ORDER[: ORDER.index(layer)] if name in group]
    track = animation.nla_tracks.new(prev=lower[-1]) if lower else animation.nla_tracks.new()
    track.name = f"{TRACK_NAME} {LABELS[layer]}"
    return track


def _free_group(datablock: Any, first: float, last: float) -> dict[str, Any]:
    """The lowest tracks of Mien's on which a take from `first` to `last` meets no other."""
    for group in _groups(datablock):
        strips = [strip for track in group.values() for strip in track.strips]
        if all(strip.frame_end <= first or strip.frame_start >= last for strip in strips):
            return group
    return {}


def _groups(datablock: Any) -> list[dict[str, Any]]:
    """Mien's tracks by layer, as they stand together: each group goes up through the layers once."""
    groups: list[dict[str, Any]] = []
    placed: dict[Any, str] = {}
    for piece in pieces_on(datablock):
        if piece.track is not None and piece.layer in ORDER:
            placed.setdefault(piece.track, piece.layer)
    reached = len(ORDER)
    for track, layer in placed.items():
        height = ORDER.index(layer)
        if height <= reached:
            groups.append({})
        groups[-1][layer] = track
        reached = height
    return groups


def follow(datablock: Any, take: str, scale: float, offset: float) -> None:
    """Move a take's strips to where its keys were moved: frame' = scale * frame + offset."""
    pieces = [piece for piece in pieces_on(datablock) if piece.take == take and piece.strip]
    if not pieces:
        return
    old = pieces[0].strip
    bounds = tuple(round(scale * at + offset) for at in (old.frame_start, old.frame_end))
    action_of = {piece.layer: piece.action for piece in pieces}
    slot_of = {piece.layer: piece.slot for piece in pieces}
    strengths = {piece.layer: _strength_keys(piece.strip) for piece in pieces}
    for piece in pieces:
        unplace(piece)
    place(datablock, action_of, slot_of, (bounds[0], bounds[1]))
    for piece in pieces_on(datablock):
        keys = strengths.get(piece.layer) if piece.take == take else None
        if keys is not None:
            _write_strength(piece.strip, keys, scale, offset)


def _strength_keys(strip: Any) -> Keys | None:
    curve = strip.fcurves.find("influence") if strip.use_animated_influence else None
    return keying.read_keys(curve) if curve is not None else None


def _write_strength(strip: Any, keys: Keys, scale: float, offset: float) -> None:
    strip.use_animated_influence = True
    keying.rewrite_keys(strip.fcurves.find("influence"), mapped(keys, scale, offset))
