# SPDX-License-Identifier: Apache-2.0
"""The expression decoder: direction, voice and chance to a layer of displacement over the lip track."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..curves import Floats, Seconds
from ..direction import EMOTION_NAMES, Direction
from ..face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from ..kept import Kept
from ..speech.prosody import Prosody
from ..window import EXPRESSION_SECONDS, TAKE_SECONDS, Window
from .blending import factor_curve
from .blink_times import blink_times
from .blinks import blink_curves
from .breath import add_breath, breath_curve, breath_degrees
from .dose import dose_curve
from .envelope import emotion_curves, unhurried_activation
from .feeling import felt_face
from .gaze import Gaze, aim_curve, aim_shifts, gaze_on_head, look_channels, wandering_gaze
from .head import head_curves, turned_to, within_neck
from .idle import add_idle, add_rest
from .phrasing import STEP_SECONDS, Phrasing, find_phrasing
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
class _Clip:
    """What lasts as long as the clip, on the time base of `motion`, and costs little."""

    phrasing: Phrasing
    table: PrototypeTable
    direction: Direction
    activation: npt.NDArray[np.float64]
    emotion: npt.NDArray[np.float64]
    dose: Curve
    breath: Curve
    aim: npt.NDArray[np.float64]
    wandering: Gaze

    def part(self, steps: slice) -> _Clip:
        """The same at some steps of the time base."""
        return replace(
            self,
            phrasing=self.phrasing.part(steps),
            activation=self.activation[steps],
            emotion=self.emotion[steps],
            dose=self.dose[steps],
            breath=self.breath[steps],
            aim=self.aim[steps],
            wandering=replace(self.wandering, wander=self.wandering.wander[steps]),
        )


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
    window: Window | None = None,
    kept: Kept | None = None,
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
        window: frames that are wanted: the result then holds them and those up to
            EXPRESSION_SECONDS around them. None: all.
        kept: what was made of this sound before.
    """
    report = on_progress or (lambda _fraction: None)
    kept = kept or Kept(0)
    phrasing = kept.once("phrasing", None, lambda: find_phrasing(prosody, duration_seconds))
    clip = _whole_clip(phrasing, voice, direction, activation, kept)
    wanted = time_seconds if window is None else time_seconds[window.around(EXPRESSION_SECONDS)]
    shown = slice(0, len(phrasing.time_seconds)) if window is None else _steps(wanted)
    drawn = None if window is None else _steps(time_seconds[window.around(TAKE_SECONDS)])
    take = draw_take(
        decoder,
        prosody,
        phrasing,
        features,
        clip.activation,
        seed=direction.seed,
        on_progress=lambda done: report(_DRAWN_END * done),
        kept=kept,
        shown=shown,
        drawn=drawn,
        ahead=window is not None and window.looks_ahead,
    )
    near = clip.part(shown)
    face = felt_face(
        take, near.table, near.activation, near.emotion, dose=near.dose, direction=direction
    )
    add_rest(face, near.activation, direction)
    add_idle(face, take, direction)
    add_tremor(face, near.phrasing, near.emotion, direction)
    add_breath(face, near.breath, direction)
    report(0.7)
    head, gaze = _head_and_gaze(near, take)
    step = float(time_seconds[1] - time_seconds[0]) if len(time_seconds) > 1 else 0.0
    _add_blinks(face, clip, step, shown)
    for name, curve in look_channels(gaze).items():
        face[:, ARKIT_NAMES.index(name)] = curve
    report(0.9)
    values = _read(near.phrasing.time_seconds, (face, head, gaze), wanted)
    report(1.0)
    return Expression(values, _emotion_weights(near.phrasing, near.emotion, wanted))


def _whole_clip(
    phrasing: Phrasing,
    voice: VoiceEmotion | None,
    direction: Direction,
    activation: npt.NDArray[np.float64],
    kept: Kept,
) -> _Clip:
    table, seed, effort = prototype_table(), direction.seed, direction.voice_effort
    felt = unhurried_activation(table, activation, direction)
    liveliness = direction.saccade_strength * (1.0 - _held(direction))
    return _Clip(
        phrasing,
        table,
        direction,
        felt,
        emotion_curves(phrasing, table, felt, direction, kept),
        dose=kept.once("dose", (voice, effort), lambda: dose_curve(phrasing, voice, effort)),
        breath=kept.once("breath", seed, lambda: breath_curve(phrasing, seed)),
        aim=aim_curve(phrasing, direction),
        wandering=kept.once(
            "gaze",
            (seed, liveliness),
            lambda: wandering_gaze(phrasing, np.full(len(phrasing.time_seconds), liveliness), seed),
        ),
    )


def _held(direction: Direction) -> float:
    """How strictly an aim is kept; 0 without one."""
    return direction.gaze_hold if direction.gaze_track is not None else 0.0


def _steps(time_seconds: Seconds) -> slice:
    """Steps of the time base that frames are read between."""
    first = math.floor(float(time_seconds[0]) / STEP_SECONDS)
    return slice(max(first - 1, 0), math.ceil(float(time_seconds[-1]) / STEP_SECONDS) + 2)


def _add_blinks(face: Floats, clip: _Clip, frame_seconds: float, shown: slice) -> None:
    """Let the lids of a face at the shown steps blink, in place; when they do follows from the whole clip."""
    rate = factor_curve(clip.table, "blink_rate", clip.activation)
    rate = rate * clip.direction.blink_strength
    shifts = np.concatenate([clip.wandering.shift_times, aim_shifts(clip.phrasing, clip.aim)])
    times, lots = blink_times(clip.phrasing, np.sort(shifts), rate, clip.direction.seed)
    asymmetry = clip.direction.asymmetry
    closures = blink_curves(clip.phrasing, times, lots, frame_seconds, asymmetry)
    for side, whole in zip(("Left", "Right"), closures, strict=True):
        closure = whole[shown]
        lids = ARKIT_NAMES.index(f"eyeBlink{side}")
        face[:, lids] = 1.0 - (1.0 - face[:, lids]) * (1.0 - closure.astype(np.float32))
        for prefix, amount in _BLINK_COMPANIONS:
            column = ARKIT_NAMES.index(f"{prefix}{side}")
            face[:, column] += (amount * closure).astype(np.float32) * (1.0 - face[:, column])


def _head_and_gaze(
    near: _Clip, take: Take
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Head (F, 3) and gaze (F, 2), radians."""
    direction, phrasing, table = near.direction, near.phrasing, near.table
    head = direction.head_strength * head_curves(
        phrasing,
        take,
        near.emotion @ np.stack([each.posture_radians for each in table.emotions]),
        factor_curve(table, "head_motion", near.activation),
        direction.breath_strength * breath_degrees(near.breath),
        idle_strength=direction.idle_strength,
        seed=direction.seed,
    )
    head[:, :2] += direction.head_strength * turned_to(near.aim)
    head = within_neck(head)
    held = _held(direction)
    bias = near.emotion @ np.stack([each.gaze_radians for each in table.emotions])
    slow = np.radians(np.stack([take["gazePitch"], take["gazeYaw"]], axis=1))
    wanted = (
        near.aim + near.wandering.wander + (1.0 - held) * (bias + direction.idle_strength * slow)
    )
    return head, gaze_on_head(wanted, head, direction.eye_strength, held)


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
