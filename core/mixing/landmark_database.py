# SPDX-License-Identifier: Apache-2.0
"""Landmarks that a face really made, toward which mixed landmarks may be pulled, and their file."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import MienError
from ..face.fit import align_rigidly
from ..face.landmarks import INNER_MOUTH_CORNERS, LIP_GAP_PAIRS, gaps
from ..whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..curves import Floats, Performance
    from ..face.model import FaceModel

FIELD = "displacements"
# A point that moves further than this belongs to no face in metres.
FURTHEST_METRES = 0.1
# Neighbours are sought among all frames: more make the search slow and the likeness no better.
MOST_FRAMES = 20_000
# Bridge of the nose and corners of the eyes: they keep still on the skull.
STABLE_POINTS_68 = np.array([27, 28, 29, 30, 36, 39, 42, 45])
# The face at rest is the mean of this share of the frames, those with the lips nearest to each other.
REST_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class LandmarkDatabase:
    """Frames of one face.

    Attributes:
        displacements: (N, 68, 3) float32, iBUG points minus the face at rest, in metres of the
            canonical head, +Z up, the face looking along -Y.

    Raises:
        ValueError: for other shapes, no frames, numbers that are not finite or no face's.
    """

    displacements: Floats

    def __post_init__(self) -> None:
        shape = self.displacements.shape
        if len(shape) != 3 or shape[1:] != (68, 3) or not shape[0]:
            raise ValueError(f"{FIELD} has shape {shape}, expected (frames, 68, 3)")
        if not np.isfinite(self.displacements).all():
            raise ValueError(f"{FIELD} holds values that are not finite")
        if np.abs(self.displacements).max() > FURTHEST_METRES:
            raise ValueError(f"{FIELD} moves points by more than {FURTHEST_METRES} m")


def database_of_performances(
    performances: Sequence[Performance], face: FaceModel
) -> LandmarkDatabase:
    """The frames of performances: their mixed landmarks minus the canonical head at rest."""
    points = np.concatenate([each.landmarks_mix for each in performances])
    return LandmarkDatabase(thinned(points - face.pieces68.neutral))


def database_of_track(points: Floats, face: FaceModel) -> LandmarkDatabase:
    """The frames of a tracked film of one person.

    Args:
        points: (N, 68, 3) tracked iBUG points in any unit, axes as the canonical head's. Frames are
            laid over each other by nose and corners of the eyes, with one scale for all.
        face: the canonical head, whose size the person is given.
    """
    neutral = face.pieces68.neutral.astype(np.float64)
    groups = np.zeros(len(points), np.int64)
    aligned = align_rigidly(points.astype(np.float64), neutral, STABLE_POINTS_68, groups)
    right, left = INNER_MOUTH_CORNERS
    opening = gaps(aligned, LIP_GAP_PAIRS).mean(axis=1)
    opening /= np.linalg.norm(aligned[:, left] - aligned[:, right], axis=1)
    at_rest = opening <= np.quantile(opening, REST_SHARE)
    rest = aligned[at_rest].mean(axis=0)
    return LandmarkDatabase(thinned(np.asarray(aligned - rest, np.float32)))


def thinned(frames: Floats) -> Floats:
    """At most MOST_FRAMES of the frames, evenly over them."""
    if len(frames) <= MOST_FRAMES:
        return frames
    return frames[np.linspace(0, len(frames) - 1, MOST_FRAMES).round().astype(np.intp)]


def save_database(database: LandmarkDatabase, path: Path | str) -> None:
    """Write the .npz, whole or not at all.

    Raises:
        MienError: ``not_writable``, when the folder is missing, read-only or full.
    """
    with whole_file(path, "The landmark database") as partial, partial.open("wb") as file:
        np.savez(file, displacements=database.displacements)


def load_database(path: Path | str) -> LandmarkDatabase:
    """Read what `save_database` wrote; never unpickles.

    Raises:
        MienError: ``database_unreadable``, when the file is missing or holds no landmarks.
    """
    if not Path(path).exists():
        raise MienError(
            "database_unreadable", f"There is no landmark database {path}.", "Check the path."
        )
    try:
        with np.load(Path(path), allow_pickle=False) as file:
            return LandmarkDatabase(np.asarray(file[FIELD], np.float32))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise MienError(
            "database_unreadable",
            f"{path} is no landmark database ({error}).",
            f"Give an .npz with {FIELD} (frames, 68, 3) in metres, as Mien writes it.",
        ) from error


def face_to_be_like(path: Path | str | None, likeness: float) -> LandmarkDatabase | None:
    """The database that a take shall be pulled toward; None where likeness is 0.

    Raises:
        MienError: ``bad_likeness``, when the share is outside 0..1 or no file is given;
            ``database_unreadable``, when the file is missing or holds no landmarks.
    """
    if not 0.0 <= likeness <= 1.0:
        raise MienError(
            "bad_likeness", f"The likeness is {likeness!r}.", "Give a number from 0 to 1."
        )
    if likeness == 0.0:
        return None
    if path is None:
        raise MienError(
            "bad_likeness",
            "There is no face to be like.",
            "Give a landmark database, or likeness 0.",
        )
    return load_database(path)
