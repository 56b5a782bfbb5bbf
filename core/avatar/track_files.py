# SPDX-License-Identifier: Apache-2.0
"""The names in a folder NAME.mientrack, and what is said of one that cannot be read."""

from __future__ import annotations

from pathlib import Path

from ..errors import MienError

TRACK, MASKS, REPORT, SHEET = FILES = (
    "track.npz",
    "masks.zip",
    "report.json",
    "contact_sheet.png",
)
LARGEST_SIDE_PIXELS = 16_384
"""Of a film's pictures."""


def present(folder: Path | str, name: str) -> Path:
    """A file of the folder.

    Raises:
        MienError: ``track_missing``.
    """
    path = Path(folder) / name
    if not path.is_file():
        raise MienError(
            "track_missing",
            f"{folder} is no tracked film: it holds no {name}.",
            "Give the folder NAME.mientrack that `avatar track` wrote.",
        )
    return path


def damaged(path: Path, error: Exception) -> MienError:
    """What is said of a file that cannot be read."""
    said = error.args[0] if isinstance(error, KeyError) and error.args else error
    return MienError(
        "track_damaged",
        f"{path} is damaged or of another version of Mien ({said}).",
        "Track the film again.",
    )
