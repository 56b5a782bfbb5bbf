# SPDX-License-Identifier: Apache-2.0
"""Curves of one frame rate read at the times of another: by interpolation, no frame dropped."""

from __future__ import annotations

import numpy as np

from ..curves import Floats, Seconds


def read_at(values: Floats, source_seconds: Seconds, time_seconds: Seconds) -> Floats:
    """Read curves by monotone cubic interpolation (Fritsch and Carlson, 1980).

    It never overshoots: between two closed frames the lips stay closed, and 0..1 stays 0..1.

    Args:
        values: (N, C).
        source_seconds: (N,) uniform.
        time_seconds: (T,) where to read; before and after the source its ends are held.

    Returns:
        (T, C) float32.
    """
    if len(values) == 1:
        return np.repeat(values, len(time_seconds), axis=0)
    step = float(source_seconds[1] - source_seconds[0])
    position = np.clip((time_seconds - source_seconds[0]) / step, 0.0, len(values) - 1.0)
    left = np.minimum(position.astype(np.intp), len(values) - 2)
    part = (position - left).astype(np.float32)[:, None]
    slopes = _slopes(values)
    start, end = values[left], values[left + 1]
    rise = end - start
    # The cubic Hermite polynomial of both values and slopes, in Horner's form.
    bend = slopes[left] + slopes[left + 1] - 2.0 * rise
    lean = 3.0 * rise - 2.0 * slopes[left] - slopes[left + 1]
    read = start + part * (slopes[left] + part * (lean + part * bend))
    return np.asarray(np.clip(read, np.minimum(start, end), np.maximum(start, end)), np.float32)


def _slopes(values: Floats) -> Floats:
    """Slope a step at each frame, 0 at turning points: the harmonic mean of both neighbours' rises."""
    rises = np.diff(values, axis=0)
    product = rises[:-1] * rises[1:]
    total = rises[:-1] + rises[1:]
    inner = np.divide(
        2.0 * product, total, out=np.zeros_like(product), where=product > np.float32(1e-12)
    )
    return np.concatenate((rises[:1], inner, rises[-1:]))
