# SPDX-License-Identifier: Apache-2.0
"""Tongue and teeth."""

from __future__ import annotations

import numpy as np

from .identity import Body
from .mesh import Ints
from .parts import Part
from .source import Quads


def copied_part(body: Body, quads: Quads, name: str, material: str) -> Part:
    """Take a helper of hm08 as it is, with its moves."""
    rows, faces = np.unique(quads.vertices, return_inverse=True)
    return Part(
        name=name,
        vertices=body.vertices[rows],
        quads=_faces(faces, quads.vertices),
        uvs=quads.uvs,
        materials=(material,) * len(quads.vertices),
        shapes=body.shapes[:, rows],
        identity=body.identity[:, rows],
    )


def _faces(numbers: Ints, like: Ints) -> Ints:
    return numbers.reshape(like.shape)
