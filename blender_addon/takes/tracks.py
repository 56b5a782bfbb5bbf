# SPDX-License-Identifier: GPL-3.0-or-later
"""Laying a take's layers on NLA tracks, without touching what else lies there.

The tracks of a take stand together, the base lowest. Takes that follow each other in time share the
same tracks; one that overlaps another gets tracks of its own above, and its base hides what is below.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .. import compat, keying
from ..keys import Keys, mapped
from ..layers import BASE, LABELS, ORDER
from .marks import TRACK_NAME, change_mark, read_mark
from .pieces import Piece, everywhere, pieces_on


@dataclass(frozen=True)
class Extent:
    """Where an NLA strip lies, in scene frames, and what of its Action it plays there, in its own."""

    start: float
    end: float
    action_start: float
    action_end: float


def place(
    datablock: Any,
    action_of: Mapping[str, Any],
    slot_of: Mapping[str, Any],
    bounds: tuple[float, float],
    extents: Mapping[str, Extent] | None = None,
) -> None:
    """Put a take's layers on tracks.

    Args:
        datablock: what they animate.
        action_of: layer -> Action, marked as a take's.
        slot_of: layer -> slot for it (None before 4.4).
        bounds: first and last frame of the take.
        extents: layer -> where its strip lies, of those that the animator put elsewhere.
    """
    extents = extents or {}
    animation = datablock.animation_data_create()
    active = animation.nla_tracks.active
    first, last = bounds
    starts = [first, *(extent.start for extent in extents.values())]
    ends = [last, *(extent.end for extent in extents.values())]
    group = _free_group(datablock, min(starts), max(ends))
    for layer in ORDER:
        if layer not in action_of:
            continue
        track = group.get(layer) or _new_track(animation, group, layer)
        group[layer] = track
        extent = extents.get(layer, Extent(first, last, first, last))
        strip = track.strips.new(action_of[layer].name, round(extent.start), action_of[layer])
        compat.set_strip_slot(strip, slot_of[layer])
        strip.name = f"{LABELS[layer]} {(read_mark(action_of[layer]) or {})['label']}"
        # The end first: Blender holds the start below it. A strip keeps its length meanwhile.
        strip.action_frame_end, strip.action_frame_start = extent.action_end, extent.action_start
        strip.frame_start, strip.frame_end = extent.start, extent.end
        strip.blend_type = "REPLACE" if layer == BASE else "ADD"
    animation.nla_tracks.active = active
    settle(datablock)


def change_takes(pieces: Iterable[Piece], ids: Collection[str], **changes: Any) -> None:
    """Change what the marks of takes say, on all data-blocks that they move, and play it so."""
    chosen = everywhere(piece for piece in pieces if piece.take in ids)
    for action in dict.fromkeys(piece.action for piece in chosen):
        change_mark(action, **changes)
    for datablock in dict.fromkeys(piece.datablock for piece in chosen):
        if "off" in changes:
            leave_tweak_mode(datablock)
        settle(datablock)


def leave_tweak_mode(datablock: Any) -> None:
    """Close what is open in the NLA editor: a strip that goes meanwhile stays behind as the Action."""
    animation = datablock.animation_data
    if animation is not None and animation.use_tweak_mode:
        animation.use_tweak_mode = False


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
    before it. A line that lies above one that ends later holds nothing: it would hide that one.
    """
    placed = [piece for piece in pieces_on(datablock) if piece.strip is not None]
    for piece in [piece for piece in placed if piece.is_local]:
        muted = not piece.is_used or piece.layer in piece.content.get("muted", ())
        if piece.strip.mute != muted:
            piece.strip.mute = muted
    audible = [piece for piece in placed if piece.is_used]
    heights = _heights(datablock)
    covering = {piece.take for piece in audible if _would_cover(piece, audible, heights)}
    holding = [piece for piece in audible if piece.take not in covering]
    earliest = min((piece.strip.frame_start for piece in holding), default=0.0)
    for piece in [piece for piece in placed if piece.is_local]:
        holds = piece in holding and piece.strip.frame_start == earliest
        wanted = "HOLD" if holds else "HOLD_FORWARD"
        if piece.take in covering:
            wanted = "NOTHING"
        if piece.strip.extrapolation != wanted:
            piece.strip.extrapolation = wanted
    datablock.update_tag(refresh={"TIME"})


