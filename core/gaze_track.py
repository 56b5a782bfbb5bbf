# SPDX-License-Identifier: Apache-2.0
"""Where the eyes shall look over time, as keys between which the aim goes in straight lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .track_columns import Column, key_times, known_columns, same_columns, track_column

_WHAT = "gaze track"
# Rounding of float32 may pass pi by 1e-7.
_ANGLES = (-np.pi - 1e-6, np.pi + 1e-6)


@dataclass(frozen=True, eq=False)
class GazeTrack:
    """The aim of the eyes, such as an object or a camera, seen from the head at rest.

    Attributes:
        time_seconds: (K,) float64 from the start of the asked range, each after the one before.
        pitch: (K,) float64 radians, up is positive, -pi..pi.
        yaw: (K,) float64 radians, to the character's left is positive, -pi..pi.

    Raises:
        MienError: ``bad_direction``, naming the column and the key that are wrong.
    """

    time_seconds: Column
    pitch: Column
    yaw: Column

    def __post_init__(self) -> None:
        times = key_times(self.time_seconds, _WHAT)
        object.__setattr__(self, "time_seconds", times)
        for name in ("pitch", "yaw"):
            column = track_column(getattr(self, name), (_WHAT, name), len(times), _ANGLES)
            object.__setattr__(self, name, column)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GazeTrack):
            return NotImplemented
        return (
            same_columns(self.time_seconds, other.time_seconds)
            and same_columns(self.pitch, other.pitch)
            and same_columns(self.yaw, other.yaw)
        )

    def __hash__(self) -> int:
        return hash((self.time_seconds.tobytes(), self.pitch.tobytes(), self.yaw.tobytes()))

    def at(self, time_seconds: Column) -> Column:
        """Pitch and yaw (F, 2) in radians: linear between keys, held before and after them."""
        columns = (self.pitch, self.yaw)
        return np.stack([np.interp(time_seconds, self.time_seconds, c) for c in columns], axis=1)

    def to_json(self) -> dict[str, Any]:
        """Columns as plain lists."""
        names = ("time_seconds", "pitch", "yaw")
        return {name: getattr(self, name).tolist() for name in names}

    @classmethod
    def from_json(cls, data: object) -> GazeTrack:
        """Read ``{"time_seconds": [...], "pitch": [...], "yaw": [...]}``.

        Raises:
            MienError: ``bad_direction``, naming the column and the key that are wrong.
        """
        names = ("time_seconds", "pitch", "yaw")
        columns = known_columns(data, _WHAT, names)
        return cls(*(columns.get(name, []) for name in names))
