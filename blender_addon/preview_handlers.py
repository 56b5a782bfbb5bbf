# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Blender calls the preview: its timer, frames, saving, undo and files.

What mends marked files stays from the first preview on, since undo steps keep what was saved in them;
opened files are always looked at, since an autosave may have been made in mid-preview.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy
from bpy.app.handlers import persistent

from . import preview_mark

# Between two looks for changes while nothing is on its way, and while an answer is awaited.
IDLE_SECONDS, WAITING_SECONDS = 0.03, 0.008


@dataclass(frozen=True)
class Calls:
    """What is called, while a preview runs.

    Attributes:
        show: before a frame of a scene is drawn.
        before_save, after_save: around the writing of the file.
        after_undo: after undo and redo.
        before_load, after_load: around the reading of a file.
    """

    show: Callable[[Any], None]
    before_save: Callable[[], None]
    after_save: Callable[[], None]
    after_undo: Callable[[], None]
    before_load: Callable[[], None]
    after_load: Callable[[], None]


# Those of the running preview, and of the one that a load has just ended.
_called: list[Calls] = []
_loading: list[Calls] = []


def add(calls: Calls) -> None:
    """Call these from now on."""
    _called[:] = [calls]
    handlers = bpy.app.handlers
    _hang(handlers.frame_change_pre, _on_frame)
    _hang(handlers.save_pre, _on_save)
    _hang(handlers.save_post, _on_saved)
    if hasattr(handlers, "save_post_fail"):
        _hang(handlers.save_post_fail, _on_saved)
    _hang(handlers.load_pre, _on_load)
    _hang(handlers.undo_post, _on_undo)
    _hang(handlers.redo_post, _on_undo)


def remove() -> None:
    """Call nothing any more; undo steps are still mended."""
    _called.clear()
    handlers = bpy.app.handlers
    for chain, function in (
        (handlers.frame_change_pre, _on_frame),
        (handlers.save_pre, _on_save),
        (handlers.save_post, _on_saved),
        (getattr(handlers, "save_post_fail", []), _on_saved),
        (handlers.load_pre, _on_load),
    ):
        if function in chain:
            chain.remove(function)


def start_timer(
    pump: Callable[[], bool], is_on: Callable[[], bool], stop: Callable[[], None]
) -> None:
    """Pump until the preview is off; a window needs it, scripts pump themselves."""

    def tick() -> float | None:
        if not is_on():
            return None
        try:
            waiting = pump()
        except BaseException:
            # Blender drops a timer that fails, and the face must not stay as it is.
            stop()
            raise
        return WAITING_SECONDS if waiting else IDLE_SECONDS

    bpy.app.timers.register(tick, first_interval=WAITING_SECONDS, persistent=True)


def register() -> None:
    """Look at every file that is opened."""
    _hang(bpy.app.handlers.load_post, _on_loaded)


def unregister() -> None:
    """Hang nothing on Blender any more."""
    remove()
    for chain, function in (
        (bpy.app.handlers.load_post, _on_loaded),
        (bpy.app.handlers.undo_post, _on_undo),
        (bpy.app.handlers.redo_post, _on_undo),
    ):
        if function in chain:
            chain.remove(function)


def _hang(chain: Any, function: Callable[..., None]) -> None:
    if function not in chain:
        chain.append(function)


@persistent
def _on_frame(scene: Any, _depsgraph: Any = None) -> None:
    for calls in _called:
        calls.show(scene)


@persistent
def _on_save(*_: Any) -> None:
    for calls in _called:
        calls.before_save()


@persistent
def _on_saved(*_: Any) -> None:
    for calls in _called:
        calls.after_save()


@persistent
def _on_load(*_: Any) -> None:
    for calls in tuple(_called):
        _loading[:] = [calls]
        calls.before_load()


@persistent
def _on_undo(*_: Any) -> None:
    if not _called:
        preview_mark.mend()
    for calls in _called:
        calls.after_undo()


@persistent
def _on_loaded(*_: Any) -> None:
    preview_mark.mend()
    for calls in tuple(_loading):
        _loading.clear()
        calls.after_load()
