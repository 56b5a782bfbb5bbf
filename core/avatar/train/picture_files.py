# SPDX-License-Identifier: Apache-2.0
"""The pictures of a training on disk, where they may be larger than memory: kept, or made anew.

A stamp beside them says what they were cut from; they have none while they are being cut.
"""

from __future__ import annotations

import math
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import MienError
from ...whole_file import whole_file
from ..faults import FULL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Map = np.memmap[Any, np.dtype[np.uint8]]
    Shape = tuple[int, int, int]

STAMP = "pictures.json"
# Bytes of a pixel: colour, alpha, care.
CHANNELS = 5


@dataclass(frozen=True, eq=False)
class PictureFiles:
    """Pictures that lie in files: colour (T, S, S, 3), alpha and care (T, S, S), all uint8."""

    colour: Bytes
    alpha: Bytes
    care: Bytes


def kept_pictures(workplace: Path, made_of: str, shape: Shape) -> PictureFiles | None:
    """The pictures of an earlier run, to be read; None where they are of something else, missing or short.

    Args:
        workplace: their folder.
        made_of: what they must have been cut from, JSON.
        shape: (T, S, S).
    """
    try:
        if (workplace / STAMP).read_bytes() != made_of.encode():
            return None
        pictures = PictureFiles(*(_open_map(path, "r") for path in _paths(workplace)))
    # A file that is missing or unreadable; none of numpy's, or shorter than it says.
    except (OSError, ValueError):
        return None
    found = [(part.shape, part.dtype) for part in (pictures.colour, pictures.alpha, pictures.care)]
    wanted = [(part, np.dtype(np.uint8)) for part in _shapes(shape)]
    return pictures if found == wanted else None


@contextmanager
def new_pictures(workplace: Path, made_of: str, shape: Shape) -> Iterator[PictureFiles]:
    """Give pictures to be written, in the place of those of an earlier run; stamped when the block ends well.

    Args:
        workplace: their folder, which exists.
        made_of: what they are cut from, JSON.
        shape: (T, S, S).

    Raises:
        MienError: ``not_writable``, when they cannot be made or would not fit on the disk: a map that
            meets a full disk later ends the process without a word, so that their room is taken here.
    """
    try:
        # Their room is free again for the new ones; the stamp goes first, for it speaks of all three.
        for path in (workplace / STAMP, *_paths(workplace)):
            path.unlink(missing_ok=True)
        size, free = CHANNELS * math.prod(shape), shutil.disk_usage(workplace).free
        if size > free:
            raise OSError(f"{size / 1e9:.1f} GB are needed, {free / 1e9:.1f} GB are free")
        maps = [
            _open_map(path, "w+", part)
            for path, part in zip(_paths(workplace), _shapes(shape), strict=True)
        ]
        for path in _paths(workplace):
            _take_room(path)
    except OSError as error:
        raise MienError(
            "not_writable",
            f"The pictures of the training cannot be kept in {workplace} ({error}).",
            "Make room, or train with fewer or smaller pictures (--pictures, --size).",
        ) from error
    yield PictureFiles(*maps)
    for part in maps:
        part.flush()
    with whole_file(workplace / STAMP, "The list of the pictures") as stamp:
        stamp.write_bytes(made_of.encode())


def _paths(workplace: Path) -> tuple[Path, ...]:
    return tuple(workplace / f"{name}.npy" for name in ("colour", "alpha", "care"))


def _shapes(shape: Shape) -> tuple[tuple[int, ...], ...]:
    return (*shape, 3), shape, shape


def _open_map(path: Path, mode: str, shape: tuple[int, ...] | None = None) -> Map:
    return np.lib.format.open_memmap(path, mode, np.uint8, shape)  # type: ignore[no-any-return,no-untyped-call]


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
