# SPDX-License-Identifier: Apache-2.0
"""Lip track and expression become one face, in channels and in landmarks.

Five steps in the space of the 68 landmarks (`landmark_steps`), and the way back to channels:

1. displacements accumulate part by part (`displacement`, `landmark_displacement`),
2. each part may be pulled toward landmarks that a face really made (`local_embedding`),
3. around contacts the lips' gap becomes the lip track's (`refinement`),
4. the One-Euro filter smooths what the feeling adds, never the lips (`one_euro`), and speech keeps
   its opening (`landmark_displacement.with_spoken_gap`),
5. closures that are still open get the lip track's gap once more (`refinement`);

then a bounded least-squares problem around the accumulated channels gives what the landmarks ask
for beyond them (`solve_back`), and contacts are closed on the head (`contacts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..face.arkit import ARKIT_NAMES
from ..kept import Kept
from ..window import SHUT_SECONDS
from .articulation import LipActivity, lip_activity
from .displacement import accumulate, opened_wider
from .landmark_steps import Layers, solve_steps
from .lip_layer import shaped_lips, shut, silent, track_between
from .local_embedding import Pull

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..curves import Floats, Seconds
    from ..direction import Direction
    from ..face.model import FaceModel
    from ..motion.lips import LipTrack
    from .landmark_database import LandmarkDatabase

_FACE = len(ARKIT_NAMES)
# Shares of the time, measured: shaping the lips, and the five steps.
_SHAPED_END, _STEPS_SHARE = 0.15, 0.7


@dataclass(frozen=True, eq=False)
class Mixture:
    """Both layers and what became of them.

    Attributes:
        lips: (T, 57) the lip track after its contacts.
        values: (T, 57) the mix, its 52 facial channels in 0..1.
        landmarks_lips: (T, 68, 3) iBUG points of the canonical head under `lips`, metres.
        landmarks_expression: (T, 68, 3) the same under the expression's displacement.
        landmarks_mix: (T, 68, 3) the same under `values`.
        residual_metres: (T,) mean distance between the points that the five steps ask for and those
            that the channels solved for them give, before contacts are closed.
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
    *,
    database: LandmarkDatabase | None = None,
    likeness: float = 0.0,
    on_progress: Callable[[float], None] | None = None,
    own: slice | None = None,
    kept: Kept | None = None,
) -> Mixture:
    """Mix a lip track with an expression.

    Args:
        track: the lip decoder's, on its own grid.
        time_seconds: (T,) of the frames, increasing.
        direction: strength of the lips and firmness of their contacts.
        expression: (T, 57) displacement; angles in the last five columns. Without any, the mix is
            the lip layer, bit for bit.
        face: the canonical head.
        database: landmarks of a face to be like.
        likeness: 0..1, how far the mix is pulled toward them.
        on_progress: called with 0..1; it may raise Cancelled.
        own: frames of `time_seconds` that are wanted; the others are what filters and contacts see
            around them (`core.window`). The result holds the wanted ones. None: all.
        kept: what was made of this sound before.
    """
    report = on_progress or (lambda _fraction: None)
    whole = slice(0, len(time_seconds))
    own = own or whole
    frames = (float(time_seconds[0]), float(time_seconds[-1]), len(time_seconds), own != whole)
    mouth = (kept or Kept(0)).once(
        "mouth",
        (track, frames, direction.lip_strength, direction.firmness),
        lambda: _speaking_mouth(track, time_seconds, direction, face, is_part=own != whole),
    )
    said, lips, activity = mouth.said, mouth.shut, mouth.activity
    spoken = opened_wider(mouth.shaped, expression, activity, time_seconds)
    report(_SHAPED_END)
    layers = Layers(
        time_seconds=time_seconds,
        shut=lips,
        spoken=spoken,
        felt=accumulate(spoken, expression, activity),
        claim=activity.claim,
        presence=activity.presence,
    )
    pull = Pull(database.displacements, likeness) if database and likeness > 0.0 else None
    near = _near(own, time_seconds)
    solved, residual = solve_steps(
        layers,
        said.contacts,
        face,
        pull,
        lambda done: report(_SHAPED_END + _STEPS_SHARE * done),
        own=None if own == whole else near,
    )
    # Contacts shut once, in each layer for itself: a second pass over their ramps would widen them.
    values = shut(solved[near], said, time_seconds[near], direction, face)
    report(0.9)
    values = values[own.start - near.start : own.stop - near.start]
    lips, expression, residual = lips[own], expression[own], residual[own]
    return Mixture(
        lips=lips,
        values=values,
        landmarks_lips=face.landmarks68(lips[:, :_FACE]),
        landmarks_expression=face.landmarks68(expression[:, :_FACE]),
        landmarks_mix=face.landmarks68(values[:, :_FACE]),
        residual_metres=residual,
    )


@dataclass(frozen=True, eq=False)
class _Mouth:
    """The speaking mouth at some frames, without any feeling: its track, shaped, shut, how busy it is."""

    said: LipTrack
    shaped: Floats
    shut: Floats
    activity: LipActivity


def _speaking_mouth(
    track: LipTrack, time_seconds: Seconds, direction: Direction, face: FaceModel, *, is_part: bool
) -> _Mouth:
    # A mouth that does not speak leaves the feeling alone: neither busy lips nor contacts.
    said = track if direction.lip_strength > 0.0 else silent(track)
    if is_part:
        said = track_between(said, float(time_seconds[0]), float(time_seconds[-1]))
    shaped = shaped_lips(said, time_seconds, direction, face)
    lips = shut(shaped, said, time_seconds, direction, face)
    activity = lip_activity(said.values, said.time_seconds, said.contacts, time_seconds)
    return _Mouth(said, shaped, lips, activity)


def _near(own: slice, time_seconds: Seconds) -> slice:
    """Some frames and those at which contacts around them are shut."""
    ends = float(time_seconds[own.start]), float(time_seconds[own.stop - 1])
    first = np.searchsorted(time_seconds, ends[0] - SHUT_SECONDS)
    stop = np.searchsorted(time_seconds, ends[1] + SHUT_SECONDS, side="right")
    return slice(int(first), int(stop))
