# SPDX-License-Identifier: GPL-3.0-or-later
"""Every take's base holds what any take of the data-block moves.

Else a number that one line moves and the next one leaves alone would show through, or fall to
Blender's default, which for shape keys is 1 in version 5.0.
"""

from __future__ import annotations

from typing import Any

from .. import keying
from ..layers import BASE
from .marks import writing
from .pieces import pieces_on


def complete_bases(datablock: Any) -> None:
    """Give each base a resting key for what other bases of the data-block hold and it does not."""
    bases = [piece for piece in pieces_on(datablock) if piece.layer == BASE]
    resting = {
        (curve.data_path, curve.array_index): curve.keyframe_points[0].co[1]
        for piece in bases
        for curve in piece.curves
        if len(curve.keyframe_points)
    }
    for piece in (piece for piece in bases if piece.is_local):
        held = {(curve.data_path, curve.array_index) for curve in piece.curves}
        missing = {spot: value for spot, value in resting.items() if spot not in held}
        if not missing:
            continue
        with writing([piece.action]):
            for (path, index), value in missing.items():
                keys = keying.held(piece.strip.frame_start, value)
                keying.write_keys(piece.curves.new(path, index=index), keys)
