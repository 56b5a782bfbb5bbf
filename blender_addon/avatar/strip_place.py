# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an avatar's strip lies with new frames: cuts stay, and the rest of a shot stays in the edit.

An animator renders a few frames of a shot anew far more often than the shot. So those of an earlier
render into the same files go on to be shown, and no end that somebody has cut is moved.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy

from .. import compat
from .frames import Frames

# On strips: the scene frame of their first picture.
FIRST = "mien_first_frame"


def joined(strip: Any, frames: Frames) -> Frames:
    """Frames, with those that the strip already has around them in the same folder and format.

    They are alone where a gap would be between them, or where what the strip has is gone from the disk.
    """
    folder = Path(bpy.path.abspath(strip.directory))
    first = strip.get(FIRST, frames.first_frame)
    by_frame = {first + i: folder / each.filename for i, each in enumerate(strip.elements)}
    added = {frames.first_frame + i: path for i, path in enumerate(frames.paths)}
    same_files = (folder, by_frame[first].suffix) == (frames.paths[0].parent, frames.ending)
    if not same_files or not all(
        path.is_file() for frame, path in by_frame.items() if frame not in added
    ):
        return frames
    by_frame.update(added)
    begin, end = min(by_frame), max(by_frame)
    if end - begin + 1 != len(by_frame):
        return frames
    return replace(frames, paths=[by_frame[i] for i in range(begin, end + 1)], first_frame=begin)


def shows(strip: Any, frames: Frames) -> bool:
    """Whether a strip has these very files, so that they need only be read again."""
    folder = Path(bpy.path.abspath(strip.directory))
    return [folder / each.filename for each in strip.elements] == list(frames.paths)


def place(strip: Any, frames: Frames) -> tuple[int, int, int] | None:
    """Where a strip's content begins with new frames, and from where to where it is shown.

    Ends are exclusive. None where it was cut and the new frames do not reach as far: to show them it
    would have to forget its cuts.
    """
    at = compat.strip_frames(strip)
    begun = at.content_start - at.trim_start
    ended = at.content_start + at.content_frames + at.trim_end
    start = frames.first_frame + begun - strip.get(FIRST, begun)
    end = start + len(frames.paths)
    is_left_cut, is_right_cut = at.left > begun, at.right < ended
    # Beyond its content a strip holds the first or last picture.
    left = at.left if is_left_cut else start + at.left - begun
    right = at.right if is_right_cut else end + at.right - ended
    reaches = (not is_left_cut or start <= left) and (not is_right_cut or right <= end)
    return (start, left, right) if reaches and left < right else None
