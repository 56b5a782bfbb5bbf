# SPDX-License-Identifier: Apache-2.0
"""The judges' own ceiling: what they read in photos of people who pose the same emotions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.emotion_faces_measures import mean_of
from benchmarks.emotion_judges import (
    JUDGES,
    LABELS,
    PHOTOS,
    RIG_FILE,
    TUNING_JUDGES,
    Judge,
    judge,
    portrait,
)
from benchmarks.emotion_judges_rig import find_faces


def photo_lines(folder: Path, judges: dict[str, Judge]) -> list[str]:
    """How many photos each judge reads as labelled, and the mean probability of the label.

    Args:
        folder: what `emotion_judges_fetch` filled; photos are named label_number.
        judges: all of JUDGES.
    """
    paths = sorted((folder / PHOTOS).iterdir())
    labels = np.array([LABELS.index(path.stem.split("_")[0]) for path in paths])
    photos = [np.asarray(Image.open(path).convert("RGB")) for path in paths]
    found = find_faces(photos, folder / RIG_FILE)
    pairs = [(p, f.points, n) for p, f, n in zip(photos, found, labels, strict=True) if f]
    portraits = np.stack([portrait(photo, points) for photo, points, _ in pairs])
    labels = np.array([label for _, _, label in pairs])
    answers = judge(portraits, judges)
    panels = {
        **{name: (name,) for name in JUDGES},
        "three of tuning": TUNING_JUDGES,
        "four": JUDGES,
    }
    lines = [
        "### The judges' own ceiling",
        "",
        f"{len(labels)} photos and photo-like pictures of people posing one of the seven, from packages.",
        "",
        "| judges | label first | mean probability of it |",
        "|---|---|---|",
    ]
    for name, panel in panels.items():
        said = mean_of(answers, panel)
        right = int((said.argmax(axis=1) == labels).sum())
        share = float(said[np.arange(len(labels)), labels].mean())
        lines.append(f"| {name} | {right} of {len(labels)} | {share:.2f} |")
    return [*lines, ""]
