# SPDX-License-Identifier: Apache-2.0
"""The smallest priced change of channels that gives measures of the mouth their wanted change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..face.arkit import ARKIT_NAMES
from ..motion.mouth_channels import spread_matrix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .lip_measures import LipMeasures

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

# Keeps the system solvable where no channel is left to move; a thousandth of what one channel does.
FIRM = 1e-3
ROUNDS = 8
_JAW, _CLOSE = ARKIT_NAMES.index("jawOpen"), ARKIT_NAMES.index("mouthClose")


def move_lips(
    values: Floats,
    wanted: Mapping[int, Doubles],
    measures: LipMeasures,
    costs: Mapping[str, float],
    softness: Mapping[int, float],
) -> Floats:
    """Change measures of the mouth by moving the channels that `costs` names.

    mouthClose stays under jawOpen (or where it was), for it means "lips shut over an open jaw".

    Args:
        values: (T, 52) in 0..1.
        wanted: change (T,) of each measure (a column of LipMeasures), millimetres; 0 holds it.
        measures: of the canonical head.
        costs: cost of a channel's squared move, by its name without a side.
        softness: measures that may give way, and how easily; the others are firm.

    Returns:
        (T, 52) in 0..1.
    """
    sides = spread_matrix(tuple(costs))
    columns = np.flatnonzero(sides.any(axis=0))
    prices = np.array(list(costs.values())) @ sides[:, columns]
    most = np.ones((len(values), len(ARKIT_NAMES)))
    most[:, _CLOSE] = np.maximum(values[:, _JAW], values[:, _CLOSE])
    result = values.copy()
    result[:, columns] = cheapest_change(
        values[:, columns].astype(np.float64),
        np.stack(list(wanted.values()), axis=1),
        measures.effect[columns][:, list(wanted)],
        prices,
        slack=np.array([softness.get(measure, FIRM) for measure in wanted]),
        most=most[:, columns],
    )
    return result


def cheapest_change(
    start: Doubles,
    change: Doubles,
    effect: Doubles,
    costs: Doubles,
    *,
    slack: Doubles | float = FIRM,
    most: Doubles | float = 1.0,
) -> Doubles:
    """Values whose effects differ from the start's by `change`, moved as cheaply as can be.

    Args:
        start: (T, K) values in 0..`most`.
        change: (T, G) wanted change of the effects, millimetres.
        effect: (K, G) effect of each value at 1, millimetres.
        costs: (K,) cost of a value's squared move.
        slack: (G,) how softly each change is asked for; where walls leave no way, the soft ones yield.
        most: (T, K) the upper wall of each value; the lower one is 0.

    Returns:
        (T, K). The equalities are solved exactly for the values that are free; those that would
        leave the box stop at its wall and the rest take over, round by round.
    """
    values = start.copy()
    free = np.ones(start.shape, bool)
    softness = np.diag(np.broadcast_to(np.asarray(slack, np.float64), effect.shape[1:]))
    for _ in range(ROUNDS):
        base = np.where(free, start, values)
        missing = change - (base - start) @ effect
        ease = free / costs
        matrix = np.einsum("tk,ki,kj->tij", ease, effect, effect) + softness
        forces = np.linalg.solve(matrix, missing[..., None])[..., 0]
        wanted = base + ease * (forces @ effect.T)
        values = np.clip(wanted, 0.0, most)
        stopped = values != wanted
        if not stopped.any():
            break
        free &= ~stopped
    return values
