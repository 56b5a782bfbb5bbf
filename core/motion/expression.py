# SPDX-License-Identifier: Apache-2.0
"""The expression decoder: direction and prosody to a layer of displacement over the lip track."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..curves import Floats, Seconds
from ..direction import EMOTION_NAMES, Direction
from ..face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from ..speech.prosody import Prosody
from .accents import accent_curve
from .blending import accent_faces, factor_curve
from .blinks import blink_curves, blink_times
from .envelope import emotion_curves
from .gaze import gaze_curves, gaze_on_head, look_channels
from .head import head_curves
from .parts import BROWS, EYES, LOOKS, MOUTH
from .phrasing import Phrasing, find_phrasing
from .prototypes import PrototypeTable, prototype_table
from .randomness import Curve, drift, stream

if TYPE_CHECKING:
    from ..speech.emotion import VoiceEmotion
    from .expression_decoder import ExpressionDecoder

# Above this value a channel is bent toward 1 instead of being cut off there.
_KNEE = 0.75
# Slow variation of each part of the feeling (a held face is a mask), and of each side.
_PART_VARIATION = 0.1
_SIDE_VARIATION = 0.05
# The face at rest is never quite still: channel, mean, standard deviation.
_IDLE = (
    ("browInnerUp", 0.02, 0.012),
    ("browDown", 0.02, 0.010),
    ("eyeSquint", 0.03, 0.015),
    ("mouthPress", 0.015, 0.012),
    ("mouthSmile", 0.015, 0.012),
)
# What a closing lid takes along (orbicularis oculi, AU45 with a trace of AU6).
_BLINK_COMPANIONS = (("eyeSquint", 0.06), ("cheekSquint", 0.03), ("browDown", 0.03))


@dataclass(frozen=True, eq=False)
class Expression:
    """What the expression decoder adds, at the asked times.

    Attributes:
        values: (T, 57) float32 displacement, columns as CHANNEL_NAMES; angles in radians.
        emotion: (T, 9) float32 weights over time, columns as EMOTION_NAMES, 0..about 1.6.
    """

    values: Floats
    emotion: Floats


def express(
    prosody: Prosody,
    features: Floats,
    voice: VoiceEmotion | None,
    direction: Direction,
    activation: npt.NDArray[np.float64],
    *,
    duration_seconds: float,
    time_seconds: Seconds,
    decoder: ExpressionDecoder,
    on_progress: Callable[[float], None] | None = None,
) -> Expression:
    """Decode the expression layer.

    Everything is made on a fixed time base of 100 Hz and then read at `time_seconds`, so that the
    frame rate changes nothing but where the curves are looked at; only lids stay shut for a frame
    where frames are longer than a blink's closure (under 22 a second). The same arguments give the same
    bytes; without intensity the result is the neutral one, whatever the emotion.

    Args:
        prosody: of the clip.
        features: (N, 384) of the speech encoder, 50 Hz.
        voice: what the voice tells; None where nothing is known of it.
        direction: what the animator asks for.
        activation: (F, M) weight x intensity of each of MOVED_EMOTIONS over time, on the time base
            of `find_phrasing`.
        duration_seconds: length of the clip.
        time_seconds: (T,) moments to read at, within the clip.
        decoder: draws the take's motion.
        on_progress: called with 0..1; it may raise Cancelled.
    """
    del features, voice, decoder
    report = on_progress or (lambda _fraction: None)
    table = prototype_table()
    phrasing = find_phrasing(prosody, duration_seconds)
    emotion = emotion_curves(phrasing, table, activation, direction.seed)
    report(0.3)
    face = _feeling(phrasing, table, activation, emotion, direction)
    report(0.6)
    _add_idle(face, phrasing, direction)
    step = float(time_seconds[1] - time_seconds[0]) if len(time_seconds) > 1 else 0.0
    rate = float(factor_curve(table, "blink_rate", activation).mean())
    _add_blinks(face, phrasing, direction, rate, step)
    head, gaze = _head_and_gaze(phrasing, table, activation, emotion, direction)
    for name, curve in look_channels(gaze).items():
        face[:, ARKIT_NAMES.index(name)] = curve
    report(0.8)
    values = _read(phrasing.time_seconds, (face, head, gaze), time_seconds)
    report(1.0)
    return Expression(values, _emotion_weights(phrasing, emotion, time_seconds))


def _feeling(
    phrasing: Phrasing,
    table: PrototypeTable,
    activation: npt.NDArray[np.float64],
    emotion: npt.NDArray[np.float64],
    direction: Direction,
) -> Floats:
    """Prototypes by their envelopes, varied a part and a side, with the accents; (F, 52)."""
    prototypes = np.stack([each.weights for each in table.emotions])
    face = (emotion @ prototypes).astype(np.float32)
    accent = accent_curve(phrasing, direction.seed)
    face += (accent[:, None] * accent_faces(table, activation)).astype(np.float32)
    strengths = (
        ("brows", BROWS, direction.brow_strength),
        ("eyes", EYES, direction.eye_strength),
        ("looks", LOOKS, direction.eye_strength),
        ("mouth", MOUTH, direction.mouth_emotion_strength),
    )
    for part, columns, strength in strengths:
        chance = stream(direction.seed, f"variation {part}")
        varied = 1.0 + _PART_VARIATION * drift(phrasing.time_seconds, chance, 0.12, 0.7)
        leaning = _SIDE_VARIATION * drift(phrasing.time_seconds, chance, 0.05, 0.3)
        for column in columns:
            side = ARKIT_NAMES[column].endswith("Left") - 1.0 * ARKIT_NAMES[column].endswith(
                "Right"
            )
            face[:, column] *= (strength * varied * (1.0 + side * leaning)).astype(np.float32)
    return _bent(face)


def _bent(face: Floats) -> Floats:
    """Values above the knee approach 1 and never pass it."""
    over = np.maximum(face - _KNEE, 0.0)
    room = 1.0 - _KNEE
    return np.asarray(np.minimum(face, _KNEE) + room * np.tanh(over / room), np.float32)


def _add_idle(face: Floats, phrasing: Phrasing, direction: Direction) -> None:
    strengths = {
        "brow": direction.brow_strength,
        "eye": direction.eye_strength,
        "mouth": direction.mouth_emotion_strength,
    }
    for prefix, mean, deviation in _IDLE:
        strength = next(value for part, value in strengths.items() if prefix.startswith(part))
        wander = drift(phrasing.time_seconds, stream(direction.seed, f"idle {prefix}"), 0.06, 0.5)
        idle = strength * np.maximum(mean + deviation * wander, 0.0)
        for column, name in enumerate(ARKIT_NAMES):
            if name in (prefix, f"{prefix}Left", f"{prefix}Right"):
                face[:, column] += idle.astype(np.float32) * (1.0 - face[:, column])


def _add_blinks(
    face: Floats, phrasing: Phrasing, direction: Direction, rate: float, frame_seconds: float
) -> None:
    times, lots = blink_times(phrasing, direction.seed, rate * direction.blink_strength)
    closures = blink_curves(phrasing, times, lots, frame_seconds)
    for side, closure in zip(("Left", "Right"), closures, strict=True):
        lids = ARKIT_NAMES.index(f"eyeBlink{side}")
        face[:, lids] = 1.0 - (1.0 - face[:, lids]) * (1.0 - closure.astype(np.float32))
        for prefix, amount in _BLINK_COMPANIONS:
            column = ARKIT_NAMES.index(f"{prefix}{side}")
            face[:, column] += (amount * closure).astype(np.float32) * (1.0 - face[:, column])


def _head_and_gaze(
    phrasing: Phrasing,
    table: PrototypeTable,
    activation: npt.NDArray[np.float64],
    emotion: npt.NDArray[np.float64],
    direction: Direction,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Head (F, 3) and gaze (F, 2), radians."""
    posture = emotion @ np.stack([each.posture_radians for each in table.emotions])
    motion = factor_curve(table, "head_motion", activation)
    head = direction.head_strength * head_curves(phrasing, posture, motion, direction.seed)
    bias = emotion @ np.stack([each.gaze_radians for each in table.emotions])
    gaze = gaze_curves(phrasing, bias, direction.seed)
    return head, gaze_on_head(gaze, head, direction.eye_strength)


def _read(
    base_seconds: Curve,
    groups: tuple[npt.NDArray[np.floating[Any]], ...],
    time_seconds: Seconds,
) -> Floats:
    """Groups (F, n) of curves of the time base at the asked times, side by side; (T, 57)."""
    values = np.empty((len(time_seconds), len(CHANNEL_NAMES)), np.float32)
    curves = (curve for group in groups for curve in group.T)
    for column, curve in enumerate(curves):
        values[:, column] = np.interp(time_seconds, base_seconds, curve)
    return values


def _emotion_weights(
    phrasing: Phrasing, emotion: npt.NDArray[np.float64], time_seconds: Seconds
) -> Floats:
    """Weights by EMOTION_NAMES; neutral is what the others leave of 1."""
    weights = np.empty((len(time_seconds), len(EMOTION_NAMES)), np.float32)
    for column in range(emotion.shape[1]):
        weights[:, column + 1] = np.interp(time_seconds, phrasing.time_seconds, emotion[:, column])
    weights[:, 0] = np.maximum(0.0, 1.0 - weights[:, 1:].sum(axis=1))
    return weights
