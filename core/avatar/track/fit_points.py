# SPDX-License-Identifier: Apache-2.0
"""Which landmarks count how much, what channels cost, and how each moves the landmarks of a person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...face.arkit import ARKIT_NAMES
from ...face.fit import Prices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...face.model import FaceModel

    Doubles = NDArray[np.float64]

POINTS = 478
MILLIMETRES = 1e3
TABLE_PATH = Path(__file__).parent / "data" / "film_fit.json"
SIDEWAYS = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")
# A point that a usual value of the channels moves by this much counts half for the head's pose.
USUAL_VALUE, MOBILE_METRES = 0.15, 1.0e-3
# The outline slides over the skin as the head turns; the shape and the pose hardly listen to it.
OUTLINE_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class PointCosts:
    """What the fit weighs; the same for everybody.

    Attributes:
        columns: (C,) which of ARKIT_NAMES are fitted to the points.
        prices: of these channels, mm^2.
        pose_weights: (478,) how much a point says of the head's pose: little where the face moves.
        shape_weights: (478,) how much it says of the face at rest.
        value_weights: (478, 478) symmetric: the points' own weights, and those of openings and
            widths, sums of points that matter more than any point.
    """

    columns: NDArray[np.int64]
    prices: Prices
    pose_weights: Doubles
    shape_weights: Doubles
    value_weights: Doubles


@lru_cache(maxsize=1)
def fit_table() -> dict[str, Any]:
    """The table beside this module: costs in mm^2, groups of MediaPipe's points."""
    table: dict[str, Any] = json.loads(TABLE_PATH.read_text(encoding="utf-8"))
    return table


def point_group(name: str) -> NDArray[np.int64]:
    """The numbers of a group of points: lips, jaw, brows, lids, outline, irises."""
    return np.array(fit_table()["points"][name])


def measure_rows(name: str) -> Doubles:
    """(K, 478): each row gives one difference of points, first minus second."""
    pairs = fit_table()["measures"][name]["pairs"]
    rows = np.zeros((len(pairs), POINTS))
    for row, (first, second) in zip(rows, pairs, strict=True):
        row[first] += 1.0 / len(first)
        row[second] -= 1.0 / len(second)
    return rows


def point_costs(face: FaceModel) -> PointCosts:
    """The costs of `fit_table` for the face model's landmarks."""
    table = fit_table()
    names = [name for name in ARKIT_NAMES if name not in table["left_out"]]
    moved = np.linalg.norm(face.pieces478.per_channel, axis=2).astype(np.float64)
    mobile = USUAL_VALUE * np.sqrt(np.square(moved).sum(axis=0)) / MOBILE_METRES
    shape = np.ones(POINTS)
    shape[point_group("outline")] = OUTLINE_SHARE
    shape[point_group("irises")] = 0.0
    values = np.full(POINTS, table["point_weights"]["others"])
    for group, numbers in table["points"].items():
        values[numbers] = table["point_weights"][group]
    weights = np.diag(values)
    for name, measure in table["measures"].items():
        rows = measure_rows(name)
        weights += measure["weight"] * rows.T @ rows
    return PointCosts(
        np.array([ARKIT_NAMES.index(name) for name in names]),
        _prices(names),
        shape / (1.0 + np.square(mobile)),
        shape,
        weights,
    )


def _prices(names: list[str]) -> Prices:
    table = fit_table()
    pairs = tuple(
        (column, names.index(name.removesuffix("Left") + "Right"))
        for column, name in enumerate(names)
        if name.endswith("Left") and name not in SIDEWAYS
    )
    stems = [n if n in SIDEWAYS else n.removesuffix("Left").removesuffix("Right") for n in names]
    square, linear = (
        np.array([table[kind].get(stem, table[f"{kind}_default"]) for stem in stems])
        for kind in ("square", "linear")
    )
    return Prices(square, linear, pairs, table["pair_tie"])
