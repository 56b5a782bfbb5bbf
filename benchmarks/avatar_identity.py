# SPDX-License-Identifier: Apache-2.0
"""Who is in a picture, and where the face's points are, as nets of other people see it.

Identity: SFace (Zhong and others, "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face
Recognition", IEEE TIP 2021; OpenCV's model of December 2021). OpenCV takes two pictures for one person
from a cosine of 0.363 on. Points: MediaPipe's FaceLandmarker, on each picture alone, so that no tracking
of the film helps the truth. Weights: `benchmarks.avatar_fetch`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mediapipe
import numpy as np
import onnxruntime
from mediapipe.tasks.python import BaseOptions, vision
from PIL import Image

from benchmarks.avatar_pictures import similarity, to_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SAME_PERSON_COSINE = 0.363
# The corners of the eyes, the nose's tip and the mouth's corners in MediaPipe's numbers, from the
# picture's left; an eye's middle lies between its corners.
_FIVE = ((33, 133), (362, 263), (4, 4), (61, 61), (291, 291))
# Where SFace wants them in its square (the template that ArcFace's authors published), pixels.
_SFACE_PIXELS = 112
_SFACE_FIVE = np.array(
    [
        (38.2946, 51.6963),
        (73.5318, 51.5014),
        (56.0252, 71.7366),
        (41.5493, 92.3655),
        (70.7299, 92.2041),
    ]
)


class Landmarker:
    """Finds the 478 points of the one face in a picture."""

    def __init__(self, path: Path) -> None:
        """Read the model, face_landmarker_v2_with_blendshapes.task."""
        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(path)),
            running_mode=vision.RunningMode.IMAGE,
            num_faces=1,
        )
        self._net = vision.FaceLandmarker.create_from_options(options)

    def points(self, picture: Floats) -> Floats | None:
        """(478, 2) pixels; None where no face is seen.

        Args:
            picture: (H, W, 3) sRGB-coded, 0..1.
        """
        image = mediapipe.Image(mediapipe.ImageFormat.SRGB, to_bytes(picture))
        found = self._net.detect(image).face_landmarks
        if not found:
            return None
        height, width = picture.shape[:2]
        return np.array([(p.x * width, p.y * height) for p in found[0]], np.float32)

    def close(self) -> None:
        """Let the net go: left to the interpreter's end, it fails."""
        self._net.close()


class Identity:
    """SFace."""

    def __init__(self, path: Path) -> None:
        """Read the model, sface.onnx."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        # It warns of every constant that the model's writer left among the inputs.
        options.log_severity_level = 3
        self._net = onnxruntime.InferenceSession(str(path), options)
        self._input = self._net.get_inputs()[0].name

    def vector(self, picture: Floats, points: Floats) -> Floats:
        """(128,) of unit length: the same person's vectors have a cosine near 1.

        Args:
            picture: (H, W, 3) sRGB-coded, 0..1.
            points: (478, 2) pixels of its face.
        """
        five = np.array([points[list(pair)].mean(axis=0) for pair in _FIVE])
        to_picture = similarity(_SFACE_FIVE, five)
        face = Image.fromarray(to_bytes(picture)).transform(
            (_SFACE_PIXELS, _SFACE_PIXELS),
            Image.Transform.AFFINE,
            tuple(to_picture.ravel()),
            Image.Resampling.BILINEAR,
        )
        seen = np.asarray(face, np.float32).transpose(2, 0, 1)[None]
        vector = self._net.run(None, {self._input: seen})[0][0]
        return np.asarray(vector / np.linalg.norm(vector), np.float32)
