# SPDX-License-Identifier: Apache-2.0
"""A tracked film -> the pictures that an avatar is trained on, in files that may be larger than memory."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import MienError
from ...film.read import read_pictures
from ...whole_file import whole_file
from ..camera import Camera
from ..faults import FULL
from ..person import PersonMesh, person_mesh, posed_vertices
from ..poses import film_roots
from ..track_masks import open_masks
from .crops import Sample, Window, crop_camera, cut
from .training_set import TrainingSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from ...face.model import FaceModel
    from ..film_track import FilmTrack
    from ..tracked_film import TrackedFilm

    Floats = NDArray[np.float32]
    Bytes = NDArray[np.uint8]
    Map = np.memmap[Any, np.dtype[np.uint8]]

# Room around the mesh for hair and ears, in shares of the mesh's height in the picture.
ROOM_ABOVE, ROOM_ASIDE = 0.22, 0.10
# Metres above the neck's cut under which a picture is not asked: there the collar begins.
COLLAR_METRES = 0.012
# Pictures that are cut side by side; a matte keeps a core busy for a fifth of a second.
CUTTERS = 2
# Bytes of a pixel: colour, alpha, care.
CHANNELS = 5


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
    made_of = json.dumps([tracked.digests, chosen.tolist(), size])
    if not _is_cut(workplace, made_of):
        _stamp(workplace).unlink(missing_ok=True)
        maps = _picture_files(workplace, (len(chosen), size, size))
        for done, sample in enumerate(_samples(tracked, chosen, windows, size)):
            collar = _collar_row(
                mesh, track.values[chosen[done], :52], head_to_root[done], cameras[done]
            )
            care = np.where(np.arange(size)[:, None] > collar, 0, sample.care)
            for pictures, picture in zip(maps, (sample.colour, sample.alpha, care), strict=True):
                pictures[done] = picture
            tell((done + 1) / len(chosen))
        for pictures in maps:
            pictures.flush()
        with whole_file(_stamp(workplace), "The list of the pictures") as part:
            part.write_text(made_of, encoding="utf-8")
    colour, alpha, care = (
        np.load(workplace / f"{name}.npy", mmap_mode="r") for name in ("colour", "alpha", "care")
    )
    return TrainingSet(
        mesh,
        colour,
        alpha,
        care,
        track.values[chosen, :52],
        head_to_root,
        tuple(cameras),
        films,
        tuple(Path(film).stem for film in track.films),
    )


def _stamp(workplace: Path) -> Path:
    return workplace / "pictures.json"


def _is_cut(workplace: Path, made_of: str) -> bool:
    """Whether the pictures of an earlier run are there, whole and the same."""
    path = _stamp(workplace)
    return path.is_file() and path.read_text(encoding="utf-8") == made_of


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
            shown = mask_of.windows[film]
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


def _picture_files(workplace: Path, shape: tuple[int, int, int]) -> tuple[Map, Map, Map]:
    """Files for colour (T, S, S, 3), alpha and care (T, S, S), written as memory.

    Raises:
        MienError: ``not_writable``, when they cannot be made or would not fit on the disk: a map that
            meets a full disk later ends the process without a word, so that their room is taken here.
    """
    size = CHANNELS * math.prod(shape)
    try:
        free = shutil.disk_usage(workplace).free
        if size > free:
            raise OSError(f"{size / 1e9:.1f} GB are needed, {free / 1e9:.1f} GB are free")
        colour, alpha, care = (
            np.lib.format.open_memmap(  # type: ignore[no-untyped-call]
                workplace / f"{name}.npy", mode="w+", dtype=np.uint8, shape=(*shape, *last)
            )
            for name, last in (("colour", (3,)), ("alpha", ()), ("care", ()))
        )
        for pictures in (colour, alpha, care):
            _take_room(Path(str(pictures.filename)))
    except OSError as error:
        raise MienError(
            "not_writable",
            f"The pictures of the training cannot be kept in {workplace} ({error}).",
            "Make room, or train with fewer or smaller pictures (--pictures, --size).",
        ) from error
    return colour, alpha, care


def _take_room(path: Path) -> None:
    """Have a file's blocks given to it, where the system can; new ones have holes that another may fill."""
    if not hasattr(os, "posix_fallocate"):
        return
    with path.open("r+b") as file:
        try:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
        except OSError as error:
            # Some file systems cannot; what they have free was looked at.
            if error.errno in FULL:
                raise
