# SPDX-License-Identifier: Apache-2.0
"""What the prototypes say of a feeling that changes over time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .prototypes import PrototypeTable
from .randomness import Curve

Floats = npt.NDArray[np.float64]


def factor_curve(table: PrototypeTable, field: str, activation: Floats) -> Curve:
    """A factor of the prototypes over time: exactly 1 where nothing is felt; (F, M) -> (F,)."""
    factors = np.array([getattr(emotion, field) for emotion in table.emotions])
    return np.maximum(0.0, 1.0 + activation @ (factors - 1.0))


def accent_faces(table: PrototypeTable, activation: Floats) -> Floats:
    """What a stress adds to the face: from neutral's accent to the emotions'; (F, M) -> (F, 52)."""
    share = activation / np.maximum(1.0, activation.sum(axis=1, keepdims=True))
    accents = np.stack([emotion.accent for emotion in table.emotions])
    rest = 1.0 - share.sum(axis=1, keepdims=True)
    return np.asarray(rest * table.neutral_accent + share @ accents)
