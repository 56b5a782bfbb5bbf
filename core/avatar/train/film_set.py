# SPDX-License-Identifier: Apache-2.0
"""A tracked film -> the pictures that an avatar is trained on: square crops of the head with their mattes."""

from __future__ import annotations

import json
import math
import shutil
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from scipy.ndimage import uniform_filter

from ...errors import MienError
from ...film.read import read_pictures
from ..camera import Camera
from ..person import PersonMesh, person_mesh, posed_vertices
from ..poses import film_roots
from ..track.matte import soft_alpha
from ..track_folder import CATEGORIES, MaskWindow, open_masks, read_track
from .training_set import TrainingSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from ...face.model import FaceModel
    from ..film_track import FilmTrack

    Floats = NDArray[np.float32]
    Bytes = NDArray[np.uint8]

HEAD = tuple(CATEGORIES.index(name) for name in ("hair", "body_skin", "face_skin"))
UNSURE = tuple(CATEGORIES.index(name) for name in ("clothes", "others"))
# Room around the mesh for hair and ears, in shares of the mesh's height in the picture.
ROOM_ABOVE, ROOM_ASIDE = 0.22, 0.10
# Metres above the neck's cut under which a picture is not asked: there the collar begins.
COLLAR_METRES = 0.012
# The background behind a half covered pixel is looked for in a window of this share of the crop.
BACKGROUND_WINDOW = 1 / 12
CUTTERS = 2
SURE_BACKGROUND, LEAST_ALPHA = 8, 0.15


@dataclass(frozen=True)
class Window:
    """A square of the film's picture, in its pixels; it may reach outside."""

    left: float
    top: float
    side: float


@dataclass(frozen=True, eq=False)
class Sample:
    """One picture of the set: colour (S, S, 3), alpha and care (S, S), all uint8."""

    colour: Bytes
    alpha: Bytes
    care: Bytes


def film_mesh(track: FilmTrack, face: FaceModel) -> PersonMesh:
    """The tracked person's head."""
    return person_mesh(face, track.identity, track.offsets)


def film_set(
    folder: Path,
    face: FaceModel,
    workplace: Path,
    *,
    size: int,
    most: int,
    tell: Callable[[float], None] = lambda _share: None,
) -> TrainingSet:
    """Cut a tracked film into a training set.

    Args:
        folder: NAME.mientrack; its films must lie where they lay.
        face: the canonical head.
        workplace: an existing folder for the pictures, which may be larger than memory.
        size: pixels of the square crops.
        most: pictures at most, spread evenly.
        tell: progress 0..1.
    """
    track = read_track(folder)
    mesh = film_mesh(track, face)
    chosen = chosen_rows(track, most)
    roots = film_roots(track)
    windows = [head_window(track, mesh, film) for film in range(len(track.films))]
    films = track.film_of[chosen]
    cameras = [crop_camera(film_camera(track, roots[f]), windows[f], size) for f in films]
    head_to_root = np.linalg.inv(roots[films]) @ track.head_to_camera[chosen]
    shape = (len(chosen), size, size)
    stamp = json.dumps([track.films, chosen.tolist(), [astuple(w) for w in windows], size])
    if not _is_cut(workplace, stamp):
        colour = _memmap(workplace, "colour", (*shape, 3))
        alpha, care = (_memmap(workplace, name, shape) for name in ("alpha", "care"))
        samples = _samples(folder, track, chosen, windows, size)
        for done, sample in enumerate(samples):
            collar = _collar_row(
                mesh, track.values[chosen[done], :52], head_to_root[done], cameras[done]
            )
            colour[done], alpha[done] = sample.colour, sample.alpha
            care[done] = np.where(np.arange(size)[:, None] > collar, 0, sample.care)
            tell((done + 1) / len(chosen))
        for pictures in (colour, alpha, care):
            pictures.flush()
        _stamp(workplace).write_text(stamp, encoding="utf-8")
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


def _is_cut(workplace: Path, stamp: str) -> bool:
    """Whether the pictures of an earlier run are there, whole and the same."""
    path = _stamp(workplace)
    return path.is_file() and path.read_text(encoding="utf-8") == stamp


def _samples(
    folder: Path,
    track: FilmTrack,
    chosen: NDArray[np.int64],
    windows: Sequence[Window],
    size: int,
) -> Iterator[Sample]:
    """The chosen pictures' crops in order, made side by side on two threads: mattes take long."""
    with open_masks(folder) as mask_of, ThreadPoolExecutor(CUTTERS) as pool:
        waiting: deque[Future[Sample]] = deque()
        for row, pixels in film_pictures(track, chosen):
            film = int(track.film_of[row])
            mask = mask_of(film, int(track.picture[row]))
            shown = mask_of.windows[film]
            waiting.append(pool.submit(cut, pixels, mask, shown, windows[film], size))
            if len(waiting) > 2 * CUTTERS:
                yield waiting.popleft().result()
        for last in waiting:
            yield last.result()


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


