# SPDX-License-Identifier: Apache-2.0
"""Measures of the mouth, in millimetres, that are linear in the channels: what contacts are solved on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..face.landmarks import CHIN, LIP_GAP_PAIRS, OUTER_MOUTH_CORNERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..face.model import FaceModel

    Doubles = NDArray[np.float64]

MILLIMETRES = 1e3
UPPER_LIP, LOWER_LIP = 62, 66
# Middle of the outer and of the inner edge of both lips: their mean says how far they stand out.
LIP_FRONT = (51, 62, 66, 57)


@dataclass(frozen=True, eq=False)
class LipMeasures:
    """The mouth as linear measures: rest + values @ effect, millimetres.

    Attributes:
        rest: (8,) with all channels at 0.
        effect: (52, 8) of each channel at 1.
    """

    rest: Doubles
    effect: Doubles

    def at(self, values: NDArray[np.float32]) -> Doubles:
        """(T, 8) of (T, 52) channel values."""
        return np.asarray(self.rest + values @ self.effect)


# Columns of LipMeasures.
GAPS = [0, 1, 2]
WIDTH, CHIN_HEIGHT, UPPER_HEIGHT, LOWER_HEIGHT, PROTRUSION = 3, 4, 5, 6, 7


def lip_measures(face: FaceModel) -> LipMeasures:
    """Three gaps of the inner lips, width, heights of chin, upper and lower lip, protrusion."""
    pieces = face.pieces68
    rest = _read(pieces.neutral.astype(np.float64)[None])[0]
    effect = _read(pieces.per_channel.astype(np.float64))
    return LipMeasures(rest, effect)


def _read(points: Doubles) -> Doubles:
    """(K, 68, 3) metres -> (K, 8) millimetres."""
    height, right, left = points[..., 2], *OUTER_MOUTH_CORNERS
    columns = [height[:, upper] - height[:, lower] for upper, lower in LIP_GAP_PAIRS]
    columns.append(points[:, left, 0] - points[:, right, 0])
    columns += [height[:, CHIN], height[:, UPPER_LIP], height[:, LOWER_LIP]]
    columns.append(-points[:, LIP_FRONT, 1].mean(axis=1))
    return np.stack(columns, axis=1) * MILLIMETRES
