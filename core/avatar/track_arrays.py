# SPDX-License-Identifier: Apache-2.0
"""The numbers of a tracked film: ``track.npz`` in its folder, which holds the fields of `FilmTrack`."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from ..face.arkit import CHANNEL_NAMES
from .film_track import FilmTrack
from .npz_arrays import DAMAGED, read_content, read_header, read_texts
from .track_files import LARGEST_SIDE_PIXELS, damaged

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# What no file may lead to: an hour of film at 60 pictures a second.
_MOST_PICTURES = 216_000
_MOST_FILMS, _MOST_VERTICES = 1000, 1_000_000
_LONGEST_PATH, _DIGEST_LETTERS = 1 << 14, 64
# Letters are sizes that arrays share: T pictures, I identity directions, V vertices.
_ARRAYS: dict[str, tuple[str, tuple[str | int, ...]]] = {
    "film_of": ("int32", ("T",)),
    "picture": ("int32", ("T",)),
    "time_seconds": ("float64", ("T",)),
    "found": ("bool", ("T",)),
    "size": ("int64", (2,)),
    "focal_pixels": ("float64", ()),
    "identity": ("float32", ("I",)),
    "offsets": ("float32", ("V", 3)),
    "values": ("float32", ("T", len(CHANNEL_NAMES))),
    "head_to_camera": ("float64", ("T", 4, 4)),
    "landmarks": ("float32", ("T", 478, 2)),
    "residual_pixels": ("float32", ("T",)),
}
_LARGEST = {"T": _MOST_PICTURES, "I": 1000, "V": _MOST_VERTICES}
# Texts, one a film. Tracks of the first version have no digests.
_FILMS, _DIGESTS = "films", "film_digests"


def track_arrays(track: FilmTrack) -> dict[str, NDArray[Any]]:
    """What the file holds.

    Raises:
        ValueError: the track's arrays do not fit together.
    """
    arrays = {
        name: np.asarray(getattr(track, name)).astype(dtype) for name, (dtype, _) in _ARRAYS.items()
    }
    sizes: dict[str, int] = {}
    for name, array in arrays.items():
        _fit(name, array.shape, sizes)
    _check(track)
    texts = {name: np.array(getattr(track, name), np.str_) for name in (_FILMS, _DIGESTS)}
    return texts | arrays


def read_track_arrays(path: Path) -> FilmTrack:
    """Read the file; types and sizes are looked at before anything is allocated.

    Raises:
        MienError: ``track_damaged``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            sizes: dict[str, int] = {}
            data = {name: _read_array(archive, name, sizes) for name in _ARRAYS}
            films = _read_texts(archive, _FILMS, _LONGEST_PATH)
            has_digests = f"{_DIGESTS}.npy" in archive.namelist()
            digests = _read_texts(archive, _DIGESTS, _DIGEST_LETTERS) if has_digests else ()
        track = FilmTrack(
            films=films,
            size=(int(data["size"][0]), int(data["size"][1])),
            focal_pixels=float(data["focal_pixels"]),
            film_digests=digests,
            **{name: data[name] for name in _ARRAYS if name not in {"size", "focal_pixels"}},
        )
        _check(track)
    except DAMAGED as error:
        raise damaged(path, error) from error
    return track


def _read_array(archive: zipfile.ZipFile, name: str, sizes: dict[str, int]) -> NDArray[Any]:
    header = read_header(archive, name)
    if header.dtype != np.dtype(_ARRAYS[name][0]):
        raise ValueError(f"{name} holds {header.dtype}")
    _fit(name, header.shape, sizes)
    return read_content(archive, header)


def _read_texts(archive: zipfile.ZipFile, name: str, longest: int) -> tuple[str, ...]:
    return tuple(read_texts(archive, name, axes=1, most=_MOST_FILMS, longest=longest).tolist())


def _fit(name: str, shape: tuple[int, ...], sizes: dict[str, int]) -> None:
    """Hold a shape to the table and to the sizes that earlier arrays had; raises ValueError."""
    wanted = _ARRAYS[name][1]
    for axis, given in zip(wanted, shape, strict=False):
        if isinstance(axis, str) and given <= _LARGEST[axis]:
            sizes.setdefault(axis, given)
    if shape != tuple(sizes.get(a, -1) if isinstance(a, str) else a for a in wanted):
        raise ValueError(f"{name} has shape {shape}")


def _check(track: FilmTrack) -> None:
    """Hold the content of a track to what `FilmTrack` says; raises ValueError."""
    _check_films(track)
    if not all(1 <= side <= LARGEST_SIDE_PIXELS for side in track.size):
        raise ValueError(f"its pictures are {track.size[0]} x {track.size[1]} pixels")
    if not 0.0 < track.focal_pixels < np.inf:
        raise ValueError("its focal length is not positive")
    if len(track.picture) and track.picture.min() < 0:
        raise ValueError("a picture has a negative number")
    for name in ("time_seconds", "identity", "offsets"):
        if not np.isfinite(getattr(track, name)).all():
            raise ValueError(f"{name} holds values that are not finite")
    for name in ("values", "head_to_camera", "landmarks", "residual_pixels"):
        if not np.isfinite(getattr(track, name)[track.found]).all():
            raise ValueError(f"{name} holds values that are not finite")


def _check_films(track: FilmTrack) -> None:
    count = len(track.films)
    if not 1 <= count <= _MOST_FILMS:
        raise ValueError(f"it has {count} films")
    if len(track.film_digests) not in {0, count}:
        raise ValueError(f"it has {len(track.film_digests)} digests of its films")
    if len(track.film_of) and not (track.film_of.min() >= 0 and track.film_of.max() < count):
        raise ValueError("a picture is of a film that is not named")
