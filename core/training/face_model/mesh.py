# SPDX-License-Identifier: Apache-2.0
"""Small geometry on quad meshes: edge loops, mirrors, normals, nearest points, binding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Topology:
    """Who is next to whom: neighbours of each vertex and the quads around it."""

    neighbours: dict[int, set[int]]
    quads_of: dict[int, set[int]]


def topology(quads: Ints) -> Topology:
    """Index the neighbourhood of every vertex of a (Q, 4) quad list."""
    neighbours: dict[int, set[int]] = {}
    quads_of: dict[int, set[int]] = {}
    for number, quad in enumerate(quads.tolist()):
        for a, b in zip(quad, quad[1:] + quad[:1], strict=True):
            neighbours.setdefault(a, set()).add(b)
            neighbours.setdefault(b, set()).add(a)
            quads_of.setdefault(a, set()).add(number)
    return Topology(neighbours, quads_of)


def edge_loop(links: Topology, first: int, second: int) -> list[int]:
    """Walk an edge loop straight on through vertices with four neighbours until it closes.

    Raises:
        ValueError: the loop runs into a vertex that has no straight way on.
    """
    loop = [first, second]
    while True:
        before, here = loop[-2:]
        side = links.quads_of[before] & links.quads_of[here]
        onward = [
            n
            for n in links.neighbours[here]
            if n != before and not links.quads_of[n] & links.quads_of[here] & side
        ]
        if len(onward) != 1:
            message = f"the edge loop from {first} ends at vertex {here}"
            raise ValueError(message)
        if onward[0] == first:
            return loop
        loop.append(onward[0])


def mirror_map(vertices: Floats) -> Ints:
    """For each vertex the one at (-x, y, z).

    Raises:
        ValueError: the mesh is not symmetric to a hundredth of a millimetre.
    """
    order = np.lexsort(np.round(vertices.T[::-1], 6))
    flipped = np.lexsort(np.round((vertices * [-1, 1, 1]).T[::-1], 6))
    mirror = np.empty(len(vertices), dtype=np.int64)
    mirror[flipped] = order
    if np.abs(vertices[mirror] * [-1, 1, 1] - vertices).max() > 1e-5:
        message = "the mesh is not symmetric"
        raise ValueError(message)
    return mirror


def mirrored(field: Floats, mirror: Ints) -> Floats:
    """Reflect a (V, 3) field of positions or moves on the plane x = 0."""
    reflected: Floats = field[mirror] * [-1.0, 1.0, 1.0]
    return reflected


def triangulate(quads: Ints) -> Ints:
    """Cut (Q, 4) quads into (2Q, 3) triangles."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def triangle_frames(corners: Floats) -> Floats:
    """Give (N, 3, 3) right-handed frames (rows: along edge, in plane, normal) of (N, 3, 3) corners."""
    edge = corners[:, 1] - corners[:, 0]
    normal = np.cross(edge, corners[:, 2] - corners[:, 0])
    edge = edge / np.maximum(np.linalg.norm(edge, axis=1, keepdims=True), 1e-12)
    normal = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-15)
    return np.stack([edge, np.cross(normal, edge), normal], axis=1)


def closest_on_triangles(points: Floats, corners: Floats) -> tuple[Ints, Floats]:
    """Find the nearest place on a triangle soup.

    Args:
        points: (N, 3).
        corners: (T, 3, 3) of the triangles.

    Returns:
        triangle (N,) and barycentric weights (N, 3) of the nearest place.
    """
    chosen = np.empty(len(points), dtype=np.int64)
    weights = np.empty((len(points), 3))
    for number, point in enumerate(points):
        bary = _nearest_weights(point, corners)
        places = np.einsum("tk,tkc->tc", bary, corners)
        chosen[number] = np.argmin(((places - point) ** 2).sum(axis=1))
        weights[number] = bary[chosen[number]]
    return chosen, weights


def _nearest_weights(point: Floats, corners: Floats) -> Floats:
    """Barycentric weights of the place of each triangle that is nearest to one point."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    plane = _plane_weights(point, a, b, c)
    inside = (plane >= 0).all(axis=1)
    best = plane
    distance = np.full(len(corners), np.inf)
    for first, second in ((0, 1), (1, 2), (2, 0)):
        along = corners[:, second] - corners[:, first]
        length = np.maximum((along**2).sum(axis=1), 1e-18)
        share = np.clip(((point - corners[:, first]) * along).sum(axis=1) / length, 0, 1)
        edge = np.zeros_like(plane)
        edge[:, first], edge[:, second] = 1 - share, share
        place = corners[:, first] + share[:, None] * along
        apart = ((place - point) ** 2).sum(axis=1)
        nearer = ~inside & (apart < distance)
        best = np.where(nearer[:, None], edge, best)
        distance = np.where(nearer, apart, distance)
    return best


def _plane_weights(point: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    u, v, w = b - a, c - a, point - a
    uu, uv, vv = (u * u).sum(1), (u * v).sum(1), (v * v).sum(1)
    wu, wv = (w * u).sum(1), (w * v).sum(1)
    scale = np.maximum(uu * vv - uv * uv, 1e-24)
    second = (vv * wu - uv * wv) / scale
    third = (uu * wv - uv * wu) / scale
    return np.stack([1 - second - third, second, third], axis=1)


def carry(
    points: Floats, triangles: Ints, weights: Floats, before: Floats, after: Floats
) -> Floats:
    """Move points with the triangles they are bound to, turning their offset with the triangle.

    Args:
        points: (N, 3) at rest.
        triangles: (N, 3) vertex numbers of the triangle that each is bound to.
        weights: (N, 3) barycentric place in it.
        before: (V, 3) the carrying mesh at rest.
        after: (V, 3) the carrying mesh moved.

    Returns:
        (N, 3) the moved points.
    """
    rest, moved = before[triangles], after[triangles]
    foot = np.einsum("nk,nkc->nc", weights, rest)
    new_foot = np.einsum("nk,nkc->nc", weights, moved)
    local = np.einsum("nij,nj->ni", triangle_frames(rest), points - foot)
    carried: Floats = new_foot + np.einsum("nij,ni->nj", triangle_frames(moved), local)
    return carried
