# SPDX-License-Identifier: Apache-2.0
"""MediaPipe's FaceLandmarker over the pictures of a film."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MienError
from .external_models import find_external_model
from .resample import FaceTrack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from .read import Picture

    Floats = NDArray[np.float64]

POINTS, SCORES = 478, 52
# A second face counts when it is at least this much as wide as the first, for more than this share
# of the time (a poster in the back is not, nor one who walks by); it is looked for every half second.
RIVAL_WIDTH, RIVAL_SHARE, RIVAL_STEP_SECONDS = 0.5, 0.05, 0.5
SCORE_NAMES: tuple[str, ...] = (
    "_neutral",
    *("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    *("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight"),
    *("eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight"),
    *("eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight"),
    *("eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight", "jawForward"),
    *("jawLeft", "jawOpen", "jawRight", "mouthClose", "mouthDimpleLeft", "mouthDimpleRight"),
    *("mouthFrownLeft", "mouthFrownRight", "mouthFunnel", "mouthLeft"),
    *("mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight"),
    *("mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower"),
    *("mouthShrugUpper", "mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft"),
    *("mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight", "noseSneerLeft"),
    "noseSneerRight",
)
"""MediaPipe's own: `_neutral` and 51 of ARKit's (all but tongueOut), in the order of its scores."""


def find_landmarker(given: Path | None) -> Path:
    """The model file: the given one, or that of an installed package.

    Raises:
        MienError: ``film_model``.
    """
    return find_external_model("face_landmarks", given)


def track_faces(
    pictures: Iterable[Picture], model: Path, name: str
) -> tuple[FaceTrack, tuple[int, int]]:
    """Follow the one face of a film, picture by picture.

    Args:
        pictures: in order of time.
        model: the FaceLandmarker's file.
        name: of the film, for messages.

    Returns:
        The track at the pictures' own times, and the picture's (width, height) in its pixels.

    Raises:
        MienError: ``film_packages``, ``film_no_face``, ``film_two_faces``.
    """
    times: list[float] = []
    rows: list[tuple[Any, Any, Any] | None] = []
    looks, rivals, size = 0, 0, (0, 0)
    with _landmarker(model, 1) as follow, _landmarker(model, 2) as look:
        for picture in pictures:
            height, width = picture.pixels.shape[:2]
            size = (width, height)
            rows.append(_row(follow(picture), size))
            if picture.time_seconds >= looks * RIVAL_STEP_SECONDS:
                looks += 1
                rivals += _has_rival(look(picture))
            times.append(picture.time_seconds)
    found = np.array([row is not None for row in rows])
    if not found.any():
        raise MienError(
            "film_no_face",
            f"{name} shows no face.",
            "Give films that stand upright, in which one face is seen from the front.",
        )
    if rivals > RIVAL_SHARE * looks:
        raise MienError(
            "film_two_faces",
            f"{name} shows two faces for {100 * rivals / looks:.0f} % of its time.",
            "Crop the film to one person.",
        )
    return _joined(times, rows, found), size


def _row(answer: Any, size: tuple[int, int]) -> tuple[Floats, Floats, Floats] | None:
    """Landmarks in pixels, scores and pose of the face; None where there is none."""
    if not answer.face_landmarks:
        return None
    scale = np.array([size[0], size[1], size[0]], np.float64)
    landmarks = np.array([(p.x, p.y, p.z) for p in answer.face_landmarks[0]]) * scale
    scores = np.array([c.score for c in answer.face_blendshapes[0]])
    return landmarks, scores, np.asarray(answer.facial_transformation_matrixes[0], np.float64)


def _has_rival(answer: Any) -> bool:
    widths = sorted(max(p.x for p in f) - min(p.x for p in f) for f in answer.face_landmarks)
    return len(widths) > 1 and widths[-2] >= RIVAL_WIDTH * widths[-1]


def _joined(
    times: list[float], rows: list[tuple[Floats, Floats, Floats] | None], found: NDArray[np.bool_]
) -> FaceTrack:
    nothing = np.zeros((POINTS, 3)), np.zeros(SCORES), np.eye(4)
    landmarks, scores, poses = zip(*[row or nothing for row in rows], strict=True)
    return FaceTrack(np.array(times), found, np.array(landmarks), np.array(scores), np.array(poses))


@contextmanager
def _landmarker(model: Path, faces: int) -> Iterator[Callable[[Picture], Any]]:
    """MediaPipe in video mode. Only for one face does it smooth its points over time."""
    try:
        import mediapipe  # noqa: PLC0415 - heavy, and an extra
        from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415
    except ImportError as error:
        raise MienError(
            "film_packages",
            "The face tracker (mediapipe) is not installed.",
            "Run: pip install '.[avatar]', or '.[films]' where only trainings read films.",
        ) from error
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)),
        running_mode=vision.RunningMode.VIDEO,
        num_faces=faces,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )
    with vision.FaceLandmarker.create_from_options(options) as landmarker:

        def answer(picture: Picture) -> Any:
            image = mediapipe.Image(mediapipe.ImageFormat.SRGB, picture.pixels)
            return landmarker.detect_for_video(image, round(picture.time_seconds * 1e3))

        yield answer
