# SPDX-License-Identifier: Apache-2.0
"""Brows and lashes: thin tapering strips, each rooted in a triangle of the skin and carried by it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .landmarks import outer_triangles
from .lids import lid_edges
from .mesh import Floats, Ints, carry, closest_on_triangles, triangle_frames
from .parts import Part
from .skin import Skin

_MM = 0.001
_SEED = 7

# The left brow's middle line seen from the front, from the nose outward: x, z above the bone's
# place (hm08 vertex below), half of its height, all in millimetres, and the direction its hairs
# grow there (degrees, 0 is outward, 90 is up).
BROW_BONE = 220
BROW_LINE = (
    (9.5, -1.4, 2.4, 58.0),
    (14.5, -0.5, 3.4, 46.0),
    (21.0, 1.0, 3.6, 28.0),
    (29.5, 2.5, 3.2, 15.0),
    (38.0, 3.9, 2.6, 3.0),
    (46.0, 3.0, 1.8, -15.0),
    (53.5, -0.8, 0.6, -28.0),
)
_BROW_HAIRS = 300
_UPPER_LASHES = 52
_LOWER_LASHES = 30


@dataclass(frozen=True)
class Strand:
    """One hair: its points (N, 3), half its width at the root, and which way its flat side looks."""

    points: Floats
    half_width: float
    facing: Floats


def build_brows(skin: Skin) -> Part:
    """Grow both brows; the right is the mirror of the left."""
    rng = np.random.default_rng(_SEED)
    corners = skin.part.vertices[outer_triangles(skin)]
    line = np.array(BROW_LINE)
    line[:, 1] += skin.part.vertices[skin.number_of[BROW_BONE], 2] / _MM
    strands = []
    for number in range(_BROW_HAIRS):
        # Sparser toward the nose, where a brow fades in.
        along = ((number + rng.random()) / _BROW_HAIRS) ** 0.86
        across = rng.uniform(-1, 1)
        x, z, half_height, degrees = _on_line(line, along)
        # Hairs of the upper half grow down toward the middle line, those of the lower half up.
        turn = math.radians(degrees - 16 * across + rng.normal(0, 5))
        length = (6.4 - 1.6 * along) * rng.uniform(0.75, 1.15) * _MM
        root_xz = np.array([x, z + across * half_height]) * _MM
        way = np.array([math.cos(turn), 0.0, math.sin(turn)])
        strands.append(_lying(corners, root_xz, way, length, rng))
    return _grown(skin, strands, "brows")


def build_lashes(skin: Skin) -> Part:
    """Grow upper and lower lashes of both eyes; the right eye mirrors the left."""
    rng = np.random.default_rng(_SEED + 1)
    upper, lower = (skin.part.vertices[rows] for rows in lid_edges(skin))
    middle = (upper.mean(axis=0) + lower.mean(axis=0)) / 2
    strands = []
    for edge, count, rise, longest in (
        (upper, _UPPER_LASHES, 1.0, 8.2),
        (lower, _LOWER_LASHES, -0.75, 4.6),
    ):
        for number in range(count):
            along = 0.07 + 0.92 * (number + rng.uniform(0.2, 0.8)) / count
            root = _on_polyline(edge, along)
            # Longest in the outer third.
            shape = math.sin(math.pi * min(max(along * 0.86 + 0.04, 0), 1)) ** 0.6
            length = longest * shape * rng.uniform(0.8, 1.08) * _MM
            fan = (root[0] - middle[0]) / 0.013
            strands.append(_curling(root, length, rise, fan + rng.normal(0, 0.1)))
    return _grown(skin, strands, "lashes")


def _on_line(line: Floats, share: float) -> tuple[float, float, float, float]:
    steps = np.linspace(0, 1, len(line))
    x, z, half, degrees = (float(np.interp(share, steps, line[:, k])) for k in range(4))
    return x, z, half, degrees


def _on_polyline(line: Floats, share: float) -> Floats:
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = share * length[-1]
    return np.array([np.interp(at, length, line[:, axis]) for axis in range(3)])


def _lying(
    corners: Floats, root_xz: Floats, way: Floats, length: float, rng: np.random.Generator
) -> Strand:
    """A hair that lies on the skin: each point is laid on the surface and lifted a little."""
    points, normal = [], np.array([0.0, -1.0, 0.0])
    start = np.array([root_xz[0], corners[..., 1].min(), root_xz[1]])
    for share, lift in ((0.0, -0.1), (0.5, 0.45 + 0.2 * rng.random()), (1.0, 0.3)):
        spot = start + way * length * share
        for _ in range(4):
            triangle, weights = closest_on_triangles(spot[None], corners)
            foot = weights[0] @ corners[triangle[0]]
            spot = np.array([spot[0], foot[1], spot[2]])
        normal = triangle_frames(corners[triangle])[0, 2]
        points.append(foot + normal * lift * _MM)
    return Strand(np.array(points), 0.17 * _MM, normal)


def _curling(root: Floats, length: float, rise: float, fan: float) -> Strand:
    """A lash: out of the lid, forward and sideways, curling up (rise > 0) or down."""
    points = []
    for share in (0.0, 0.35, 0.7, 1.0):
        forward = share - 0.22 * share**2
        points.append(
            root
            + length
            * np.array(
                [0.55 * fan * share, -forward * 0.85, rise * (0.62 * share**2 - 0.12 * share)]
            )
        )
    return Strand(np.array(points), 0.12 * _MM, np.array([0.0, -0.5, rise * 0.5]))


def _grown(skin: Skin, strands: list[Strand], name: str) -> Part:
    """Turn strands into strips, mirror them, and let their roots' triangles carry them."""
    triangles = outer_triangles(skin)
    rest = skin.part.vertices
    roots = np.array([strand.points[0] for strand in strands])
    chosen, weights = closest_on_triangles(roots, rest[triangles])
    steps = len(strands[0].points)
    left = np.concatenate([_strip(strand) for strand in strands])
    held = np.repeat(triangles[chosen], 2 * steps, axis=0)
    shares = np.repeat(weights, 2 * steps, axis=0)
    flip = np.array([-1.0, 1.0, 1.0])
    vertices = np.concatenate([left, left * flip])
    held = np.concatenate([held, skin.mirror[held][:, [0, 2, 1]]])
    shares = np.concatenate([shares, shares[:, [0, 2, 1]]])

    def moves(fields: Floats) -> Floats:
        return np.stack(
            [carry(vertices, held, shares, rest, rest + field) - vertices for field in fields]
        )

    quads = _strip_quads(len(strands), steps)
    quads = np.concatenate([quads, quads[:, ::-1] + len(left)])
    return Part(
        name=name,
        vertices=vertices,
        quads=quads,
        uvs=np.tile(np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]]), (len(quads), 1, 1)),
        materials=(name,) * len(quads),
        shapes=moves(skin.part.shapes),
        identity=moves(skin.part.identity),
    )


def _strip(strand: Strand) -> Floats:
    """Give (2N, 3) vertices: pairs across the hair, from the root to a fine tip."""
    tangents = np.gradient(strand.points, axis=0)
    sideways = np.cross(tangents, strand.facing)
    sideways /= np.linalg.norm(sideways, axis=1, keepdims=True)
    width = strand.half_width * np.linspace(1.0, 0.12, len(strand.points)) ** 0.8
    offset = sideways * width[:, None]
    return np.stack([strand.points - offset, strand.points + offset], axis=1).reshape(-1, 3)


def _strip_quads(count: int, steps: int) -> Ints:
    quads = []
    for hair in range(count):
        for step in range(steps - 1):
            a = 2 * (hair * steps + step)
            quads.append([a, a + 1, a + 3, a + 2])
    return np.array(quads)
