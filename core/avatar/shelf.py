# SPDX-License-Identifier: Apache-2.0
"""What the worker keeps between requests, so that a second picture costs its drawing alone."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .avatar_file import load_avatar
from .track_files import TRACK

if TYPE_CHECKING:
    from pathlib import Path

    from .model import Avatar
    from .plate_film import PlateFilm
    from .posed import Poser

# One takes 20 to 60 MB as read and as much again made ready.
MOST_KEPT = 3

# Path, size, time of change in nanoseconds.
Identity = tuple[str, int, int]


@dataclass(eq=False)
class _Kept:
    identity: Identity
    avatar: Avatar
    poser: Poser | None = None
    device: str = ""


class Shelf:
    """The last avatars by their files, and the last film; a file that has changed is read anew."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Path, _Kept] = OrderedDict()
        self._plate: tuple[Identity, PlateFilm] | None = None

    def avatar(self, path: Path) -> Avatar:
        """The avatar of a file.

        Raises:
            MienError: from `load_avatar`.
        """
        return self._open(path).avatar

    def plate(self, folder: Path) -> PlateFilm:
        """A tracked film, for its camera; a render looks anew whether film and masks are those tracked.

        Raises:
            MienError: from `open_plate`.
        """
        identity = _identity(folder / TRACK)
        if self._plate is None or self._plate[0] != identity:
            from .plate_film import open_plate  # noqa: PLC0415 - needs the avatar's packages

            self._plate = identity, open_plate(folder)
        return self._plate[1]

    def poser(self, path: Path, look: int, device: str = "auto") -> Poser:
        """An avatar made ready to be drawn in one of its looks on a device, as `choose_device` names them.

        Raises:
            MienError: from `load_avatar` and `choose_device`.
        """
        kept = self._open(path)
        if kept.poser is None or kept.device != device:
            from .device import choose_device  # noqa: PLC0415 - the greeting goes before torch loads
            from .posed import Poser  # noqa: PLC0415

            kept.poser, kept.device = Poser(kept.avatar, choose_device(device).device), device
        kept.poser.look = look
        return kept.poser

    def _open(self, path: Path) -> _Kept:
        identity = _identity(path)
        kept = self._kept.pop(path, None)
        if kept is None or kept.identity != identity:
            kept = _Kept(identity, load_avatar(path))
        self._kept[path] = kept
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return kept


def _identity(path: Path) -> Identity:
    try:
        stat = path.stat()
    except OSError:
        # A file that is gone is told by the one who reads it, in the animator's words.
        return str(path), -1, -1
    return str(path), stat.st_size, stat.st_mtime_ns
