# SPDX-License-Identifier: GPL-3.0-or-later
"""What an avatar file says of itself: whom it shows, who agreed and when, how large it is.

The file is safetensors; its header alone is read here (core/avatar/avatar_file.py wrote it). Whether
the contents are true to their hash is found out by the worker, which loads them.
"""

from __future__ import annotations

import functools
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..problems import AnimatorError

SUFFIX = ".mienavatar"
FORMAT = "mien-avatar 1"
MOST_HEADER_BYTES = 1 << 20
ADVICE = "Copy it again from where it was made, or choose another file."


@dataclass(frozen=True)
class Papers:
    """The papers of an avatar.

    Attributes:
        person: who is shown.
        date: when consent was recorded, ISO 8601.
        uses: what the avatar may be used for.
        gaussians: how many there are.
        file_bytes: size of the file.
    """

    person: str
    date: str
    uses: str
    gaussians: int
    file_bytes: int


def read_papers(path: Path) -> Papers:
    """The papers of a file; quick enough for every redraw, since an unchanged file is read once.

    Raises:
        AnimatorError: there is no such file, or it is no avatar.
    """
    try:
        told = path.stat()
        if not path.is_file():
            raise FileNotFoundError
    except OSError as error:
        raise AnimatorError(
            f"There is no avatar file {path}.", f"Choose a file ending in {SUFFIX}."
        ) from error
    found = _read(path, told.st_mtime_ns, told.st_size)
    if isinstance(found, AnimatorError):
        raise found
    return found


@functools.lru_cache(maxsize=32)
def _read(path: Path, _changed: int, size: int) -> Papers | AnimatorError:
    try:
        with path.open("rb") as file:
            start = file.read(8)
            length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
            if not 2 <= length <= min(MOST_HEADER_BYTES, size - 8):
                raise ValueError("it is no safetensors file")
            header = json.loads(file.read(length))
        return _papers(header, size, 8 + length)
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        words = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        return AnimatorError(f"{path.name} is no avatar, or is damaged ({words}).", ADVICE)


def _papers(header: Any, size: int, start: int) -> Papers | AnimatorError:
    texts = header["__metadata__"]
    written = str(texts["format"])
    if written != FORMAT:
        return AnimatorError(
            f"This is an avatar of another version ({written!r:.40}; Mien reads '{FORMAT}').",
            "Install the Mien that it was trained with, or a newer one.",
        )
    consent = json.loads(texts["papers"])["consent"]
    ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
    if start + max(ends) > size:
        raise ValueError("it ends too early")
    return Papers(
        person=str(consent["person"]),
        date=str(consent["date"]),
        uses=str(consent["uses"]),
        gaussians=int(header["gaussians.triangle"]["shape"][0]),
        file_bytes=size,
    )
