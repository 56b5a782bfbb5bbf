# SPDX-License-Identifier: Apache-2.0
"""The expression decoder: direction, voice and chance to a layer of displacement over the lip track."""

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
from .blending import factor_curve
from .blink_times import blink_times
from .blinks import blink_curves
from .breath import add_breath, breath_curve, breath_degrees
from .dose import dose_curve
from .envelope import emotion_curves, unhurried_activation
from .feeling import felt_face
from .gaze import aim_curve, aim_shifts, gaze_on_head, look_channels, wandering_gaze
from .head import head_curves, turned_to, within_neck
from .idle import add_idle, add_rest
from .phrasing import Phrasing, find_phrasing
from .prototypes import PrototypeTable, prototype_table
from .randomness import Curve
from .take import Take, draw_take
from .tremor import add_tremor

if TYPE_CHECKING:
    from ..speech.emotion import VoiceEmotion
    from .expression_decoder import ExpressionDecoder

# What a closing lid takes along (orbicularis oculi, AU45 with a trace of AU6).
_BLINK_COMPANIONS = (("eyeSquint", 0.06), ("cheekSquint", 0.03), ("browDown", 0.03))
_DRAWN_END = 0.6


@dataclass(frozen=True, eq=False)
class Expression:
    """What the expression decoder adds, at the asked times.

    Attributes:
        values: (T, 57) float32 displacement, columns as CHANNEL_NAMES; angles in radians.
        emotion: (T, E) float32 weights over time, columns as EMOTION_NAMES, 0..about 1.6.
    """

    values: Floats
    emotion: Floats


@dataclass(frozen=True, eq=False)
class _Acting:
    """What every part of the face is made from, on the time base of `motion`."""

    phrasing: Phrasing
    table: PrototypeTable
    direction: Direction
    activation: npt.NDArray[np.float64]
    emotion: npt.NDArray[np.float64]
    dose: Curve
    take: Take


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
    report = on_progress or (lambda _fraction: None)
    phrasing = find_phrasing(prosody, duration_seconds)
    table = prototype_table()
    felt = unhurried_activation(table, activation, direction)
    take = draw_take(
        decoder,
        prosody,
        phrasing,
        features,
        felt,
        seed=direction.seed,
        on_progress=lambda done: report(_DRAWN_END * done),
    )
    acting = _Acting(
        phrasing,
        table,
        direction,
        felt,
        emotion_curves(phrasing, table, felt, direction),
        dose_curve(phrasing, voice, direction.voice_effort),
        take,
    )
    face = felt_face(take, table, felt, acting.emotion, dose=acting.dose, direction=direction)
    add_rest(face, felt, direction)
    add_idle(face, take, direction)
    add_tremor(face, phrasing, acting.emotion, direction)
    breath = breath_curve(phrasing, direction.seed)
    add_breath(face, breath, direction)
    report(0.7)
    head, gaze, shift_times = _head_and_gaze(acting, breath)
    step = float(time_seconds[1] - time_seconds[0]) if len(time_seconds) > 1 else 0.0
    _add_blinks(face, acting, shift_times, step)
    for name, curve in look_channels(gaze).items():
        face[:, ARKIT_NAMES.index(name)] = curve
    report(0.9)
    values = _read(phrasing.time_seconds, (face, head, gaze), time_seconds)
    report(1.0)
    return Expression(values, _emotion_weights(phrasing, acting.emotion, time_seconds))


def _add_blinks(face: Floats, acting: _Acting, shift_times: Curve, frame_seconds: float) -> None:
    rate = factor_curve(acting.table, "blink_rate", acting.activation)
    rate = rate * acting.direction.blink_strength
    times, lots = blink_times(acting.phrasing, shift_times, rate, acting.direction.seed)
    asymmetry = acting.direction.asymmetry
    closures = blink_curves(acting.phrasing, times, lots, frame_seconds, asymmetry)
    for side, closure in zip(("Left", "Right"), closures, strict=True):
        lids = ARKIT_NAMES.index(f"eyeBlink{side}")
        face[:, lids] = 1.0 - (1.0 - face[:, lids]) * (1.0 - closure.astype(np.float32))
        for prefix, amount in _BLINK_COMPANIONS:
            column = ARKIT_NAMES.index(f"{prefix}{side}")
            face[:, column] += (amount * closure).astype(np.float32) * (1.0 - face[:, column])


def _head_and_gaze(
    acting: _Acting, breath: Curve
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Curve]:
    """Head (F, 3) and gaze (F, 2), radians, and the times (S,) of large shifts of gaze."""
    direction, phrasing, table, take = (
        acting.direction,
        acting.phrasing,
        acting.table,
        acting.take,
    )
    head = direction.head_strength * head_curves(
        phrasing,
        take,
        acting.emotion @ np.stack([each.posture_radians for each in table.emotions]),
        factor_curve(table, "head_motion", acting.activation),
        direction.breath_strength * breath_degrees(breath),
        idle_strength=direction.idle_strength,
        seed=direction.seed,
    )
    aim = aim_curve(phrasing, direction)
    head[:, :2] += direction.head_strength * turned_to(aim)
    head = within_neck(head)
    held = direction.gaze_hold if direction.gaze_track is not None else 0.0
    liveliness = np.full(len(aim), direction.saccade_strength * (1.0 - held))
    wandering = wandering_gaze(phrasing, liveliness, direction.seed)
    bias = acting.emotion @ np.stack([each.gaze_radians for each in table.emotions])
    slow = np.radians(np.stack([take["gazePitch"], take["gazeYaw"]], axis=1))
    wanted = aim + wandering.wander + (1.0 - held) * (bias + direction.idle_strength * slow)
    gaze = gaze_on_head(wanted, head, direction.eye_strength, held)
    shifts = np.concatenate([wandering.shift_times, aim_shifts(phrasing, aim)])
    return head, gaze, np.sort(shifts)


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
