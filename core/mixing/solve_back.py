# SPDX-License-Identifier: Apache-2.0
"""From landmarks back to channels: the smallest bounded change that gives what landmarks still ask for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ..face.arkit import ARKIT_NAMES
from ..face.fit import MILLIMETRE, sweep_box
from ..face.landmarks import FACE_PARTS_68, LIP_GAP_PAIRS, OUTER_MOUTH_CORNERS
from .landmark_displacement import LOWER_POINTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..curves import Floats
    from ..face.model import FaceModel

    Doubles = NDArray[np.float64]

# Cost of a channel's squared change, mm^2 over all points, by its name without a side. Eyes' looks, tongue
# and puffed cheeks are not here, nor squint and sneer: the 68 points hardly tell of them.
COSTS = {
    "browDown": 4.0,
    "browInnerUp": 4.0,
    "browOuterUp": 4.0,
    "eyeBlink": 10.0,
    "eyeWide": 20.0,
    "jawOpen": 2.0,
    "jawForward": 4.0,
    "jawLeft": 40.0,
    "jawRight": 40.0,
    "mouthClose": 4.0,
    "mouthFunnel": 4.0,
    "mouthPucker": 2.0,
    "mouthLeft": 40.0,
    "mouthRight": 40.0,
    "mouthSmile": 2.0,
    "mouthFrown": 8.0,
    "mouthDimple": 2.0,
    "mouthStretch": 2.0,
    "mouthRollLower": 8.0,
    "mouthRollUpper": 8.0,
    "mouthShrugLower": 4.0,
    "mouthShrugUpper": 4.0,
    "mouthPress": 4.0,
    "mouthLowerDown": 1.0,
    "mouthUpperUp": 1.0,
}
POINT_WEIGHTS = {"brows": 1.0, "eyes": 1.0, "mouth": 1.0, "jaw": 0.7}
# The gap of the lips and the width of the mouth count as so many points.
GAP_WEIGHT, WIDTH_WEIGHT = 4.0, 3.0
SWEEPS = 6
# Metres; what asks for less is rounding.
NOTHING = 1e-7
_JAW, _CLOSE = ARKIT_NAMES.index("jawOpen"), ARKIT_NAMES.index("mouthClose")


@dataclass(frozen=True, eq=False)
class BackMap:
    """What the solution of one part of a face needs.

    Attributes:
        columns: (C,) channels that may change.
        points: (P,) landmarks that they answer for.
        gram: (C, C) the channels' weighted products, with the costs.
        drive: (P * 3, C) from landmarks, metres, to the gradient.
    """

    columns: NDArray[np.intp]
    points: NDArray[np.intp]
    gram: Doubles
    drive: Doubles


def solve_back(
    prior: Floats, asked: Floats, face: FaceModel, *, mouth_moves: bool = True
) -> Floats:
    """Channels near a prior whose landmarks move by what is asked.

    Minimises, frame by frame and over 0 <= prior + x <= 1,

        |W (B x - asked)|^2 + x' R x,

    B the landmarks of each channel at 1, W weights of points, gap and width, R the costs: starting
    from the free minimum, brought into the box, by rounds of coordinate descent. Mouth with jaw, brows
    and lids are solved each for itself; the nose has no channel that its points would tell of.

    Args:
        prior: (T, 52) channels in 0..1.
        asked: (T, 68, 3) metres beyond the prior's landmarks.
        face: the canonical head.
        mouth_moves: False leaves the mouth's channels to the lips, for a feeling that has no part
            in the mouth; the jaw then answers alone.

    Returns:
        (T, 52) float32 in 0..1; where nothing is asked it is the prior, bit for bit.
    """
    result = prior.copy()
    for back in back_maps(face, mouth_moves):
        wanted = asked[:, back.points]
        near = np.abs(wanted).max(axis=(1, 2)) > NOTHING
        if not near.any():
            continue
        start = prior[near].astype(np.float64)
        most = np.ones_like(start)
        # mouthClose means lips shut over an open jaw, and stays under it.
        most[:, _CLOSE] = np.maximum(start[:, _JAW], start[:, _CLOSE])
        start, most = start[:, back.columns], most[:, back.columns]
        drive = wanted[near].reshape(len(start), -1).astype(np.float64) @ back.drive
        free = np.clip(np.linalg.solve(back.gram, drive.T).T, -start, most - start)
        change = sweep_box(back.gram, drive, free, (-start, most - start), SWEEPS)
        rows = np.flatnonzero(near)
        result[np.ix_(rows, back.columns)] = np.clip(start + change, 0.0, 1.0)
    return result


@lru_cache(maxsize=4)
def back_maps(face: FaceModel, mouth_moves: bool) -> tuple[BackMap, ...]:
    """The maps of one head's parts, made once."""
    parts = {
        ("mouth", "jaw") if mouth_moves else ("jaw",): LOWER_POINTS,
        ("brow",): np.array(FACE_PARTS_68["brows"]),
        ("eye",): np.array(FACE_PARTS_68["eyes"]),
    }
    return tuple(_back_map(face, prefixes, points) for prefixes, points in parts.items())


def _back_map(face: FaceModel, prefixes: tuple[str, ...], points: NDArray[np.intp]) -> BackMap:
    costs = [
        (column, _cost(name))
        for column, name in enumerate(ARKIT_NAMES)
        if name.startswith(prefixes)
    ]
    priced = {column: cost for column, cost in costs if cost is not None}
    columns = np.array(list(priced))
    effect = face.pieces68.per_channel[columns].astype(np.float64) / MILLIMETRE
    rows = _asked_rows(points)
    of_channel = effect.reshape(len(columns), -1) @ rows
    ridge = np.diag(list(priced.values()))
    own = rows.reshape(68, 3, -1)[points].reshape(len(points) * 3, -1)
    drive = own @ of_channel.T / MILLIMETRE
    return BackMap(columns, points, of_channel @ of_channel.T + ridge, drive)


def _asked_rows(points: NDArray[np.intp]) -> Doubles:
    """(68 * 3, K) weighted coordinates of some of the 68 points; of the lips also gaps and width."""
    weights = np.zeros((68, 3))
    for part, weight in POINT_WEIGHTS.items():
        weights[list(FACE_PARTS_68[part])] = weight
    own = (3 * points[:, None] + np.arange(3)).ravel()
    rows = [np.diag(weights.ravel())[:, own]]
    right, left = OUTER_MOUTH_CORNERS
    if left in points:
        rows += [_difference(upper, lower, 2, GAP_WEIGHT) for upper, lower in LIP_GAP_PAIRS]
        rows.append(_difference(left, right, 0, WIDTH_WEIGHT))
    return np.concatenate(rows, axis=1)


def _difference(plus: int, minus: int, axis: int, weight: float) -> Doubles:
    row = np.zeros((68, 3))
    row[plus, axis], row[minus, axis] = weight, -weight
    return row.reshape(-1, 1)


def _cost(name: str) -> float | None:
    return COSTS.get(name, COSTS.get(name.removesuffix("Left").removesuffix("Right")))
