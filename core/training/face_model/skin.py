# SPDX-License-Identifier: Apache-2.0
"""Cuts head and neck out of the body, and gives the neck a level end."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np

from .identity import Body
from .mesh import Floats, Ints, Topology, edge_loop, topology
from .parts import Part
from .source import Quads

# hm08 vertex numbers: the tip of the nose, and the front of the loop where the neck is cut.
NOSE_TIP = 297
_NECK_FRONT = 809
_WALL_RINGS = 6
_END_BELOW_LOOP_METRES = 0.05


@dataclass(frozen=True)
class Skin:
    """The skin and where hm08's vertices are found in it.

    number_of: (19158,) row in `part.vertices` for each hm08 vertex, -1 where it was cut away.
    mirror: (V,) the row on the other half of the face.
    """

    part: Part
    number_of: Ints
    mirror: Ints


def neck_loop(body: Body, links: Topology) -> list[int]:
    """Find the edge loop where the neck is cut: hm08 numbers, from the front to the left."""
    left = max(links.neighbours[_NECK_FRONT], key=lambda vertex: body.vertices[vertex, 0])
    return edge_loop(links, _NECK_FRONT, left)


def seated(body: Body, quads: Quads) -> Body:
    """Move the body so that the centre of the neck's level end is the origin.

    Identity directions are freed of the shift of the neck, which only moves the whole head.
    """
    loop = neck_loop(body, topology(quads.vertices))
    ring = body.vertices[loop]
    origin = np.array([0.0, ring[:, 1].mean(), ring[:, 2].min() - _END_BELOW_LOOP_METRES])
    return replace(
        body,
        vertices=body.vertices - origin,
        identity=body.identity - body.identity[:, loop].mean(axis=1, keepdims=True),
    )


def cut_skin(body: Body, quads: Quads) -> Skin:
    """Keep what hangs together with the nose above the neck's loop, and lead the neck to z = 0."""
    links = topology(quads.vertices)
    loop = neck_loop(body, links)
    rows = np.array(sorted(_flood(links, set(loop)) | set(loop)))
    number_of = np.full(len(body.vertices), -1)
    number_of[rows] = np.arange(len(rows))
    inside = (number_of[quads.vertices] >= 0).all(axis=1)
    faces, uvs = number_of[quads.vertices[inside]], quads.uvs[inside]
    ring = number_of[loop]

    wall = _wall_quads(ring, len(rows))
    uv_of = dict(zip(faces.ravel().tolist(), uvs.reshape(-1, 2), strict=True))
    across = np.array([[uv_of[int(ring[c])] for c in pair] for pair in _around(len(ring))])
    wall_uvs = np.tile(across[:, [0, 1, 1, 0]], (_WALL_RINGS, 1, 1))
    part = Part(
        name="skin",
        vertices=_with_wall(body.vertices[None, rows], ring)[0],
        quads=np.concatenate([faces, wall]),
        uvs=np.concatenate([uvs, wall_uvs]),
        materials=("skin",) * (len(faces) + len(wall)),
        shapes=_with_wall(body.shapes[:, rows], ring),
        identity=_with_wall(body.identity[:, rows], ring),
    )
    return Skin(part, number_of, _mirror(body, rows, number_of, loop))


def _flood(links: Topology, stop: set[int]) -> set[int]:
    seen, edge = {NOSE_TIP}, [NOSE_TIP]
    while edge:
        for vertex in links.neighbours[edge.pop()] - seen - stop:
            seen.add(vertex)
            edge.append(vertex)
    return seen


def _around(count: int) -> list[tuple[int, int]]:
    return [(i, (i + 1) % count) for i in range(count)]


def _with_wall(fields: Floats, ring: Ints) -> Floats:
    """Append the wall's rings to (K, V, 3) fields: heights fade to 0, the rest goes straight down."""
    rings = []
    for step in range(1, _WALL_RINGS + 1):
        copy = fields[:, ring].copy()
        copy[..., 2] *= 1 - step / _WALL_RINGS
        rings.append(copy)
    return np.concatenate([fields, *rings], axis=1)


def _wall_quads(ring: Ints, start: int) -> Ints:
    """Stitch the rings; the order of corners makes the normals look outward."""
    count = len(ring)
    levels = [ring, *(start + step * count + np.arange(count) for step in range(_WALL_RINGS))]
    return np.array(
        [
            [upper[a], lower[a], lower[b], upper[b]]
            for upper, lower in itertools.pairwise(levels)
            for a, b in _around(count)
        ]
    )


def _mirror(body: Body, rows: Ints, number_of: Ints, loop: list[int]) -> Ints:
    count = len(loop)
    place = {vertex: i for i, vertex in enumerate(loop)}
    across = np.array([place[int(body.mirror[vertex])] for vertex in loop])
    rings = [len(rows) + step * count + across for step in range(_WALL_RINGS)]
    return np.concatenate([number_of[body.mirror[rows]], *rings])
