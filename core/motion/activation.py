# SPDX-License-Identifier: Apache-2.0
"""What shall be felt when: the animator's emotion and the one heard in the voice, mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..direction import EMOTION_NAMES
from ..emotion_track import HIGHEST_INTENSITY

if TYPE_CHECKING:
    from ..direction import Direction
    from ..emotion_track import EmotionTrack
    from ..track_columns import Column


def asked_activation(
    direction: Direction, track_from_voice: EmotionTrack | None, time_seconds: Column
) -> Column:
    """Weight x intensity of each of MOVED_EMOTIONS over time; (F, 8), each row sums to 0..1.5.

    With share v = `direction.voice_emotion` of the heard track and g = `direction.intensity`::

        activation = g ((1 - v) i_asked w_asked + v i_heard w_heard)

    Rows that sum to more than 1.5 are scaled down to it. At g = 0 it is 0 exactly, whatever is asked or heard.

    Args:
        direction: emotion, or its track, with intensity and voice_emotion.
        track_from_voice: what is heard, or None: then what is asked counts alone.
        time_seconds: (F,) from the start of the clip.
    """
    share = direction.voice_emotion if track_from_voice is not None else 0.0
    felt = np.zeros((len(time_seconds), len(EMOTION_NAMES) - 1))
    if share < 1.0:
        felt += (1.0 - share) * _asked(direction, time_seconds)
    if track_from_voice is not None and share > 0.0:
        felt += share * _moved(track_from_voice, time_seconds)
    felt *= direction.intensity
    return np.asarray(felt / np.maximum(felt.sum(axis=1) / HIGHEST_INTENSITY, 1.0)[:, None])


def _asked(direction: Direction, time_seconds: Column) -> Column:
    if direction.emotion_track is not None:
        return _moved(direction.emotion_track, time_seconds)
    weights = np.array([direction.weights[name] for name in EMOTION_NAMES[1:]])
    return np.broadcast_to(weights, (len(time_seconds), len(weights)))


def _moved(track: EmotionTrack, time_seconds: Column) -> Column:
    """Weight x intensity of the emotions that move the face; (F, 8)."""
    weights, intensity = track.at(time_seconds)
    return np.asarray(weights[:, 1:] * intensity[:, None])
