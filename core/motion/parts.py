# SPDX-License-Identifier: Apache-2.0
"""Which channel belongs to which part of the face, as the animator's strengths divide it."""

from __future__ import annotations

from ..face.arkit import ARKIT_NAMES


def _columns(*prefixes: str) -> tuple[int, ...]:
    return tuple(column for column, name in enumerate(ARKIT_NAMES) if name.startswith(prefixes))


BROWS = _columns("brow")
EYES = _columns("eyeBlink", "eyeSquint", "eyeWide")
LOOKS = _columns("eyeLook")
MOUTH = _columns("jaw", "mouth", "cheek", "nose", "tongue")