def _new_track(animation: Any, group: Mapping[str, Any], layer: str) -> Any:
    """A track for a layer, above the lower layers of its group."""
    lower = [group[name] for name in ORDER[: ORDER.index(layer)] if name in group]
    track = animation.nla_tracks.new(prev=lower[-1]) if lower else animation.nla_tracks.new()
    track.name = f"{TRACK_NAME} {LABELS[layer]}"
    return track


def _heights(datablock: Any) -> dict[Any, int]:
    """Track -> height of its group, 0 the lowest."""
    groups = enumerate(_groups(datablock))
    return {track: height for height, group in groups for track in group.values()}


def _would_cover(piece: Piece, audible: Iterable[Piece], heights: Mapping[Any, int]) -> bool:
    """Whether what a strip holds after its end would lie over another take."""
    height = heights.get(piece.track, 0)
    return any(
        heights.get(other.track, 0) < height and other.strip.frame_end > piece.strip.frame_end
        for other in audible
        if other.take != piece.take
    )


def _free_group(datablock: Any, first: float, last: float) -> dict[str, Any]:
    """Tracks of Mien's on which a take from `first` to `last` meets no other; new ones if empty.

    The lowest ones where it neither lies under what earlier takes hold nor over what comes later,
    or as little as can be.
    """
    groups = [[s for track in group.values() for s in track.strips] for group in _groups(datablock)]
    costs = {}
    for height, own in enumerate(groups):
        if all(strip.frame_end <= first or strip.frame_start >= last for strip in own):
            above = [strip for group in groups[height + 1 :] for strip in group]
            below = [strip for group in groups[:height] for strip in group]
            costs[height] = sum(strip.frame_start < first for strip in above) + sum(
                strip.frame_end > last for strip in below
            )
    if not costs:
        return {}
    return _groups(datablock)[min(costs, key=lambda height: costs[height])]


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
    """Move a take's strips to where its keys were moved: frame' = scale * frame + offset.

    A layer that the animator moved or trimmed in the NLA editor stays so against the other ones.
    """
    pieces = [piece for piece in pieces_on(datablock) if piece.take == take and piece.strip]
    if not pieces:
        return
    extents = {piece.layer: _moved(piece.strip, scale, offset) for piece in pieces}
    base = extents[pieces[0].layer]
    action_of = {piece.layer: piece.action for piece in pieces}
    slot_of = {piece.layer: piece.slot for piece in pieces}
    strengths = {piece.layer: _strength_keys(piece.strip) for piece in pieces}
    for piece in pieces:
        unplace(piece)
    place(datablock, action_of, slot_of, (base.start, base.end), extents)
    for piece in pieces_on(datablock):
        keys = strengths.get(piece.layer) if piece.take == take else None
        if keys is not None:
            _write_strength(piece.strip, keys, scale, offset)


def _moved(strip: Any, scale: float, offset: float) -> Extent:
    """Where a strip lies after that; on whole frames where its keys are not stretched by hand."""
    found = Extent(
        strip.frame_start, strip.frame_end, strip.action_frame_start, strip.action_frame_end
    )
    action_start, action_end, start = (
        round(scale * at + offset) for at in (found.action_start, found.action_end, found.start)
    )
    stretched = (found.end - found.start) / max(found.action_end - found.action_start, 1e-6)
    return Extent(start, start + stretched * (action_end - action_start), action_start, action_end)


def _strength_keys(strip: Any) -> Keys | None:
    curve = strip.fcurves.find("influence") if strip.use_animated_influence else None
    return keying.read_keys(curve) if curve is not None else None


def _write_strength(strip: Any, keys: Keys, scale: float, offset: float) -> None:
    strip.use_animated_influence = True
    keying.rewrite_keys(strip.fcurves.find("influence"), mapped(keys, scale, offset))
