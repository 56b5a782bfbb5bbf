# SPDX-License-Identifier: Apache-2.0
"""How each feeling moves: data/expression_manner.json as curves over time."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..direction import EMOTION_NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_PATH = Path(__file__).parent / "data" / "expression_manner.json"


@cache
def part_lags() -> dict[str, float]:
    """Seconds by which each part's apex follows the brows'."""
    return dict(json.loads(_PATH.read_text(encoding="utf-8"))["parts_lag_seconds"])


@cache
def _table() -> dict[str, Floats]:
    manners = json.loads(_PATH.read_text(encoding="utf-8"))["manners"]
    fields = manners["neutral"]
    return {name: np.array([manners[e][name] for e in EMOTION_NAMES]) for name in fields}


def manner_curves(activation: Floats) -> dict[str, Floats]:
    """Each field of the table over time (N,), for activation (N, M) of the moved emotions."""
    rest = np.maximum(0.0, 1.0 - activation.sum(axis=1, keepdims=True))
    weights = np.concatenate([rest, activation], axis=1)
    return {name: weights @ values for name, values in _table().items()}
