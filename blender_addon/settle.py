# SPDX-License-Identifier: GPL-3.0-or-later
"""A mouth that the end of its strip leaves open comes to rest after it.

Blender holds the last key for ever, and a strip that is trimmed in mid-word would leave the mouth
hanging open. The feeling stays; only what speech put into the mouth leaves it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

# As long as a mouth takes from an open vowel to rest.
SETTLE_SECONDS = 0.25
# Lip channels that stand lower than this at the end cannot be seen.
AT_REST = 0.02


def with_rest(
    columns: Mapping[str, np.ndarray], lips: Mapping[str, np.ndarray], fps: float
) -> dict[str, np.ndarray]:
    """`columns` (channel -> (T,)) with the frames appended in which the mouth comes to rest.

    Args:
        columns: the mix of lips and expression.
        lips: what of it the lips are, on the same frames.
        fps: frames a second.

    Returns:
        Columns of T frames where the lips rest already, else of T + `SETTLE_SECONDS` * fps.
    """
    spoken = {name: float(values[-1]) for name, values in lips.items()}
    if max(spoken.values(), default=0.0) <= AT_REST:
        return dict(columns)
    frames = max(1, round(SETTLE_SECONDS * fps))
    way = np.arange(1, frames + 1) / frames
    eased = way * way * (3.0 - 2.0 * way)
    settled = {}
    for name, values in columns.items():
        tail = np.full(frames, values[-1], np.float32)
        if spoken.get(name, 0.0) > 0.0:
            tail = np.maximum(tail - eased * spoken[name], 0.0).astype(np.float32)
        settled[name] = np.concatenate([values, tail])
    return settled
