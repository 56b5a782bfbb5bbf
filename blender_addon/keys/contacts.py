# SPDX-License-Identifier: GPL-3.0-or-later
"""Which frames of which channels a contact of the lips needs exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# What closes or rounds the lips in each kind of contact; the kinds are core's contact labels.
CLOSING = {
    "bilabial": ("jawOpen", "mouthClose", "mouthPressLeft", "mouthPressRight", "viseme_PP"),
    "labiodental": (
        "jawOpen",
        "mouthRollLower",
        "mouthLowerDownLeft",
        "mouthLowerDownRight",
        "viseme_FF",
    ),
    "rounding": ("jawOpen", "mouthFunnel", "mouthPucker"),
    "tongue_tip": ("jawOpen", "tongueOut"),
}


def contact_rows(
    labels: Sequence[str],
    spans_seconds: np.ndarray,
    channels: Sequence[str],
    time_seconds: np.ndarray,
) -> list[list[int]]:
    """For each channel the rows in the middle of the contacts that it makes (`exact` of a fit).

    Args:
        labels: kinds of the contacts; a kind that no channel makes is passed over.
        spans_seconds: (K, 2) start and end of each.
        channels: names of the columns.
        time_seconds: (T,) ascending times of the rows.
    """
    rows: list[set[int]] = [set() for _ in channels]
    column = {name: at for at, name in enumerate(channels)}
    for label, middle in zip(labels, np.mean(spans_seconds, axis=1), strict=True):
        row = int(np.argmin(np.abs(time_seconds - middle)))
        for name in CLOSING.get(str(label), ()):
            if name in column:
                rows[column[name]].add(row)
    return [sorted(some) for some in rows]
