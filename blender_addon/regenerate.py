# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a take made again: some frames, some regions of the face, seamless at its borders.

Outside the asked frames and regions every key stays as it is, edited ones too. Inside, the new
performance is blended in over a quarter of a second at both borders, so that values and slopes meet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import character, keying, layers, performing, settle, takes
from .directions import direction
from .key_tolerance import Tolerance
from .keys import fit_many, stepped_keys
from .line_sounds.corrections import Corrections
from .problems import AnimatorError
from .regions import regions_of
from .strips import StripMap
from .takes.sampling import evaluated

# Over which the new part comes in and goes out, and at most a third of the part each.
FADE_SECONDS = 0.25


@dataclass(frozen=True)
class Part:
    """Which frames (inclusive) and regions are made again."""

    first_frame: int
    last_frame: int
    regions: frozenset[str]


def start(
    context: Any,
    settings: Any,
    strip_name: str,
    part: Part,
    *,
    directed: Callable[[Any, StripMap], dict[str, Any]] = direction,
    corrected: Corrections | None = None,
) -> Any:
    """Ask for a performance by the present settings; the job puts the part of it into the take.

    Args:
        context: Blender's.
        settings: of the character.
        strip_name: the strip; where it is empty, the one that the settings name.
        part: what is made again.
        directed: the direction, from the settings and the frames that are heard.
        corrected: corrections of its sounds, as of performing.start.

    Raises:
        AnimatorError: something is missing, or there is no take whose part could be made again.
    """
    if part.last_frame - part.first_frame < 2:
        raise AnimatorError(
            f"Frames {part.first_frame} to {part.last_frame} are too few to make again.",
            "Choose at least three frames.",
        )
    if not part.regions:
        raise AnimatorError("No region of the face is chosen.", "Choose at least one.")

    def use(answer: performing.Answer) -> str:
        return put(answer, part)

    return performing.ask(context, settings, strip_name, use, directed, corrected=corrected)


def put(answer: performing.Answer, part: Part) -> str:
    """Put the part of a performance into the strip's take in use; returns a sentence about it.

    Raises:
        AnimatorError: there is no such take, or its strip has changed since.
    """
    able = character.check_character(answer.face, answer.head)
    pieces = used_pieces(able, answer.sound.strip_name)
    made = pieces[0].content["made"]
    if StripMap(**made["heard"]) != answer.sound.heard:
        raise AnimatorError(
            f"Strip '{answer.sound.strip_name}' has changed since its take was made.",
            "Press Re-Time first, or generate the whole take again.",
        )
    new = _new_part(able, answer, part)
    actions = dict.fromkeys(piece.action for piece in pieces)
    with takes.writing(actions):
        changed = sum(_put_on(piece, pieces, new) for piece in pieces if piece.layer != layers.BASE)
        for datablock in dict.fromkeys(piece.datablock for piece in pieces):
            takes.complete_bases(datablock)
            datablock.update_tag(refresh={"TIME"})
    for action in actions:
        takes.change_mark(action, made={**made, "corrected": answer.made["corrected"]})
    return (
        f"Made frames {part.first_frame} to {part.last_frame} of '{answer.sound.strip_name}' again "
        f"on {changed} channels; all else is as it was."
    )


# Data-block, RNA path, array index.
_Spot = tuple[Any, str, int]


@dataclass(frozen=True)
class _New:
    """The new performance, as far as it is asked for.

    Attributes:
        part: which part.
        contacts: source -> rows at which it makes a contact.
        first_frame: scene frame of the first row.
        fps: frames a second of the rows.
        tolerance: of the keys.
        curves: layer and spot -> curve, of what moves.
        resting: spot -> the base's curve, of what may be keyed.
        regions: data-block, RNA path and layer -> regions.
    """

    part: Part
    contacts: Mapping[str, Sequence[int]]
    first_frame: int
    fps: float
    tolerance: Tolerance
    curves: Mapping[tuple[str, _Spot], layers.Curve]
    resting: Mapping[_Spot, layers.Curve]
    regions: Mapping[tuple[Any, str, str], frozenset[str]]

    def wants(self, piece: takes.Piece, path: str, index: int) -> bool:
        """Whether a curve of a piece belongs to what is made again."""
        group = self.regions.get((piece.datablock, path, piece.layer), frozenset())
        known = (piece.datablock, path, index) in self.resting
        return known and bool(group & self.part.regions)


