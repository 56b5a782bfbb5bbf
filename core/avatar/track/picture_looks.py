# SPDX-License-Identifier: Apache-2.0
"""How a face is lit and how sharp it is in a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FACE_SKIN = 3
# Faces are compared at this height, whatever the picture's size.
COMPARED_PIXELS = 128
BURNT_OUT = 250
# ITU-R BT.601.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class PictureLook:
    """What is measured on one face.

    Attributes:
        brightness: 0..1, median of the skin's luma as it is coded.
        burnt_out: share of the skin in which a colour is at its end.
        sharpness: spread of the second difference of brightness over that of the brightness itself;
            about 0.3 in a sharp picture, 0.11 when blurred by 1 % of the face, 0.06 by 2 %.
    """

    brightness: float
    burnt_out: float
    sharpness: float


def look_at_face(pixels: NDArray[np.uint8], landmarks: NDArray[np.floating[Any]]) -> PictureLook:
    """Measure the face in a picture.

    Args:
        pixels: (H, W, 3) uint8.
        landmarks: (478, 2 or more) pixels.
    """
    from PIL import Image  # noqa: PLC0415 - an extra

    height, width = pixels.shape[:2]
    left, top = np.clip(np.floor(landmarks[:, :2].min(axis=0)), 0, [width - 2, height - 2])
    right, bottom = np.clip(np.ceil(landmarks[:, :2].max(axis=0)), [left + 2, top + 2], None)
    right, bottom = min(right, width), min(bottom, height)
    face = pixels[int(top) : int(bottom), int(left) : int(right)]
    share = COMPARED_PIXELS / len(face)
    if share < 1.0:
        size = (max(8, round(face.shape[1] * share)), COMPARED_PIXELS)
        face = np.asarray(Image.fromarray(face).resize(size, Image.Resampling.BOX))
    grey = face.astype(np.float32) @ _LUMA
    inner = grey[len(grey) // 5 : -len(grey) // 5, grey.shape[1] // 5 : -grey.shape[1] // 5]
    bend = (
        4.0 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    )
    return PictureLook(
        brightness=float(np.median(inner)) / 255.0,
        burnt_out=float((face.max(axis=2) >= BURNT_OUT).mean()),
        sharpness=float(bend.std() / max(float(grey.std()), 1.0)),
    )
