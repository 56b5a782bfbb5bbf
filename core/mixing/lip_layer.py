# SPDX-License-Identifier: Apache-2.0
"""The lip track as a layer of the face: at the frames' times, with its strength, shaped and shut."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from ..motion.phones import BILABIAL, LABIODENTAL, ROUNDING
from .contacts import close_lips
from .resample import read_at

if TYPE_CHECKING:
    from ..curves import Floats, Seconds
    from ..direction import Direction
    from ..face.model import FaceModel
    from ..motion.lips import LipTrack

_FACE = len(ARKIT_NAMES)
# A contact's shape comes and goes within half a second; what is read here are 52 channels at 50 Hz.
_WAITED_SECONDS = 1.0


def silent(track: LipTrack) -> LipTrack:
    """The track of a mouth that does not speak: at rest, without contacts."""
    return replace(track, values=np.zeros_like(track.values), contacts=())


def track_between(track: LipTrack, start_seconds: float, end_seconds: float) -> LipTrack:
    """The part of a track that shows, or is waited for, between two moments."""
    first, last = start_seconds - _WAITED_SECONDS, end_seconds + _WAITED_SECONDS
    frames = slice(*np.searchsorted(track.time_seconds, (first, last)))
    return replace(
        track,
        time_seconds=track.time_seconds[frames],
        values=track.values[frames],
        contacts=tuple(
            contact
            for contact in track.contacts
            if contact.end_seconds >= first and contact.start_seconds <= last
        ),
    )


def shaped_lips(
    track: LipTrack, time_seconds: Seconds, direction: Direction, face: FaceModel
) -> Floats:
    """The lip track at the frames' times with its strength and rounding, not yet shut; (T, 57)."""
    layer = np.zeros((len(time_seconds), len(CHANNEL_NAMES)), np.float32)
    read = read_at(track.values, track.time_seconds, time_seconds)
    values = strengthened(read, direction.lip_strength)
    rounding = [contact for contact in track.contacts if contact.label == ROUNDING]
    layer[:, :_FACE] = close_lips(values, time_seconds, rounding, face, _shaping(direction))
    return layer


def shut(
    layer: Floats, track: LipTrack, time_seconds: Seconds, direction: Direction, face: FaceModel
) -> Floats:
    """A layer (T, 57) with the lips tucked, or met, where the track has contacts."""
    tucks = [contact for contact in track.contacts if contact.label == LABIODENTAL]
    closures = [contact for contact in track.contacts if contact.label == BILABIAL]
    tucked = close_lips(layer[:, :_FACE], time_seconds, tucks, face, _shaping(direction))
    result = layer.copy()
    result[:, :_FACE] = close_lips(tucked, time_seconds, closures, face, direction.firmness)
    return result


def strengthened(values: Floats, strength: float) -> Floats:
    """Below 1 in proportion; above 1 each channel nears 1 without passing it."""
    if strength <= 1.0:
        return np.asarray(values * np.float32(strength), np.float32)
    return np.asarray(1.0 - (1.0 - values) ** np.float32(strength), np.float32)


def _shaping(direction: Direction) -> float:
    """Firmness of contacts that move lips from their rest: lips that hardly speak hardly do so."""
    return direction.firmness * min(direction.lip_strength, 1.0)
