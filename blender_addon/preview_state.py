# SPDX-License-Identifier: GPL-3.0-or-later
"""The running preview: what is asked, known, covered and shown."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from . import character, jobs, preview_mark
from .engine import Engine
from .preview_frames import KnownFrames
from .preview_watch import Watch
from .preview_write import Writer
from .problems import AnimatorError


@dataclass(frozen=True)
class Asked:
    """A request on its way."""

    engine: Engine
    id: str
    piece: tuple[int, int]
    version: int
    path: Path


@dataclass(eq=False)
class Preview:
    """The running preview. Blender's data is named by numbers that outlive undo and renaming."""

    address: tuple[int, str]
    sequencer_uid: int
    strip_name: str
    sound: jobs.Sound
    strip_place: tuple[Any, ...]
    known: KnownFrames
    watch: Watch = field(default_factory=Watch)
    writer: Writer | None = None
    covered: list[tuple[Any, preview_mark.State]] = field(default_factory=list)
    rows: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    after: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    version: int = 0
    asked: Asked | None = None
    changed_at: float | None = None
    latency_ms: float | None = None
    shown_changes: int = 0
    lost: int = 0
    looked_at_rig: float = 0.0
    chosen: list[int | None] = field(default_factory=list)
    waiting: str = "Starting the worker"
    problem: str = ""
    shown: tuple[float, int] | None = None


def check_face(settings: Any) -> None:
    """Whether a character's face and head are in the scene.

    Raises:
        AnimatorError: one was deleted.
    """
    for chosen in (settings.target, settings.head_target):
        if chosen is not None and not chosen.users_collection:
            raise AnimatorError(
                f"Object '{chosen.name}' was deleted: it is in no collection.",
                "Choose another object in the Mien panel.",
            )


def hold(preview: Preview, settings: Any) -> None:
    """Cover what the rig shows now, and be ready to write to it.

    Raises:
        AnimatorError: nothing is recognised, or all of it is the animator's; nothing was changed.
    """
    writer = Writer(character.links_of(settings.target, settings.head_target))
    if not writer.covered:
        raise AnimatorError(
            "Every channel of the face is already animated by you.",
            "Mute or unlink that Action, those strips or drivers to see Mien's preview.",
        )
    preview.writer = writer
    for datablock, values in writer.covered.items():
        preview.covered.append((datablock, preview_mark.cover(datablock, values)))
    make_rows(preview, slice(0, preview.known.frames))


def let_go(preview: Preview) -> None:
    """Give back what is covered."""
    for datablock, state in preview.covered:
        # What was deleted meanwhile needs nothing.
        with suppress(ReferenceError):
            preview_mark.uncover(datablock, state)
    preview.covered, preview.writer, preview.shown = [], None, None


def make_rows(preview: Preview, own: slice) -> None:
    """Turn sources of some frames into what the rig shows; frames that nobody knows are at rest."""
    known, writer = preview.known, preview.writer
    rest = writer.resting_row()
    if preview.rows.shape != (known.frames, len(rest)):
        preview.rows = np.tile(rest, (known.frames, 1))
        own = slice(0, known.frames)
    if known.columns:
        preview.rows[own] = writer.rows({n: values[own] for n, values in known.columns.items()})
    if known.columns and own.stop == known.frames:
        preview.after = writer.rows(known.rest_after())[1:]


def position(preview: Preview, scene: Any) -> float:
    """Where the playhead is, in frames of the take."""
    return float(scene.frame_current_final) - preview.sound.heard.first_frame


def row(preview: Preview, position: float) -> np.ndarray:
    """What is shown at a position: held before the strip, at rest after it, in between in lines."""
    last = preview.known.frames - 1
    position = min(max(position, 0.0), float(last + len(preview.after)))
    first = int(position)
    row = preview.rows[first] if first <= last else preview.after[first - last - 1]
    share = position - first
    if share == 0.0:
        return row
    following = preview.rows[first + 1] if first < last else preview.after[first - last]
    return np.where(preview.writer.stepped, row, row + share * (following - row))
