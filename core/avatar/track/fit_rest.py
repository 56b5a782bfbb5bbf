# SPDX-License-Identifier: Apache-2.0
"""Which pictures show the face at rest: mouth shut, eyes open, nothing moving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .fit_points import measure_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .fit_pose import Poses

    Doubles = NDArray[np.float64]

# Shut is an opening up to this share of the film's range above its lowest.
SHUT_SHARE = 0.08
LOWEST, HIGHEST = 0.02, 0.98
OPEN_LIDS = 0.8
# Of the shut pictures the calmer half, and of these the half nearest to their median mouth.
CALM_SHARE, USUAL_SHARE = 0.5, 0.6


def lengths(landmarks: Doubles, name: str, poses: Poses) -> Doubles:
    """(T, K) lengths in mm of the differences of points that `measure_rows` names."""
    across = np.einsum("kn,tni->tki", measure_rows(name), landmarks[..., :2])
    return np.asarray(np.linalg.norm(across, axis=2) * poses.millimetres_per_pixel()[:, None])


def shut_limit(opening: Doubles) -> float:
    """The opening (of (T,), any unit) up to which lips count as shut in a film."""
    low, high = np.quantile(opening, [LOWEST, HIGHEST])
    return float(low + SHUT_SHARE * (high - low))


def rest_frames(landmarks: Doubles, poses: Poses, film_of: NDArray[np.int32]) -> NDArray[np.bool_]:
    """(T,) the pictures that say how the face looks at rest; some are always chosen.

    Args:
        landmarks: (T, 478, 2 or 3) pixels, a face in each.
        poses: rough ones will do.
        film_of: (T,) which film a picture is of.
    """
    opening = lengths(landmarks, "lip gap", poses).mean(axis=1)
    width = lengths(landmarks, "mouth width", poses)[:, 0]
    drop = lengths(landmarks, "jaw drop", poses)[:, 0]
    lids = lengths(landmarks, "lid gap", poses).mean(axis=1)
    chosen = (opening <= shut_limit(opening)) & (lids >= OPEN_LIDS * np.median(lids))
    mouth = np.stack([opening, width, drop], axis=1)
    chosen = _lowest(_speed(mouth, film_of), chosen, CALM_SHARE)
    usual = np.abs(mouth - np.median(mouth[chosen], axis=0)).sum(axis=1)
    return _lowest(usual, chosen, USUAL_SHARE)


def _speed(mouth: Doubles, film_of: NDArray[np.int32]) -> Doubles:
    step = np.abs(np.diff(mouth, axis=0)).sum(axis=1)
    step[np.diff(film_of) != 0] = 0.0
    padded = np.pad(step, (2, 2), mode="edge")
    return np.asarray(padded[:-3] + padded[1:-2] + padded[2:-1] + padded[3:])


def _lowest(measure: Doubles, chosen: NDArray[np.bool_], share: float) -> NDArray[np.bool_]:
    return np.asarray(chosen & (measure <= np.quantile(measure[chosen], share)))
