# SPDX-License-Identifier: Apache-2.0
"""Fit vocal effort: the arousal of acted emotions as the melody of speech tells it, never its level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .emotion_tables import Rows

    Table = NDArray[np.float64]

# Arousal of Emo-DB's acted emotions; boredom (calm) and sadness are spoken with the least effort.
AROUSAL = {
    "angry": 1.0,
    "happy": 0.7,
    "fearful": 0.5,
    "disgusted": 0.0,
    "neutral": 0.0,
    "calm": -0.6,
    "sad": -0.9,
}
# Ridge penalty per row and column of standardised statistics: strong, so that many weak signs agree
# instead of a few strong ones, which rooms and microphones would move.
PENALTY = 0.15
# Effort of full anger over ordinary speech; +1 is left to shouting.
ANGER_EFFORT = 0.8


@dataclass(frozen=True, eq=False)
class Effort:
    """effort = melody @ weights + bias."""

    weights: Table
    bias: float

    def of(self, rows: Rows) -> Table:
        """(R,) about -1..1."""
        return np.asarray(np.clip(rows.melody @ self.weights + self.bias, -1.5, 1.5))


def fit_effort(rows: Rows, plain: list[Rows]) -> Effort:
    """Ridge regression; emotions weigh the same, and plain speech of every corpus is 0."""
    parts = [rows.where(rows.emotion == name) for name in AROUSAL] + plain
    targets = [*AROUSAL.values(), *(0.0 for _ in plain)]
    columns = np.concatenate([part.melody for part in parts]).astype(np.float64)
    wanted = np.concatenate([np.full(len(p), t) for p, t in zip(parts, targets, strict=True)])
    share = np.concatenate([np.full(len(p), 1.0 / len(p)) for p in parts]) / len(parts)
    middle = share @ columns
    scale = np.sqrt(share @ np.square(columns - middle)) + 1e-6
    table = (columns - middle) / scale
    mean = float(share @ wanted)
    normal = (table * share[:, None]).T @ table + PENALTY * np.eye(table.shape[1])
    slopes = np.linalg.solve(normal, (table * share[:, None]).T @ (wanted - mean)) / scale
    told = [float((part.melody @ slopes).mean()) for part in parts]
    names = list(AROUSAL)
    ordinary = float(np.mean([told[names.index("neutral")], *told[len(names) :]]))
    gain = ANGER_EFFORT / (told[names.index("angry")] - ordinary)
    return Effort(slopes * gain, -ordinary * gain)
