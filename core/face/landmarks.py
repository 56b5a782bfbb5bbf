# SPDX-License-Identifier: Apache-2.0
"""Which of the 68 and 478 landmark points are which part of the face.

The 68 points are in the order of iBUG's 300-W markup, counted from 0; the 478 are MediaPipe's.
In both, the numbering starts on the character's right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

AnyFloats = NDArray[np.float32] | NDArray[np.float64]

JAW = tuple(range(17))
BROWS = tuple(range(17, 27))
NOSE = tuple(range(27, 36))
RIGHT_EYE = tuple(range(36, 42))
LEFT_EYE = tuple(range(42, 48))
OUTER_LIPS = tuple(range(48, 60))
INNER_LIPS = tuple(range(60, 68))

FACE_PARTS_68: dict[str, tuple[int, ...]] = {
    "brows": BROWS,
    "eyes": RIGHT_EYE + LEFT_EYE,
    "nose": NOSE,
    "mouth": OUTER_LIPS + INNER_LIPS,
    "jaw": JAW,
}
"""The parts in which the 68 points are mixed and compared; each point is in one of them."""

CHIN, NOSE_BRIDGE = 8, 27
OUTER_MOUTH_CORNERS = (48, 54)
INNER_MOUTH_CORNERS = (60, 64)
LIP_GAP_PAIRS = ((61, 67), (62, 66), (63, 65))
"""(upper, lower) inner-lip points whose vertical distance is the opening of the lips."""
LID_GAP_PAIRS = ((37, 41), (38, 40), (43, 47), (44, 46))
"""(upper, lower) lid points: two of the right eye, two of the left."""

MIRROR_68 = (
    *range(16, -1, -1),
    *range(26, 16, -1),
    *range(27, 31),
    *range(35, 30, -1),
    *(45, 44, 43, 42, 47, 46),
    *(39, 38, 37, 36, 41, 40),
    *range(54, 47, -1),
    *range(59, 54, -1),
    *range(64, 59, -1),
    *range(67, 64, -1),
)
"""`MIRROR_68[i]` is the point on the other half of the face."""

MEDIAPIPE_OF_68 = (
    *(162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389),
    *(71, 63, 105, 66, 107, 336, 296, 334, 293, 301),
    *(168, 197, 5, 4, 75, 97, 2, 326, 305),
    *(33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380),
    *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181),
    *(78, 82, 13, 312, 308, 317, 14, 87),
)
"""MediaPipe's point that lies nearest to each of the 68."""


def gaps(points: AnyFloats, pairs: tuple[tuple[int, int], ...]) -> AnyFloats:
    """Measure vertical openings.

    Args:
        points: (frames, 68, 3), metres, +Z up.
        pairs: (upper, lower) point numbers, e.g. `LIP_GAP_PAIRS`.

    Returns:
        (frames, pairs) metres, upper minus lower: 0 is touching, negative is overlapping.
    """
    upper = np.array([a for a, _ in pairs])
    lower = np.array([b for _, b in pairs])
    heights = points[..., 2]
    opening: AnyFloats = heights[:, upper] - heights[:, lower]
    return opening
