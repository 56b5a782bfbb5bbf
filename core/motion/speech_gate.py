# SPDX-License-Identifier: Apache-2.0
"""Lips in pauses: they close once and open once, and deep inside they rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..easing import ease

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ..curves import Span

    Floats = NDArray[np.float32]

# Pauses shorter than this belong to speech (a stop's closure lasts up to 0.15 s).
PAUSE_SECONDS = 0.24
# Filmed lips have closed 0.1 to 0.4 s after the last sound, and part 0.2 to 0.5 s before the first; the
# network knows that. From here on they are brought to rest, over these ramps.
LINGER_SECONDS, SETTLE_SECONDS = 0.3, 0.5
PREPARE_SECONDS, PART_SECONDS = 0.6, 0.6
# Filmed mouths take breath before they speak: so shortly before the next sound they may open and close.
BREATH_SECONDS = 0.35
# Sums of channels under this are rest.
REST = 1e-4


def rest_in_pauses(values: Floats, times: NDArray[np.float64], silences: Sequence[Span]) -> Floats:
    """Take from the mouth in pauses what no speech asks for.

    In each pause the mouth only closes, then only opens, up to a breath before the next sound: what
    parts it in between is flap. Deep inside it comes to rest.

    Args:
        values: (T, C) channels, 0 at rest.
        times: (T,) seconds.
        silences: stretches without speech; those shorter than PAUSE_SECONDS are left alone, and one
            that starts with the clip only opens, one that ends with it only closes.

    Returns:
        (T, C), never further from rest than `values`.
    """
    result = values.copy()
    end_of_clip = float(times[-1]) if len(times) else 0.0
    for pause in silences:
        if pause.end_seconds - pause.start_seconds < PAUSE_SECONDS:
            continue
        inside = slice(*np.searchsorted(times, (pause.start_seconds, pause.end_seconds)))
        at = times[inside]
        size = np.abs(values[inside]).sum(axis=1)
        closing, opening = np.zeros(len(at)), np.zeros(len(at))
        if pause.start_seconds > 0.0:
            late = (at - pause.start_seconds - LINGER_SECONDS) / SETTLE_SECONDS
            closing = np.minimum.accumulate(size) * (1.0 - ease(late))
        if pause.end_seconds < end_of_clip:
            early = (pause.end_seconds - at - PREPARE_SECONDS) / PART_SECONDS
            breath = pause.end_seconds - at < BREATH_SECONDS
            least = np.minimum.accumulate(np.where(breath, np.inf, size)[::-1])[::-1]
            opening = np.minimum(size, least) * (1.0 - ease(early))
        kept = np.maximum(closing, opening) / np.maximum(size, REST)
        result[inside] *= kept.astype(np.float32)[:, None]
    return result
