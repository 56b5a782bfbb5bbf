# SPDX-License-Identifier: Apache-2.0
"""The felt face: prototypes by their envelopes, modulated a part and a side as the take draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..face.arkit import ARKIT_NAMES
from .blending import accent_faces
from .parts import BROWS, CHEEKS, EYES, JAW, LOOKS, MOUTH, SIDES, part_strengths
from .randomness import Curve, stream
from .take import Take

if TYPE_CHECKING:
    from ..direction import Direction
    from .prototypes import PrototypeTable

Floats = npt.NDArray[np.float64]
Face = npt.NDArray[np.float32]

# Above this value a channel is bent toward 1 instead of being cut off there.
_KNEE = 0.75
# Parts in which one channel stands in for another, and the share of the others' room that it may take.
_DROOPING = [ARKIT_NAMES.index("eyeBlinkLeft"), ARKIT_NAMES.index("eyeBlinkRight")]
_RECRUITING = (BROWS, (*(column for column in EYES if column not in _DROOPING), *CHEEKS))
_MOST_RECRUITED = 0.8
# Apexes vary by no more than this (log), or one part would leave the feeling.
_LARGEST_GAIN = 0.35
# How far sides differ per unit of leaning, and in the make of a face; at most this much in all.
_LEANING, _OWN_SIDE, _LARGEST_SIDE = 0.06, 0.035, 0.2
_LEANING_UNIT = 0.03
# Which gain and leaning of the take each part follows.
_PARTS = (
    (BROWS, "gainBrows", "browLean"),
    (EYES, "gainEyes", "lidLean"),
    (LOOKS, "gainEyes", "lidLean"),
    (CHEEKS, "gainCheeks", "cornerLean"),
    (MOUTH, "gainMouth", "cornerLean"),
    (JAW, "gainMouth", "cornerLean"),
)


def felt_face(
    take: Take,
    table: PrototypeTable,
    activation: Floats,
    emotion: Floats,
    *,
    dose: Curve,
    direction: Direction,
) -> Face:
    """What the feeling shows, (F, 52) within 0..1; 0 in parts of strength 0.

    Each part is prototype x envelope x dose x exp(gain of the take), and accents come on top.

    Args:
        take: the drawn motion.
        table: the prototypes.
        activation: (F, M) of `unhurried_activation`.
        emotion: (F, M) of `emotion_curves`.
        dose: (F,) of `dose_curve`.
        direction: strengths, asymmetry and seed.
    """
    prototypes = np.stack([each.weights for each in table.emotions])
    # float32: half an hour of faces is 37 MB.
    face = np.asarray(emotion @ prototypes, np.float32)
    for columns, gain, _ in _PARTS:
        swing = _LARGEST_GAIN * np.tanh(take[gain] / _LARGEST_GAIN)
        face[:, columns] *= (dose * np.exp(swing))[:, None]
    # Nobody's eyes fall shut because the voice is raised.
    face[:, _DROOPING] /= np.maximum(dose, 1.0).astype(np.float32)[:, None]
    accent = np.maximum(take["accent"], 0.0) * dose
    face += (accent[:, None] * accent_faces(table, activation)).astype(np.float32)
    face *= part_strengths(direction)
    for number, (columns, _, leaning) in enumerate(_PARTS):
        sides = 1.0 + np.outer(_leaning(take, leaning, number, direction), SIDES[list(columns)])
        face[:, columns] *= sides
    return recruited(face, dose)


def bent(face: Face) -> Face:
    """Values above the knee approach 1 and never pass it."""
    over = np.maximum(face - _KNEE, 0.0)
    room = 1.0 - _KNEE
    return np.asarray(np.minimum(face, _KNEE) + room * np.tanh(over / room), np.float32)


def recruited(face: Face, dose: Curve) -> Face:
    """What a dosed face (F, 52) shows, within 0..1.

    Apexes leave little room: what a dose above 1 would push beyond a channel's end goes to the other
    channels that the feeling moves in the same part, by how much they move and how much room they
    have. At a dose of 1 and below, every channel is bent for itself.
    """
    shown = bent(face)
    dosed = dose.astype(np.float32)[:, None]
    for columns in (list(part) for part in _RECRUITING):
        asked = face[:, columns]
        plain = asked / dosed
        lost = np.maximum((asked - shown[:, columns]) - (plain - bent(plain)), 0.0)
        room = np.where(dosed > 1.0, plain * (1.0 - shown[:, columns]), 0.0)
        whole = room.sum(axis=1, keepdims=True)
        spilled = np.minimum(lost.sum(axis=1, keepdims=True), _MOST_RECRUITED * whole)
        shown[:, columns] += room * (spilled / np.maximum(whole, 1e-6))
    return shown


def _leaning(take: Take, name: str, number: int, direction: Direction) -> Curve:
    """How much more the left side shows, (F,): the take's leaning and the face's own make."""
    own = _OWN_SIDE * float(stream(direction.seed, f"side {number}").standard_normal())
    curve = own + _LEANING * np.tanh(take[name] / _LEANING_UNIT)
    return np.asarray(_LARGEST_SIDE * np.tanh(direction.asymmetry * curve / _LARGEST_SIDE))
