# SPDX-License-Identifier: Apache-2.0
"""The tongue, as hm08 has it, with its moves."""

from __future__ import annotations

import numpy as np

from .identity import Body
from .parts import Part
from .source import Quads


def build_tongue(body: Body, quads: Quads) -> Part:
    """Take hm08's tongue out of the body."""
    rows, numbers = np.unique(quads.vertices, return_inverse=True)
    return Part(
        name="tongue",
        vertices=body.vertices[rows],
        quads=numbers.reshape(quads.vertices.shape),
        uvs=quads.uvs,
        materials=("tongue",) * len(quads.vertices),
        shapes=body.shapes[:, rows],
        identity=body.identity[:, rows],
    )
