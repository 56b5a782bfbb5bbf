# SPDX-License-Identifier: GPL-3.0-or-later
"""A word typed into the panel's list becomes a correction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from .. import compat, status
from ..problems import AnimatorError
from . import correcting, rows, stored


def word_typed(row: Any, _context: Any) -> None:
    """Blender calls this when something was typed into a row.

    An emptied row goes back to what was heard, and so does a word that cannot be spoken.
    """
    scene = row.id_data
    strip = _strip_of(scene, row)
    if strip is not None:
        uid, name = scene.session_uid, strip.name
        word, start, end = row.word, row.start_seconds, row.end_seconds
        _when_let_go(lambda: _correct(uid, name, word, start, end))


def _when_let_go(correct: Callable[[], None]) -> None:
    """A window holds on to the row while it calls, and rows move in memory as others come and go."""
    if bpy.app.background:
        correct()
    else:
        bpy.app.timers.register(correct, first_interval=0.0)


def _correct(scene_uid: int, strip_name: str, word: str, start: float, end: float) -> None:
    scene = next((found for found in bpy.data.scenes if found.session_uid == scene_uid), None)
    found = [s for s in compat.all_strips(scene) if s.name == strip_name] if scene else []
    for strip in found:
        try:
            if word.strip():
                correcting.correct_word(scene, strip, word, start, end)
            else:
                correcting.reset(scene, strip, start, end)
        except AnimatorError as problem:
            status.failed(bpy.context, problem)
        rows.rebuild(strip.mien.sounds, stored.shown(strip.mien.sounds))
        status.redraw(bpy.context)


def _strip_of(scene: Any, row: Any) -> Any:
    """The strip whose list a row is in."""
    place = row.as_pointer()
    return next(
        (
            strip
            for strip in compat.all_strips(scene)
            if strip.type == "SOUND"
            and any(own.as_pointer() == place for own in strip.mien.sounds.rows)
        ),
        None,
    )
