# SPDX-License-Identifier: Apache-2.0
"""The mesh under an avatar: the canonical head with a person's proportions, and how it moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .personal import personal_deltas

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..face.model import FaceModel

    Floats = NDArray[np.float32]

# Metres above the neck's cut between which the neck gives way from the shoulders to the head, measured
# on a plane that leans forward so that the chin moves with the head and the pit of the throat does not.
NECK_STILL, NECK_FREE, NECK_LEAN = 0.02, 0.10, 0.3


@dataclass(frozen=True, eq=False)
class PersonMesh:
    """One person's head.

    Attributes:
        vertices: (V, 3) float32 at rest, metres, head space.
        triangles: (F, 3) int32.
        deltas: (52, V, 3) float32, what each ARKit channel at 1 adds, metres.
        head_weight: (V,) float32 0..1: how far a vertex follows the head; the rest stays with the root.
        part: (V,) uint8, number of `FaceModel.part_names` (skin, eyeballs, teeth, tongue, ...).
    """

    vertices: Floats
    triangles: NDArray[np.int32]
    deltas: Floats
    head_weight: Floats
    part: NDArray[np.uint8]


def person_mesh(
    face: FaceModel, identity: Floats | None = None, offsets: Floats | None = None
) -> PersonMesh:
    """The face model in a person's proportions, moved as `personal_deltas` says.

    Args:
        face: the canonical head.
        identity: (I,) values of its identity directions.
        offsets: (V, 3) metres added to the vertices afterwards. With neither it is the canonical
            person, whose channels are the face model's own.
    """
    vertices = face.vertices.astype(np.float32)
    if identity is not None:
        vertices = vertices + np.tensordot(identity, face.identity_deltas, axes=1)
    if offsets is not None:
        vertices = vertices + offsets
    of_somebody = any(part is not None and np.any(part) for part in (identity, offsets))
    deltas = personal_deltas(face, vertices) if of_somebody else face.shape_deltas
    triangles = np.concatenate([face.quads[:, [0, 1, 2]], face.quads[:, [0, 2, 3]]])
    height = vertices[:, 2] - NECK_LEAN * vertices[:, 1]
    share = np.clip((height - NECK_STILL) / (NECK_FREE - NECK_STILL), 0.0, 1.0)
    return PersonMesh(
        vertices.astype(np.float32),
        triangles.astype(np.int32),
        deltas.astype(np.float32),
        (share * share * (3.0 - 2.0 * share)).astype(np.float32),
        face.vertex_part.astype(np.uint8),
    )


def posed_vertices(mesh: PersonMesh, values: Floats, head_to_root: NDArray[np.float64]) -> Floats:
    """Vertices in root space.

    Args:
        mesh: the person.
        values: (52,) ARKit channels.
        head_to_root: (4, 4) rigid: how the head is turned and shifted against the shoulders.

    Returns:
        (V, 3) metres.
    """
    shaped = mesh.vertices + np.tensordot(values, mesh.deltas, axes=1)
    turned = shaped @ head_to_root[:3, :3].T + head_to_root[:3, 3]
    weight = mesh.head_weight[:, None]
    return np.asarray(shaped + weight * (turned - shaped), np.float32)
