# SPDX-License-Identifier: GPL-3.0-or-later
"""A tolerance for each channel by what it moves: the same miss in metres on the face.

This is a choice apart: with one tolerance for all, every curve keeps within that part of its range;
with these, a channel that moves the face less may miss by more of its range.
"""

from __future__ import annotations

import numpy as np


def visible_tolerances(
    travels: np.ndarray, tolerance: float, *, full_travel: float, most: float = 3.0
) -> np.ndarray:
    """(C,) tolerances: `tolerance` x full_travel / travel, but within 1 to `most` times it.

    Args:
        travels: (C,) how far each channel's unit moves the vertex that it moves most, in metres at
            1.0 (of Mien's head: largest length in `shape_deltas` of models/face_model.npz).
        tolerance: of a channel that travels `full_travel` or more, in parts of the range.
        full_travel: metres, for instance jawOpen's travel.
        most: what a channel that moves hardly anything may miss more.

    Raises:
        ValueError: `most` below 1, or a travel that is not above zero.
    """
    if most < 1 or not full_travel > 0:
        raise ValueError("Tolerances can only be widened, and the full travel must be above zero.")
    travels = np.maximum(np.asarray(travels, np.float64), full_travel * 1e-6)
    return tolerance * np.clip(full_travel / travels, 1.0, most)
