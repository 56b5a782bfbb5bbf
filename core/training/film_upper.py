# SPDX-License-Identifier: Apache-2.0
"""Face tracks -> brows, lids, gaze and head of the canonical head's channels.

MediaPipe's own scores say little of a speaker's upper face (on GRID's man the inner brow spans 0.01
and the brow lowerer sits at 0.17), so brows and lids are fitted to the points, as the mouth is in
`fit_grid`, gaze is read from the irises, and the head from the tracker's pose. Values say how the face
differs from the speaker's own median; cheeks and nose are left at 0, because a tracker from one camera
does not see them move.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from ..face.fit import STABLE_POINTS_478, Prices, align_rigidly, fit_channels
from ..motion.gaze import look_channels
from ..speech.prosody import smooth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..face.model import FaceModel

    Floats = NDArray[np.float64]

BROW_CHANNELS = (
    *("browDownLeft", "browDownRight", "browInnerUp"),
    *("browOuterUpLeft", "browOuterUpRight"),
)
LID_CHANNELS = (
    *("eyeBlinkLeft", "eyeBlinkRight", "eyeSquintLeft", "eyeSquintRight"),
    *("eyeWideLeft", "eyeWideRight"),
)
BROW_POINTS = frozenset(
    {46, 52, 53, 55, 63, 65, 66, 70, 105, 107, 276, 282, 283, 285, 293, 295, 296, 300, 334, 336}
)
LID_POINTS = frozenset(
    {144, 145, 153, 154, 155, 157, 158, 159, 160, 161, 163, 173, 246, 7}
    | {373, 374, 380, 381, 382, 384, 385, 386, 387, 388, 390, 398, 466, 249}
)
# Iris centre, and the corners of the same eye, right then left.
EYES = ((468, 33, 133), (473, 263, 362))
EYEBALL_METRES = 0.012
# A camera tracker shakes by a tenth of a pixel; brows move slower than this.
BROW_SMOOTHING_SECONDS = 0.03
# A film in which no blink reaches LEAST_BLINK has none, and is left as it is.
FIRMEST_BLINKS, LEAST_BLINK = 0.995, 0.2
# mm^2. Squint and wide cost more than the blink, or they share out what a falling lid does: without
# that, eyeWide reached 1 in every blink of GRID.
SQUARE_PRICES = {"eyeSquint": 25.0, "eyeWide": 40.0}
LINEAR_PRICES = {"eyeSquint": 3.0, "eyeWide": 0.6}
SQUARE_PRICE, LINEAR_PRICE, PAIR_TIE = 0.2, 0.05, 2.0


def fit_upper(
    points: Floats,
    *,
    index: NDArray[np.int64],
    start: NDArray[np.int64],
    head_pose: NDArray[np.floating[Any]],
    fps: float,
    face: FaceModel,
    rest: NDArray[np.bool_] | None = None,
) -> NDArray[np.float32]:
    """All frames of one speaker.

    Args:
        points: (T, N, 3) tracked points, canonical axes, any unit; frames without a face hold their
            nearest neighbour's.
        index: (N,) which of MediaPipe's 478 they are; brows, lids, irises and skull among them.
        start: (K + 1,) clip i is frames start[i]:start[i + 1].
        head_pose: (T, 4, 4) the tracker's matrices.
        fps: frames a second.
        face: the canonical head.
        rest: (T,) frames whose median is the speaker's face at rest; None for all.

    Returns:
        (T, 57) in the order of CHANNEL_NAMES; 0 where nothing is tracked.
    """
    position = {int(n): i for i, n in enumerate(index)}
    stable = np.array([position[n] for n in STABLE_POINTS_478 if n in position])
    groups = np.repeat(np.arange(len(start) - 1), np.diff(start))
    neutral = face.pieces478.neutral[index].astype(np.float64)
    aligned = align_rigidly(points, neutral, stable, groups)
    gaze = _gaze(aligned, position)
    values = np.zeros((len(points), len(CHANNEL_NAMES)), np.float32)
    for name, curve in look_channels(gaze).items():
        values[:, ARKIT_NAMES.index(name)] = curve
    looks = values[:, : len(ARKIT_NAMES)] @ face.pieces478.per_channel[:, index].reshape(
        len(ARKIT_NAMES), -1
    )
    motion = (
        aligned
        - np.median(aligned[slice(None) if rest is None else rest], axis=0)
        - looks.reshape(aligned.shape)
    )
    for names, chosen in ((BROW_CHANNELS, BROW_POINTS), (LID_CHANNELS, LID_POINTS)):
        columns = [ARKIT_NAMES.index(n) for n in names]
        per_channel = face.pieces478.per_channel[columns][:, index].astype(np.float64)
        weights = np.array([float(int(n) in chosen) for n in index])
        values[:, columns] = fit_channels(motion, per_channel, weights, _prices(names))
    _stretch_blinks(values)
    brows = [ARKIT_NAMES.index(n) for n in BROW_CHANNELS]
    for first, last in pairwise(start):
        for column in brows:
            values[first:last, column] = smooth(
                values[first:last, column].astype(np.float64), BROW_SMOOTHING_SECONDS * fps
            )
    values[:, 52:55] = head_angles(head_pose, start)
    values[:, 55:57] = gaze
    return values


def _stretch_blinks(values: NDArray[np.float32]) -> None:
    """Let the speaker's firmest blinks shut the lids: his eyes are smaller than the canonical head's."""
    columns = [ARKIT_NAMES.index(n) for n in ("eyeBlinkLeft", "eyeBlinkRight")]
    firmest = np.quantile(values[:, columns], FIRMEST_BLINKS, axis=0)
    seen = firmest > LEAST_BLINK
    values[:, columns] *= np.where(seen, 1.0 / np.maximum(firmest, LEAST_BLINK), 1.0)
    values[:, columns] = np.minimum(values[:, columns], 1.0)


def head_angles(
    head_pose: NDArray[np.floating[Any]], start: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Pitch, yaw and roll (T, 3), radians as HEAD_NAMES defines them, about each clip's median.

    Args:
        head_pose: (T, 4, 4) face to camera: +X the picture's right, +Y up, +Z toward the viewer.
        start: (K + 1,) where clips begin.
    """
    rotation = np.asarray(head_pose, np.float64)[:, :3, :3]
    forward, up = rotation[:, :, 2], rotation[:, :, 1]
    pitch = np.arcsin(np.clip(forward[:, 1], -1.0, 1.0))
    yaw = np.arctan2(forward[:, 0], forward[:, 2])
    roll = np.arctan2(up[:, 0], up[:, 1])
    angles = np.stack([pitch, yaw, roll], axis=1)
    for first, last in pairwise(start):
        angles[first:last] -= np.median(angles[first:last], axis=0)
    return angles


def _gaze(aligned: Floats, position: dict[int, int]) -> Floats:
    """Pitch and yaw (T, 2) of both eyes' mean in the head, radians, about the speaker's median."""
    offsets = []
    for iris, outer, inner in EYES:
        middle = 0.5 * (aligned[:, position[outer]] + aligned[:, position[inner]])
        offsets.append(aligned[:, position[iris]] - middle)
    offset = np.mean(offsets, axis=0)
    turned = np.clip((offset - np.median(offset, axis=0)) / EYEBALL_METRES, -0.9, 0.9)
    return np.arcsin(turned[:, [2, 0]])


def _prices(names: tuple[str, ...]) -> Prices:
    pairs = tuple(
        (i, names.index(n.removesuffix("Left") + "Right"))
        for i, n in enumerate(names)
        if n.endswith("Left")
    )
    stems = [n.removesuffix("Left").removesuffix("Right") for n in names]
    square = np.array([SQUARE_PRICES.get(s, SQUARE_PRICE) for s in stems])
    linear = np.array([LINEAR_PRICES.get(s, LINEAR_PRICE) for s in stems])
    return Prices(square, linear, pairs, PAIR_TIE)
