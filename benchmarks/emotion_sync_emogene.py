# SPDX-License-Identifier: Apache-2.0
"""EmoGene's landmark mixture on Mien's own layers: what its five steps would make of them.

After its published code (version A, "EmoTalk + GeneFace++"): frames come down from 30 to 25 a second by
dropping every sixth; displacements are added plainly; closures are found by opening and its speed, and
the mouth is blended to the lip track there; the One-Euro filter (0.6 Hz, 1.2) runs over everything, the
lips included, and forward only; where the smoothed mouth is still open at a closure, triangular windows
blend it again. Its lengths are in the unit of its head, 10 cm.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lip_measures import lip_points, measures
from benchmarks.lip_systems import Answer
from core.face.landmarks import LIP_GAP_PAIRS, gaps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.curves import Performance
    from core.face.model import FaceModel

    Floats = NDArray[np.float64]

UNIT_METRES = 0.1
FPS, DROPPED = 25.0, 6
CLOSED, CLOSING, OPENING, WITHIN_FRAMES = 0.05, -0.02, 0.03, 10
BLEND_FRAMES = 5
CUTOFF_HZ, SPEED_HZ, SPEED_CUTOFF_HZ = 0.6, 1.2, 1.0
STILL_OPEN, TRIANGLE_FRAMES = 0.04, 4
MOUTH = slice(48, 68)


def emogene_answer(performance: Performance, face: FaceModel) -> Answer:
    """The mouth that EmoGene's steps make of a performance's two layers (at 60 frames a second)."""
    every = round(performance.fps / 30.0)
    kept = np.arange(0, performance.frames, every)
    kept = np.delete(kept, np.arange(DROPPED - 1, len(kept), DROPPED))
    neutral = face.pieces68.neutral
    lips = performance.landmarks_lips[kept].astype(np.float64) / UNIT_METRES
    moved = (performance.landmarks_expression[kept] - neutral).astype(np.float64) / UNIT_METRES
    landmarks = mixed(lips, lips + moved) * UNIT_METRES
    times = performance.time_seconds
    own = np.arange(len(kept)) / FPS
    read = np.stack([np.interp(times, own, curve) for curve in landmarks.reshape(len(kept), -1).T])
    points = read.T.reshape(len(times), 68, 3)
    gap = np.maximum(gaps(points, LIP_GAP_PAIRS).max(axis=1) * 1e3, 0.0)
    return Answer(times, measures(points), lip_points=lip_points(points), lip_gap=gap)


def mixed(lips: Floats, added: Floats) -> Floats:
    """Steps 3 to 5 on (T, 68, 3) landmarks in EmoGene's unit."""
    opening = gaps(lips, LIP_GAP_PAIRS).mean(axis=1)
    closures = closed_frames(opening)
    landmarks = blended(added, lips, windows(closures, len(lips), BLEND_FRAMES))
    landmarks = one_euro(landmarks)
    open_now = gaps(landmarks, LIP_GAP_PAIRS).mean(axis=1)
    left = [frame for frame in closures if open_now[frame] > STILL_OPEN]
    return blended(landmarks, lips, windows(left, len(lips), TRIANGLE_FRAMES))


def closed_frames(opening: Floats) -> list[int]:
    """Frames under the threshold that close fast and soon open fast."""
    speed = np.diff(opening, prepend=opening[:1])
    closing = np.flatnonzero((opening < CLOSED) & (speed < CLOSING)).tolist()
    return [
        frame for frame in closing if (speed[frame + 1 : frame + 1 + WITHIN_FRAMES] > OPENING).any()
    ]


def windows(frames: list[int], count: int, radius: int) -> Floats:
    """(T,) triangles around frames; of overlapping ones the higher."""
    weights = np.zeros(count)
    for frame in frames:
        away = np.abs(np.arange(count) - frame)
        weights = np.maximum(weights, np.clip(1.0 - away / (radius + 1), 0.0, 1.0))
    return weights


def blended(landmarks: Floats, lips: Floats, weights: Floats) -> Floats:
    """The mouth's points taken to the lip track's."""
    result = landmarks.copy()
    result[:, MOUTH] += weights[:, None, None] * (lips - landmarks)[:, MOUTH]
    return result


def one_euro(landmarks: Floats) -> Floats:
    """The filter as published, each coordinate for itself, forward in time."""
    result = landmarks.copy()
    speed = np.zeros(landmarks.shape[1:])
    share = _share(np.array(SPEED_CUTOFF_HZ))
    for frame in range(1, len(landmarks)):
        speed += share * ((landmarks[frame] - result[frame - 1]) * FPS - speed)
        own = _share(CUTOFF_HZ + SPEED_HZ * np.abs(speed))
        result[frame] = result[frame - 1] + own * (landmarks[frame] - result[frame - 1])
    return result


def _share(cutoff_hz: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + FPS / (2.0 * math.pi * cutoff_hz)))
