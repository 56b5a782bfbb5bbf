# SPDX-License-Identifier: Apache-2.0
"""Make lips meet where speech says they do, whatever decoder, emotion or frame rate did to them.

Bilabials are solved on the 3DMM: the three gaps between the inner lips have to shut, by the smallest
priced change of channels within 0..1. Labiodentals tuck the lower lip under the upper teeth;
rounded sounds keep a least amount of pucker. Each gesture rises before its span and falls after it
(lips start for a stop 60 to 100 ms early and part within 50 ms: Lofqvist and Gracco, 1997).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..face.arkit import ARKIT_NAMES
from ..motion.phones import BILABIAL, LABIODENTAL, ROUNDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ..curves import Span
    from ..face.model import FaceModel

    Floats = NDArray[np.float32]
    Seconds = NDArray[np.float64]

MILLIMETRES = 1e3
ANTICIPATION_SECONDS = {BILABIAL: 0.07, LABIODENTAL: 0.06, ROUNDING: 0.1}
RELEASE_SECONDS = {BILABIAL: 0.05, LABIODENTAL: 0.05, ROUNDING: 0.08}
# Lips meet at speed: the way to a contact starts slowly and ends abruptly.
RAMP_POWER = 1.7
# Closed lips press: the gaps go this far under their rest, so that they read as one line on any head.
PRESS_MILLIMETRES = 0.3
# Keeps the system solvable where no channel is left to move; a thousandth of what one channel does.
SLACK = 1e-3
ACTIVE_SET_ROUNDS = 8
# Cost of changing a channel by 1: closing is mouthClose's work; the jaw follows a little.
CHANGE_COSTS = {
    "mouthClose": 1.0,
    "mouthLowerDownLeft": 0.3,
    "mouthLowerDownRight": 0.3,
    "mouthUpperUpLeft": 0.3,
    "mouthUpperUpRight": 0.3,
    "mouthFunnel": 2.0,
    "mouthShrugUpper": 0.5,
    "jawOpen": 2.0,
    "mouthPressLeft": 4.0,
    "mouthPressRight": 4.0,
    "mouthShrugLower": 6.0,
    "mouthRollLower": 12.0,
    "mouthRollUpper": 12.0,
    "jawForward": 4.0,
}
# (channel, value, is it a least or a most): for f and v the lower lip touches the upper teeth, whose
# edge shows 2 to 3 mm under the lifted upper lip.
LABIODENTAL_POSE = (
    ("mouthRollLower", 0.4, "least"),
    ("mouthShrugLower", 0.1, "least"),
    ("mouthUpperUpLeft", 0.3, "least"),
    ("mouthUpperUpRight", 0.3, "least"),
    ("mouthLowerDownLeft", 0.0, "most"),
    ("mouthLowerDownRight", 0.0, "most"),
    ("mouthClose", 0.03, "most"),
    ("jawOpen", 0.1, "most"),
    ("mouthFunnel", 0.05, "most"),
)
ROUNDING_POSE = (
    ("mouthPucker", 0.4, "least"),
    ("mouthSmileLeft", 0.1, "most"),
    ("mouthSmileRight", 0.1, "most"),
    ("mouthStretchLeft", 0.0, "most"),
    ("mouthStretchRight", 0.0, "most"),
)


def close_lips(
    values: Floats,
    time_seconds: Seconds,
    contacts: Sequence[Span],
    face: FaceModel,
    firmness: float = 1.0,
) -> Floats:
    """Enforce contacts on channel values at any frame rate.

    Args:
        values: (T, 52) ARKit channels; a lip track, or lips and emotion mixed.
        time_seconds: (T,) increasing.
        contacts: spans named bilabial, labiodental or rounding.
        face: the canonical head, whose lip gaps are closed.
        firmness: 0 leaves everything as it is, 1 closes, up to 2 presses harder.

    Returns:
        (T, 52) float32 in 0..1. At least one frame of every bilabial contact within the time range
        is closed (all three gaps under 0.5 mm) at firmness 1 and above.
    """
    result = np.clip(np.asarray(values, np.float32), 0.0, 1.0)
    if firmness <= 0.0 or not len(time_seconds):
        return result
    strength = min(firmness, 1.0)
    for name, pose in ((ROUNDING, ROUNDING_POSE), (LABIODENTAL, LABIODENTAL_POSE)):
        weights = strength * contact_weights(time_seconds, contacts, name)
        _lean(result, weights, pose)
    weights = strength * contact_weights(time_seconds, contacts, BILABIAL)
    touched = weights > 0.0
    if touched.any():
        press = PRESS_MILLIMETRES * firmness
        result[touched] = _close(result[touched], weights[touched], face, press)
    return result


def contact_weights(
    time_seconds: Seconds, contacts: Sequence[Span], name: str
) -> NDArray[np.float64]:
    """(T,) 1 inside spans of one name, ramps around them, 0 elsewhere.

    A span between two frames takes the frame nearest to its middle.
    """
    weights = np.zeros(len(time_seconds))
    before, after = ANTICIPATION_SECONDS[name], RELEASE_SECONDS[name]
    step = float(np.median(np.diff(time_seconds))) if len(time_seconds) > 1 else 1.0
    for span in contacts:
        if span.label != name:
            continue
        first, last = span.start_seconds, span.end_seconds
        if last < time_seconds[0] - step / 2 or first > time_seconds[-1] + step / 2:
            continue
        low, high = np.searchsorted(time_seconds, [first - before, last + after])
        at = time_seconds[low:high]
        rise = 1.0 - np.maximum(first - at, 0.0) / before
        fall = 1.0 - np.maximum(at - last, 0.0) / after
        ramp = np.clip(np.minimum(rise, fall), 0.0, 1.0)
        weights[low:high] = np.maximum(weights[low:high], ramp**RAMP_POWER)
        weights[_nearest(time_seconds, (first + last) / 2)] = 1.0
    return weights


def _nearest(time_seconds: Seconds, moment: float) -> int:
    """The frame nearest to a moment, the earlier one of two; found without reading all (T,)."""
    right = min(int(np.searchsorted(time_seconds, moment)), len(time_seconds) - 1)
    left = max(right - 1, 0)
    return left if moment - time_seconds[left] <= time_seconds[right] - moment else right


def _lean(
    values: Floats, weights: NDArray[np.float64], pose: tuple[tuple[str, float, str], ...]
) -> None:
    """Move channels in place towards a pose, by the weights, only as far as the pose asks."""
    for name, target, kind in pose:
        column = values[:, ARKIT_NAMES.index(name)]
        missing = target - column
        limit = np.maximum(missing, 0.0) if kind == "least" else np.minimum(missing, 0.0)
        column += (weights * limit).astype(np.float32)


def _close(
    values: Floats, weights: NDArray[np.float64], face: FaceModel, press_millimetres: float
) -> Floats:
    """Solve the bilabial frames: gaps down to the pressed rest, by weight, never up."""
    columns = [ARKIT_NAMES.index(name) for name in CHANGE_COSTS]
    effect = face.lip_gap_per_channel[columns].astype(np.float64) * MILLIMETRES
    gaps = face.lip_gaps(values).astype(np.float64) * MILLIMETRES
    closed = face.lip_gap_neutral.astype(np.float64) * MILLIMETRES - press_millimetres
    change = weights[:, None] * np.minimum(closed - gaps, 0.0)
    result = values.copy()
    result[:, columns] = cheapest_change(
        values[:, columns].astype(np.float64), change, effect, np.array(list(CHANGE_COSTS.values()))
    )
    return result


def cheapest_change(
    start: NDArray[np.float64],
    change: NDArray[np.float64],
    effect: NDArray[np.float64],
    costs: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Values within 0..1 whose effects differ from the start's by `change`, moved as cheaply as can be.

    Args:
        start: (T, K) values.
        change: (T, G) wanted change of the effects, millimetres.
        effect: (K, G) effect of each value at 1, millimetres.
        costs: (K,) cost of a value's squared move.

    Returns:
        (T, K). The equalities are solved exactly for the values that are free; those that would
        leave the box stop at its wall and the rest take over, round by round.
    """
    values = start.copy()
    free = np.ones(start.shape, bool)
    slack = np.eye(effect.shape[1]) * SLACK
    for _ in range(ACTIVE_SET_ROUNDS):
        base = np.where(free, start, values)
        missing = change - (base - start) @ effect
        ease = free / costs
        matrix = np.einsum("tk,ki,kj->tij", ease, effect, effect) + slack
        forces = np.linalg.solve(matrix, missing[..., None])[..., 0]
        wanted = base + ease * (forces @ effect.T)
        values = np.clip(wanted, 0.0, 1.0)
        stopped = values != wanted
        if not stopped.any():
            break
        free &= ~stopped
    return values