def _new_part(able: character.Character, answer: performing.Answer, part: Part) -> _New:
    heard = answer.sound.heard
    mix, lips = settle.with_rest(answer.performed.mix, answer.performed.lips, heard.grid_fps)
    rest = {
        datablock: takes.remember(datablock, paths)["values"]
        for datablock, paths in layers.paths_of(able.links).items()
    }
    taken = {datablock: takes.paths_of_others(datablock) for datablock in rest}
    curves = [
        curve
        for curve in layers.layered(able.links, mix, lips, rest)
        if curve.path not in taken[curve.datablock]
    ]
    spots = {id(curve): (curve.datablock, curve.path, curve.index) for curve in curves}
    return _New(
        part,
        answer.performed.contacts,
        heard.first_frame,
        heard.grid_fps,
        answer.tolerance,
        {(c.layer, spots[id(c)]): c for c in curves if c.layer != layers.BASE},
        {spots[id(c)]: c for c in curves if c.layer == layers.BASE},
        regions_of(able.links),
    )


def used_pieces(able: character.Character, strip_name: str) -> list[takes.Piece]:
    """The pieces of the take of a strip that is in use on a character.

    Raises:
        AnimatorError: there is none, or it has no layers.
    """
    found = [
        piece
        for datablock in able.datablocks
        for piece in takes.pieces_on(datablock)
        if piece.content["strip"] == strip_name and piece.is_local and piece.is_used
    ]
    if not found:
        raise AnimatorError(
            f"Strip '{strip_name}' has no take on '{able.face.name}'.", "Press Generate first."
        )
    if any(piece.strip is None or not piece.layer for piece in found):
        raise AnimatorError(
            f"The take of strip '{strip_name}' was made by an older Mien, without layers.",
            "Press Generate once.",
        )
    return found


def _put_on(piece: takes.Piece, pieces: list[takes.Piece], new: _New) -> int:
    """Splice the new part into the curves of one piece; returns how many were changed.

    A channel that moves in the take and rests in the new performance comes to rest as well.
    """
    present = {(curve.data_path, curve.array_index): curve for curve in piece.curves}
    moving = [
        (path, index)
        for layer, (datablock, path, index) in new.curves
        if layer == piece.layer and datablock == piece.datablock
    ]
    changed = 0
    for path, index in dict.fromkeys([*present, *moving]):
        fcurve = present.get((path, index))
        if not new.wants(piece, path, index) or (fcurve is not None and fcurve.lock):
            continue
        spot = (piece.datablock, path, index)
        if fcurve is None:
            fcurve = piece.curves.new(path, index=index)
            keying.write_keys(fcurve, keying.held(piece.strip.frame_start, 0.0))
            _hold_base(pieces, spot, new.resting[spot])
        curve = new.curves.get((piece.layer, spot))
        samples = np.zeros(1) if curve is None else curve.values
        _splice(fcurve, samples, new, new.resting[spot])
        changed += 1
    return changed


def _hold_base(pieces: list[takes.Piece], spot: _Spot, base: layers.Curve) -> None:
    datablock, path, index = spot
    for piece in pieces:
        if piece.layer != layers.BASE or piece.datablock != datablock:
            continue
        if piece.curves.find(path, index=index) is None:
            fcurve = piece.curves.new(path, index=index)
            keying.write_keys(fcurve, keying.held(piece.strip.frame_start, float(base.values[0])))


def _splice(fcurve: Any, samples: np.ndarray, new: _New, base: layers.Curve) -> None:
    """Replace the keys of an F-curve inside the part by those of the blend of old and new."""
    first, last = new.part.first_frame, new.part.last_frame
    frames = np.arange(first, last + 1)
    rows = np.clip(frames - new.first_frame, 0, len(samples) - 1)
    old = _of_keys_alone(fcurve, frames.astype(np.float64))
    share = _share(len(frames), new.fps)
    if base.stepped:
        keys = stepped_keys(np.where(share >= 0.5, samples[rows], old), first)
    else:
        blended = old + share * (samples[rows] - old)
        contacts = set(keying.met(base.sources, new.contacts, len(samples)))
        exact = [i for i, row in enumerate(rows) if int(row) in contacts]
        keys = fit_many(
            blended[:, None],
            first,
            tolerance=new.tolerance.of(base.sources) * base.span,
            exact=sorted({0, len(frames) - 1, *exact}),
        )[0]
    keying.rewrite_part(fcurve, keys, first, last)


def _of_keys_alone(fcurve: Any, frames: np.ndarray) -> np.ndarray:
    """(T,) without what modifiers do, which goes on doing it to the new keys."""
    heard = [modifier for modifier in fcurve.modifiers if not modifier.mute]
    try:
        for modifier in heard:
            modifier.mute = True
        return evaluated(fcurve, frames)
    finally:
        for modifier in heard:
            modifier.mute = False


def _share(count: int, fps: float) -> np.ndarray:
    """(count,) how much of the new performance there is: 0 at both ends, smoothly up to 1."""
    fade = max(1, min(round(FADE_SECONDS * fps), count // 3))
    way = np.clip(np.minimum(np.arange(count), np.arange(count)[::-1]) / fade, 0.0, 1.0)
    return np.asarray(way * way * (3.0 - 2.0 * way))
