# SPDX-License-Identifier: Apache-2.0
"""The head: posture of the feeling, the take's motion, slow drift, breath, and turning to an aim."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..speech.prosody import smooth
from .phrasing import STEP_SECONDS, Phrasing
from .randomness import Curve, drift, stream
from .take import Take

Floats = npt.NDArray[np.float64]

_AXES = ("headPitch", "headYaw", "headRoll")
# A head has mass: what moves it is rounded off by this.
_MASS_SECONDS = 0.05
# Standard deviations in degrees below what 3 s of film show, and its band.
_DRIFT_DEGREES = (0.8, 1.2, 0.7)
_DRIFT_HZ = (0.03, 0.22)
# Motion and posture end here, whatever is asked.
_LARGEST_DEGREES = np.array([24.0, 30.0, 20.0])
# Eyes alone reach so far; of what lies beyond, and a share of all, the head takes over (Freedman 2008:
# heads hardly move for gaze shifts under 20 degrees). It follows slower than the eyes.
_EYES_DEGREES, _HEAD_SHARE = 16.0, 0.15
_LARGEST_TURN_DEGREES = np.array([18.0, 32.0])
_FOLLOW_SECONDS = 0.22
# How far a neck bends, turns and tilts without the shoulders, for an aim behind the head at strength 2; up
# to this share of it angles stay as they are.
_NECK_RADIANS = np.radians([40.0, 55.0, 35.0])
_FREE_SHARE = 0.6


def head_curves(
    phrasing: Phrasing,
    take: Take,
    posture_radians: Floats,
    motion: Curve,
    lifted_degrees: Curve,
    *,
    idle_strength: float,
    seed: int,
) -> Floats:
    """Head pitch, yaw and roll in radians, (F, 3), before any strength.

    Args:
        phrasing: of the clip.
        take: the drawn motion.
        posture_radians: (F, 3) where the feeling holds the head.
        motion: (F,) factor on everything that moves; 1 is a calm speaker.
        lifted_degrees: (F,) what breath adds to the pitch.
        idle_strength: of the slow drift.
        seed: of the take.
    """
    mass = _MASS_SECONDS / STEP_SECONDS
    posture = np.degrees(posture_radians)
    # A feeling may come at once, a head cannot.
    degrees = np.stack([smooth(posture[:, axis], mass) for axis in range(3)], axis=1)
    motion = smooth(motion, mass)
    for axis, (name, slow) in enumerate(zip(_AXES, _DRIFT_DEGREES, strict=True)):
        wander = drift(phrasing.time_seconds, stream(seed, f"head {axis}"), *_DRIFT_HZ)
        moved = smooth(take[name], mass)
        degrees[:, axis] += motion * (moved + idle_strength * slow * wander)
    degrees[:, 0] += lifted_degrees
    return np.asarray(np.radians(_LARGEST_DEGREES * np.tanh(degrees / _LARGEST_DEGREES)))


def turned_to(aim_radians: Floats) -> Floats:
    """Pitch and yaw (F, 2) in radians by which the head takes part in an aim (F, 2)."""
    degrees = np.degrees(aim_radians)
    beyond = np.sign(degrees) * np.maximum(np.abs(degrees) - _EYES_DEGREES, 0.0)
    turn = _HEAD_SHARE * degrees + (1.0 - _HEAD_SHARE) * beyond
    turn = _LARGEST_TURN_DEGREES * np.tanh(turn / _LARGEST_TURN_DEGREES)
    slow = [smooth(turn[:, axis], _FOLLOW_SECONDS / STEP_SECONDS) for axis in (0, 1)]
    return np.radians(np.stack(slow, axis=1))


def within_neck(head_radians: Floats) -> Floats:
    """Head (F, 3) in radians, bent back softly where it comes near what a neck can do."""
    free = _FREE_SHARE * _NECK_RADIANS
    room = _NECK_RADIANS - free
    beyond = np.maximum(np.abs(head_radians) - free, 0.0)
    reached = np.minimum(np.abs(head_radians), free) + room * np.tanh(beyond / room)
    return np.asarray(np.sign(head_radians) * reached)
