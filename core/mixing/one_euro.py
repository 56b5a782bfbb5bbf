# SPDX-License-Identifier: Apache-2.0
"""Step 4 of the mixture: the One-Euro filter on what the feeling adds, without lag."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..face.landmarks import FACE_PARTS_68

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    parts = {part: displacement[:, list(FACE_PARTS_68[part])] for part in PART_FILTERS}
    smoothed = one_euro(list(parts.values()), time_seconds, list(PART_FILTERS.values()))
    result = displacement.copy()
    for (part, own), filtered in zip(parts.items(), smoothed, strict=True):
        share = presence[:, None, None].astype(np.float32)
        shown = own + share * (filtered - own) if part in SPEAKING_PARTS else filtered
        result[:, list(FACE_PARTS_68[part])] = shown
    return result


def one_euro(
    parts: Sequence[Floats], time_seconds: Seconds, settings: Sequence[OneEuro]
) -> list[Floats]:
    """The One-Euro filter (Casiez, Roussel and Vogel, CHI 2012), forward and back in time.

    x_t = a x + (1 - a) x_(t-1) with a = 1 - exp(-2 pi f dt) (the paper's 1 / (1 + 1 / (2 pi f dt)) is
    its first order, and makes low frame rates slower) and the cut-off f = cutoff + beta |speed|, which
    lets fast motion through and stills slow trembling. All points of a part share one cut-off, by their
    mean speed, so that it keeps its shape. The second pass, from the end to the start, takes back the
    first one's lag, which would cost sync.

    Args:
        parts: (T, N, 3) of each part, metres. They are filtered side by side, since a step in time costs
            as much for one as for all.
        time_seconds: (T,) increasing, at any rate.
        settings: of each part: cut-offs, and what speed adds to them.

    Returns:
        (T, N, 3) float32 of each part; what is 0 throughout stays so, bit for bit.
    """
    if len(time_seconds) < 2 or not any(part.any() for part in parts):
        return list(parts)
    slow = low_pass(
        np.stack([_speed(part, time_seconds) for part in parts], axis=1),
        np.array([each.speed_cutoff_hz for each in settings]),
        time_seconds,
    )
    floors = np.array([each.cutoff_hz for each in settings])
    cutoffs = floors + np.array([each.speed_hz for each in settings]) * slow
    flat = [part.reshape(len(part), -1).astype(np.float64) for part in parts]
    widths = [each.shape[1] for each in flat]
    filtered = low_pass(
        np.concatenate(flat, axis=1), np.repeat(cutoffs, widths, axis=1), time_seconds
    )
    columns = np.split(filtered, np.cumsum(widths)[:-1], axis=1)
    return [
        own.reshape(part.shape).astype(np.float32) for own, part in zip(columns, parts, strict=True)
    ]


def _speed(values: Floats, time_seconds: Seconds) -> Doubles:
    """(T,) mean speed of points (T, N, 3), mm/s; that of a frame is that of the step to it."""
    steps = np.linalg.norm(np.diff(values, axis=0), axis=2).mean(axis=1)
    speed = steps / np.diff(time_seconds) * 1e3
    return np.append(speed[:1], speed).astype(np.float64)


def low_pass(values: Doubles, cutoff_hz: Doubles | float, time_seconds: Seconds) -> Doubles:
    """Exponential smoothing of (T, C), from the start and then from the end.

    `cutoff_hz` is one for all, or (C,) or (T, C).
    """
    if len(values) < 2:
        return values
    steps = np.diff(time_seconds, append=2.0 * time_seconds[-1] - time_seconds[-2])
    shares = -np.expm1(-2.0 * math.pi * cutoff_hz * steps[:, None])
    once = _one_way(values, shares)
    return _one_way(once[::-1], shares[::-1])[::-1]


def _one_way(values: Doubles, shares: Doubles) -> Doubles:
    result = np.empty_like(values)
    state = values[0].copy()
    for frame, share in enumerate(shares):
        state += share * (values[frame] - state)
        result[frame] = state
    return result
