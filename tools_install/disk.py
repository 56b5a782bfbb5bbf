# SPDX-License-Identifier: Apache-2.0
"""Room and a lock, before anything is made."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .console import Problem

GIB = 1 << 30
LOOK_SECONDS = 0.2
# An environment with Blender measured 1.4 GB (bpy 1.0, the rest 0.4); pip holds wheels of 0.5 GB beside it and keeps
# them in its cache.
BLENDER_BYTES = int(2.5 * GIB)
# torch 0.7 GB without CUDA, OpenCV 0.4, mediapipe, numba and scipy 0.1 to 0.2 each. torch for CUDA brings 4 GB of
# libraries more, which only pip knows.
AVATAR_BYTES = int(3.5 * GIB)
TEMPORARY_BYTES = int(0.6 * GIB)


def require_space(root: Path, needed_bytes: int, what: str) -> None:
    """Raise Problem unless an environment fits into root and its download into the temporary folder."""
    temporary = Path(tempfile.gettempdir())
    for folder, needed, named in (
        (root, needed_bytes, what),
        (temporary, TEMPORARY_BYTES, "the download"),
    ):
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise Problem(
                f"{named} needs {needed / GIB:.1f} GB in {folder}, where {free / GIB:.1f} GB are free: free some "
                "space" + (", or set TMPDIR to a roomier folder" if folder == temporary else "")
            )


@contextlib.contextmanager
def only_one(root: Path, patience_seconds: float = 0.0) -> Iterator[None]:
    """Hold build/install.lock, so that two runs never build the same environment or zip.

    Raises Problem if another run holds it and still does after `patience_seconds`.
    """
    path = root / "build" / "install.lock"
    path.parent.mkdir(exist_ok=True)
    end = time.monotonic() + patience_seconds
    with path.open("a+b") as stream:
        while not is_locked(stream.fileno()):
            if time.monotonic() >= end:
                raise Problem(f"another install.py is at work in {root}: wait until it is done")
            time.sleep(LOOK_SECONDS)
        yield


def is_locked(descriptor: int) -> bool:
    """Take the lock if nobody else holds it."""
    try:
        lock(descriptor)
    except OSError:
        return False
    return True


def lock(descriptor: int) -> None:
    """Take the lock or raise OSError at once; the system releases it when the file is closed, even by a crash."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
