# SPDX-License-Identifier: Apache-2.0
"""What the channels do to a person's head that is not the canonical one.

Two units depend on sizes that differ between heads: a blink has to shut this person's eyes, no more and
no less, and an eye has to show a gaze by as much as people's eyeballs do, which are smaller than the
canonical head's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..face.arkit import ARKIT_NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..face.model import FaceModel

    Floats = NDArray[np.float32]

# MediaPipe's points on the edges of the lids: (upper, lower) about the middle of each eye.
LID_PAIRS = {"Right": ((159, 145), (158, 153)), "Left": ((386, 374), (385, 380))}
# People's eyeballs are 24 mm across, those that the canonical head's sockets ask for 31.
EYEBALL_SHARE = 24.0 / 31.0


def personal_deltas(face: FaceModel, vertices: Floats) -> Floats:
    """What each channel at 1 adds to a person's vertices.

    Args:
        face: the canonical head.
        vertices: (V, 3) the person's at rest, metres.

    Returns:
        (52, V, 3) metres.
    """
    deltas = face.shape_deltas.astype(np.float32)
    eyeballs = np.isin(
        face.vertex_part, [face.part_names.index(part) for part in ("eyeLeft", "eyeRight")]
    )
    for channel, name in enumerate(ARKIT_NAMES):
        if name.startswith("eyeLook"):
            deltas[channel, eyeballs] *= EYEBALL_SHARE
    for side, pairs in LID_PAIRS.items():
        channel = ARKIT_NAMES.index(f"eyeBlink{side}")
        closing = -_mean_gap(face, face.shape_deltas[channel], pairs)
        left_open = _mean_gap(face, face.vertices, pairs) - closing
        deltas[channel] *= max(0.0, (_mean_gap(face, vertices, pairs) - left_open) / closing)
    return deltas


def _mean_gap(face: FaceModel, field: Floats, pairs: tuple[tuple[int, int], ...]) -> float:
    """Height of the upper over the lower points in a field (V, 3), metres."""
    upper, lower = np.array(pairs).T
    heights = [
        np.einsum("nt,nt->n", field[face.landmark478_vertices[n], 2], face.landmark478_weights[n])
        for n in (upper, lower)
    ]
    return float((heights[0] - heights[1]).mean())
