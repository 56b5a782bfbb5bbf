# SPDX-License-Identifier: Apache-2.0
"""Strangers who judge faces: expression nets that other people trained and published.

Four nets from packages, each with the crop and the preparation that it was trained with. Three may
be looked at while prototypes are tuned; face-api is held out of all tuning. The repository holds none
of them: ``python -m benchmarks.emotion_judges_fetch`` brings them into out/judges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from benchmarks.emotion_judges_faceapi import read_face_api
from benchmarks.emotion_judges_keras import read_keras_net
from benchmarks.emotion_judges_layers import Floats, softmax

LABELS = ("angry", "disgusted", "fearful", "happy", "sad", "surprised", "neutral")
"""Order of FER2013, in which every judge answers."""

TUNING_JUDGES = ("pyfeat", "fer", "faceplugin")
HELD_OUT = "face-api"
JUDGES = (*TUNING_JUDGES, HELD_OUT)

FILES = {
    "pyfeat": ("fer_aug_model.h5",),
    "fer": ("emotion_model.hdf5",),
    "faceplugin": ("fr_expression.onnx",),
    "face-api": ("face_expression_model.bin", "face_expression_model-weights_manifest.json"),
}
PHOTOS = "photos"
RIG_FILE = "face_landmarker_v2_with_blendshapes.task"

PORTRAIT_SCALE = 1.6
"""Side of a portrait against the side of its face box."""

# One crop for all: the scale and height at which each of them did best or nearly so on eleven photos
# of people and none of our renders (1.15 +- 0.1 of the face box, raised by a tenth).
_SCALE = 1.15
_RAISED = 0.1
_FACE_API_ORDER = ("neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised")

Net = Callable[[Floats], Floats]


@dataclass(frozen=True, eq=False)
class Judge:
    """One net and what it wants to see.

    size_pixels: side of its square input. scale: side of its crop against the face box. raised: by
    how much of the box's side the crop lies higher. prepare: RGB 0..255 (N, size, size, 3) to its
    input; net: that to probabilities (N, 7) in the order of LABELS.
    """

    size_pixels: int
    scale: float
    raised: float
    prepare: Net
    net: Net


def face_box(points: NDArray[np.floating]) -> tuple[float, float, float]:
    """The square around 68 points (68, 2) in pixels, y down: its middle x, y and its side."""
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    return float(middle[0]), float(middle[1]), float((high - low).max())


def portrait(
    picture: NDArray[np.uint8], points: NDArray[np.floating], size_pixels: int = 224
) -> NDArray[np.uint8]:
    """Cut the square portrait that judges look at: the face box in the middle, with its surroundings."""
    x, y, side = face_box(points)
    return _cut(picture, x, y, side * PORTRAIT_SCALE, size_pixels)


def load_judges(folder: Path, names: Sequence[str] = TUNING_JUDGES) -> dict[str, Judge]:
    """Load nets from the folder that `emotion_judges_fetch` filled.

    Raises:
        OSError: a file is missing.
    """
    return {name: _LOADERS[name]([folder / file for file in FILES[name]]) for name in names}


def judge(portraits: NDArray[np.uint8], judges: dict[str, Judge]) -> dict[str, Floats]:
    """Ask every judge about portraits (N, H, H, 3), RGB: probabilities (N, 7) by name.

    Columns are LABELS.
    """
    return {name: _ask(each, portraits) for name, each in judges.items()}


def _ask(asked: Judge, portraits: NDArray[np.uint8]) -> Floats:
    answers = [np.zeros((0, len(LABELS)), np.float32)]
    for start in range(0, len(portraits), 32):  # bounds the memory of the convolutions' windows
        batch = portraits[start : start + 32]
        inputs = np.stack([crop(picture, asked) for picture in batch]).astype(np.float32)
        # Looked at twice, the second time in a mirror: half of a net's whims cancel out.
        straight, mirrored = (
            asked.net(asked.prepare(np.ascontiguousarray(seen)))
            for seen in (inputs, inputs[:, :, ::-1])
        )
        answers.append((straight + mirrored) / 2)
    return np.concatenate(answers)


def crop(picture: NDArray[np.uint8], asked: Judge) -> NDArray[np.uint8]:
    """Cut one judge's square input out of a portrait."""
    height = picture.shape[0]
    box = height / PORTRAIT_SCALE
    middle = height / 2
    return _cut(picture, middle, middle - asked.raised * box, box * asked.scale, asked.size_pixels)


def _cut(
    picture: NDArray[np.uint8], x: float, y: float, side: float, size_pixels: int
) -> NDArray[np.uint8]:
    """A square of a picture at another size; what lies outside repeats the edge."""
    reach = int(np.ceil(side / 2)) + 1
    outside = max(0, *(int(reach - low) for low in (x, y)))
    outside = max(outside, int(x + reach - picture.shape[1]), int(y + reach - picture.shape[0]))
    if outside > 0:
        picture = np.pad(picture, [(outside, outside), (outside, outside), (0, 0)], mode="edge")
    left, top = x + outside - side / 2, y + outside - side / 2
    resized = Image.fromarray(picture).resize(
        (size_pixels, size_pixels),
        Image.Resampling.BILINEAR,
        box=(left, top, left + side, top + side),
    )
    return np.asarray(resized, np.uint8)


def _grey(pictures: Floats) -> Floats:
    """Luma of RGB pictures as ITU-R BT.601 weighs it, one channel."""
    weights = np.array([[0.299], [0.587], [0.114]], np.float32)
    return np.asarray(pictures @ weights, np.float32)


def _pyfeat(files: list[Path]) -> Judge:
    net = read_keras_net(files[0])
    return Judge(48, _SCALE, _RAISED, lambda pictures: _grey(pictures) / 255, net)


def _fer(files: list[Path]) -> Judge:
    net = read_keras_net(files[0])
    return Judge(64, _SCALE, _RAISED, lambda pictures: (_grey(pictures) / 255 - 0.5) * 2, net)


def _faceplugin(files: list[Path]) -> Judge:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(files[0], options, providers=["CPUExecutionProvider"])

    def run(pictures: Floats) -> Floats:
        one_by_one = [session.run(None, {"input": each[None]})[0][0] for each in pictures]
        return softmax(np.stack(one_by_one))

    def prepare(pictures: Floats) -> Floats:
        """Blue first, planes before rows, 0..1."""
        return np.ascontiguousarray(pictures[..., ::-1].transpose(0, 3, 1, 2) / 255, np.float32)

    return Judge(224, _SCALE, _RAISED, prepare, run)


def _face_api(files: list[Path]) -> Judge:
    net = read_face_api(files[0], files[1])
    columns = [_FACE_API_ORDER.index(label) for label in LABELS]
    return Judge(
        112, _SCALE, _RAISED, lambda pictures: pictures, lambda inputs: net(inputs)[:, columns]
    )


_LOADERS: dict[str, Callable[[list[Path]], Judge]] = {
    "pyfeat": _pyfeat,
    "fer": _fer,
    "faceplugin": _faceplugin,
    "face-api": _face_api,
}
