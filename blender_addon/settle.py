# SPDX-License-Identifier: GPL-3.0-or-later
"""A mouth that the end of its strip leaves open comes to rest after it.

Blender holds the last key for ever, and a strip that is trimmed in mid-word would leave the mouth
hanging open. The feeling stays; only what speech put into the mouth leaves it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .rigs.sources import MOUTHS

# As long as a mouth takes from an open vowel to rest.
SETTLE_SECONDS = 0.25
# Lip channels that stand lower than this at the end cannot be seen.
AT_REST = 0.02
# The mouth at rest, among the visemes and among the drawn mouths.
RESTING = frozenset({"viseme_sil", "mouth_X"})


def with_rest(
    mix: Mapping[str, np.ndarray], lips: Mapping[str, np.ndarray], fps: float
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Both with the frames appended in which the mouth comes to rest.

    Args:
        mix: source -> (T,) of lips and expression together.
        lips: source -> (T,) of what of it the lips are, on the same frames.
        fps: frames a second.

    Returns:
        Columns of T frames where the lips rest already, else of T + `SETTLE_SECONDS` * fps.
    """
    spoken = {name: float(values[-1]) for name, values in lips.items() if name not in RESTING}
    if max(spoken.values(), default=0.0) <= AT_REST:
        return dict(mix), dict(lips)
    frames = max(1, round(SETTLE_SECONDS * fps))
    way = np.arange(1, frames + 1) / frames
    eased = way * way * (3.0 - 2.0 * way)
    ended = [
        {
            name: np.concatenate([values, _tail(name, values[-1], spoken.get(name, 0.0), eased)])
            for name, values in columns.items()
        }
        for columns in (mix, lips)
    ]
    return ended[0], ended[1]


def _tail(name: str, last: float, spoken: float, eased: np.ndarray) -> np.ndarray:
    """The last value with what speech put into it fading out; drawn mouths close at once."""
    if name in RESTING:
        return np.ones(len(eased), np.float32)
    if name in MOUTHS:
        return np.zeros(len(eased), np.float32)
    tail = np.full(len(eased), last, np.float32)
    if spoken > 0.0:
        tail = np.maximum(tail - eased * spoken, 0.0).astype(np.float32)
    return tail
