# SPDX-License-Identifier: Apache-2.0
"""Which channel belongs to which part of the face, as the animator's strengths divide it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..face.arkit import ARKIT_NAMES

if TYPE_CHECKING:
    from ..direction import Direction


def _columns(*prefixes: str) -> tuple[int, ...]:
    return tuple(column for column, name in enumerate(ARKIT_NAMES) if name.startswith(prefixes))


BROWS = _columns("brow")
EYES = _columns("eyeBlink", "eyeSquint", "eyeWide")
LOOKS = _columns("eyeLook")
CHEEKS = _columns("cheek", "nose")
MOUTH = _columns("mouth", "tongue")
JAW = _columns("jaw")

SIDES = np.array(
    [name.endswith("Left") - 1.0 * name.endswith("Right") for name in ARKIT_NAMES], np.float64
)
"""(52,) 1 on the character's left, -1 on its right, 0 in the middle."""


def part_strengths(direction: Direction) -> npt.NDArray[np.float64]:
    """(52,) the direction's strength of the part that each channel belongs to."""
    strengths = np.zeros(len(ARKIT_NAMES))
    for columns, strength in (
        (BROWS, direction.brow_strength),
        (EYES, direction.eye_strength),
        (LOOKS, direction.eye_strength),
        (CHEEKS, direction.cheek_strength),
        (MOUTH, direction.mouth_emotion_strength),
        (JAW, direction.jaw_emotion_strength),
    ):
        strengths[list(columns)] = strength
    return strengths
