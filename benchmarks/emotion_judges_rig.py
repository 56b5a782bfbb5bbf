# SPDX-License-Identifier: Apache-2.0
"""MediaPipe's FaceLandmarker: is there a face, where are its 68 points, and which blendshapes?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import mediapipe
import numpy as np
from mediapipe.tasks import python as tasks
from mediapipe.tasks.python import vision
from numpy.typing import NDArray

# The iBUG 68 among MediaPipe's 478 points, 5 % of the eyes' distance from dlib's on nine photos.
_IBUG = np.array(
    [
        *(162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389),
        *(71, 63, 105, 66, 107, 336, 296, 334, 293, 301, 168, 197, 5, 4, 75, 97, 2, 326, 305),
        *(33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380),
        *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181),
        *(78, 82, 13, 312, 308, 317, 14, 87),
    ]
)


@dataclass(frozen=True, eq=False)
class Found:
    """A face in a picture: its points (68, 2) in pixels and its blendshapes by name, 0..1."""

    points: NDArray[np.float64]
    blendshapes: dict[str, float]


def find_faces(pictures: list[NDArray[np.uint8]], model: Path) -> list[Found | None]:
    """Look for one face in each RGB picture (height, width, 3); None where there is none."""
    options = vision.FaceLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(model)),
        output_face_blendshapes=True,
    )
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        return [_find(landmarker, picture) for picture in pictures]


def _find(landmarker: vision.FaceLandmarker, picture: NDArray[np.uint8]) -> Found | None:
    image = mediapipe.Image(
        image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(picture)
    )
    result = landmarker.detect(image)
    if not result.face_landmarks:
        return None
    size = np.array(picture.shape[1::-1], np.float64)
    points = np.array([(point.x, point.y) for point in result.face_landmarks[0]]) * size
    scores = {each.category_name: float(each.score) for each in result.face_blendshapes[0]}
    return Found(points[_IBUG], scores)
