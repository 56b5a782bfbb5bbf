# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendered frames as strips and compositor nodes take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy


@dataclass(frozen=True)
class Frames:
    """Rendered frames.

    Attributes:
        paths: one for each scene frame that was rendered, all in one folder.
        first_frame: scene frame of the first.
        step: scene frames from one to the next.
        is_relative: the animator chose their folder from the .blend file on (`//`), so that they are
            found again where both are moved together.
    """

    paths: Sequence[Path]
    first_frame: int
    step: int = 1
    is_relative: bool = False

    @property
    def last_frame(self) -> int:
        """Scene frame of the last."""
        return self.first_frame + (len(self.paths) - 1) * self.step

    @property
    def ending(self) -> str:
        """`.exr` or `.png`."""
        return self.paths[0].suffix

    @property
    def stored_folder(self) -> str:
        """Their folder as it goes into the .blend file, with a slash at its end."""
        return f"{self._stored(self.paths[0].parent)}/"

    @property
    def stored_first(self) -> str:
        """The first one's path as it goes into the .blend file."""
        return self._stored(self.paths[0])

    def _stored(self, path: Path) -> str:
        return str(bpy.path.relpath(str(path))) if self.is_relative else str(path)
