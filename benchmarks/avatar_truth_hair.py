# SPDX-License-Identifier: Apache-2.0
"""Short hair for the ground truth: strands that grow out of the canonical head's scalp.

No hair model is behind it. It is there because a film's person has hair: thin at the edges, in
front of the skin, outside the mesh that the avatar rides on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.avatar.person import PersonMesh

Floats = NDArray[np.float32]

STRAND_POINTS = 6
_STRANDS = 9000
_LONGEST_METRES, _SHORTEST_METRES = 0.030, 0.011
# The hairline seen from the side: height above the neck's cut over the place from front to back.
_LINE_Y = (-0.125, -0.105, -0.085, -0.060, -0.045, -0.030, -0.012, 0.012, 0.028, 0.050, 0.080)
_LINE_Z = (0.285, 0.280, 0.272, 0.252, 0.210, 0.205, 0.226, 0.222, 0.175, 0.150, 0.140)
_SOFT_LINE_METRES = 0.012
# Strands of a tuft lean the same way; tufts are cells of about this size.
_TUFT_METRES = 0.012
# Strands lie back over the crown and hang down at the sides and the back.
_BACK, _DOWN = np.array([0.0, 0.75, 0.25]), np.array([0.0, 0.15, -1.0])


@dataclass(frozen=True, eq=False)
class Hair:
    """Strands at rest.

    Attributes:
        points: (S, STRAND_POINTS, 3) metres, head space, from root to tip.
        radii: (S, STRAND_POINTS) metres.
        shade: (S,) 0 dark to 1 light.
        head_weight: (S,) how far a strand follows the head: that of the skin at its root.
    """

    points: Floats
    radii: Floats
    shade: Floats
    head_weight: Floats


def scalp_share(mesh: PersonMesh) -> Floats:
    """(V,) how far each vertex lies within the hairline, 0..1."""
    _, y, z = mesh.vertices.T
    inside = (z - np.interp(y, _LINE_Y, _LINE_Z)) / _SOFT_LINE_METRES
    return np.asarray(np.clip(inside, 0.0, 1.0) * (mesh.part == 0), np.float32)


def grow_hair(mesh: PersonMesh, seed: int) -> Hair:
    """Grow the strands; the same mesh and seed give the same strands."""
    random = np.random.default_rng(seed)
    triangle, corner = _roots(mesh, random)
    normals = _vertex_normals(mesh)
    corners = mesh.triangles[triangle]
    root = np.einsum("st,stc->sc", corner, mesh.vertices[corners])
    out = _unit(np.einsum("st,stc->sc", corner, normals[corners]))
    length = _lengths(np.einsum("st,st->s", corner, scalp_share(mesh)[corners]), random)
    points = _bent(root, out, length, random)
    thinning = np.linspace(1.0, 0.35, STRAND_POINTS)
    width = random.uniform(0.00022, 0.00042, len(root))
    return Hair(
        points.astype(np.float32),
        (width[:, None] * thinning).astype(np.float32),
        np.clip(random.beta(1.5, 3.0, len(root)), 0.0, 1.0).astype(np.float32),
        np.einsum("st,st->s", corner, mesh.head_weight[corners]).astype(np.float32),
    )


def posed_hair(hair: Hair, head_to_root: NDArray[np.float64]) -> Floats:
    """Strands in root space, (S, STRAND_POINTS, 3): each goes rigidly with the skin at its root."""
    turned = hair.points @ head_to_root[:3, :3].T + head_to_root[:3, 3]
    weight = hair.head_weight[:, None, None]
    return np.asarray(hair.points + weight * (turned - hair.points), np.float32)


def _roots(
    mesh: PersonMesh, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Triangles and barycentric places, even over the scalp's area and thinner at the hairline."""
    a, b, c = (mesh.vertices[mesh.triangles[:, corner]] for corner in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1).astype(np.float64)
    weight = area * scalp_share(mesh)[mesh.triangles].min(axis=1)
    triangle = random.choice(len(weight), _STRANDS, p=weight / weight.sum())
    u, v = random.random((2, _STRANDS))
    u = np.sqrt(u)
    return triangle, np.stack([1.0 - u, u * (1.0 - v), u * v], axis=1)


def _vertex_normals(mesh: PersonMesh) -> Floats:
    a, b, c = (mesh.vertices[mesh.triangles[:, corner]] for corner in range(3))
    normals = np.zeros_like(mesh.vertices)
    for corner in range(3):
        np.add.at(normals, mesh.triangles[:, corner], np.cross(b - a, c - a))
    return _unit(normals)


def _lengths(share: Floats, random: np.random.Generator) -> NDArray[np.float64]:
    """Short at the hairline, longer within, some strands short everywhere."""
    most = _SHORTEST_METRES + (_LONGEST_METRES - _SHORTEST_METRES) * share
    return np.asarray(most * random.uniform(0.55, 1.0, len(share)))


def _bent(
    root: Floats, out: Floats, length: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.float64]:
    """Strands that leave the skin at a slant and lie down along the combing direction."""
    cells = np.floor(root / _TUFT_METRES).astype(np.int64)
    _, tuft = np.unique(cells, axis=0, return_inverse=True)
    lean = random.normal(0.0, 0.35, (int(tuft.max()) + 1, 3))[tuft.ravel()]
    top = np.clip(out[:, 2:], 0.0, 1.0)
    comb = top * _BACK + (1.0 - top) * _DOWN + lean + random.normal(0.0, 0.12, root.shape)
    # What is left of the comb along the skin, so that strands do not dive into the head.
    comb = _unit(comb - (comb * out).sum(axis=1, keepdims=True) * out)
    along = np.linspace(0.0, 1.0, STRAND_POINTS)[None, :, None] * length[:, None, None]
    turn = along / length[:, None, None]
    rise = 0.55 * along * (1.0 - 0.45 * turn)
    return np.asarray(root[:, None] + out[:, None] * rise + comb[:, None] * along * 0.85)


def _unit(vectors: NDArray[np.floating]) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
