# SPDX-License-Identifier: Apache-2.0
"""A film's pictures as every system of the comparison gets them: crop, camera, pose, what lies behind."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from scipy.ndimage import binary_dilation

from core.avatar.background import continued, film_background
from core.avatar.model import Pose
from core.avatar.poses import film_roots
from core.avatar.track_folder import read_track
from core.avatar.track_masks import open_masks
from core.avatar.train.crops import HEAD, Window, crop_camera
from core.avatar.train.film_set import (
    film_camera,
    film_mesh,
    film_pictures,
    head_window,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.avatar.camera import Camera
    from core.avatar.film_track import FilmTrack
    from core.avatar.track_masks import MaskWindow
    from core.face.model import FaceModel

    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]

# The parser's maps are coarse: pixels this near to the head are not taken for background.
BESIDE_HEAD_SHARE = 1 / 48


@dataclass(frozen=True, eq=False)
class View:
    """One picture of a person, and all that a system may know to draw it.

    Attributes:
        name: film and picture.
        group: the film, over which figures are also given.
        camera: of the crop.
        pose: as tracked or, for rendered truth, as it is.
        landmarks: (478, 2) float32 in the crop's pixels.
        pixels: (S, S, 4) uint8 the truth, sRGB-coded, premultiplied; alpha is 255 where it has a
            background.
        backdrop: (S, S, 3) or a grey, over which whatever has an alpha is laid.
        head: (S, S) where head, hair and neck are.
        depth: (S, S) metres where it is known.
    """

    name: str
    group: str
    camera: Camera
    pose: Pose
    landmarks: Floats
    pixels: NDArray[np.uint8]
    backdrop: Floats | float
    head: Mask
    depth: Floats | None = None

    @property
    def rgba(self) -> Floats:
        """The truth as float32, 0..1."""
        return self.pixels.astype(np.float32) / 255.0

    @property
    def has_background(self) -> bool:
        """Whether the truth shows more than the head: films do, rendered truth has an alpha."""
        return not isinstance(self.backdrop, float)


def film_views(folder: Path, face: FaceModel, size: int, every: int) -> list[View]:
    """Every so-manieth picture with a face of a tracked film, in the crops that avatars are trained on.

    Args:
        folder: NAME.mientrack; its films must lie where they lay.
        face: the canonical head.
        size: pixels of a crop's side.
        every: 1 for all pictures.
    """
    track = read_track(folder)
    mesh, roots = film_mesh(track, face), film_roots(track)
    windows = [head_window(track, mesh, film) for film in range(len(track.films))]
    rows = np.flatnonzero(track.found)[::every]
    views = []
    with open_masks(folder) as mask_of:
        pictures = film_pictures(track, rows)
        for film, shown in itertools.groupby(pictures, lambda pair: int(track.film_of[pair[0]])):
            taken = list(shown)
            crops = [
                _resampled(pixels, windows[film], size, Image.Resampling.BICUBIC)
                for _, pixels in taken
            ]
            heads = [
                _head(
                    mask_of(film, int(track.picture[row])),
                    mask_of.window(film, track.size),
                    windows[film],
                    size,
                )
                for row, _ in taken
            ]
            backdrop = plate(crops, heads)
            camera = crop_camera(film_camera(track, roots[film]), windows[film], size)
            for (row, _), crop, head in zip(taken, crops, heads, strict=True):
                known = _known_of(track, row, camera, windows[film])
                views.append(View(*known, pixels=_opaque(crop), backdrop=backdrop, head=head))
    return views


def plate(crops: Sequence[NDArray[np.uint8]], heads: Sequence[Mask]) -> Floats:
    """What lies behind a head that moves in front of a still camera, as in the product's plate mode.

    So a hole in an avatar shows the wall, not the film's face.
    """
    wide = max(1, round(len(heads[0]) * BESIDE_HEAD_SHARE))
    sure = [~binary_dilation(head, iterations=wide) for head in heads]
    behind = film_background(zip(crops, sure, strict=True))
    return continued(behind.colour, behind.known.astype(np.float32))


def check_same_person(training: FilmTrack, held_out: FilmTrack) -> None:
    """Hold that held-out pictures were tracked with the person and the lens of the training.

    Raises:
        ValueError: they were not; the same channels would then mean another face.
    """
    same = np.allclose(training.identity, held_out.identity) and np.allclose(
        training.offsets, held_out.offsets, atol=1e-6
    )
    if not same or not np.isclose(training.focal_pixels, held_out.focal_pixels):
        raise ValueError("track the held-out films with the person of the training films")


def _known_of(
    track: FilmTrack, row: int, camera: Camera, window: Window
) -> tuple[str, str, Camera, Pose, Floats]:
    """The first five of a `View`, from the track."""
    film = Path(track.films[int(track.film_of[row])]).stem
    head_to_root = np.linalg.inv(camera.root_to_camera) @ track.head_to_camera[row]
    corner = np.array([window.left, window.top], np.float32)
    landmarks = (track.landmarks[row] - corner) * (camera.width / window.side)
    pose = Pose(track.values[row, :52], head_to_root)
    return f"{film} {int(track.picture[row])}", film, camera, pose, landmarks


def _opaque(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.dstack([crop, np.full(crop.shape[:2], 255, np.uint8)])


def _head(mask: NDArray[np.uint8], seen: MaskWindow, window: Window, size: int) -> Mask:
    """Where head, hair and neck are in a crop, of a category map that shows `seen` of the picture."""
    head = Image.fromarray(np.where(np.isin(mask, HEAD), 255, 0).astype(np.uint8))
    part = np.asarray(head.resize((seen.width, seen.height), Image.Resampling.BILINEAR))
    inner = Window(window.left - seen.left, window.top - seen.top, window.side)
    return _resampled(part, inner, size, Image.Resampling.BILINEAR) > 127


def _resampled(
    picture: NDArray[np.uint8], window: Window, size: int, how: Image.Resampling
) -> NDArray[np.uint8]:
    """The window at `size` pixels; black where it leaves the film."""
    margin = int(np.ceil(window.side))
    around = ((margin, margin), (margin, margin), (0, 0))[: picture.ndim]
    left, top = window.left + margin, window.top + margin
    box = (left, top, left + window.side, top + window.side)
    wide = Image.fromarray(np.pad(picture, around))
    return np.asarray(wide.resize((size, size), how, box=box))
