# SPDX-License-Identifier: Apache-2.0
"""A result of several files is a folder, written whole or not at all, as `core.whole_file` does for one."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import MienError


@contextmanager
def whole_folder(path: Path | str, what: str, names: Collection[str]) -> Iterator[Path]:
    """Give an empty folder to write into, which becomes `path` when the block ends well and goes when it fails.

    Args:
        path: the target; an older result there is replaced at the end.
        what: names the result in messages, such as ``The tracked film``.
        names: files that such a result holds. A folder with anything else in it is not replaced.

    Raises:
        MienError: ``not_writable``, when the folder's parent is missing, read-only or full;
            ``folder_in_the_way``.
    """
    with _fresh_folder(Path(path), what, names) as fresh:
        yield fresh
        _put_in_place(fresh, Path(path))


def check_place(path: Path | str, what: str, names: Collection[str]) -> None:
    """Find out before a long run whether `whole_folder` could write there.

    Raises:
        MienError: as `whole_folder`.
    """
    with _fresh_folder(Path(path), what, names):
        pass


def make_folder(folder: Path) -> None:
    """Make a folder that results are written into one by one, with those above it; it may be there.

    Raises:
        MienError: ``not_writable``.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MienError(
            "not_writable",
            f"The folder {folder} cannot be made ({error.strerror or error}).",
            "Choose a place where you may write and that has space left.",
        ) from error


@contextmanager
def _fresh_folder(target: Path, what: str, names: Collection[str]) -> Iterator[Path]:
    fresh = target.parent / f".mien-{uuid.uuid4().hex}.part"
    try:
        _refuse_strange(target, what, names)
        fresh.mkdir()
        yield fresh
    except OSError as error:
        raise MienError(
            "not_writable",
            f"{what} cannot be written to {target} ({error.strerror or error}).",
            "Choose a folder that exists, that you may write to and that has space left.",
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _refuse_strange(target: Path, what: str, names: Collection[str]) -> None:
    if not target.exists():
        return
    strange = not target.is_dir() or {entry.name for entry in target.iterdir()} - set(names)
    if strange:
        raise MienError(
            "folder_in_the_way",
            f"{what} cannot replace {target}, because something else lies there.",
            "Choose another name, or move away what lies there.",
        )


def _put_in_place(fresh: Path, target: Path) -> None:
    """Rename; what lay there is deleted only when the new one stands in its place."""
    if not target.exists():
        fresh.rename(target)
        return
    old = fresh.with_suffix(".old")
    target.rename(old)
    try:
        fresh.rename(target)
    except OSError:
        with contextlib.suppress(OSError):
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
