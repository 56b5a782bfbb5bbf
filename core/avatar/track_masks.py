# SPDX-License-Identifier: Apache-2.0
"""The masks of a tracked film: ``masks.zip`` in its folder.

It holds a category map a picture, raw uint8 of MASK_SIDE x MASK_SIDE, row by row, deflated, named film
number/picture number, and ``windows.json``: the part [left, top, width, height] of each film's upright
pictures that its maps show, stretched.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np

from .npz_arrays import DAMAGED
from .track_files import LARGEST_SIDE_PIXELS, MASKS, damaged, present

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Mask = NDArray[np.uint8]

MASK_SIDE = 256
CATEGORIES = ("background", "hair", "body_skin", "face_skin", "clothes", "others")
"""What the numbers of a category map mean, in their order."""
_WINDOWS = "windows.json"
_LONGEST_WINDOWS_BYTES = 1 << 20


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
        windows: what the maps of each film show, as the file says; `window` looks at it.
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
        except DAMAGED as error:
            raise damaged(self.path, error) from error
        return mask

    def window(self, film: int, size: tuple[int, int]) -> MaskWindow:
        """What the maps of a film show.

        Args:
            film: its number.
            size: (width, height) of its upright pictures.

        Raises:
            MienError: ``track_damaged``, where the film has no window, or one that leaves its pictures.
        """
        if film >= len(self.windows):
            raise damaged(self.path, ValueError(f"{_WINDOWS} lacks film {film + 1}"))
        window, (width, height) = self.windows[film], size
        if window.left + window.width > width or window.top + window.height > height:
            raise damaged(
                self.path,
                ValueError(f"{_WINDOWS} leaves the {width} x {height} pixels of film {film + 1}"),
            )
        return window

    def digest(self) -> str:
        """Hex sha256 of the names, lengths and check sums in the archive's list: no map is unpacked."""
        lines = (f"{e.filename} {e.file_size} {e.CRC}" for e in self.archive.infolist())
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def write_masks(
    path: Path, masks: Iterable[tuple[int, int, Mask]], windows: Sequence[MaskWindow]
) -> None:
    """Write the archive.

    Args:
        path: the file.
        masks: (film number, picture number, (256, 256) uint8 map) in any order; taken one by one.
        windows: what the maps of each film show.

    Raises:
        ValueError: a map is none.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for film, picture, mask in masks:
            if mask.shape != (MASK_SIDE, MASK_SIDE) or mask.dtype != np.uint8:
                raise ValueError(f"a mask is {mask.dtype} {mask.shape}")
            archive.writestr(_mask_name(film, picture), mask.tobytes())
        archive.writestr(_WINDOWS, json.dumps([astuple(window) for window in windows]))


@contextmanager
def open_masks(folder: Path | str) -> Iterator[Masks]:
    """Read many masks: gives `Masks`, which is called as ``mask_of(film number, picture number)``.

    Raises:
        MienError: ``track_missing``, ``track_damaged``; also from the call.
    """
    path = present(folder, MASKS)
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED as error:
        raise damaged(path, error) from error
    with archive:
        try:
            windows = _windows(archive)
        except DAMAGED as error:
            raise damaged(path, error) from error
        yield Masks(path, archive, windows)


def _windows(archive: zipfile.ZipFile) -> tuple[MaskWindow, ...]:
    entry = archive.getinfo(_WINDOWS)
    if entry.file_size > _LONGEST_WINDOWS_BYTES:
        raise ValueError(f"{_WINDOWS} is too long")
    windows = tuple(MaskWindow(*map(int, row)) for row in json.loads(archive.read(entry)))
    for window in windows:
        right, bottom = window.left + window.width, window.top + window.height
        across = 0 <= window.left < right <= LARGEST_SIDE_PIXELS
        down = 0 <= window.top < bottom <= LARGEST_SIDE_PIXELS
        if not (across and down):
            raise ValueError(f"{_WINDOWS} holds no window of a picture")
    return windows


def _mask_name(film: int, picture: int) -> str:
    return f"{film:02d}/{picture:06d}"
