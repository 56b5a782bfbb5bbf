# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preview covers, kept beside it, so that it can always be given back.

While the preview shows, each data-block carries a mark, a custom property with the values beneath and
what of Mien's own animation is muted. Undo steps and autosaves made meanwhile hold it too: whoever
reads them back finds it and mends them. Nothing is left of it afterwards.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from . import takes
from .preview_places import write_path
from .takes.pieces import animatable

MARK = "mien_preview"

State = dict[str, Any]


def cover(datablock: Any, values: Mapping[str, Any]) -> State:
    """Note what a data-block shows (RNA path -> value), mark it, and mute Mien's own takes there."""
    state: State = {"values": dict(values), **_mute(datablock, values)}
    if datablock.is_editable:
        datablock[MARK] = json.dumps(state)
    return state


def uncover(datablock: Any, state: State) -> None:
    """Give a data-block back what `cover` noted, and take the mark away."""
    for path, value in state["values"].items():
        write_path(datablock, path, value)
    _unmute(datablock, state)
    if MARK in datablock:
        del datablock[MARK]
        # An empty group would be saved with the file.
        if not datablock.keys():
            datablock.id_properties_clear()
    datablock.update_tag(refresh={"TIME"})


def mend() -> int:
    """Uncover every marked data-block of the file; returns how many there were."""
    marked = [datablock for datablock in animatable() if MARK in datablock]
    for datablock in marked:
        uncover(datablock, json.loads(datablock[MARK]))
    return len(marked)


def _mute(datablock: Any, paths: Mapping[str, Any]) -> State:
    """Mute Mien's takes on a data-block; returns which tracks and curves were not muted before.

    Muted strips on an audible track still hold their numbers, at 0; so it is the tracks, which are
    Mien's alone.
    """
    tracks: list[int] = []
    curves: list[list[Any]] = []
    if not datablock.is_editable:
        return {"tracks": tracks, "curves": curves}
    for piece in takes.pieces_on(datablock):
        if piece.track is not None:
            if not piece.track.mute:
                tracks.append(list(datablock.animation_data.nla_tracks).index(piece.track))
                piece.track.mute = True
        elif piece.action.is_editable:
            for curve in piece.curves:
                if curve.data_path in paths and not curve.mute:
                    curve.mute = True
                    curves.append([curve.data_path, curve.array_index])
    return {"tracks": tracks, "curves": curves}


def _unmute(datablock: Any, state: State) -> None:
    animation = datablock.animation_data
    if animation is None:
        return
    for track in state["tracks"]:
        with contextlib.suppress(IndexError):
            animation.nla_tracks[track].mute = False
    muted = {(path, index) for path, index in state["curves"]}
    for piece in takes.pieces_on(datablock) if muted else ():
        for curve in piece.curves if piece.strip is None else ():
            if (curve.data_path, curve.array_index) in muted:
                curve.mute = False
