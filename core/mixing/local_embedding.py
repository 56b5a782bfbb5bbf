# SPDX-License-Identifier: Apache-2.0
"""Step 2 of the mixture: local linear embedding of landmarks, each part of the face for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..face.landmarks import FACE_PARTS_68

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..curves import Floats

    Doubles = NDArray[np.float64]

NEIGHBOURS = 10
# Of the neighbours' mean squared distance: keeps weights finite where neighbours lie on a line.
RIDGE = 1e-3
# Keeps the system solvable where all neighbours are the frame itself.
NANOMETRE = 1e-9
# Distances are made for so many frames at once.
BLOCK_FRAMES = 512


@dataclass(frozen=True, eq=False)
class Pull:
    """Toward what, and how far, landmarks are pulled.

    Attributes:
        known: (N, 68, 3) metres from rest, frames of the face to be like.
        likeness: 0..1.
    """

    known: Floats
    likeness: float


def pulled(displacement: Floats, pull: Pull) -> Floats:
    """Pull landmarks toward those that a face really made, part by part.

    Local linear embedding (Roweis and Saul, Science 2000) as GeneFace++ and EmoGene use it: of the
    K = 10 nearest frames n_i of the database, weights w minimise |x - sum w_i n_i|^2 with sum 1, and

        x' = (1 - p) x + p sum w_i n_i.

    Brows, eyes, nose, mouth and jaw have neighbours of their own, so that a frown may meet a word
    that this face never spoke with it.

    Args:
        displacement: (T, 68, 3) metres from the face at rest.
        pull: the database, and p.
    """
    result = displacement.copy()
    for part in FACE_PARTS_68.values():
        points = list(part)
        known = pull.known[:, points].reshape(len(pull.known), -1).astype(np.float64)
        for first in range(0, len(displacement), BLOCK_FRAMES):
            frames = slice(first, first + BLOCK_FRAMES)
            own = displacement[frames, points].reshape(-1, known.shape[1]).astype(np.float64)
            like = own + pull.likeness * (embedded(own, known) - own)
            result[frames, points] = like.reshape(-1, len(points), 3)
    return result


def embedded(points: Doubles, known: Doubles) -> Doubles:
    """Each row of (T, D) as the weighted sum, weights of sum 1, of its nearest rows of (N, D)."""
    count = min(NEIGHBOURS, len(known))
    distances = np.square(known).sum(axis=1) - 2.0 * (points @ known.T)
    nearest = np.argpartition(distances, count - 1, axis=1)[:, :count]
    neighbours = known[nearest]
    away = neighbours - points[:, None]
    gram = np.einsum("tkd,tjd->tkj", away, away)
    size = np.trace(gram, axis1=1, axis2=2) / count
    gram += (RIDGE * size + NANOMETRE**2)[:, None, None] * np.eye(count)
    weights = np.linalg.solve(gram, np.ones((len(points), count, 1)))[..., 0]
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("tk,tkd->td", weights, neighbours))
