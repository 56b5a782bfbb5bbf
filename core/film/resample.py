# SPDX-License-Identifier: Apache-2.0
"""Tracks of pictures at any times -> tracks at an even rate, by interpolation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FPS = 25.0
# Between two pictures with a face that lie further apart than this, nothing is known.
LONGEST_GAP_SECONDS = 0.14


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """One face over time.

    Attributes:
        times: (T,) seconds, ascending.
        found: (T,) whether a face was seen; the rest of the row counts nothing where it was not.
        landmarks: (T, 478, 3) pixels: right, down, away from the camera.
        blendshapes: (T, 52) MediaPipe's own scores.
        head_pose: (T, 4, 4) face to camera.
    """

    times: Floats
    found: NDArray[np.bool_]
    landmarks: Floats
    blendshapes: Floats
    head_pose: Floats


def resample(track: FaceTrack, fps: float = FPS) -> FaceTrack:
    """The track at i / fps, straight lines between the nearest pictures that show a face.

    Rotations are interpolated as matrices and made orthogonal again, which between neighbours of
    a film is a turn at even speed to a thousandth of a degree.
    """
    times = np.arange(int(track.times[-1] * fps + 1e-6) + 1) / fps
    seen = np.flatnonzero(track.found)
    if len(seen) == 0:
        empty = [np.zeros((len(times), *a.shape[1:])) for a in _arrays(track)]
        return FaceTrack(times, np.zeros(len(times), bool), *empty)
    have = track.times[seen]
    after = np.clip(np.searchsorted(have, times), 0, len(have) - 1)
    before = np.where(have[after] > times, np.maximum(after - 1, 0), after)
    gap = have[after] - have[before]
    inside = (times >= have[0] - 1e-9) & (times <= have[-1] + 1e-9)
    found = inside & (gap <= LONGEST_GAP_SECONDS)
    share = np.divide(times - have[before], gap, out=np.zeros(len(times)), where=gap > 0.0)
    share = np.clip(share, 0.0, 1.0)
    rows = [_between(a[seen], before, after, share) for a in _arrays(track)]
    u, _, vt = np.linalg.svd(rows[2][:, :3, :3])
    rows[2][:, :3, :3] = u @ vt
    return FaceTrack(times, found, *rows)


def _arrays(track: FaceTrack) -> tuple[Floats, Floats, Floats]:
    return track.landmarks, track.blendshapes, track.head_pose


def _between(
    rows: Floats, before: NDArray[np.int64], after: NDArray[np.int64], share: Floats
) -> Floats:
    weight = share.reshape(-1, *[1] * (rows.ndim - 1))
    return np.asarray((1.0 - weight) * rows[before] + weight * rows[after])