def crop_camera(camera: Camera, window: Window, size: int) -> Camera:
    """The camera that sees the window at `size` pixels a side."""
    scale = size / window.side
    return Camera(
        size,
        size,
        camera.focal_x * scale,
        camera.focal_y * scale,
        (camera.centre_x - window.left) * scale,
        (camera.centre_y - window.top) * scale,
        camera.root_to_camera,
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


def cut(pixels: Bytes, mask: Bytes, shown: MaskWindow, window: Window, size: int) -> Sample:
    """One crop: straight colour without the background, coverage of the head, and where both are known.

    Args:
        pixels: (H, W, 3) the film's upright picture.
        mask: (256, 256) categories.
        shown: the part of the picture that the mask is of.
        window: what is cut.
        size: pixels a side.
    """
    head = soft_alpha(pixels, mask, HEAD, shown)
    unsure = _in_picture(np.where(np.isin(mask, UNSURE), 255, 0).astype(np.uint8), shown, pixels)
    colour, alpha, doubt = (_window(part, window, size) for part in (pixels, head, unsure))
    inside = _window(np.full(pixels.shape[:2], 255, np.uint8), window, size)
    # Where clothes begin nothing is known; what is surely head stays.
    care = np.where((doubt > 127) | (inside < 250), 0, 255).astype(np.uint8)
    return Sample(without_background(colour, alpha), alpha, care)


def _in_picture(mask: Bytes, shown: MaskWindow, pixels: Bytes) -> Bytes:
    """A map in the place that it shows; 0 around."""
    whole = np.zeros(pixels.shape[:2], np.uint8)
    image = Image.fromarray(mask).resize((shown.width, shown.height), Image.Resampling.BILINEAR)
    rows = slice(shown.top, shown.top + shown.height)
    whole[rows, shown.left : shown.left + shown.width] = np.asarray(image, np.uint8)
    return whole


def without_background(colour: Bytes, alpha: Bytes) -> Bytes:
    """Take the background's share out of half covered pixels.

    C = alpha F + (1 - alpha) B is solved for F, with B the mean of the sure background nearby.
    """
    window = max(3, round(len(alpha) * BACKGROUND_WINDOW))
    sure = (alpha <= SURE_BACKGROUND).astype(np.float32)
    weight = uniform_filter(sure, window)
    nearby = (
        np.stack([uniform_filter(colour[..., c] * sure, window) for c in range(3)], axis=2)
        / np.maximum(weight, 1e-4)[..., None]
    )
    share = (alpha / 255.0)[..., None]
    known = (weight > 1e-3)[..., None]
    front = (colour - (1.0 - share) * nearby) / np.maximum(share, LEAST_ALPHA)
    front = np.where(known & (share > 0.0), front, colour)
    return np.asarray(np.clip(np.round(front), 0, 255), np.uint8)


def _window(picture: Bytes, window: Window, size: int) -> Bytes:
    """Resample a square, averaging where it shrinks; outside the picture is 0."""
    height, width = picture.shape[:2]
    left, top = (math.floor(min(0.0, edge)) for edge in (window.left, window.top))
    right = math.ceil(max(width, window.left + window.side))
    bottom = math.ceil(max(height, window.top + window.side))
    margins = ((-top, bottom - height), (-left, right - width), (0, 0))
    padded = np.pad(picture, margins[: picture.ndim])
    x, y = window.left - left, window.top - top
    box = (x, y, x + window.side, y + window.side)
    image = Image.fromarray(padded).resize((size, size), Image.Resampling.BICUBIC, box=box)
    return np.asarray(image, np.uint8)


def _collar_row(
    mesh: PersonMesh, values: Floats, head_to_root: NDArray[np.float64], camera: Camera
) -> float:
    """The crop's row under which the neck may be covered."""
    vertices = posed_vertices(mesh, values, head_to_root)[mesh.vertices[:, 2] < COLLAR_METRES]
    return float(camera.pixels_of(vertices.astype(np.float64))[:, 1].min())


def _memmap(
    workplace: Path, name: str, shape: tuple[int, ...]
) -> np.memmap[Any, np.dtype[np.uint8]]:
    """A file of pictures that may be larger than memory.

    Raises:
        MienError: ``not_writable``, when the disk is full.
    """
    size = math.prod(shape)
    free = shutil.disk_usage(workplace).free
    if size > free:
        raise MienError(
            "not_writable",
            f"The pictures of the training need {size / 1e9:.1f} GB in {workplace}, and {free / 1e9:.1f} GB are free.",
            "Make room, or train with fewer or smaller pictures (--pictures, --size).",
        )
    return np.lib.format.open_memmap(  # type: ignore[no-untyped-call,no-any-return]
        workplace / f"{name}.npy", mode="w+", dtype=np.uint8, shape=shape
    )
