# SPDX-License-Identifier: Apache-2.0
"""Where the eyes look: fixations and saccades, and the eight eyeLook channels that show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..easing import ease
from ..runs import runs_of_true
from ..speech.prosody import smooth
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve, stream

if TYPE_CHECKING:
    from ..direction import Direction

Floats = npt.NDArray[np.float64]

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
# The eyes keep their target while the head moves; part of it, since a rig may leave its head still. An
# aim is kept wholly.
_HEAD_COMPENSATION = 0.6
# Eyes that follow a jumping aim do so in a saccade.
_AIM_SECONDS = 0.015
# Shifts of gaze from this size on often come with a blink (Evinger et al. 1994).
LARGE_SHIFT_RADIANS = np.radians(6.0)


@dataclass(frozen=True, eq=False)
class Gaze:
    """Where the eyes want to look.

    Attributes:
        wander: (F, 2) pitch and yaw in radians about the aim: fixations, saccades and looks away.
        shift_times: (S,) seconds of shifts that are large where the eyes stray as people's do.
    """

    wander: Floats
    shift_times: Curve


def wandering_gaze(phrasing: Phrasing, liveliness: Curve, seed: int) -> Gaze:
    """Fixations about what is looked at, and looks away from it.

    Args:
        phrasing: of the clip.
        liveliness: (F,) how far the eyes stray: 0 not at all, 1 as people do.
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
    jumps = np.hypot(*np.diff(np.concatenate(([[0.0, 0.0]], targets)), axis=0).T)
    large = (jumps > LARGE_SHIFT_RADIANS) & (onsets < duration)
    targets *= np.interp(onsets, phrasing.time_seconds, liveliness)[:, None]
    curves = [_saccades(phrasing.time_seconds, onsets, targets[:, axis]) for axis in (0, 1)]
    return Gaze(np.stack(curves, axis=1), onsets[large])


def aim_curve(phrasing: Phrasing, direction: Direction) -> Floats:
    """Where the aim lies (F, 2), pitch and yaw in radians; 0, the listener in front, without a track."""
    track = direction.gaze_track
    if track is None or direction.gaze_hold == 0.0:
        return np.zeros((len(phrasing.time_seconds), 2))
    aim = track.at(phrasing.time_seconds)
    sharp = [smooth(aim[:, axis], _AIM_SECONDS / STEP_SECONDS) for axis in (0, 1)]
    return direction.gaze_hold * np.stack(sharp, axis=1)


def aim_shifts(phrasing: Phrasing, aim: Floats) -> Curve:
    """Seconds at which the aim jumps: more than LARGE_SHIFT_RADIANS within 0.1 s."""
    reach = round(0.1 / STEP_SECONDS)
    if len(aim) <= reach:
        return np.zeros(0)
    jumps = np.hypot(*(aim[reach:] - aim[:-reach]).T) > LARGE_SHIFT_RADIANS
    return phrasing.time_seconds[[first for first, _ in runs_of_true(jumps)]]


def _targets(speech: Curve, draws: Floats, lots: Floats) -> Floats:
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


def gaze_on_head(gaze: Floats, head: Floats, eye_strength: float, held: float) -> Floats:
    """Gaze relative to the moving head, within what eyes can do; (F, 2), radians.

    Args:
        gaze: (F, 2) where the eyes want to look, in the frame of the head at rest.
        head: (F, 3) pitch, yaw, roll that the head shows; a head that stays still leaves `gaze`.
        eye_strength: scales the gaze, and under 1 how far the eyes hold their target against the
            head as well: at 0 they rest in it.
        held: 0..1, how strictly an aim is kept: at 1 the eyes undo all of the head's motion.
    """
    slow = np.stack([smooth(head[:, axis], 0.02 / STEP_SECONDS) for axis in (0, 1)], axis=1)
    undone = _HEAD_COMPENSATION + (1.0 - _HEAD_COMPENSATION) * held
    relative = eye_strength * gaze - min(eye_strength, 1.0) * undone * slow
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
