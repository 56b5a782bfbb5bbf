# SPDX-License-Identifier: Apache-2.0
"""The rig check: do the right parts of the face move, as MediaPipe's tracker sees the pictures?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.emotion_faces_road import Shots
from benchmarks.emotion_judges_rig import Found
from core.direction import EMOTION_NAMES

# The tracker's scores that emotions should move; sides are averaged.
_SHOWN = (
    "browInnerUp",
    "browOuterUp",
    "browDown",
    "eyeWide",
    "eyeSquint",
    "noseSneer",
    "mouthUpperUp",
    "mouthSmile",
    "mouthFrown",
    "mouthStretch",
    "jawOpen",
)


def rig_lines(shots: Shots, found: Sequence[Found | None]) -> list[str]:
    """Mean scores of each emotion at intensity 1, as differences from the neutral take's."""
    seen = sum(face is not None for face in found)
    lines = [
        "### Rig: what a tracker measures in the same pictures",
        "",
        (
            f"MediaPipe finds the face in {seen} of {len(found)} pictures. Mean score at intensity 1 minus "
            "the neutral take's."
        ),
        "",
        "| asked | " + " | ".join(_SHOWN) + " |",
        "|---|" + "---|" * len(_SHOWN),
    ]
    neutral = _scores(shots, found, "neutral")
    for emotion in EMOTION_NAMES[1:]:
        moved = _scores(shots, found, emotion) - neutral
        lines.append(f"| {emotion} | " + " | ".join(f"{value:+.2f}" for value in moved) + " |")
    return [*lines, ""]


def _scores(shots: Shots, found: Sequence[Found | None], emotion: str) -> np.ndarray:
    faces = [found[number] for number in shots.chosen(emotion, 1.0)]
    rows = [[_score(face, name) for name in _SHOWN] for face in faces if face is not None]
    return np.asarray(np.mean(rows, axis=0))


def _score(face: Found, name: str) -> float:
    sides = [score for full, score in face.blendshapes.items() if full.startswith(name)]
    return float(np.mean(sides))
