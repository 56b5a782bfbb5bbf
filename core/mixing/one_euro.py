# SPDX-License-Identifier: Apache-2.0
"""Step 4 of the mixture: the One-Euro filter on what the feeling adds, without lag."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..face.landmarks import FACE_PARTS_68

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..curves import Floats, Seconds

    Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class OneEuro:
    """Settings of the filter.

    Attributes:
        cutoff_hz: the cut-off where nothing moves.
        speed_hz: what each millimetre a second adds to it.
        speed_cutoff_hz: cut-off of the speed itself.
    """

    cutoff_hz: float
    speed_hz: float
    speed_cutoff_hz: float = 1.0


# EmoGene filters all landmarks alike, the lips with them (0.6 Hz, 1.2 by the speed of its normalised face, at
# 25 Hz). Here lids are left alone, or blinks would be gone; while somebody speaks mouth and jaw take the
# feeling as a posture: what is faster there is speech's. Correlation of the mouth's width with film above
# 1 Hz, happy: 0.65 unfiltered, 0.79 so, 0.79 without any feeling.
PART_FILTERS = {
    "brows": OneEuro(4.0, 0.1),
    "mouth": OneEuro(0.5, 0.003),
    "jaw": OneEuro(0.5, 0.003),
}
SPEAKING_PARTS = frozenset({"mouth", "jaw"})


def smooth_parts(displacement: Floats, time_seconds: Seconds, presence: Doubles) -> Floats:
    """Filter each part of a displacement by PART_FILTERS; the others stay.

    Args:
        displacement: (T, 68, 3) metres.
        time_seconds: (T,).
        presence: (T,) 0..1 of speech: how far mouth and jaw are filtered.
    """
    result = displacement.copy()
    for part, settings in PART_FILTERS.items():
        points = list(FACE_PARTS_68[part])
        own = displacement[:, points]
        smoothed = one_euro(own, time_seconds, settings)
        if part in SPEAKING_PARTS:
            smoothed = own + presence[:, None, None].astype(np.float32) * (smoothed - own)
        result[:, points] = smoothed
    return result


def one_euro(values: Floats, time_seconds: Seconds, settings: OneEuro) -> Floats:
    """The One-Euro filter (Casiez, Roussel and Vogel, CHI 2012), forward and back in time.

    x_t = a x + (1 - a) x_(t-1) with a = 1 - exp(-2 pi f dt) (the paper's 1 / (1 + 1 / (2 pi f dt)) is
    its first order, and makes low frame rates slower) and the cut-off f = cutoff + beta |speed|, which
    lets fast motion through and stills slow trembling. All points share one cut-off, by their mean
    speed, so that a part keeps its shape. The second pass, from the end to the start, takes back the
    first one's lag, which would cost sync.

    Args:
        values: (T, N, 3) metres.
        time_seconds: (T,) increasing, at any rate.
        settings: cut-offs, and what speed adds to them.

    Returns:
        (T, N, 3) float32; what is 0 throughout stays so, bit for bit.
    """
    if len(values) < 2 or not values.any():
        return values
    steps = np.diff(time_seconds)
    speed = np.linalg.norm(np.diff(values, axis=0), axis=2).mean(axis=1) / steps * 1e3
    # The speed of a frame is that of the step to it.
    speed = np.append(speed[:1], speed).astype(np.float64)[:, None]
    slow = low_pass(speed, settings.speed_cutoff_hz, time_seconds)[:, 0]
    cutoff = settings.cutoff_hz + settings.speed_hz * slow
    flat = values.reshape(len(values), -1).astype(np.float64)
    return low_pass(flat, cutoff, time_seconds).reshape(values.shape).astype(np.float32)


def low_pass(values: Doubles, cutoff_hz: Doubles | float, time_seconds: Seconds) -> Doubles:
    """Exponential smoothing of (T, C) with one or (T,) cut-offs, from the start and then from the end."""
    if len(values) < 2:
        return values
    steps = np.diff(time_seconds, append=2.0 * time_seconds[-1] - time_seconds[-2])
    shares = -np.expm1(-2.0 * math.pi * cutoff_hz * steps)
    once = _one_way(values, shares)
    return _one_way(once[::-1], shares[::-1])[::-1]


def _one_way(values: Doubles, shares: Doubles) -> Doubles:
    result = np.empty_like(values)
    state = values[0].copy()
    for frame, share in enumerate(shares.tolist()):
        state += share * (values[frame] - state)
        result[frame] = state
    return result
