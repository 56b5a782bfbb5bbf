# SPDX-License-Identifier: Apache-2.0
"""Lip track and expression become one face, in channels and in landmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..face.arkit import ARKIT_NAMES
from .articulation import lip_activity
from .displacement import accumulate
from .lip_layer import shaped_lips, shut, silent

if TYPE_CHECKING:
    from ..curves import Floats, Seconds
    from ..direction import Direction
    from ..face.model import FaceModel
    from ..motion.lips import LipTrack

_FACE = len(ARKIT_NAMES)


@dataclass(frozen=True, eq=False)
class Mixture:
    """Both layers and what became of them.

    Attributes:
        lips: (T, 57) the lip track after its contacts.
        values: (T, 57) the mix, its 52 facial channels in 0..1.
        landmarks_lips: (T, 68, 3) iBUG points of the canonical head under `lips`, metres.
        landmarks_expression: (T, 68, 3) the same under the expression's displacement.
        landmarks_mix: (T, 68, 3) the same under `values`.
        residual_metres: (T,) mean distance between the points that the mixture asks for and those
            that `values` give.
    """

    lips: Floats
    values: Floats
    landmarks_lips: Floats
    landmarks_expression: Floats
    landmarks_mix: Floats
    residual_metres: Floats


def mix_face(
    track: LipTrack,
    time_seconds: Seconds,
    direction: Direction,
    expression: Floats,
    face: FaceModel,
) -> Mixture:
    """Mix a lip track with an expression.

    Args:
        track: the lip decoder's, on its own grid.
        time_seconds: (T,) of the frames, increasing.
        direction: strength of the lips and firmness of their contacts.
        expression: (T, 57) displacement; angles in the last five columns.
        face: the canonical head.
    """
    # A mouth that does not speak leaves the feeling alone: neither busy lips nor contacts.
    spoken = track if direction.lip_strength > 0.0 else silent(track)
    shaped = shaped_lips(spoken, time_seconds, direction, face)
    lips = shut(shaped, spoken, time_seconds, direction, face)
    # Contacts shut once, in each layer for itself: a second pass over their ramps would widen them.
    activity = lip_activity(spoken.values, spoken.time_seconds, spoken.contacts, time_seconds)
    felt = accumulate(shaped, expression, activity)
    values = shut(felt, spoken, time_seconds, direction, face)
    return Mixture(
        lips=lips,
        values=values,
        landmarks_lips=face.landmarks68(lips[:, :_FACE]),
        landmarks_expression=face.landmarks68(expression[:, :_FACE]),
        landmarks_mix=face.landmarks68(values[:, :_FACE]),
        residual_metres=np.zeros(len(time_seconds), np.float32),
    )
