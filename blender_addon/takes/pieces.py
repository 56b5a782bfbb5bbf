# SPDX-License-Identifier: GPL-3.0-or-later
"""What of Mien's takes plays on a data-block, and what of the animator's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import bpy

from .. import compat, memory
from ..layers import BASE
from ..problems import AnimatorError
from .marks import layer_of, read_mark, state_before, strip_of, take_id
from .owners import owner_name


@dataclass(frozen=True)
class Piece:
    """One layer of a take on one data-block.

    Attributes:
        datablock, action: what is animated, and by which Action.
        slot: the Action's slot for it; None before 4.4.
        track, strip: the NLA track and strip that play it; None for an active Action.
        content: the Action's mark, with the present name of its strip.
        layer: one of layers.ORDER, or empty for a take without layers.
    """

    datablock: Any
    action: Any
    slot: Any
    track: Any
    strip: Any
    content: dict[str, Any]
    layer: str

    @property
    def take(self) -> str:
        """The take's id."""
        return str(self.content["take"])

    @property
    def is_used(self) -> bool:
        """Whether its take plays, and not another one of its strip."""
        return not self.content.get("off", False)

    @property
    def is_local(self) -> bool:
        """Whether it can be changed in this file: what a library brings comes back on loading."""
        return bool(self.action.is_editable)

    @property
    def curves(self) -> Any:
        """The F-curves, to be read or changed; may be empty."""
        return compat.slot_fcurves(self.action, self.slot)


def pieces_on(datablock: Any) -> list[Piece]:
    """All that plays of Mien's takes on a data-block, from the lowest track up."""
    animation = datablock.animation_data
    if animation is None:
        return []
    found = [
        _piece(datablock, strip.action, compat.slot_of(strip), track, strip)
        for track in animation.nla_tracks
        for strip in track.strips
    ]
    # In tweak mode the active Action is one of the strips' own.
    if not animation.use_tweak_mode:
        found.append(_piece(datablock, animation.action, compat.slot_of(animation), None, None))
    return [piece for piece in found if piece is not None]


def _piece(datablock: Any, action: Any, slot: Any, track: Any, strip: Any) -> Piece | None:
    content = read_mark(action)
    if content is None:
        return None
    content = {**content, "strip": owner_name(content)}
    return Piece(datablock, action, slot, track, strip, content, layer_of(content, slot))


def takes_on(datablock: Any) -> list[Any]:
    """Mien's Actions that play on a data-block, without repeats."""
    return list(dict.fromkeys(piece.action for piece in pieces_on(datablock)))


def take_ids_on(datablock: Any, strip_name: str | None = None) -> list[str]:
    """Ids of the takes on a data-block, of one strip or of all, without repeats."""
    return list(
        dict.fromkeys(
            take_id(action)
            for action in takes_on(datablock)
            if strip_name in {None, strip_of(action)}
        )
    )


def animatable() -> Iterator[Any]:
    """Every data-block of the file that a take may animate."""
    yield from bpy.data.objects
    yield from bpy.data.shape_keys
    yield from bpy.data.armatures
    yield from bpy.data.meshes
    yield from compat.grease_pencils()
    for material in bpy.data.materials:
        yield material
        if material.node_tree is not None:
            yield material.node_tree


def sharers_of(pieces: Iterable[Piece]) -> list[Any]:
    """Other data-blocks of the same takes, whatever they are called by now.

    With slots a take is one Action, and another slot of it moves another part of the character;
    the same slot moves a duplicate, which is somebody else. In 4.2 and 4.3, and so in files that
    come from there, a take is several Actions that share its id.
    """
    own = list(pieces)
    datablocks = {piece.datablock for piece in own}
    actions = {piece.action for piece in own}
    played = {(piece.action, compat.slot_key(piece.slot)) for piece in own}
    apart = {piece.take for piece in own if set(piece.content.get("slots", {})) <= {""}}

    def belongs(piece: Piece) -> bool:
        if piece.action in actions:
            return (piece.action, compat.slot_key(piece.slot)) not in played
        return piece.take in apart

    return [
        candidate
        for candidate in animatable()
        if candidate.animation_data is not None
        and candidate not in datablocks
        and any(belongs(piece) for piece in pieces_on(candidate))
    ]


def everywhere(pieces: Iterable[Piece]) -> list[Piece]:
    """All pieces of the same takes, on these data-blocks and on those that share the takes."""
    own = list(pieces)
    ids = {piece.take for piece in own}
    datablocks = dict.fromkeys([piece.datablock for piece in own] + sharers_of(own))
    return [
        piece for datablock in datablocks for piece in pieces_on(datablock) if piece.take in ids
    ]


def paths_of_others(datablock: Any) -> set[str]:
    """Data paths that audible NLA strips of the animator or drivers move: these are left to them."""
    animation = datablock.animation_data
    if animation is None:
        return set()
    paths = {driver.data_path for driver in animation.drivers}
    for track in animation.nla_tracks:
        for strip in track.strips:
            if not (track.mute or strip.mute) and read_mark(strip.action) is None:
                paths |= compat.animated_paths(strip)
    return paths


def paths_on_top(datablock: Any) -> set[str]:
    """Data paths that the animator's own active Action moves: it plays above every track."""
    animation = datablock.animation_data
    if animation is None or read_mark(animation.action) is not None:
        return set()
    return compat.animated_paths(animation)


def check_can_play(datablock: Any, label: str) -> None:
    """Refuse what would be keyed and then not move.

    Raises:
        AnimatorError: NLA tweak mode, NLA switched off, or a solo track.
    """
    animation = datablock.animation_data
    if animation is None:
        return
    if animation.use_tweak_mode:
        raise AnimatorError(
            f"{label} is in the NLA editor's tweak mode.",
            "Leave it: press Edit in Mien's list of layers again, or Tab in the NLA editor.",
        )
    if not animation.use_nla:
        raise AnimatorError(
            f"{label} has its NLA switched off, so the take would not move.",
            "Enable the check box beside its name in the NLA editor.",
        )
    solo = next((track.name for track in animation.nla_tracks if track.is_solo), None)
    if solo is not None:
        raise AnimatorError(
            f"NLA track '{solo}' of {label} plays solo, so the take would not move.",
            "Click the star beside the track's name in the NLA editor.",
        )


def remember(datablock: Any, paths: Iterable[str]) -> dict[str, Any]:
    """The state of a data-block before Mien: values at `paths`, and whether it was animated.

    What an earlier take on the same data-block remembers wins over the present, and what its base
    holds, where the bone or shape key was renamed since.
    """
    state = memory.look(datablock, paths)
    pieces = pieces_on(datablock)
    held = held_by_bases(pieces, state["values"])
    for piece in pieces:
        earlier = state_before(piece.content, piece.slot, datablock)
        if earlier is not None:
            state = {**earlier, "values": {**state["values"], **held, **earlier["values"]}}
    return state


def held_by_bases(pieces: Iterable[Piece], now: Mapping[str, Any]) -> dict[str, Any]:
    """RNA path -> what the bases of takes hold there, of the paths in `now` (path -> value)."""
    found: dict[str, Any] = {}
    for piece in pieces:
        if piece.layer != BASE:
            continue
        for curve in piece.curves:
            value = now.get(curve.data_path)
            if value is None or not len(curve.keyframe_points):
                continue
            resting = curve.keyframe_points[0].co[1]
            if isinstance(value, list):
                numbers = found.setdefault(curve.data_path, list(value))
                numbers[curve.array_index] = type(value[curve.array_index])(resting)
            else:
                found[curve.data_path] = type(value)(resting)
    return found
