# SPDX-License-Identifier: Apache-2.0
"""What do strangers read in the head's face? Renders it and asks the judges.

``python -m benchmarks.emotion_faces --still`` shows the apex of each prototype through
the mixture, without a sound: seconds a face, for tuning. It asks the three tuning judges;
``--held-out`` asks face-api too and is for reporting alone. ``python -m benchmarks.emotion_judges_fetch``
brings the nets first. Needs a Python with bpy and
``pip install '.[judges]'``.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.emotion_faces_tables import ASKED_LABEL, still_lines
from benchmarks.emotion_judges import JUDGES, LABELS, TUNING_JUDGES, judge, load_judges
from benchmarks.emotion_judges_fetch import DEFAULT_FOLDER
from benchmarks.emotion_judges_layers import Floats
from benchmarks.emotion_render import DEFAULT_CACHE, LIGHTS, REPOSITORY, faces_of, open_studio
from benchmarks.emotion_sheet import SheetRow, save_sheet
from core.direction import EMOTION_NAMES, Direction
from core.face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from core.face.model import FaceModel, load_face_model
from core.mixing.mixture import mix_face
from core.motion.gaze import look_channels
from core.motion.lips import LipTrack
from core.motion.prototypes import MOVED_EMOTIONS, prototype_table

INTENSITIES = (0.3, 0.7, 1.0)

_FPS = 25.0
# Long enough for every filter of the mixture to settle on a face that is held.
_STILL_SECONDS = 2.0
# The mouths of a still: lips at rest, and an open vowel as the lip decoder speaks it.
_MOUTHS = {
    "closed": {},
    "open": {
        "jawOpen": 0.24,
        "mouthUpperUpLeft": 0.12,
        "mouthUpperUpRight": 0.12,
        "mouthLowerDownLeft": 0.3,
        "mouthLowerDownRight": 0.3,
    },
}


def still_values(
    emotion: str, intensity: float, mouth: str = "closed", face: FaceModel | None = None
) -> NDArray[np.float32]:
    """The apex of one emotion as the mixture shows it: (57,) as CHANNEL_NAMES.

    Args:
        emotion: one of EMOTION_NAMES.
        intensity: 0..1.5, a factor on the prototype.
        mouth: "closed" or "open".
        face: the canonical head, where it is loaded already.
    """
    time_seconds = np.arange(round(_STILL_SECONDS * _FPS)) / _FPS
    spoken = np.zeros((round(_STILL_SECONDS * 50), len(ARKIT_NAMES)), np.float32)
    for name, value in _MOUTHS[mouth].items():
        spoken[:, ARKIT_NAMES.index(name)] = value
    track = LipTrack(np.arange(len(spoken)) / 50.0, spoken, (), ())
    expression = np.tile(_apex(emotion, intensity), (len(time_seconds), 1)).astype(np.float32)
    direction = Direction(emotion, intensity=intensity)
    mixed = mix_face(track, time_seconds, direction, expression, face or load_face_model())
    return np.asarray(mixed.values[-1])


def _apex(emotion: str, intensity: float) -> NDArray[np.float64]:
    values = np.zeros(len(CHANNEL_NAMES))
    if emotion == "neutral":
        return values
    shown = prototype_table().emotions[MOVED_EMOTIONS.index(emotion)]
    count = len(ARKIT_NAMES)
    values[:count] = intensity * shown.weights
    values[count : count + 3] = intensity * shown.posture_radians
    gaze = intensity * shown.gaze_radians
    values[count + 3 :] = gaze
    for name, curve in look_channels(gaze[None]).items():
        values[ARKIT_NAMES.index(name)] += float(curve[0])
    return np.clip(values, -1.0, 1.0)


def main() -> None:
    """Read the command line, render stills, print what the judges say, and save the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--still", action="store_true", required=True)
    parser.add_argument("--judges", type=Path, default=DEFAULT_FOLDER, help="folder with the nets")
    parser.add_argument("--held-out", action="store_true", help="ask face-api too; not for tuning")
    parser.add_argument("--emotions", nargs="*", choices=EMOTION_NAMES, default=EMOTION_NAMES)
    parser.add_argument("--intensities", nargs="*", type=float, default=INTENSITIES)
    parser.add_argument("--mouths", nargs="*", choices=tuple(_MOUTHS), default=("closed",))
    parser.add_argument("--lights", nargs="*", choices=LIGHTS, default=LIGHTS)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "out" / "emotion_stills.png")
    options = parser.parse_args()

    start = time.perf_counter()
    judges = load_judges(options.judges, JUDGES if options.held_out else TUNING_JUDGES)
    studio = open_studio(options.cache, options.threads)
    asked = [
        (e, i, m) for m in options.mouths for i in options.intensities for e in options.emotions
    ]
    values = np.stack([still_values(e, i, m, studio.face) for e, i, m in asked])
    pictures = {light: faces_of(values, light, studio) for light in options.lights}
    answers = {light: judge(shown, judges) for light, shown in pictures.items()}
    print("\n".join(still_lines(asked, answers)))
    save_sheet(_rows(asked, pictures, answers), options.out)
    print(f"{options.out}; {time.perf_counter() - start:.0f} s")


def _rows(
    asked: list[tuple[str, float, str]],
    pictures: dict[str, NDArray[np.uint8]],
    answers: dict[str, dict[str, Floats]],
) -> list[SheetRow]:
    """A row for each intensity, mouth and light; captions: first answer and the asked label's share."""
    rows = []
    for intensity, mouth in dict.fromkeys((i, m) for _, i, m in asked):
        chosen = [n for n, (_, i, m) in enumerate(asked) if (i, m) == (intensity, mouth)]
        for light, shown in pictures.items():
            mean = np.mean([answers[light][name] for name in TUNING_JUDGES], axis=0)
            captions = [_caption(asked[number][0], mean[number]) for number in chosen]
            rows.append(SheetRow(f"{light[:8]}\n{intensity:g} {mouth}", shown[chosen], captions))
    return rows


def _caption(emotion: str, probabilities: Floats) -> str:
    first = LABELS[int(probabilities.argmax())]
    label = ASKED_LABEL.get(emotion)
    share = f" {probabilities[LABELS.index(label)]:.2f}" if label else ""
    return f"{emotion[:5]}{share} > {first[:5]}"


if __name__ == "__main__":
    main()
