# SPDX-License-Identifier: Apache-2.0
"""A tracked film -> the pictures that an avatar is trained on, in files that may be larger than memory."""

from __future__ import annotations

import json
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...errors import MienError
from ...film.read import read_pictures
from ..camera import Camera
from ..person import PersonMesh, person_mesh, posed_vertices
from ..poses import film_roots
from ..track_masks import open_masks
from .crops import Sample, Window, crop_camera, cut
from .picture_files import kept_pictures, new_pictures
from .training_set import TrainingSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from ...face.model import FaceModel
    from ..film_track import FilmTrack
    from ..tracked_film import TrackedFilm

    Floats = NDArray[np.float32]
    Bytes = NDArray[np.uint8]

# Room around the mesh for hair and ears, in shares of the mesh's height in the picture.
ROOM_ABOVE, ROOM_ASIDE = 0.22, 0.10
# Metres above the neck's cut under which a picture is not asked: there the collar begins.
COLLAR_METRES = 0.012
# Pictures that are cut side by side; a matte keeps a core busy for a fifth of a second.
CUTTERS = 2
# One more with every change of what is cut (crops.cut, head_window, the collar): pictures that an earlier
# version of Mien has cut are then cut anew.
CUT_VERSION = 2


def film_mesh(track: FilmTrack, face: FaceModel) -> PersonMesh:
    """The tracked person's head."""
    return person_mesh(face, track.identity, track.offsets)


def film_set(
    tracked: TrackedFilm,
    face: FaceModel,
    workplace: Path,
    *,
    size: int,
    most: int,
    tell: Callable[[float], None] = lambda _share: None,
) -> TrainingSet:
    """Cut a tracked film into a training set.

    Args:
        tracked: the film.
        face: the canonical head.
        workplace: an existing folder for the pictures, which may be larger than memory.
        size: pixels of the square crops.
        most: pictures at most, spread evenly.
        tell: progress 0..1.

    Raises:
        MienError: of masks and films; ``film_changed``, when a film does not hold what was tracked;
            ``not_writable``.
    """
    track = tracked.track
    mesh = film_mesh(track, face)
    chosen = chosen_rows(track, most)
    roots = film_roots(track)
    windows = [head_window(track, mesh, film) for film in range(len(track.films))]
    films = track.film_of[chosen]
    cameras = [crop_camera(film_camera(track, roots[f]), windows[f], size) for f in films]
    head_to_root = np.linalg.inv(roots[films]) @ track.head_to_camera[chosen]
    made_of = json.dumps([CUT_VERSION, tracked.digests, chosen.tolist(), size])
    shape = (len(chosen), size, size)
    pictures = kept_pictures(workplace, made_of, shape)
    if pictures is None:
        with new_pictures(workplace, made_of, shape) as pictures:
            for done, sample in enumerate(_samples(tracked, chosen, windows, size)):
                collar = _collar_row(
                    mesh, track.values[chosen[done], :52], head_to_root[done], cameras[done]
                )
                pictures.colour[done], pictures.alpha[done] = sample.colour, sample.alpha
                pictures.care[done] = np.where(np.arange(size)[:, None] > collar, 0, sample.care)
                tell((done + 1) / len(chosen))
    return TrainingSet(
        mesh,
        pictures.colour,
        pictures.alpha,
        pictures.care,
        track.values[chosen, :52],
        head_to_root,
        tuple(cameras),
        films,
        tuple(Path(film).stem for film in track.films),
    )


def _samples(
    tracked: TrackedFilm,
    chosen: NDArray[np.int64],
    windows: Sequence[Window],
    size: int,
) -> Iterator[Sample]:
    """The chosen pictures' crops in order, made side by side on two threads: mattes take long."""
    track = tracked.track
    with open_masks(tracked.folder) as mask_of, ThreadPoolExecutor(CUTTERS) as pool:
        waiting: deque[Future[Sample]] = deque()
        cutting = 0
        for row, pixels in film_pictures(track, chosen):
            film = int(track.film_of[row])
            mask = mask_of(film, int(track.picture[row]))
            shown = mask_of.window(film, track.size)
            _check_picture(track, row, pixels, chosen[cutting])
            cutting += 1
            waiting.append(pool.submit(cut, pixels, mask, shown, windows[film], size))
            if len(waiting) > 2 * CUTTERS:
                yield waiting.popleft().result()
        if cutting < len(chosen):
            raise _film_changed(track, int(chosen[cutting]))
        for last in waiting:
            yield last.result()


def _check_picture(track: FilmTrack, row: int, pixels: Bytes, wanted: np.int64) -> None:
    height, width = pixels.shape[:2]
    if row != wanted or (width, height) != tuple(track.size):
        raise _film_changed(track, int(wanted))


def _film_changed(track: FilmTrack, row: int) -> MienError:
    film = Path(track.films[track.film_of[row]]).name
    return MienError(
        "film_changed",
        f"{film} does not hold picture {track.picture[row]} as it was tracked.",
        "Track the film again, or put the tracked one back in its place.",
    )


def chosen_rows(track: FilmTrack, most: int) -> NDArray[np.int64]:
    """Rows with a face, spread evenly over the films."""
    rows = np.flatnonzero(track.found)
    if len(rows) <= most:
        return rows
    return np.asarray(rows[np.linspace(0, len(rows) - 1, most).round().astype(np.int64)])


def film_camera(track: FilmTrack, root_to_camera: NDArray[np.float64]) -> Camera:
    """The film's own camera with the shoulders where they are in one film."""
    width, height = track.size
    return Camera(
        width,
        height,
        track.focal_pixels,
        track.focal_pixels,
        width / 2,
        height / 2,
        root_to_camera,
    )


def head_window(track: FilmTrack, mesh: PersonMesh, film: int) -> Window:
    """The square that holds the head and its hair in all pictures of a film, as far as the film goes."""
    rows = np.flatnonzero(track.found & (track.film_of == film))
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for row in rows:
        camera = film_camera(track, track.head_to_camera[row])
        at = camera.pixels_of(mesh.vertices.astype(np.float64))
        low, high = np.minimum(low, at.min(axis=0)), np.maximum(high, at.max(axis=0))
    tall = high[1] - low[1]
    low -= np.array([ROOM_ASIDE, ROOM_ABOVE]) * tall
    high[0] += ROOM_ASIDE * tall
    low, high = np.maximum(low, 0.0), np.minimum(high, track.size)
    side = float((high - low).max())
    middle = (low + high) / 2
    return Window(float(middle[0] - side / 2), float(high[1] - side), side)


def film_pictures(track: FilmTrack, rows: NDArray[np.int64]) -> Iterator[tuple[int, Bytes]]:
    """Each chosen row with its upright picture, film by film."""
    for film, path in enumerate(track.films):
        wanted = {int(track.picture[r]): int(r) for r in rows if track.film_of[r] == film}
        for number, picture in enumerate(read_pictures(Path(path))):
            if number in wanted:
                yield wanted[number], picture.pixels


def _collar_row(
    mesh: PersonMesh, values: Floats, head_to_root: NDArray[np.float64], camera: Camera
) -> float:
    """The crop's row under which the neck may be covered."""
    vertices = posed_vertices(mesh, values, head_to_root)[mesh.vertices[:, 2] < COLLAR_METRES]
    return float(camera.pixels_of(vertices.astype(np.float64))[:, 1].min())
