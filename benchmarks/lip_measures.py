# SPDX-License-Identifier: Apache-2.0
"""What is measured of a mouth: opening, width, jaw and protrusion of the 68 landmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.face.landmarks import CHIN, LIP_GAP_PAIRS, NOSE_BRIDGE, OUTER_MOUTH_CORNERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MEASURES = ("opening", "width", "jaw", "protrusion")
UPPER_LIP, LOWER_LIP = zip(*LIP_GAP_PAIRS, strict=True)
# The middle of both lips, outside and inside.
FRONT = (50, 51, 52, 56, 57, 58, 61, 62, 63, 65, 66, 67)
LIPS = slice(48, 68)


def measures(landmarks: NDArray[np.float32]) -> dict[str, Floats]:
    """Curves (T,) in millimetres of (T, 68, 3) landmarks in metres (+Z up, the face looks along -Y).

    Opening: upper minus lower inner lip, middle three points. Width: between the outer corners. Jaw:
    from the bridge of the nose down to the chin. Protrusion: how far the middle of the lips stands
    before the bridge of the nose.
    """
    points = landmarks.astype(np.float64) * 1e3
    opening = points[:, UPPER_LIP, 2].mean(axis=1) - points[:, LOWER_LIP, 2].mean(axis=1)
    right, left = OUTER_MOUTH_CORNERS
    width = np.linalg.norm(points[:, left] - points[:, right], axis=1)
    jaw = points[:, NOSE_BRIDGE, 2] - points[:, CHIN, 2]
    protrusion = points[:, NOSE_BRIDGE, 1] - points[:, FRONT, 1].mean(axis=1)
    return {"opening": opening, "width": width, "jaw": jaw, "protrusion": protrusion}


def lip_points(landmarks: NDArray[np.float32]) -> Floats:
    """The 20 points of the lips (T, 20, 3) in millimetres."""
    return landmarks[:, LIPS].astype(np.float64) * 1e3


def read_at(curve: Floats, have: Floats, wanted: Floats) -> Floats:
    """A curve (T,) read at other times by straight lines; its ends are held."""
    return np.interp(wanted, have, curve)
