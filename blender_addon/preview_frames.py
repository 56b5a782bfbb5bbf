# SPDX-License-Identifier: GPL-3.0-or-later
"""The frames of a take that the preview knows, and which to ask for next. Pure numpy."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from . import settle

# Around the playhead these are asked for first: what is seen now, and what playback comes to while the
# worker makes more.
BEFORE_SECONDS, AFTER_SECONDS = 0.1, 0.5
# The rest of the take is filled in pieces: each may be called off within one.
PIECE_SECONDS = 3.0
UNKNOWN = -1

Columns = Mapping[str, np.ndarray]


class KnownFrames:
    """What each frame of a strip shows, as far as it is known.

    Args:
        frames: frames of the strip.
        fps: frames a second of its sound.
    """

    def __init__(self, frames: int, fps: float) -> None:
        self.frames, self.fps = frames, fps
        self.columns: dict[str, np.ndarray] = {}
        self._made_for = np.full(frames, UNKNOWN)
        self._spoken_at_end: Columns = {}

    def take_in(self, first: int, columns: Columns, spoken: Columns, version: int) -> slice:
        """Note the frames from `first` on as made for a version of the direction; returns which."""
        count = min(len(next(iter(columns.values()))), self.frames - first)
        own = slice(first, first + max(count, 0))
        for name, values in columns.items():
            whole = self.columns.setdefault(name, np.zeros(self.frames, np.float32))
            whole[own] = values[:count]
        self._made_for[own] = version
        if count > 0 and own.stop == self.frames:
            self._spoken_at_end = {n: values[count - 1 : count] for n, values in spoken.items()}
        return own

    def known(self, frame: int, version: int | None = None) -> bool:
        """Whether a frame is known, for one version or for any."""
        made = self._made_for[frame]
        return bool(made == version if version is not None else made != UNKNOWN)

    def share(self, version: int) -> float:
        """Share of the frames that are known for a version, 0..1."""
        return float(np.mean(self._made_for == version))

    def next_piece(self, version: int, at: int) -> tuple[int, int] | None:
        """Frames (first, stop) to ask for, those around frame `at` first; None when all are known."""
        stale = np.flatnonzero(self._made_for != version)
        if not len(stale):
            return None
        near = self.near(at)
        inside = stale[(stale >= near.start) & (stale < near.stop)]
        if len(inside):
            return int(inside[0]), int(inside[-1]) + 1
        piece = max(1, round(PIECE_SECONDS * self.fps))
        ahead = stale[stale >= at]
        if len(ahead):
            first = int(ahead[0])
            return first, min(first + piece, self.frames)
        last = int(stale[-1]) + 1
        return max(last - piece, 0), last

    def near(self, at: int) -> slice:
        """The frames around the playhead."""
        before, after = (math.ceil(s * self.fps) for s in (BEFORE_SECONDS, AFTER_SECONDS))
        at = min(max(at, 0), self.frames - 1)
        return slice(max(at - before, 0), min(at + after + 1, self.frames))

    def seconds(self, piece: tuple[int, int]) -> list[float]:
        """A piece as seconds of the strip's sound, both ends counted."""
        return [piece[0] / self.fps, (piece[1] - 1) / self.fps]

    def rest_after(self) -> Columns:
        """Columns of the last frame and of those after the strip in which the mouth comes to rest."""
        last = {name: values[-1:] for name, values in self.columns.items()}
        return settle.with_rest(last, self._spoken_at_end, self.fps)[0]
