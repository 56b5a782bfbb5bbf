# SPDX-License-Identifier: GPL-3.0-or-later
"""The takes of a character and their layers: which is in use, what is muted, how strong it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import apply, cast, character, compat, defaults, keying, layers, takes
from .problems import AnimatorError


@dataclass(frozen=True)
class Listed:
    """One take in the list.

    Attributes:
        take: its id; strip_name: of the strip; label: what made it.
        used: whether it plays; edited: whether the animator changed its keys.
        layers: those that it has, lowest first, without the base.
        muted: those of them that do not play.
    """

    take: str
    strip_name: str
    label: str
    used: bool
    edited: bool
    layers: tuple[str, ...]
    muted: frozenset[str]


def pieces_of(settings: Any) -> list[takes.Piece]:
    """All pieces of takes on a character, but for those that its library brings."""
    own = character.animated_by_takes(settings.target, settings.head_target)
    found = [piece for datablock in own for piece in takes.pieces_on(datablock)]
    return [piece for piece in found if piece.is_local]


def listed(settings: Any, strip_name: str) -> list[Listed]:
    """The takes of one strip on a character, in the order in which they were made."""
    found: dict[str, list[takes.Piece]] = {}
    for piece in pieces_of(settings):
        if piece.content["strip"] == strip_name:
            found.setdefault(piece.take, []).append(piece)
    return [_listed(take, pieces) for take, pieces in found.items()]


def plays(settings: Any, strip_name: str) -> bool:
    """Whether a take of a strip is in use on a character; quick enough for every redraw."""
    return any(
        piece.content["strip"] == strip_name and piece.is_used for piece in pieces_of(settings)
    )


def _listed(take: str, pieces: list[takes.Piece]) -> Listed:
    content = pieces[0].content
    present = {piece.layer for piece in pieces if piece.layer != layers.BASE and len(piece.curves)}
    return Listed(
        take,
        content["strip"],
        content.get("label", "Take"),
        pieces[0].is_used,
        any(takes.is_edited(action) for action in {piece.action for piece in pieces}),
        tuple(layer for layer in layers.ORDER if layer in present),
        frozenset(content.get("muted", ())),
    )


def use(settings: Any, take: str) -> str:
    """Let a take play instead of the other ones of its strip; returns the strip's name."""
    pieces = pieces_of(settings)
    strip_name = next(piece.content["strip"] for piece in pieces if piece.take == take)
    others = {p.take for p in pieces if p.content["strip"] == strip_name and p.take != take}
    takes.change_takes(pieces, others, off=True)
    takes.change_takes(pieces, {take}, off=False)
    return str(strip_name)


def remove(settings: Any, take: str) -> tuple[str, ...]:
    """Remove a take; the one made before it plays then. Returns names of Actions kept."""
    pieces = pieces_of(settings)
    gone = next(piece.content for piece in pieces if piece.take == take)
    datablocks = list(dict.fromkeys(piece.datablock for piece in pieces))
    _, kept = apply.remove_takes(datablocks, {take})
    left = listed(settings, gone["strip"])
    if left and not any(other.used for other in left):
        use(settings, left[-1].take)
    return kept


def mute(settings: Any, take: str, muted: Collection[str]) -> None:
    """Let exactly these layers of a take not play."""
    takes.change_takes(pieces_of(settings), {take}, muted=sorted(muted))


def strength(settings: Any, strip_name: str, layer: str) -> float:
    """How strongly a layer of the take in use plays at the current frame, 0 to 1."""
    strip = next(iter(_strips(settings, strip_name, layer)), None)
    if strip is None:
        return 1.0
    frame = np.array([settings.id_data.frame_current_final])
    return float(takes.strength(strip, frame)[0])


def set_strength(
    settings: Any, strip_name: str, layer: str, value: float, *, key: bool = False
) -> None:
    """Play a layer of the take in use so strongly, throughout or, where it is keyed, from a key on.

    Args:
        settings: of the character.
        strip_name: of the strip.
        layer: one of layers.ORDER.
        value: 0 (as if it were not there) to 1 (whole).
        key: put a key at the current frame, so that the strength changes over time.
    """
    frame = settings.id_data.frame_current_final
    for strip in _strips(settings, strip_name, layer):
        strip.use_animated_influence = True
        curve = strip.fcurves.find("influence")
        count = len(curve.keyframe_points)
        if count == 0 or (count == 1 and not key):
            at = frame if key else strip.frame_start
            keying.rewrite_keys(curve, keying.held(at, value))
        if key or count > 1:
            curve.keyframe_points.insert(frame, value).interpolation = "BEZIER"
            for point in curve.keyframe_points:
                point.interpolation = "BEZIER"
            curve.update()


def shown_strength(context: Any, layer: str) -> float:
    """`strength` of the shown character's strip; 1 where there is none."""
    settings = cast.active_settings(context.scene)
    name = strip_name(context)
    return strength(settings, name, layer) if name else 1.0


def set_shown_strength(context: Any, layer: str, value: float) -> None:
    """`set_strength` of the shown character's strip."""
    settings = cast.active_settings(context.scene)
    set_strength(settings, strip_name(context), layer, value)


def strip_name(context: Any) -> str:
    """Name of the shown character's strip; empty where there is none."""
    settings = cast.active_settings(context.scene)
    try:
        return str(defaults.strip_for(compat.sequencer_scene(context), settings.strip_name).name)
    except AnimatorError:
        return ""


def _strips(settings: Any, strip_name: str, layer: str) -> list[Any]:
    return [
        piece.strip
        for piece in pieces_of(settings)
        if piece.strip is not None
        and piece.layer == layer
        and piece.content["strip"] == strip_name
        and piece.is_used
    ]


def edit(settings: Any, take: str, layer: str) -> bool:
    """Open a layer's keys in the editors (NLA tweak mode), or close them; returns whether open."""
    pieces = [p for p in _with_tweaked(settings) if p.take == take and p.layer == layer]
    opened = any(_is_tweaked(piece) for piece in pieces)
    for datablock in dict.fromkeys(piece.datablock for piece in _with_tweaked(settings)):
        takes.leave_tweak_mode(datablock)
    if opened:
        return False
    for piece in pieces:
        if len(piece.curves):
            animation = piece.datablock.animation_data
            animation.nla_tracks.active = piece.track
            compat.choose_strip(piece.track, piece.strip)
            animation.use_tweak_mode = True
    return True


def open_layer(settings: Any) -> tuple[str, str] | None:
    """Take and layer whose keys are open in the editors."""
    for piece in _with_tweaked(settings):
        if _is_tweaked(piece):
            return piece.take, piece.layer
    return None


def _with_tweaked(settings: Any) -> list[takes.Piece]:
    return [piece for piece in pieces_of(settings) if piece.strip is not None]


def _is_tweaked(piece: takes.Piece) -> bool:
    animation = piece.datablock.animation_data
    return bool(animation.use_tweak_mode and animation.nla_tracks.active == piece.track)
