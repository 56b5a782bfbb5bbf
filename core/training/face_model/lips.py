# SPDX-License-Identifier: Apache-2.0
"""Closes the lips of the neutral face, which else show a thin line of teeth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .mesh import Floats, edge_loop, topology
from .skin import Skin

# hm08: the line of contact of the lips, and its neighbours: first vertex (middle of the upper
# lip), the next to the left, and how much of the correction the loop takes.
_LOOPS = (
    ((520, 7267), 1.0),
    ((474, 7229), 0.7),
    ((537, 7282), 0.8),
    ((468, 7224), 0.25),
    ((554, 7297), 0.4),
)
_CORNER_STEP, _LOWER_MIDDLE_STEP = 11, 19
# Lips that rest on each other press in by this much; the smoothing of the surface takes as much.
_PRESS_METRES = 0.0005


def sealed_lips(skin: Skin) -> Skin:
    """Move upper and lower lip half of their distance each, so that they touch along their length."""
    vertices = skin.part.vertices.copy()
    links = topology(skin.part.quads)
    loops = [
        (edge_loop(links, *(int(skin.number_of[vertex]) for vertex in start)), share)
        for start, share in _LOOPS
    ]
    contact = loops[0][0]
    upper = vertices[contact[: _CORNER_STEP + 1]]
    lower = vertices[contact[_LOWER_MIDDLE_STEP : _CORNER_STEP + 1 : -1]]
    sideways = np.linspace(0, min(upper[-1, 0], lower[-1, 0]), 30)
    gap = np.interp(sideways, *upper[:, [0, 2]].T) - np.interp(sideways, *lower[:, [0, 2]].T)
    correction = gap + _PRESS_METRES
    count = len(contact)
    for loop, share in loops:
        rows = np.array(loop)
        step = np.minimum(np.arange(count), count - np.arange(count))
        half: Floats = share * np.interp(np.abs(vertices[rows, 0]), sideways, correction) / 2
        half[(step == _CORNER_STEP) | (step == _CORNER_STEP + 1)] *= 0.3
        vertices[rows, 2] += np.where(step <= _CORNER_STEP, -half, half)
    return replace(skin, part=replace(skin.part, vertices=vertices))
