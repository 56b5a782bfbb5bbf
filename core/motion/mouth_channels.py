# SPDX-License-Identifier: Apache-2.0
"""The channels the lip decoder moves: ARKit's lower face and tongue with left and right as one.

Speech moves both sides alike; what differs between them is expression, which has its own decoder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..face.arkit import ARKIT_NAMES

MOUTH_CHANNELS: tuple[str, ...] = (
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthSmile",
    "mouthDimple",
    "mouthStretch",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPress",
    "mouthLowerDown",
    "mouthUpperUp",
    "tongueOut",
    "jawForward",
)
"""Names without a side; `mouthSmile` stands for mouthSmileLeft and mouthSmileRight."""


def spread_matrix(names: tuple[str, ...] = MOUTH_CHANNELS) -> NDArray[np.float32]:
    """(len(names), 52) of 0 and 1: mouth channels @ matrix = ARKit channels."""
    matrix = np.zeros((len(names), len(ARKIT_NAMES)), np.float32)
    for row, name in enumerate(names):
        sides = [name] if name in ARKIT_NAMES else [f"{name}Left", f"{name}Right"]
        for side in sides:
            matrix[row, ARKIT_NAMES.index(side)] = 1.0
    return matrix
