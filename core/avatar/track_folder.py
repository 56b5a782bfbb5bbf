# SPDX-License-Identifier: Apache-2.0
"""The folder NAME.mientrack of a tracked film: its track, its masks, and what people look at.

``track.npz`` holds the fields of `FilmTrack`; ``masks.zip`` a category map a picture, raw uint8 of
MASK_SIDE x MASK_SIDE, row by row, deflated, named film number/picture number, and ``windows.json``: the
part [left, top, width, height] of each film's upright pictures that its maps show, stretched. ``report.json`` and ``contact_sheet.png`` are for people. Numpy alone is needed, and nothing is unpickled.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MienError
from ..face.arkit import CHANNEL_NAMES
from ..whole_folder import check_place, whole_folder
from .film_track import FilmTrack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.uint8]

TRACK, MASKS, REPORT, SHEET = FILES = (
    "track.npz",
    "masks.zip",
    "report.json",
    "contact_sheet.png",
)
WHAT = "The tracked film"
MASK_SIDE = 256
CATEGORIES = ("background", "hair", "body_skin", "face_skin", "clothes", "others")
"""What the numbers of a category map mean, in their order."""
_WINDOWS = "windows.json"
_LONGEST_WINDOWS_BYTES = 1 << 20
# What no file may lead to: an hour of film at 60 pictures a second.
_MOST_PICTURES = 216_000
_MOST_FILMS, _MOST_VERTICES, _LARGEST_SIDE = 1000, 1_000_000, 16_384
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
# How a damaged file shows itself in numpy, zipfile and zlib.
_DAMAGED = (
    *(OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, NotImplementedError),
    *(MemoryError, OverflowError, zipfile.BadZipFile, zlib.error),
)


@dataclass(frozen=True)
class MaskWindow:
    """The part of a film's upright pictures that its category maps show; pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Masks:
    """The masks of a tracked film, read one by one from their open archive.

    Attributes:
        windows: what the maps of each film show.
    """

    path: Path
    archive: zipfile.ZipFile
    windows: tuple[MaskWindow, ...]

    def __call__(self, film: int, picture: int) -> Mask:
        """The category map (256, 256) uint8 of a picture, by the numbers of film and picture.

        Raises:
            MienError: ``track_damaged``.
        """
        try:
            entry = self.archive.getinfo(_mask_name(film, picture))
            if entry.file_size != MASK_SIDE * MASK_SIDE:
                raise ValueError(f"{entry.filename} has {entry.file_size} bytes")
            raw = np.frombuffer(self.archive.read(entry), np.uint8)
            mask = raw.reshape(MASK_SIDE, MASK_SIDE)
            if mask.max() >= len(CATEGORIES):
                raise ValueError(f"{entry.filename} holds numbers that are no category")
        except _DAMAGED as error:
            raise _damaged(self.path, error) from error
        return mask


def write_track(
    folder: Path | str,
    track: FilmTrack,
    masks: Iterable[tuple[int, int, Mask]],
    report: Mapping[str, Any],
    contact_sheet: bytes,
    *,
    windows: Sequence[MaskWindow] | None = None,
) -> None:
    """Write the folder, whole or not at all; an older one is replaced when the new one is finished.

    Args:
        folder: NAME.mientrack.
        track: what was found.
        masks: (film number, picture number, (256, 256) uint8 map) in any order; taken one by one.
        report: JSON data.
        contact_sheet: a PNG.
        windows: what the maps of each film show; None for whole pictures.

    Raises:
        MienError: ``not_writable``, ``folder_in_the_way``.
        ValueError: the track's arrays do not fit together, or a map is none.
    """
    arrays = _arrays(track)
    with whole_folder(folder, WHAT, FILES) as fresh:
        with (fresh / TRACK).open("wb") as file:
            np.savez_compressed(file, films=np.array(track.films, np.str_), **arrays)
        with zipfile.ZipFile(fresh / MASKS, "w", zipfile.ZIP_DEFLATED) as archive:
            for film, picture, mask in masks:
                if mask.shape != (MASK_SIDE, MASK_SIDE) or mask.dtype != np.uint8:
                    raise ValueError(f"a mask is {mask.dtype} {mask.shape}")
                archive.writestr(_mask_name(film, picture), mask.tobytes())
            shown = windows or [MaskWindow(0, 0, *track.size)] * len(track.films)
            archive.writestr(_WINDOWS, json.dumps([astuple(window) for window in shown]))
        text = json.dumps(dict(report), indent=1, ensure_ascii=False)
        (fresh / REPORT).write_text(text + "\n", encoding="utf-8")
        (fresh / SHEET).write_bytes(contact_sheet)


def check_track_place(folder: Path | str) -> None:
    """Find out before a long run whether a tracked film can be written there.

    Raises:
        MienError: ``not_writable``, ``folder_in_the_way``.
    """
    check_place(folder, WHAT, FILES)


def read_track(folder: Path | str) -> FilmTrack:
    """Read what `write_track` wrote; types and sizes are looked at before anything is allocated.

    Raises:
        MienError: ``track_missing``, ``track_damaged``.
    """
    path = _present(folder, TRACK)
    try:
        with zipfile.ZipFile(path) as archive:
            sizes: dict[str, int] = {}
            data = {name: _read_array(archive, name, sizes) for name in _ARRAYS}
            films = _read_films(archive)
        track = FilmTrack(
            films=films,
            size=(int(data["size"][0]), int(data["size"][1])),
            focal_pixels=float(data["focal_pixels"]),
            **{name: data[name] for name in _ARRAYS if name not in {"size", "focal_pixels"}},
        )
        _check(track)
    except _DAMAGED as error:
        raise _damaged(path, error) from error
    return track


