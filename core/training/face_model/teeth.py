# SPDX-License-Identifier: Apache-2.0
"""Two rows of single teeth in their gums. The upper row belongs to the skull, the lower to the jaw."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...face.arkit import ARKIT_NAMES
from .identity import Body
from .mesh import Floats, Ints
from .parts import Part, fit_rigid, rigid_shapes

_JAW_CHANNELS = ("jawForward", "jawLeft", "jawRight", "jawOpen")
_MM = 0.001

# Teeth of one side from the middle back: width, height of the crown, thickness at the gum and at
# the edge, all in millimetres (rounded means of dental anatomy).
_UPPER_TEETH = (
    (8.4, 10.2, 5.6, 1.1),
    (6.5, 9.0, 5.0, 1.1),
    (7.4, 9.8, 6.2, 1.8),
    (6.8, 8.4, 7.0, 4.6),
    (6.6, 8.0, 7.0, 4.8),
    (9.6, 7.4, 8.0, 6.4),
    (9.0, 7.0, 8.0, 6.4),
)
_LOWER_TEETH = (
    (5.3, 8.6, 4.8, 0.9),
    (5.8, 8.8, 5.0, 1.0),
    (6.7, 9.6, 5.8, 1.6),
    (6.8, 8.4, 6.2, 3.8),
    (7.0, 8.0, 6.4, 4.4),
    (10.4, 7.4, 8.0, 6.2),
    (10.0, 7.0, 8.0, 6.2),
)
# Shares of the crown's height from the gum to the edge, and of width and thickness there.
_LEVELS = (
    (-0.22, 0.8, 0.96),
    (0.12, 0.9, 1.0),
    (0.5, 0.99, 0.72),
    (0.84, 1.01, 0.3),
    (1.0, 0.93, 0.0),
)
_CORNERS = 12
_GUM_STEPS_PER_TOOTH = 4


@dataclass(frozen=True)
class Row:
    """How one row stands: signs, measures in metres.

    down: -1 for teeth that point down, +1 for up. edge: height of the front teeth's edges.
    half_width and depth: of the ellipse on which the crowns' outer faces stand. front: its y.
    rise: how much higher the edges stand at the back than in front.
    """

    teeth: tuple[tuple[float, float, float, float], ...]
    down: float
    edge: float
    front: float
    half_width: float
    depth: float
    rise: float


def build_teeth(body: Body, helper: Ints, *, upper: bool, lip_line: float) -> Part:
    """Build one row with its gums.

    Args:
        body: the average body, for the row's place and its moves with jaw and identity.
        helper: vertex numbers of hm08's band of teeth for this row.
        upper: which row.
        lip_line: height at which the closed lips meet, metres.
    """
    band = body.vertices[helper]
    row = _row(band, upper=upper, lip_line=lip_line)
    places = _places(row)
    pieces = [
        _tooth(row, place, size) for place, size in zip(places, _both(row.teeth), strict=True)
    ]
    gum = _gums(row, places)
    vertices = np.concatenate([piece[0] for piece in pieces] + [gum[0]])
    starts = np.cumsum([0] + [len(piece[0]) for piece in pieces])
    quads = np.concatenate(
        [piece[1] + start for piece, start in zip([*pieces, gum], starts, strict=True)]
    )
    teeth_count = sum(len(piece[1]) for piece in pieces)
    shapes = np.zeros((len(ARKIT_NAMES), len(vertices), 3))
    if not upper:
        moves = {
            ARKIT_NAMES.index(name): fit_rigid(
                band, band + body.shapes[ARKIT_NAMES.index(name), helper]
            )
            for name in _JAW_CHANNELS
        }
        shapes = rigid_shapes(vertices, moves)
    return Part(
        name="teethUpper" if upper else "teethLower",
        vertices=vertices,
        quads=quads,
        uvs=_flat_uvs(vertices)[quads],
        materials=("teeth",) * teeth_count + ("gums",) * len(gum[1]),
        shapes=shapes,
        identity=_follow(body, helper, vertices),
    )


def _row(band: Floats, *, upper: bool, lip_line: float) -> Row:
    front, back = band[:, 1].min() - 0.0003, band[:, 1].max()
    half_width = band[:, 0].max()
    if upper:
        # The edges reach 3 mm below a relaxed upper lip, as in young adults.
        return Row(
            _UPPER_TEETH, -1, lip_line - 0.0030, front, half_width * 0.86, back - front, 0.001
        )
    return Row(
        _LOWER_TEETH, 1, lip_line - 0.0010, front + 0.0014, half_width * 0.81, back - front, 0.001
    )


def _both(teeth: tuple[tuple[float, ...], ...]) -> list[tuple[float, ...]]:
    return [*teeth, *teeth]


def _places(row: Row) -> list[tuple[float, float]]:
    """Give the angle on the ellipse and the side (+1 left) of each tooth's middle."""
    angles = np.linspace(0, math.pi / 2, 4000)
    x, y = row.half_width * np.sin(angles), row.depth * (1 - np.cos(angles))
    length = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    places = []
    for side in (1.0, -1.0):
        along = 0.0
        for width, *_ in row.teeth:
            places.append((float(np.interp(along + width * _MM / 2, length, angles)), side))
            along += width * _MM
    return places


def _frame(row: Row, angle: float, side: float) -> tuple[Floats, Floats, Floats]:
    """Give the outer point, the direction along the arch and the direction outward."""
    x, y = row.half_width * math.sin(angle), row.front + row.depth * (1 - math.cos(angle))
    tangent = np.array([row.half_width * math.cos(angle), row.depth * math.sin(angle), 0.0])
    tangent /= np.linalg.norm(tangent)
    outward = np.array([tangent[1], -tangent[0], 0.0])
    flip = np.array([side, 1.0, 1.0])
    return np.array([x, y, 0.0]) * flip, tangent * flip, outward * flip


