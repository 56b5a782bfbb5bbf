# SPDX-License-Identifier: Apache-2.0
"""Where the eyes look: fixations and saccades, and the eight eyeLook channels that show them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..easing import ease
from ..speech.prosody import smooth
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve, stream

# Eye rotation at which an eyeLook channel reaches 1: what the canonical head's units turn its eyes by.
FULL_LOOK_UP_RADIANS = np.radians(20.0)
FULL_LOOK_DOWN_RADIANS = np.radians(24.0)
FULL_LOOK_ASIDE_RADIANS = np.radians(28.0)
# Pitch and yaw; within what the channels can show.
_LARGEST_GAZE_RADIANS = np.radians([19.0, 24.0])
_MEAN_FIXATION_SECONDS = 0.95
_FIXATION_SPREAD = 0.55
_SHORTEST_FIXATION_SECONDS = 0.25
_FIXATION_SCATTER_DEGREES = 1.1
# People look away when they plan: more often in pauses than in fluent speech.
_AWAY_CHANCE_SPEAKING = 0.07
_AWAY_CHANCE_PAUSE = 0.2
# The eyes keep their target while the head moves; part of it, since a rig may leave its head still.
_HEAD_COMPENSATION = 0.6


def gaze_curves(
    phrasing: Phrasing, bias_radians: npt.NDArray[np.float64], seed: int
) -> npt.NDArray[np.float64]:
    """Direction of gaze before the head is taken off: pitch and yaw in radians, (F, 2).

    Args:
        phrasing: of the clip.
        bias_radians: (F, 2) where the feeling draws the eyes.
        seed: of the take.
    """
    duration = float(phrasing.time_seconds[-1])
    count = int(duration / _SHORTEST_FIXATION_SECONDS) + 4
    draws = stream(seed, "gaze").standard_normal((count, 3))
    lots = stream(seed, "gaze lots").random((count, 3))
    lengths = _MEAN_FIXATION_SECONDS * np.exp(
        _FIXATION_SPREAD * draws[:, 0] - 0.5 * _FIXATION_SPREAD**2
    )
    onsets = np.cumsum(np.maximum(lengths, _SHORTEST_FIXATION_SECONDS))
    targets = _targets(np.interp(onsets, phrasing.time_seconds, phrasing.speech), draws, lots)
    curves = np.stack(
        [_saccades(phrasing.time_seconds, onsets, targets[:, axis]) for axis in (0, 1)], axis=1
    )
    return np.asarray(curves + bias_radians)


def _targets(
    speech: Curve, draws: npt.NDArray[np.float64], lots: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Targets (N, 2) in radians: mostly the listener's face, now and then away from it."""
    degrees = _FIXATION_SCATTER_DEGREES * draws[:, 1:3]
    likely = _AWAY_CHANCE_PAUSE + (_AWAY_CHANCE_SPEAKING - _AWAY_CHANCE_PAUSE) * speech
    away = lots[:, 0] < likely
    side = np.where(lots[:, 1] < 0.5, -1.0, 1.0)
    degrees[away, 0] += -5.0 + 8.0 * lots[away, 2]
    degrees[away, 1] += side[away] * (5.0 + 6.0 * lots[away, 2])
    return np.asarray(np.radians(degrees))


def _saccades(time: Curve, onsets: Curve, targets: Curve) -> Curve:
    """Steps between targets, each as long as eyes take (21 ms + 2.2 ms a degree); (F,)."""
    held = np.concatenate(([0.0], targets))
    jumps = np.diff(held)
    curve = held[np.searchsorted(onsets, time, side="right")]
    for onset, jump in zip(onsets, jumps, strict=True):
        if onset > time[-1]:
            break
        length = 0.021 + 0.0022 * abs(np.degrees(jump))
        first = int(np.ceil(onset / STEP_SECONDS))
        last = min(len(time), int(np.floor((onset + length) / STEP_SECONDS)) + 1)
        curve[first:last] -= jump * (1.0 - ease((time[first:last] - onset) / length))
    return curve


def gaze_on_head(
    gaze: npt.NDArray[np.float64], head: npt.NDArray[np.float64], eye_strength: float
) -> npt.NDArray[np.float64]:
    """Gaze relative to the moving head, within what eyes can do; (F, 2), radians.

    Args:
        gaze: (F, 2) from `gaze_curves`.
        head: (F, 3) pitch, yaw, roll that the head shows; a head that stays still leaves `gaze`.
        eye_strength: scales the gaze, and under 1 how far the eyes hold their target against the
            head as well: at 0 they rest in it.
    """
    slow = np.stack([smooth(head[:, axis], 0.02 / STEP_SECONDS) for axis in (0, 1)], axis=1)
    relative = eye_strength * gaze - min(eye_strength, 1.0) * _HEAD_COMPENSATION * slow
    return np.asarray(_LARGEST_GAZE_RADIANS * np.tanh(relative / _LARGEST_GAZE_RADIANS))


def look_channels(gaze: npt.NDArray[np.float64]) -> dict[str, Curve]:
    """The eight eyeLook channels of a gaze (F, 2) in radians (up, to the character's left)."""
    up = np.clip(gaze[:, 0] / FULL_LOOK_UP_RADIANS, 0.0, 1.0)
    down = np.clip(-gaze[:, 0] / FULL_LOOK_DOWN_RADIANS, 0.0, 1.0)
    leftward = np.clip(gaze[:, 1] / FULL_LOOK_ASIDE_RADIANS, 0.0, 1.0)
    rightward = np.clip(-gaze[:, 1] / FULL_LOOK_ASIDE_RADIANS, 0.0, 1.0)
    return {
        "eyeLookUpLeft": up,
        "eyeLookUpRight": up,
        "eyeLookDownLeft": down,
        "eyeLookDownRight": down,
        "eyeLookOutLeft": leftward,
        "eyeLookInRight": leftward,
        "eyeLookInLeft": rightward,
        "eyeLookOutRight": rightward,
    }
