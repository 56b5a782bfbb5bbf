# SPDX-License-Identifier: Apache-2.0
"""The head: posture of the feeling, slow drift, sway while speaking, nods on stressed words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..speech.prosody import smooth
from .accents import add_swell
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve, drift, stream

# Standard deviations in degrees of pitch, yaw and roll: at rest, and what speaking adds.
_REST_DEGREES = (0.5, 0.9, 0.5)
_SPEECH_DEGREES = (0.9, 1.4, 0.9)
_NOD_DEGREES = 2.4
_NOD_LAG_SECONDS = 0.06
_BREATH_DEGREES = 0.25
_BREATH_HZ = 0.24


def head_curves(
    phrasing: Phrasing, posture_radians: npt.NDArray[np.float64], motion: Curve, seed: int
) -> npt.NDArray[np.float64]:
    """Head pitch, yaw and roll in radians, (F, 3).

    Args:
        phrasing: of the clip.
        posture_radians: (F, 3) where the feeling holds the head.
        motion: (F,) factor on everything that moves; 1 is a calm speaker.
        seed: of the take.
    """
    time = phrasing.time_seconds
    speaking = smooth(phrasing.speech, 0.4 / STEP_SECONDS)
    curves = posture_radians.copy()
    for axis, (rest, speech) in enumerate(zip(_REST_DEGREES, _SPEECH_DEGREES, strict=True)):
        chance = stream(seed, f"head {axis}")
        slow = drift(time, chance, 0.04, 0.25)
        sway = drift(time, chance, 0.3, 1.1) * speaking * (1.0 + 0.4 * phrasing.effort)
        curves[:, axis] += motion * np.radians(rest * slow + speech * sway)
    nods, turns = _nods(phrasing, seed)
    curves[:, 0] += motion * np.radians(nods + _breathing(time, seed))
    curves[:, 1] += motion * np.radians(0.5 * turns)
    curves[:, 2] += motion * np.radians(0.35 * turns)
    return curves


def _nods(phrasing: Phrasing, seed: int) -> tuple[Curve, Curve]:
    """Nods in degrees (down is negative) and the small turns that go with them; each (F,)."""
    chance = stream(seed, "nods")
    draws = chance.random((len(phrasing.stress_times), 3))
    down = np.zeros(len(phrasing.time_seconds))
    up = np.zeros(len(phrasing.time_seconds))
    turns = np.zeros(len(phrasing.time_seconds))
    for time, strength, (lot, size, side) in zip(
        phrasing.stress_times, phrasing.stress_strengths, draws, strict=True
    ):
        if lot > 0.35 + 0.5 * strength:
            continue
        height = _NOD_DEGREES * (0.35 + 0.65 * strength) * (0.6 + 0.8 * size)
        add_swell(up, time - 0.22, 0.22, 0.2, 0.3 * height)
        add_swell(down, time + _NOD_LAG_SECONDS, 0.24, 0.5, height)
        if side > 0.5:
            add_swell(turns, time + _NOD_LAG_SECONDS, 0.3, 0.6, height * (4.0 * side - 2.0) * 0.5)
    # A head has mass: what two swells leave as a corner is rounded off.
    rounding = 0.05 / STEP_SECONDS
    sign = np.where(
        drift(phrasing.time_seconds, stream(seed, "turns"), 0.02, 0.08) > 0.0, 1.0, -1.0
    )
    side = smooth(sign, 0.4 / STEP_SECONDS)
    return smooth(up - down, rounding), smooth(turns, rounding) * side


def _breathing(time: Curve, seed: int) -> Curve:
    phase = stream(seed, "breath").random() * 2.0 * np.pi
    return np.asarray(_BREATH_DEGREES * np.sin(2.0 * np.pi * _BREATH_HZ * time + phase))