def _edge_height(row: Row, angle: float) -> float:
    return row.edge + row.rise * (1 - math.cos(angle))


def _tooth(row: Row, place: tuple[float, float], size: tuple[float, ...]) -> tuple[Floats, Ints]:
    point, along, outward = _frame(row, *place)
    width, height, thick, thin = (value * _MM for value in size)
    gum = _edge_height(row, place[0]) - row.down * height
    turns = 2 * math.pi * np.arange(_CORNERS) / _CORNERS
    # A rounded rectangle: the superellipse |x|^3 + |y|^3 = 1.
    across = np.sign(np.cos(turns)) * np.abs(np.cos(turns)) ** (2 / 3)
    deep = np.sign(np.sin(turns)) * np.abs(np.sin(turns)) ** (2 / 3)
    rings = []
    for share, wide, bulk in _LEVELS:
        depth = thin + (thick - thin) * bulk
        # The outer face leans back a little towards the edge, the inner face does the rest.
        middle = point - outward * (depth / 2 + 0.0006 * max(share, 0.0) ** 2)
        ring = middle + np.outer(across * width * wide * 0.5, along)
        ring = ring + np.outer(deep * depth / 2, outward)
        ring[:, 2] = gum + row.down * height * share
        rings.append(ring)
    quads = _tube(len(_LEVELS), _CORNERS)
    cap = (len(_LEVELS) - 1) * _CORNERS
    half = _CORNERS // 2
    for i in range(half - 1):
        quads.append([cap + i, cap + i + 1, cap + _CORNERS - 2 - i, cap + _CORNERS - 1 - i])
    faces = np.array(quads)
    # Mirrored teeth and teeth that point up turn their faces round.
    if place[1] * row.down < 0:
        faces = faces[:, ::-1]
    return np.concatenate(rings), faces


def _tube(levels: int, around: int) -> list[list[int]]:
    quads = []
    for level in range(levels - 1):
        for i in range(around):
            j = (i + 1) % around
            a, b = level * around, (level + 1) * around
            quads.append([a + i, a + j, b + j, b + i])
    return quads


def _gums(row: Row, places: list[tuple[float, float]]) -> tuple[Floats, Ints]:
    """A band over the necks of the teeth, with a scalloped edge."""
    count = len(row.teeth)
    bounds = [0.0, *np.cumsum([width for width, *_ in row.teeth])]
    heights = [height for _, height, *_ in row.teeth]
    angle_of = np.interp
    half_angles = [angle for angle, side in places if side > 0]
    middles = [(bounds[i] + bounds[i + 1]) / 2 for i in range(count)]
    samples = np.linspace(0, bounds[-1], count * _GUM_STEPS_PER_TOOTH + 1)
    signed = [*(-samples[:0:-1]), *samples]
    rows = []
    for distance in signed:
        along = abs(distance)
        tooth = min(int(np.searchsorted(bounds, along, side="right")) - 1, count - 1)
        share = (along - bounds[tooth]) / (bounds[tooth + 1] - bounds[tooth])
        # Between two teeth the gum reaches 2.4 mm further along the crown than in front of one.
        scallop = 2.4 * abs(2 * share - 1) ** 2
        angle = float(angle_of(along, [0.0, *middles], [0.0, *half_angles]))
        point, _, outward = _frame(row, angle, 1.0 if distance >= 0 else -1.0)
        height = float(np.interp(along, middles, heights))
        thick = float(np.interp(along, middles, [t for _, _, t, _ in row.teeth]))
        base = _edge_height(row, angle) - row.down * height * _MM
        sunk = 0.5 * abs(2 * share - 1) ** 2
        profile = (
            (-thick - 0.6, -7.0),
            (-thick - 0.9, -2.0),
            (-thick - 0.2, scallop * 0.6 + 0.4),
            (-0.8 - sunk, scallop + 0.4),
            (0.25 - sunk, scallop - 0.1),
            (0.7, scallop - 1.6),
            (0.9, -4.0),
            (0.2, -8.0),
        )
        for out, toward in profile:
            spot = point + outward * out * _MM
            spot[2] = base + row.down * toward * _MM
            rows.append(spot)
    wide = 8
    quads = [
        [i * wide + k, i * wide + k + 1, (i + 1) * wide + k + 1, (i + 1) * wide + k]
        for i in range(len(signed) - 1)
        for k in range(wide - 1)
    ]
    faces = np.array(quads)
    return np.array(rows), faces[:, ::-1] if row.down > 0 else faces


def _flat_uvs(vertices: Floats) -> Floats:
    """Look at the row from the front, 100 millimetres to the picture's width."""
    uvs: Floats = 0.5 + (vertices - vertices.mean(axis=0))[:, [0, 2]] / 0.1
    return uvs


def _follow(body: Body, helper: Ints, vertices: Floats) -> Floats:
    """Move with the identity directions as the helper band does: shift, and growth along each axis."""
    band = body.vertices[helper]
    centre = band.mean(axis=0)
    offsets = band - centre
    moved = []
    for direction in body.identity[:, helper]:
        shift = direction.mean(axis=0)
        growth = ((direction - shift) * offsets).sum(axis=0) / (offsets**2).sum(axis=0)
        moved.append(shift + growth * (vertices - centre))
    return np.stack(moved)
