# SPDX-License-Identifier: Apache-2.0
"""The one curve by which things start and stop gently."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def ease(way: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """0 up to 0, 1 from 1 on, and between them the cubic that rests at both ends (smoothstep)."""
    part = np.clip(way, 0.0, 1.0)
    return np.asarray(part * part * (3.0 - 2.0 * part))
