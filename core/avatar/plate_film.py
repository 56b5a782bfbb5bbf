# SPDX-License-Identifier: Apache-2.0
"""Which picture of a tracked film lies under a frame, and where the shoulders are in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import MienError
from ..film.read import read_pictures
from .camera import Camera
from .track_folder import read_track
from .tracked_film import track_digests

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from .film_track import FilmTrack
    from .shot import Shot

    Bytes = NDArray[np.uint8]
    Matrices = NDArray[np.float64]

# Shoulders sway with the head's slow motion; they do not nod.
SHOULDERS_SECONDS = 0.5
LEAST_PICTURES = 2


@dataclass(frozen=True, eq=False)
class PlateFilm:
    """One film of a track, as what an avatar is laid over.

    Attributes:
        folder: NAME.mientrack.
        track: what is known of it.
        film: number of the film.
        rows: (P,) rows of the track that show the person, ascending in time.
        time_seconds: (P,) of them, the first at 0.
        root_to_camera: (P, 4, 4) the shoulders in the picture.
        digests: of track, masks and film (`TrackedFilm`).
    """

    folder: Path
    track: FilmTrack
    film: int
    rows: NDArray[np.int64]
    time_seconds: NDArray[np.float64]
    root_to_camera: Matrices
    digests: Mapping[str, str]

    @property
    def name(self) -> str:
        """The film's, as an avatar's looks are named."""
        return Path(self.track.films[self.film]).stem

    def camera(self, place: int) -> Camera:
        """The film's camera at one of its pictures."""
        width, height = self.track.size
        focal = self.track.focal_pixels
        return Camera(
            width, height, focal, focal, width / 2, height / 2, self.root_to_camera[place]
        )

    def view(self, seconds: float, longest_side: int) -> Camera:
        """The camera that a render over the film has so long after its first picture, in a smaller picture.

        Args:
            seconds: of the scene.
            longest_side: of the smaller picture, pixels.
        """
        place = int(self.under(np.array([seconds]))[0])
        return self.camera(place).scaled(longest_side / max(self.track.size))

    def under(self, time_seconds: NDArray[np.float64]) -> NDArray[np.int64]:
        """Which pictures (N,), by their place in `rows`, lie under times (N,); there and back again."""
        length = self.time_seconds[-1]
        way = np.mod(time_seconds, 2.0 * length)
        way = np.where(way > length, 2.0 * length - way, way)
        after = np.searchsorted(self.time_seconds, way).clip(1, len(self.rows) - 1)
        nearer_before = way - self.time_seconds[after - 1] < self.time_seconds[after] - way
        return np.asarray(after - nearer_before, np.int64)

    def shot(self, shot: Shot, first_frame: int) -> tuple[Shot, NDArray[np.int64]]:
        """The same shot seen by the film's camera, and which picture lies under each frame.

        Args:
            shot: its own cameras do not matter.
            first_frame: the scene's number of the frame that the film's first picture lies under.
        """
        under = self.under((shot.frame - first_frame) / shot.fps)
        frames, moments = shot.frames, shot.moments
        width, height = self.track.size

        def all_moments(rows: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.repeat(rows[:, None], moments, axis=1)

        focal = np.full((frames, moments, 2), self.track.focal_pixels)
        centre = np.broadcast_to(np.array([width / 2, height / 2]), (frames, moments, 2)).copy()
        seen = replace(
            shot,
            root_to_camera=all_moments(self.root_to_camera[under]),
            focal=focal,
            centre=centre,
            size=(width, height),
        )
        return seen, under

    def pictures(self, places: NDArray[np.int64]) -> Iterator[tuple[int, Bytes]]:
        """Some pictures in the film's order, each once: their place in `rows`, and (H, W, 3).

        Raises:
            MienError: of `read_pictures`; ``film_changed``, when the film is not the tracked one.
        """
        path = Path(self.track.films[self.film])
        wanted = {int(self.track.picture[self.rows[place]]): int(place) for place in places}
        last = max(wanted, default=-1)
        found = 0
        for number, picture in enumerate(read_pictures(path)):
            if number in wanted:
                if picture.pixels.shape[1::-1] != self.track.size:
                    break
                found += 1
                yield wanted[number], picture.pixels
            if number == last:
                return
        if found < len(wanted):
            raise MienError(
                "film_changed",
                f"{path} is not the film that {self.folder} was made of.",
                "Put the film back, or track it again.",
            )


def open_plate(folder: Path | str, film: int = 0) -> PlateFilm:
    """Read a tracked film to lay an avatar over it.

    Raises:
        MienError: of `read_track` and `track_digests`; ``plate_empty``, when the film shows the person
            nowhere.
    """
    track = read_track(folder)
    rows = np.flatnonzero(track.found & (track.film_of == film))
    if len(rows) < LEAST_PICTURES:
        raise MienError(
            "plate_empty",
            f"{folder} holds no tracked pictures of film {film}.",
            f"Give a film from 0 to {len(track.films) - 1} in which the face was found.",
        )
    time = track.time_seconds[rows] - track.time_seconds[rows[0]]
    roots = shoulders(track.head_to_camera[rows], time)
    digests = track_digests(folder, track, [film])
    return PlateFilm(Path(folder), track, film, rows, time, roots, digests)


def shoulders(head_to_camera: Matrices, time_seconds: NDArray[np.float64]) -> Matrices:
    """The head's poses (P, 4, 4), heavily smoothed over time, as rigid matrices."""
    smooth = np.empty_like(head_to_camera)
    first = np.searchsorted(time_seconds, time_seconds - 3.0 * SHOULDERS_SECONDS)
    last = np.searchsorted(time_seconds, time_seconds + 3.0 * SHOULDERS_SECONDS, side="right")
    for row, (start, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        away = (time_seconds[start:end] - time_seconds[row]) / SHOULDERS_SECONDS
        weights = np.exp(-0.5 * away**2)
        smooth[row] = np.tensordot(weights / weights.sum(), head_to_camera[start:end], axes=1)
    # The nearest rotation to a mean of rotations (Moakher 2002: the projected arithmetic mean).
    left, _, right = np.linalg.svd(smooth[:, :3, :3])
    sign = np.linalg.det(left @ right)
    left[:, :, 2] *= sign[:, None]
    smooth[:, :3, :3] = left @ right
    return np.asarray(smooth)
