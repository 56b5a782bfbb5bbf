# SPDX-License-Identifier: Apache-2.0
"""Films of one person -> the landmarks of their face over all of them, and where the films cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...errors import MienError
from ...film.landmarks import track_faces
from ...film.read import read_pictures, told_seconds
from .cuts import find_cuts, thumbnail

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ...film.read import Picture
    from ...progress import Part

    Doubles = NDArray[np.float64]

SHORTEST_SECONDS, LEAST_FOUND = 2.0, 0.5


@dataclass(frozen=True, eq=False)
class Span:
    """A part of a film, in seconds from its first picture; `stop` may lie beyond its end."""

    start: float = 0.0
    stop: float = np.inf


@dataclass(frozen=True, eq=False)
class Faces:
    """The face over T pictures of all films together.

    Attributes:
        film_of: (T,) int32, which film a picture is of.
        shot_of: (T,) int32, which shot: films and what lies between their cuts, numbered through.
        picture: (T,) int32, its number among the decoded pictures of its film.
        time_seconds: (T,) in its film.
        found: (T,) bool.
        landmarks: (T, 478, 3) pixels: right, down, away from the camera.
        size: (width, height) of the upright pictures.
    """

    film_of: NDArray[np.int32]
    shot_of: NDArray[np.int32]
    picture: NDArray[np.int32]
    time_seconds: Doubles
    found: NDArray[np.bool_]
    landmarks: Doubles
    size: tuple[int, int]

    def seconds(self) -> float:
        """How much film there is, the last picture of each film counted like those before it."""
        return float(sum(_length(self.time_seconds[self.film_of == n]) for n in set(self.film_of)))


def follow_faces(
    films: Sequence[Path], model: Path, progress: Part, span: Span | None = None
) -> Faces:
    """Follow the face through films of one person by one camera.

    Args:
        films: files.
        model: MediaPipe's FaceLandmarker.
        progress: told 0..1.
        span: the part of each film that is looked at; None for all of it.

    Raises:
        MienError: from `core.film`, and ``film_short``, ``film_no_face``, ``films_differ``.
    """
    lengths = [max(told_seconds(film), 1e-3) for film in films]
    ends = np.cumsum([0.0, *lengths]) / sum(lengths)
    parts = [
        _one_film(film, model, Told(progress, ends[n], ends[n + 1], lengths[n]), span or Span())
        for n, film in enumerate(films)
    ]
    for film, part in zip(films, parts, strict=True):
        if part.size != parts[0].size:
            raise MienError(
                "films_differ",
                f"{film.name} has pictures of {part.size[0]} x {part.size[1]}, {films[0].name} of "
                f"{parts[0].size[0]} x {parts[0].size[1]}.",
                "Give films that one camera made with one lens.",
            )
    faces = _joined(parts)
    _refuse_too_little(films, faces)
    return faces


@dataclass(frozen=True)
class Told:
    """Progress through one of several films: from `begin` to `end` over its `seconds`."""

    progress: Part
    begin: float
    end: float
    seconds: float

    def at(self, time_seconds: float) -> None:
        """Tell how far the film is read."""
        share = min(time_seconds / self.seconds, 1.0)
        self.progress(self.begin + (self.end - self.begin) * share)


def _one_film(film: Path, model: Path, told: Told, span: Span) -> Faces:
    numbers: list[int] = []
    thumbnails: list[NDArray[np.float32]] = []

    def watched() -> Iterator[Picture]:
        for number, picture in enumerate(read_pictures(film)):
            if picture.time_seconds >= span.stop:
                return
            if picture.time_seconds < span.start:
                continue
            numbers.append(number)
            thumbnails.append(thumbnail(picture.pixels))
            told.at(picture.time_seconds)
            yield picture

    track, size = track_faces(watched(), model, film.name)
    cuts = find_cuts(np.array(thumbnails), track.landmarks, track.found)
    return Faces(
        film_of=np.zeros(len(numbers), np.int32),
        shot_of=np.cumsum(cuts).astype(np.int32),
        picture=np.array(numbers, np.int32),
        time_seconds=track.times,
        found=track.found,
        landmarks=track.landmarks,
        size=size,
    )


def _joined(parts: list[Faces]) -> Faces:
    shots = np.cumsum([0, *(int(part.shot_of[-1]) + 1 for part in parts)])
    return Faces(
        film_of=np.repeat(np.arange(len(parts)), [len(p.found) for p in parts]).astype(np.int32),
        shot_of=np.concatenate(
            [p.shot_of + first for p, first in zip(parts, shots[:-1], strict=True)]
        ).astype(np.int32),
        picture=np.concatenate([p.picture for p in parts]),
        time_seconds=np.concatenate([p.time_seconds for p in parts]),
        found=np.concatenate([p.found for p in parts]),
        landmarks=np.concatenate([p.landmarks for p in parts]),
        size=parts[0].size,
    )


def _refuse_too_little(films: Sequence[Path], faces: Faces) -> None:
    named = films[0].name if len(films) == 1 else f"These {len(films)} films"
    seconds, found = faces.seconds(), float(faces.found.mean())
    if seconds < SHORTEST_SECONDS:
        raise MienError(
            "film_short",
            f"{named}: {seconds:.1f} s of pictures in all.",
            f"Give at least {SHORTEST_SECONDS:g} s, better 10 s to 5 minutes.",
        )
    if found < LEAST_FOUND:
        raise MienError(
            "film_no_face",
            f"{named}: a face is seen in {100 * found:.0f} % of the time only.",
            "Give films that stand upright, with the face seen from the front nearly always; it may turn by"
            " 40 degrees.",
        )


def _length(times: Doubles) -> float:
    if len(times) < 2:
        return 0.0
    return float(times[-1] - times[0] + np.median(np.diff(times)))
