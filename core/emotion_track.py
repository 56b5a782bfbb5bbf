# SPDX-License-Identifier: Apache-2.0
"""Emotion over time, as keys between which it goes in straight lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .emotion_names import EMOTION_NAMES
from .track_columns import (
    Column,
    bad_track,
    frozen,
    key_times,
    known_columns,
    same_columns,
    track_column,
)

HIGHEST_INTENSITY = 1.5
_WHAT = "emotion track"
_WEIGHTS = (0.0, 1e6)
# Rows that sum to 1 but for rounding stay as they are: what was read back equals what was written.
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class EmotionTrack:
    """What the face shall feel, key by key.

    Attributes:
        time_seconds: (K,) float64 from the start of the asked range, each after the one before; keys
            may lie before or after the range.
        weights: (K, 9) float64, columns as EMOTION_NAMES, 0 or more. A row that sums to more than 1
            is scaled down to 1; what is missing to 1 is neutral. They are kept in that form.
        intensity: (K,) float64, 0..1.5.

    Raises:
        MienError: ``bad_direction``, naming the column and the key that are wrong.
    """

    time_seconds: Column
    weights: Column
    intensity: Column

    def __post_init__(self) -> None:
        times = key_times(self.time_seconds, _WHAT)
        intensity = track_column(
            self.intensity, (_WHAT, "intensity"), len(times), (0.0, HIGHEST_INTENSITY)
        )
        object.__setattr__(self, "time_seconds", times)
        object.__setattr__(self, "weights", _whole_rows(self.weights, len(times)))
        object.__setattr__(self, "intensity", intensity)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EmotionTrack):
            return NotImplemented
        return (
            same_columns(self.time_seconds, other.time_seconds)
            and same_columns(self.weights, other.weights)
            and same_columns(self.intensity, other.intensity)
        )

    def __hash__(self) -> int:
        return hash((self.time_seconds.tobytes(), self.weights.tobytes()))

    def at(self, time_seconds: Column) -> tuple[Column, Column]:
        """Weights (F, 9) and intensity (F,): linear between keys, held before and after them."""
        weights = np.empty((len(time_seconds), len(EMOTION_NAMES)))
        for column in range(len(EMOTION_NAMES)):
            weights[:, column] = np.interp(time_seconds, self.time_seconds, self.weights[:, column])
        return weights, np.interp(time_seconds, self.time_seconds, self.intensity)

    def to_json(self) -> dict[str, Any]:
        """Columns as plain lists; emotions that never show are left out."""
        shown = {
            name: self.weights[:, column].tolist()
            for column, name in enumerate(EMOTION_NAMES)
            if self.weights[:, column].any()
        }
        return {
            "time_seconds": self.time_seconds.tolist(),
            "intensity": self.intensity.tolist(),
            "weights": shown,
        }

    @classmethod
    def from_json(cls, data: object) -> EmotionTrack:
        """Read ``{"time_seconds": [...], "intensity": [...], "weights": {"happy": [...]}}``.

        Intensity that is left out is 1, weights of an emotion that are left out are 0.

        Raises:
            MienError: ``bad_direction``, naming the column and the key that are wrong.
        """
        columns = known_columns(data, _WHAT, ("time_seconds", "intensity", "weights"))
        times = key_times(columns.get("time_seconds", []), _WHAT)
        given = known_columns(columns.get("weights", {}), f"{_WHAT}'s weights", EMOTION_NAMES)
        intensity = columns.get("intensity", np.ones(len(times)))
        return cls(times, _side_by_side(given, len(times)), intensity)


def _side_by_side(given: Mapping[str, Any], keys: int) -> Column:
    weights = np.zeros((keys, len(EMOTION_NAMES)))
    for name, values in given.items():
        column = track_column(values, (_WHAT, f"weight of {name}"), keys, _WEIGHTS)
        weights[:, EMOTION_NAMES.index(name)] = column
    return weights


def _whole_rows(weights: npt.ArrayLike, keys: int) -> Column:
    """Weights (K, 9) whose rows sum to 1."""
    array = np.asarray(weights)
    if array.shape != (keys, len(EMOTION_NAMES)):
        raise bad_track(
            f"The {_WHAT}'s weights have shape {array.shape}.",
            f"Give {keys} rows of {len(EMOTION_NAMES)}: {', '.join(EMOTION_NAMES)}.",
        )
    rows = np.stack(
        [
            track_column(array[:, column], (_WHAT, f"weight of {name}"), keys, _WEIGHTS)
            for column, name in enumerate(EMOTION_NAMES)
        ],
        axis=1,
    )
    total = rows.sum(axis=1)
    total = np.where(np.abs(total - 1.0) < _ROUNDING, 1.0, total)
    rows = rows / np.maximum(total, 1.0)[:, None]
    rows[:, 0] += 1.0 - np.minimum(total, 1.0)
    return frozen(rows)
