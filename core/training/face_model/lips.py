# SPDX-License-Identifier: Apache-2.0
"""Closes the lips where they should be closed.

The neutral face shows a thin line of teeth, and units that press or pull closed lips let them gape
beside the corners. People's lips do not part from those muscles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...face.arkit import ARKIT_NAMES
from .mesh import Floats, Ints, edge_loop, topology
from .skin import Skin

# hm08: the line of contact of the lips, and its neighbours: first vertex (middle of the upper
# lip), the next to the left, how much of the correction the loop takes, and how far (metres) its
# two halves are pressed into each other besides, behind the line that is seen.
_LOOPS = (
    ((520, 7267), 1.0, 0.0),
    ((474, 7229), 0.7, 0.0),
    ((537, 7282), 0.9, 0.001),
    ((468, 7224), 0.25, 0.0),
    ((554, 7297), 0.5, 0.0008),
)
# Steps along a loop of 38: 0 the middle of the upper lip, 11 and 27 its ends, 19 the middle of the
# lower lip.
_UPPER_END, _LOWER_END = 12, 27
_CORNER_STEPS = (11, 12, 26, 27)
_CORNER_SHARE = 0.3
# Lips that rest on each other press in by this much; the smoothing of the surface takes as much.
_PRESS_METRES = 0.0005
_CLOSED_UNITS = (
    *("mouthPressLeft", "mouthPressRight", "mouthRollLower", "mouthRollUpper"),
    *("mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight"),
    *("mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight"),
    *("mouthLeft", "mouthRight"),
)


@dataclass(frozen=True)
class _Loop:
    """Rows of the skin along one loop round the mouth, and how it takes part in a correction."""

    rows: Ints
    share: float
    behind: float

    def upper(self) -> Ints:
        """Rows of the upper lip from the right to the left corner."""
        return np.concatenate([self.rows[_LOWER_END:], self.rows[:_UPPER_END]])

    def lower(self) -> Ints:
        """Rows of the lower lip from the right to the left corner."""
        return self.rows[_UPPER_END:_LOWER_END][::-1]


def sealed_lips(skin: Skin) -> Skin:
    """Let the lips touch along their length, at rest and in the units that keep them closed."""
    links = topology(skin.part.quads)
    loops = [
        _Loop(np.array(edge_loop(links, *(int(skin.number_of[v]) for v in start))), share, behind)
        for start, share, behind in _LOOPS
    ]
    rest = skin.part.vertices + _closing(skin.part.vertices, loops, open_only=False)
    shapes = skin.part.shapes.copy()
    for name in _CLOSED_UNITS:
        channel = ARKIT_NAMES.index(name)
        shapes[channel] += _closing(rest + shapes[channel], loops, open_only=True)
    return replace(skin, part=replace(skin.part, vertices=rest, shapes=shapes))


def _closing(positions: Floats, loops: list[_Loop], *, open_only: bool) -> Floats:
    """Move upper and lower lip half of their distance each.

    Args:
        positions: (V, 3) of the skin, at rest or moved.
        loops: the line of contact first.
        open_only: leave places alone where the lips already press.

    Returns:
        (V, 3) moves, vertical.
    """
    upper, lower = positions[loops[0].upper()], positions[loops[0].lower()]
    sideways = np.linspace(max(upper[0, 0], lower[0, 0]), min(upper[-1, 0], lower[-1, 0]), 61)
    gap = np.interp(sideways, upper[:, 0], upper[:, 2])
    gap -= np.interp(sideways, lower[:, 0], lower[:, 2])
    excess = gap + _PRESS_METRES
    if open_only:
        excess = np.maximum(excess, 0.0)
    moves = np.zeros_like(positions)
    for loop in loops:
        half = loop.share * np.interp(positions[loop.rows, 0], sideways, excess) / 2
        if not open_only:
            half += loop.behind / 2
        half[list(_CORNER_STEPS)] *= _CORNER_SHARE
        step = np.arange(len(loop.rows))
        is_upper = (step < _UPPER_END) | (step >= _LOWER_END)
        moves[loop.rows, 2] = np.where(is_upper, -half, half)
    return moves
