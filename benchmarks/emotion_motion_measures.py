# SPDX-License-Identifier: Apache-2.0
"""What a moving face can be measured by: spectra, speeds, stillness, blinks, likeness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from core.runs import runs_of_true

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FPS = 25.0
BANDS_HZ = ((0.3, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, 8.0))
# Curves that film and takes are compared by, as sums of channels; angles become degrees.
CURVES: dict[str, dict[str, float]] = {
    "inner brow": {"browInnerUp": 1.0},
    "brow height": {
        "browOuterUpLeft": 0.5,
        "browOuterUpRight": 0.5,
        "browDownLeft": -0.5,
        "browDownRight": -0.5,
    },
    "lid opening": {
        "eyeWideLeft": 0.5,
        "eyeWideRight": 0.5,
        "eyeSquintLeft": -0.5,
        "eyeSquintRight": -0.5,
    },
    "head pitch": {"headPitch": 1.0},
    "head yaw": {"headYaw": 1.0},
    "head roll": {"headRoll": 1.0},
}
UPPER = ("inner brow", "brow height", "lid opening")
BLINK_SHUT, BLINK_NEAR, BLINK_FRAMES = 0.6, 0.22, 2


def curve(values: NDArray[np.floating], name: str) -> Floats:
    """One curve (T,) of CURVES from (T, 57), blinks bridged."""
    angle = 180.0 / np.pi if name.startswith("head") else 1.0
    total = np.zeros(len(values))
    for channel, weight in CURVES[name].items():
        total += angle * weight * values[:, CHANNEL_NAMES.index(channel)]
    hidden = np.convolve(lids(values) > BLINK_NEAR, np.ones(2 * BLINK_FRAMES + 1), "same") > 0.5
    if hidden.all() or name.startswith("head"):
        return total
    frames = np.arange(len(total))
    return np.interp(frames, frames[~hidden], total[~hidden])


def lids(values: NDArray[np.floating]) -> Floats:
    """How far the lids are shut beyond their usual place, (T,)."""
    columns = [CHANNEL_NAMES.index(f"eyeBlink{side}") for side in ("Left", "Right")]
    shut = values[:, columns].max(axis=1).astype(np.float64)
    return np.maximum(0.0, shut - np.median(shut))


def spread(curves: Sequence[Floats]) -> float:
    """Mean deviation of the clips about their own means."""
    return float(np.mean([c.std() for c in curves]))


def speed(curves: Sequence[Floats]) -> float:
    """Standard deviation of the velocity, units a second."""
    return float(np.std(np.concatenate([np.diff(c) for c in curves])) * FPS)


def band_shares(curves: Sequence[Floats]) -> list[float]:
    """Share of the power of each band, over windows of 3 s."""
    count = 75
    power = np.zeros(count // 2 + 1)
    for one in curves:
        for start in range(0, len(one) - count + 1, count):
            piece = one[start : start + count]
            power += np.abs(np.fft.rfft((piece - piece.mean()) * np.hanning(count))) ** 2
    hertz = np.fft.rfftfreq(count, 1.0 / FPS)
    total = power[1:].sum() + 1e-12
    return [float(power[(hertz >= a) & (hertz < b)].sum() / total) for a, b in BANDS_HZ]


def face_speed(values: NDArray[np.floating]) -> Floats:
    """Speed of brows and lids together (T,), channel values a second."""
    moving = np.stack([curve(values, name) for name in UPPER], axis=1)
    return np.asarray(np.linalg.norm(np.gradient(moving, axis=0), axis=1) * FPS)


def stillness(speeds: Sequence[Floats], threshold: float) -> tuple[float, float]:
    """Share of the time under a speed, and the longest time on end in seconds."""
    still = [s < threshold for s in speeds]
    longest = max((b - a for s in still for a, b in runs_of_true(s)), default=0)
    return float(np.concatenate(still).mean()), longest / FPS


def blink_onsets(values: NDArray[np.floating], fps: float) -> Floats:
    """Seconds at which lids are first shut."""
    shut = lids(values) > BLINK_SHUT
    return np.array([first / fps for first, _ in runs_of_true(shut)])


def share_near(events: Floats, places: Floats, window: tuple[float, float]) -> float:
    """Share of events that lie within a window (from, to) seconds after a place."""
    if not len(events):
        return float("nan")
    near = np.zeros(len(events), bool)
    for place in places:
        near |= (events >= place + window[0]) & (events < place + window[1])
    return float(near.mean())


def best_correlation(one: Floats, other: Floats, most_lag_seconds: float = 0.3) -> float:
    """Largest correlation of `one` with `other`, `one` up to so much later."""
    best = -1.0
    for lag in range(round(most_lag_seconds * FPS) + 1):
        a, b = one[lag:], other[: len(other) - lag]
        best = max(best, float(np.corrcoef(a, b)[0, 1]))
    return best


def distance(takes: Sequence[NDArray[np.floating]]) -> float:
    """Root mean square difference of brows and lids between all pairs of takes of one clip."""
    stacks = [np.stack([curve(t, name) for name in UPPER], axis=1) for t in takes]
    stacks = [s - s.mean(axis=0) for s in stacks]
    pairs = [(a, b) for i, a in enumerate(stacks) for b in stacks[i + 1 :]]
    return float(np.mean([np.sqrt(np.mean((a - b) ** 2)) for a, b in pairs]))


def mean_face(values: NDArray[np.floating]) -> Floats:
    """Mean of the 52 channels without gaze and blinks; (52,)."""
    face = values[:, : len(ARKIT_NAMES)].astype(np.float64).mean(axis=0)
    for column, name in enumerate(ARKIT_NAMES):
        if name.startswith(("eyeLook", "eyeBlink")):
            face[column] = 0.0
    return face


def cosine(one: Floats, other: Floats) -> float:
    """Cosine of the angle between two faces."""
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other) + 1e-12))
