# SPDX-License-Identifier: Apache-2.0
"""Step 1 of the mixture: what the feeling adds to the lips' landmarks, and the room it leaves their gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..easing import ease
from ..face.arkit import ARKIT_NAMES
from ..face.landmarks import FACE_PARTS_68, LIP_GAP_PAIRS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..curves import Floats
    from ..face.model import FaceModel

    Doubles = NDArray[np.float64]

_FACE = len(ARKIT_NAMES)
LOWER_POINTS = np.array(FACE_PARTS_68["mouth"] + FACE_PARTS_68["jaw"])
UPPER_POINTS = np.setdiff1d(np.arange(68), LOWER_POINTS)
_IS_LOWER = np.array([n.startswith(("mouth", "jaw", "tongue", "cheekPuff")) for n in ARKIT_NAMES])
LOWER_CHANNELS, UPPER_CHANNELS = np.flatnonzero(_IS_LOWER), np.flatnonzero(~_IS_LOWER)
# A feeling that closes the lips takes its share of this opening from every opening: lips that part less
# than usual stay apart, lips that touch stay so and do not pass through each other.
SPOKEN_OPENING_METRES = 0.010
MOST_TAKEN = 0.5
# A feeling that parts the lips does so where speech has parted them this far, less on the way there, and by so
# much at most. Added to every frame, surprise costs the opening's correlation with film 0.07, so 0.007.
PARTED_METRES, MOST_PARTED_METRES = 0.009, 0.003
# Points that go with each of the three gaps, inner and outer lip.
UPPER_EDGES, LOWER_EDGES = ((61, 50), (62, 51), (63, 52)), ((67, 58), (66, 57), (65, 56))
UPPER_LIPS, LOWER_LIPS = (np.array(LIP_GAP_PAIRS)[:, side] for side in (0, 1))


def by_part(lips: Floats, felt: Floats, face: FaceModel) -> Floats:
    """Displacement of the landmarks by the feeling, each part of the face by its own channels.

    EmoGene adds both systems' displacements from the mean face part by part,

        L_mix = L_lips + sum_part w_part (L_expression - L_neutral).

    Here the weights are set channel by channel before landmarks are placed
    (`core.mixing.displacement.accumulate`), and the landmarks are linear in the channels, so that

        D_part = L_mix - L_lips = (felt - lips)_part B_part,  B: landmarks of each channel at 1.

    Mouth and jaw are moved by the channels of mouth, jaw and cheek puff, the other points by the
    others: a sneer that takes the lips along must not be undone by the lips' own channels.

    Args:
        lips: (T, 57) the lip layer.
        felt: (T, 57) the same with the feeling accumulated.
        face: the canonical head.

    Returns:
        (T, 68, 3) metres; exactly 0 where both layers are equal.
    """
    moved = (felt - lips)[:, :_FACE]
    own = face.pieces68.per_channel.copy()
    own[np.ix_(LOWER_CHANNELS, UPPER_POINTS)] = 0.0
    own[np.ix_(UPPER_CHANNELS, LOWER_POINTS)] = 0.0
    return np.asarray((moved @ own.reshape(_FACE, -1)).reshape(len(moved), -1, 3), np.float32)


def displacement(start: Floats, end: Floats, face: FaceModel) -> Floats:
    """(T, 68, 3) metres from the landmarks of one layer (T, 57) to those of another."""
    moved = (end - start)[:, :_FACE] @ face.pieces68.per_channel.reshape(_FACE, -1)
    return np.asarray(moved.reshape(len(moved), -1, 3), np.float32)


def gap_change(displacement: Floats) -> Floats:
    """(T, 3) metres by which a displacement parts the inner lips at the right, middle and left."""
    heights = displacement[..., 2]
    return np.asarray(heights[:, UPPER_LIPS] - heights[:, LOWER_LIPS])


def parted(displacement: Floats, metres: Floats) -> Floats:
    """The displacement with the lips' edges moved apart by (T, 3) metres, half by each lip."""
    result = displacement.copy()
    for column in range(metres.shape[1]):
        half = 0.5 * metres[:, column, None]
        result[:, UPPER_EDGES[column], 2] += half
        result[:, LOWER_EDGES[column], 2] -= half
    return result


def with_spoken_gap(displacement: Floats, spoken_gap: Floats, presence: Doubles) -> Floats:
    """Keep the opening that speech gives the lips, whatever the feeling does to them.

    With g the gap that speech opens over rest, p what the feeling adds to it and s the presence of
    speech, the gap becomes

        g + (1 - s) p + s ease(g / 9 mm) 3 mm tanh(p / 3 mm)    where the feeling parts the lips,
        g (1 - min(-p / 10 mm, 1/2))                            where it presses them together:

    while somebody speaks its course is that of speech, wider or narrower: what speech shuts is shut,
    and what is pressed never falls under the rest.

    Args:
        displacement: (T, 68, 3) metres, the feeling's.
        spoken_gap: (T, 3) metres over the gap at rest, of the lips alone.
        presence: (T,) 0..1 of speech.
    """
    opened = np.maximum(spoken_gap, 0.0)
    change = gap_change(displacement)
    parts, presses = np.maximum(change, 0.0), np.minimum(change, 0.0)
    spoken = ease(opened / PARTED_METRES) * MOST_PARTED_METRES * np.tanh(parts / MOST_PARTED_METRES)
    taken = np.minimum(-presses / SPOKEN_OPENING_METRES, MOST_TAKEN)
    back = presence[:, None] * (spoken - parts) - presses - taken * opened
    return parted(displacement, back.astype(np.float32))
