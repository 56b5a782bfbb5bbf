# SPDX-License-Identifier: Apache-2.0
"""Makes the lids meet when a blink channel is 1.

As they come, they overlap in the middle and gape at the corners.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...face.arkit import ARKIT_NAMES
from .mesh import Floats, edge_loop, mirrored, topology
from .parts import Part
from .skin import Skin

# hm08: the left eye's loop along the edge of the lids, from the middle of the upper lid outward.
LID_LOOP = (6784, 6790)
# The upper lid stops this far below the edge of the lower, so that no slit lets light through.
_OVERLAP_METRES = 0.0006


def closed_lids(skin: Skin) -> Skin:
    """Correct the two blink units so that the edges of the lids touch along their whole length."""
    left = _blink(skin)
    shapes = skin.part.shapes.copy()
    shapes[ARKIT_NAMES.index("eyeBlinkLeft")] = left
    shapes[ARKIT_NAMES.index("eyeBlinkRight")] = mirrored(left, skin.mirror)
    part: Part = replace(skin.part, shapes=shapes)
    return replace(skin, part=part)


def lid_edges(skin: Skin) -> tuple[list[int], list[int]]:
    """Give the left eye's upper and lower lid edges, rows from the inner to the outer corner."""
    start, after = (int(skin.number_of[vertex]) for vertex in LID_LOOP)
    loop = edge_loop(topology(skin.part.quads), start, after)
    sideways = skin.part.vertices[loop, 0]
    inner, outer = int(np.argmin(sideways)), int(np.argmax(sideways))
    return [*loop[inner:], *loop[: outer + 1]], loop[outer : inner + 1][::-1]


def _blink(skin: Skin) -> Floats:
    rest = skin.part.vertices
    move = skin.part.shapes[ARKIT_NAMES.index("eyeBlinkLeft")].copy()
    upper, lower = lid_edges(skin)
    edge = rest[lower] + move[lower]
    target = _at_shares(edge, _shares(rest[upper]))
    target[1:-1, 2] -= _OVERLAP_METRES
    # In front of the lower lid's edge, not inside it.
    target[1:-1, 1] = np.minimum(target[1:-1, 1], (rest[upper] + move[upper])[1:-1, 1])
    correction = target - (rest[upper] + move[upper])

    moving = np.flatnonzero(np.linalg.norm(move, axis=1) > 1e-5)
    distance = np.linalg.norm(rest[moving, None] - rest[None, upper], axis=2)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :3]
    weight = 1 / (np.take_along_axis(distance, nearest, axis=1) + 1e-6) ** 2
    weight /= weight.sum(axis=1, keepdims=True)
    spread = np.einsum("nk,nkc->nc", weight, correction[nearest])
    reach = np.linalg.norm(move[upper], axis=1)
    around = np.einsum("nk,nk->n", weight, reach[nearest])
    share = np.clip(np.linalg.norm(move[moving], axis=1) / np.maximum(around, 1e-6), 0, 1)
    share[np.isin(moving, lower[1:-1])] = 0.0
    below = rest[moving, 2] < np.interp(rest[moving, 0], rest[lower, 0], rest[lower, 2] + 0.0003)
    share[below] = 0.0
    move[moving] += share[:, None] * spread
    move[upper] = target - rest[upper]
    return move


def _shares(line: Floats) -> Floats:
    """Where the points of a line lie between its ends, 0..1 of its length."""
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    length = np.concatenate([[0.0], np.cumsum(steps)])
    return length / length[-1]


def _at_shares(line: Floats, shares: Floats) -> Floats:
    own = _shares(line)
    return np.stack([np.interp(shares, own, line[:, axis]) for axis in range(3)], axis=1)
