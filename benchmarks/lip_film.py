# SPDX-License-Identifier: Apache-2.0
"""Clips whose mouth was filmed (GRID) or animated by hand (FACEGOOD)."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from benchmarks.lip_clips import (
    Clip,
    Film,
    aligned_contacts,
    aligned_open_vowels,
    aligned_sounds,
    pauses_between,
    spread,
)
from benchmarks.lip_measures import lip_points, measures
from core.face.arkit import ARKIT_NAMES
from core.motion.mouth_channels import spread_matrix
from core.motion.phones import CONTACTS
from core.training.clips import read_samples

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.face.model import FaceModel

GRID, FACEGOOD = "GRID s1 dev", "FACEGOOD dev"
FACEGOOD_FPS = 30.0
# The last fifth of each take was never trained on.
FACEGOOD_DEV_SHARE = 0.2
# In stretches of this length, so that figures have an interval.
FACEGOOD_STRETCH_SECONDS = 10.0


def grid_dev(
    grid: Path, fitted_path: Path, phones_path: Path, face: FaceModel, most: int | None = None
) -> list[Clip]:
    """GRID's dev clips with a face in every frame.

    Args:
        grid: the corpus.
        fitted_path: the .npz of `core.training.fit_grid`.
        phones_path: the JSON of `core.training.align_grid`.
        face: the canonical head.
        most: so many clips at most.
    """
    fitted: dict[str, Any] = dict(np.load(fitted_path))
    phones = json.loads(phones_path.read_text(encoding="utf-8"))
    clips = []
    whole = [
        number
        for number in np.flatnonzero(fitted["part"] == "dev")
        if fitted["found"][fitted["start"][number] : fitted["start"][number + 1]].all()
    ]
    for number in spread(whole, most):
        first, last = fitted["start"][number : number + 2]
        name = str(fitted["clips"][number])
        audio = grid / "audio" / "dev" / f"{name}.flac"
        rows = [(str(p), float(a), float(b)) for p, a, b in phones.get(name, [])]
        samples = read_samples(audio)
        clips.append(
            Clip(
                name,
                GRID,
                "s1",
                audio,
                sounds=aligned_sounds(rows),
                contacts=aligned_contacts(samples, rows),
                contact_kinds=CONTACTS if rows else (),
                open_vowels=aligned_open_vowels(rows),
                pauses=pauses_between(rows, len(samples) / 16_000) if rows else (),
                film=_grid_film(fitted, first, last, face),
            )
        )
    return clips


def _grid_film(fitted: dict[str, Any], first: int, last: int, face: FaceModel) -> Film:
    """Opening, width and jaw as tracked; protrusion as fitted, because the track's depth is weak."""
    values = np.zeros((last - first, len(ARKIT_NAMES)), np.float32)
    for column, name in enumerate(fitted["channel_names"]):
        values[:, ARKIT_NAMES.index(str(name))] = fitted["values"][first:last, column]
    landmarks = face.landmarks68(values)
    truth = {
        name: fitted[name][first:last].astype(np.float64) * 1e3
        for name in ("opening", "width", "jaw")
    }
    truth["protrusion"] = measures(landmarks)["protrusion"]
    return Film(float(fitted["fps"]), truth, lip_points(landmarks))


def facegood_dev(folder: Path, face: FaceModel, most: int | None = None) -> list[Clip]:
    """The last fifth of each FACEGOOD take, cut into stretches; without phones.

    Its contacts are the closures that the animator's own controls make.
    """
    from core.training.facegood import facegood_closures, read_facegood  # noqa: PLC0415

    to_channels = spread_matrix()
    clips = []
    for name, audio, values, _ in read_facegood(folder):
        seconds = min(len(values) / FACEGOOD_FPS, soundfile.info(audio).duration)
        first = seconds * (1.0 - FACEGOOD_DEV_SHARE)
        count = max(round((seconds - first) / FACEGOOD_STRETCH_SECONDS), 1)
        edges = np.round(np.linspace(first, seconds, count + 1) * FACEGOOD_FPS).astype(int)
        for number, (start, end) in enumerate(itertools.pairwise(edges)):
            own = values[start:end]
            clips.append(
                Clip(
                    f"{name}_{number}",
                    FACEGOOD,
                    "facegood",
                    audio,
                    start_seconds=float(start / FACEGOOD_FPS),
                    duration_seconds=float((end - start) / FACEGOOD_FPS),
                    contacts=tuple(facegood_closures(own, face)),
                    film=_animated(own @ to_channels, face),
                )
            )
    return spread(clips, most)


def _animated(values: NDArray[np.float32], face: FaceModel) -> Film:
    landmarks = face.landmarks68(values.astype(np.float32))
    return Film(FACEGOOD_FPS, measures(landmarks), lip_points(landmarks))
