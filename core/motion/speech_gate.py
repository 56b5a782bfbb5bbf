# SPDX-License-Identifier: Apache-2.0
"""When the lips rest: a curve that holds them shut deep inside pauses."""

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
# Filmed mouths stay parted up to 0.3 s after speech and part 0.2 to 0.4 s before it; the network knows
# that. Only deeper inside a pause are the lips held shut: from there on over these ramps.
LINGER_SECONDS, SETTLE_SECONDS = 0.2, 0.25
PREPARE_SECONDS, PART_SECONDS = 0.25, 0.2


def speech_gate(times: NDArray[np.float64], silences: Sequence[Span]) -> Floats:
    """1 in speech, 0 in pauses, with smooth ramps inside the pauses.

    Args:
        times: (T,) seconds.
        silences: stretches without speech; those shorter than PAUSE_SECONDS are left open, and one
            that starts with the clip or ends with it needs no ramp there.
    """
    gate = np.ones(len(times), np.float32)
    end_of_clip = float(times[-1]) if len(times) else 0.0
    for pause in silences:
        if pause.end_seconds - pause.start_seconds < PAUSE_SECONDS:
            continue
        inside = (times >= pause.start_seconds) & (times <= pause.end_seconds)
        at = times[inside]
        after = (at - pause.start_seconds - LINGER_SECONDS) / SETTLE_SECONDS
        before = (pause.end_seconds - at - PREPARE_SECONDS) / PART_SECONDS
        settled = np.ones(len(at)) if pause.start_seconds <= 0.0 else ease(after)
        unprepared = np.ones(len(at)) if pause.end_seconds >= end_of_clip else ease(before)
        gate[inside] = 1.0 - np.minimum(settled, unprepared)
    return gate