@contextmanager
def open_masks(folder: Path | str) -> Iterator[Masks]:
    """Read many masks: gives `Masks`, which is called as ``mask_of(film number, picture number)``.

    Raises:
        MienError: ``track_missing``, ``track_damaged``; also from the call.
    """
    path = _present(folder, MASKS)
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGED as error:
        raise _damaged(path, error) from error
    with archive:
        try:
            windows = _windows(archive)
        except _DAMAGED as error:
            raise _damaged(path, error) from error
        yield Masks(path, archive, windows)


def read_mask(folder: Path | str, film: int, picture: int) -> Mask:
    """One picture's category map, (256, 256) uint8; `open_masks` is for many.

    Raises:
        MienError: ``track_missing``, ``track_damaged``.
    """
    with open_masks(folder) as mask_of:
        return mask_of(film, picture)


def _windows(archive: zipfile.ZipFile) -> tuple[MaskWindow, ...]:
    entry = archive.getinfo(_WINDOWS)
    if entry.file_size > _LONGEST_WINDOWS_BYTES:
        raise ValueError(f"{_WINDOWS} is too long")
    windows = tuple(MaskWindow(*map(int, row)) for row in json.loads(archive.read(entry)))
    for window in windows:
        right, bottom = window.left + window.width, window.top + window.height
        if not (0 <= window.left < right <= _LARGEST_SIDE and 0 <= window.top < bottom):
            raise ValueError(f"{_WINDOWS} holds no window of a picture")
    return windows


def _mask_name(film: int, picture: int) -> str:
    return f"{film:02d}/{picture:06d}"


def _present(folder: Path | str, name: str) -> Path:
    path = Path(folder) / name
    if not path.is_file():
        raise MienError(
            "track_missing",
            f"{folder} is no tracked film: it holds no {name}.",
            "Give the folder NAME.mientrack that `avatar track` wrote.",
        )
    return path


def _damaged(path: Path, error: Exception) -> MienError:
    said = error.args[0] if isinstance(error, KeyError) and error.args else error
    return MienError(
        "track_damaged",
        f"{path} is damaged or of another version of Mien ({said}).",
        "Track the film again.",
    )


def _arrays(track: FilmTrack) -> dict[str, NDArray[Any]]:
    arrays = {
        name: np.asarray(getattr(track, name)).astype(dtype) for name, (dtype, _) in _ARRAYS.items()
    }
    sizes: dict[str, int] = {}
    for name, array in arrays.items():
        _fit(name, array.shape, sizes)
    _check(track)
    return arrays


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
    if not 1 <= len(track.films) <= _MOST_FILMS:
        raise ValueError(f"it has {len(track.films)} films")
    if not all(1 <= side <= _LARGEST_SIDE for side in track.size):
        raise ValueError(f"its pictures are {track.size[0]} x {track.size[1]} pixels")
    if not 0.0 < track.focal_pixels < np.inf:
        raise ValueError("its focal length is not positive")
    if len(track.film_of) and not (
        track.film_of.min() >= 0 and track.film_of.max() < len(track.films)
    ):
        raise ValueError("a picture is of a film that is not named")
    if len(track.picture) and track.picture.min() < 0:
        raise ValueError("a picture has a negative number")
    for name in ("time_seconds", "identity", "offsets"):
        if not np.isfinite(getattr(track, name)).all():
            raise ValueError(f"{name} holds values that are not finite")
    for name in ("values", "head_to_camera", "landmarks", "residual_pixels"):
        if not np.isfinite(getattr(track, name)[track.found]).all():
            raise ValueError(f"{name} holds values that are not finite")


def _read_array(archive: zipfile.ZipFile, name: str, sizes: dict[str, int]) -> NDArray[Any]:
    entry = archive.getinfo(f"{name}.npy")
    dtype = np.dtype(_ARRAYS[name][0])
    shape, found, begin = _header(archive, entry)
    if found != dtype:
        raise ValueError(f"{name} holds {found}")
    _fit(name, shape, sizes)
    return _content(archive, entry, shape, dtype, begin)


def _read_films(archive: zipfile.ZipFile) -> tuple[str, ...]:
    entry = archive.getinfo("films.npy")
    shape, dtype, begin = _header(archive, entry)
    if dtype.kind != "U" or len(shape) != 1 or shape[0] > _MOST_FILMS or dtype.itemsize > 1 << 16:
        raise ValueError(f"films holds {dtype} {shape}")
    return tuple(_content(archive, entry, shape, dtype, begin).tolist())


def _header(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo
) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    """Shape, type and where the content begins, of an array that lies row by row."""
    with archive.open(entry) as file:
        version = np.lib.format.read_magic(file)  # type: ignore[no-untyped-call]
        if version != (1, 0):
            raise ValueError(f"{entry.filename} is of version {version}")
        header = np.lib.format.read_array_header_1_0(file)  # type: ignore[no-untyped-call]
        shape, is_by_column, dtype = header
        if is_by_column and len(shape) > 1:
            raise ValueError(f"{entry.filename} lies column by column")
        return shape, dtype, file.tell()


def _content(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    begin: int,
) -> NDArray[Any]:
    if entry.file_size - begin != int(np.prod(shape, dtype=np.int64)) * dtype.itemsize:
        raise ValueError(f"{entry.filename} is not as long as it says")
    return np.frombuffer(archive.read(entry), dtype, offset=begin).reshape(shape).copy()
