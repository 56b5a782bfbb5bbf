# SPDX-License-Identifier: Apache-2.0
"""Places MediaPipe's 478 points and iBUG's 68 on the head, exactly symmetric.

Most points come from a seed found by rendering, tracking and ray casting. It is good to a few
millimetres, which is not enough where lips or lids touch: a point of the upper lip that sits on
the lower one moves the wrong way. So the points of lips and lids are laid on the mesh's own
loops of edges by their sideways position alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...face.landmarks import MEDIAPIPE_OF_68
from .eyes import Eye
from .lids import LID_LOOP
from .mesh import Floats, Ints, closest_on_triangles, edge_loop, topology, triangulate
from .skin import NOSE_TIP, Skin

_SEED = Path(__file__).parent / "landmark_seed.json"

# hm08 vertex numbers on the middle of the upper lip, from the red border to the line of contact,
# with their neighbours to the left; each starts a loop of 38 vertices round the mouth.
LIP_CONTACT = 520
_LIP_LOOPS = ((455, 7214), (467, 7223), (468, 7224), (LIP_CONTACT, 7267))
_LIP_CORNER_LOOP = (474, 7229)
_LIP_CORNER_STEP = (11, 12, 12, 12)
_LIP_LOWER_MIDDLE_STEP = 19

# MediaPipe's points from the right corner over the middle to the left corner.
_UPPER_LIP = (
    (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291),
    (76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306),
    (62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292),
    (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
)
_LOWER_LIP = (
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
    (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306),
    (62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
)
# From the inner to the outer corner of the left eye.
_UPPER_LID = (362, 398, 384, 385, 386, 387, 388, 466, 263)
_LOWER_LID = (362, 382, 381, 380, 374, 373, 390, 249, 263)
# Points that the seed misses, by the points they lie between.
_MENDED = {172: (58, 136)}
_LEFT_IRIS = (473, 474, 475, 476, 477)
_RIGHT_IRIS = (468, 469, 470, 471, 472)


@dataclass(frozen=True)
class Places:
    """Barycentric places on the mesh: vertices (N, 3) and weights (N, 3)."""

    vertices: Ints
    weights: Floats


def place_landmarks(
    skin: Skin, left_eye: Eye, right_eye: Eye, eye_starts: tuple[int, int]
) -> Places:
    """Place MediaPipe's 478 points.

    Args:
        skin: the head's skin, its rows first in the joined mesh.
        left_eye: the left eyeball; its iris points turn with the gaze.
        right_eye: the right eyeball.
        eye_starts: where the eyeballs' vertices begin in the joined mesh (left, right).
    """
    seed, across = _seed_points(skin)
    loops = _Loops(skin)
    vertices, weights = _project(seed, skin.part.vertices, outer_triangles(skin))
    middle = across == np.arange(len(across))
    weights[middle] = _on_middle(weights[middle], skin.part.vertices[vertices[middle], 0])
    for numbers, places in (*loops.lips(seed), *loops.lids(seed)):
        vertices[list(numbers)], weights[list(numbers)] = places.vertices, places.weights
    left = seed[:, 0] > 0
    right = ~left & ~middle
    vertices[right] = skin.mirror[vertices[across[right]]]
    weights[right] = weights[across[right]]
    for numbers, eye, start in (
        (_LEFT_IRIS, left_eye, eye_starts[0]),
        (_RIGHT_IRIS, right_eye, eye_starts[1]),
    ):
        rows, shares = eye.iris_vertices()
        vertices[list(numbers)], weights[list(numbers)] = rows + start, shares
    return Places(vertices, weights)


def outer_triangles(skin: Skin) -> Ints:
    """Give the skin's triangles (T, 3) that can be seen: none in the mouth or behind the lids."""
    triangles = triangulate(skin.part.quads)
    return triangles[_Loops(skin).outside(triangles)]


def pick68(places: Places) -> Places:
    """Take iBUG's 68 points from the 478."""
    numbers = list(MEDIAPIPE_OF_68)
    return Places(places.vertices[numbers], places.weights[numbers])


def _seed_points(skin: Skin) -> tuple[Floats, Ints]:
    """Give rough, symmetric positions (478, 3) and the mirror (478,) of the numbering."""
    table = json.loads(_SEED.read_text(encoding="utf-8"))
    across = np.array(table["mirror"])
    points = np.full((len(across), 3), np.nan)
    for number, entry in enumerate(table["points"]):
        rows = skin.number_of[entry[:3]] if entry else np.array([-1])
        if (rows >= 0).all():
            shares = np.array([*entry[3:], 1 - sum(entry[3:])])
            points[number] = shares @ skin.part.vertices[rows]
    reflected = points[across] * [-1, 1, 1]
    one_sided = np.where(np.isnan(points), reflected, points)
    points = (one_sided + np.where(np.isnan(reflected), one_sided, reflected)) / 2
    for number, neighbours in _MENDED.items():
        points[number] = points[list(neighbours)].mean(axis=0)
        points[across[number]] = points[number] * [-1, 1, 1]
    return points, across


