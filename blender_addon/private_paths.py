# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that may be shown to strangers: paths without the folders that name people and projects."""

from __future__ import annotations

import re
from collections.abc import Mapping

# A path begins with a slash, a drive or a server, not inside a word ("and/or", "1/2"), and ends at its
# last separator; a folder's name may hold spaces, but none before a slash: there another path begins.
_FOLDERS = re.compile(
    r"""(?<![\w.~/\\>])(?:[A-Za-z]:)?[\\/]{1,2}(?:(?!\s[\\/]|\s[A-Za-z]:[\\/])[^\\/\n"'<>|:])+[\\/]"""
    r"""(?:(?:(?!\s[\\/]|\s[A-Za-z]:[\\/])[^\\/\n"'<>|:])+[\\/])*"""
)


def without_folders(text: str, known: Mapping[str, str]) -> str:
    """The text with known folders under their names, and of every other path only the last part.

    Args:
        text: any text, such as lines of a log.
        known: folder to what it is called, such as {"/opt/blender": "<Blender>"}.
    """
    # A home at the root of the disk would take every slash.
    for folder in sorted((f for f in known if len(f) > 3), key=len, reverse=True):
        for spelling in {folder, folder.replace("\\", "/"), folder.replace("\\", "\\\\")}:
            text = text.replace(spelling, known[folder])
    return _FOLDERS.sub(".../", text)
