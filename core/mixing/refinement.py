# SPDX-License-Identifier: Apache-2.0
"""Steps 3 and 5 of the mixture: around contacts of the lips their gap is the lip track's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..motion.phones import BILABIAL
from .landmark_displacement import gap_change, parted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ..curves import Floats, Seconds, Span

    Doubles = NDArray[np.float64]

# Half the width of a window of the second refinement, beyond its contact: EmoGene's 4 frames at 25 Hz.
TRIANGLE_SECONDS = 0.16
# Lips less than this apart are shut.
SHUT_METRES = 0.0005


def refine(displacement: Floats, weights: Doubles) -> Floats:
    """Blend the lips' gap to the lip track's by (T,) weights 0..1.

    EmoGene blends the whole mouth, L = (1 - w) L_mix + w L_lips, which lets a smile flicker at every
    p. Only the gap has to be the lip track's: of the displacement's change of the gap the share w is
    taken back, half by each lip, and corners, width and jaw keep the feeling.
    """
    if not weights.any():
        return displacement
    return parted(displacement, (-weights[:, None] * gap_change(displacement)).astype(np.float32))


def open_closures(
    gaps: Floats, time_seconds: Seconds, contacts: Sequence[Span]
) -> list[tuple[float, float]]:
    """Closures (start, end), seconds, in which no frame has all three gaps (T, 3), metres, shut."""
    widest = gaps.max(axis=1)
    found = []
    for span in contacts:
        if span.label != BILABIAL:
            continue
        first, stop = np.searchsorted(time_seconds, (span.start_seconds, span.end_seconds))
        if not stop:
            continue
        inside = widest[first : max(int(stop), int(first) + 1)]
        if len(inside) and inside.min() > SHUT_METRES:
            found.append((span.start_seconds, span.end_seconds))
    return found


def triangles(stretches: Sequence[tuple[float, float]], time_seconds: Seconds) -> Doubles:
    """(T,) 1 in each stretch, falling to 0 within TRIANGLE_SECONDS; of overlapping ones the higher."""
    weights = np.zeros(len(time_seconds))
    for start, end in stretches:
        reach = (start - TRIANGLE_SECONDS, end + TRIANGLE_SECONDS)
        near = slice(*np.searchsorted(time_seconds, reach))
        away = np.maximum(start - time_seconds[near], time_seconds[near] - end)
        window = np.clip(1.0 - away / TRIANGLE_SECONDS, 0.0, 1.0)
        weights[near] = np.maximum(weights[near], window)
    return weights