def _project(seed: Floats, positions: Floats, triangles: Ints) -> tuple[Ints, Floats]:
    chosen, weights = closest_on_triangles(seed, positions[triangles])
    return triangles[chosen].copy(), weights


def _on_middle(weights: Floats, sideways: Floats) -> Floats:
    """Keep only the corners that lie on the plane of symmetry."""
    kept = np.where(np.abs(sideways) < 1e-7, weights, 0.0)
    return kept / kept.sum(axis=1, keepdims=True)


class _Loops:
    """The loops of edges round mouth and left eye, as rows of the skin."""

    def __init__(self, skin: Skin) -> None:
        self._positions = skin.part.vertices
        self._links = topology(skin.part.quads)
        row = skin.number_of
        self._lips = [self._loop(row, start) for start in _LIP_LOOPS]
        self._corner = self._loop(row, _LIP_CORNER_LOOP)
        self._lid = self._loop(row, LID_LOOP)
        self._nose = int(row[NOSE_TIP])
        self._mirror = skin.mirror

    def _loop(self, row: Ints, start: tuple[int, int]) -> list[int]:
        return edge_loop(self._links, int(row[start[0]]), int(row[start[1]]))

    def outside(self, triangles: Ints) -> NDArray[np.bool_]:
        """Tell which triangles lie on the visible outside: not in the mouth, not behind the lids."""
        walls = {*self._lips[-1], *self._lid, *self._mirror[self._lid].tolist()}
        seen, edge = {self._nose}, [self._nose]
        while edge:
            for vertex in self._links.neighbours[edge.pop()] - seen - walls:
                seen.add(vertex)
                edge.append(vertex)
        inside: NDArray[np.bool_] = np.isin(triangles, list(seen)).any(axis=1)
        return inside

    def lips(self, seed: Floats) -> list[tuple[tuple[int, ...], Places]]:
        """Lay the left half of MediaPipe's four lines of the lips on the loops."""
        laid = []
        for line, loop in enumerate(self._lips):
            corner = _LIP_CORNER_STEP[line]
            # The innermost corner lies where the lips meet, one loop before the line of contact.
            last = self._corner[corner] if line == len(self._lips) - 1 else loop[corner]
            upper = [*loop[:corner], last]
            lower = [*loop[_LIP_LOWER_MIDDLE_STEP:corner:-1], last]
            for numbers, path in ((_UPPER_LIP[line][5:], upper), (_LOWER_LIP[line][5:], lower)):
                laid.append((numbers, self._along(path, self._lip_shares(seed, line))))
        return laid

    def _lip_shares(self, seed: Floats, line: int) -> Floats:
        """How far from the middle (0) to the corner (1) the points lie; upper and lower alike."""
        upper, lower = seed[list(_UPPER_LIP[line][5:]), 0], seed[list(_LOWER_LIP[line][5:]), 0]
        shares: Floats = (upper / upper[-1] + lower / lower[-1]) / 2
        return shares

    def lids(self, seed: Floats) -> list[tuple[tuple[int, ...], Places]]:
        """Lay the left eye's outline on the edge of the lids."""
        positions = self._positions[self._lid, 0]
        inner, outer = int(np.argmin(positions)), int(np.argmax(positions))
        upper = [*self._lid[inner:], *self._lid[: outer + 1]]
        lower = self._lid[outer : inner + 1][::-1]
        laid = []
        for numbers, path in ((_UPPER_LID, upper), (_LOWER_LID, lower)):
            across = seed[list(numbers), 0]
            shares = (across - across[0]) / (across[-1] - across[0])
            laid.append((numbers, self._along(path, shares)))
        return laid

    def _along(self, path: list[int], shares: Floats) -> Places:
        """Find the places on a path of vertices at shares 0..1 of its sideways extent."""
        sideways = self._positions[path, 0]
        wanted = sideways[0] + np.clip(shares, 0, 1) * (sideways[-1] - sideways[0])
        rows, weights = [], []
        for x in wanted:
            step = int(np.argmax(sideways[1:] >= x - 1e-12))
            span = sideways[step + 1] - sideways[step]
            share = min(max((x - sideways[step]) / span, 0.0), 1.0)
            third = next(iter(sorted(self._links.neighbours[path[step]] - {path[step + 1]})))
            rows.append([path[step], path[step + 1], third])
            weights.append([1 - share, share, 0.0])
        return Places(np.array(rows), np.array(weights))
