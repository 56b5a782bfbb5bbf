# SPDX-License-Identifier: Apache-2.0
"""Vocal effort from the colour and the melody of the voice, never from its recorded level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .spectrum import band_centres_hz

if TYPE_CHECKING:
    from .prosody import Prosody

Curve = npt.NDArray[np.float64]

_VOICED = 0.5


def vocal_effort(prosody: Prosody, time_seconds: Curve, window_seconds: float) -> Curve:
    """Vocal effort about the given times, (W,) about -1..1; 0 is ordinary speaking, or silence."""
    centres = band_centres_hz()
    power = 10.0 ** (prosody.bands_db.astype(np.float64) / 10.0)
    low = power[:, centres < 1000.0].sum(axis=1)
    high = power[:, (centres >= 1000.0) & (centres < 5000.0)].sum(axis=1)
    balance_db = 10.0 * np.log10((high + 1e-8) / (low + 1e-8))
    is_voiced = (prosody.voicing >= _VOICED).astype(np.float64)
    score = (balance_db + 12.0) / 12.0
    reach = window_seconds / 2.0
    edges = np.searchsorted(prosody.time_seconds, (time_seconds - reach, time_seconds + reach))
    total = np.concatenate(([0.0], np.cumsum(score * is_voiced)))
    count = np.concatenate(([0.0], np.cumsum(is_voiced)))
    summed, weight = (c[edges[1]] - c[edges[0]] for c in (total, count))
    # A quarter of a second of ordinary speaking is assumed where little is heard.
    return np.asarray(np.clip(summed / (weight + 15.0), -1.5, 1.5))
