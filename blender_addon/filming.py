# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendering a review film: at once without a window, by Blender's own render job with one.

A film under way is asked and stopped as a job is (jobs.Job).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from .problems import AnimatorError
from .review import Film, stage

NOT_STOPPED = "Press Esc in the render's window to stop it."


@dataclass(eq=False)
class Filming:
    """A film under way; it gets its name when it is whole."""

    film: Film
    fraction: float = 0.0
    stage: str = "Filming"
    said: str = ""
    cancelled: bool = False
    at_end: Callable[[], None] = lambda: None
    _stack: ExitStack = field(default_factory=ExitStack)
    _part: Path | None = None
    _scene_name: str = ""
    _finished: bool = False

    def poll(self) -> bool:
        """Go on; True when the film is there, or the animator has stopped it.

        Raises:
            AnimatorError: it cannot be rendered or written; nothing was changed.
        """
        try:
            if self._part is None:
                self._start()
            if not self._finished:
                return False
        except BaseException:
            self._close()
            raise
        self._close()
        self._take_over()
        return True

    def cancel(self) -> None:
        """A render is stopped by Esc in its own window; Blender offers nothing else."""
        self.stage = NOT_STOPPED

    def abandon(self) -> None:
        """Drop it: the file or the add-on is being closed."""
        self._close()

    def _start(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="mien-film-", dir=bpy.app.tempdir or None))
        self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        self._part = self.film.path.with_suffix(".part.mp4")
        copy = self._stack.enter_context(stage(self.film, folder))
        copy.render.filepath = str(self._part)
        self._scene_name = copy.name
        self._hang_on()
        try:
            if bpy.app.background:
                bpy.ops.render.render(animation=True, scene=copy.name)
                self._finished = True
            else:
                bpy.ops.render.render("INVOKE_DEFAULT", animation=True, scene=copy.name)
        except RuntimeError as error:
            raise AnimatorError(
                f"The film of strip '{self.film.strip.name}' could not be rendered: {error}",
                "Check that there is space beside the .blend file, and that you may write there.",
            ) from error

    def _hang_on(self) -> None:
        """Be told how the render goes. The copy of the scene must live until it has ended."""
        handlers = bpy.app.handlers
        told = (
            (handlers.render_write, self._written),
            (handlers.render_complete, self._completed),
            (handlers.render_cancel, self._stopped),
        )
        for handler, function in told:
            handler.append(function)
            self._stack.callback(handler.remove, function)

    def _is_ours(self, scene: Any) -> bool:
        return scene is not None and scene.name == self._scene_name

    def _written(self, scene: Any, _depsgraph: Any = None) -> None:
        if self._is_ours(scene):
            frames = max(1, scene.frame_end - scene.frame_start + 1)
            self.fraction = min(1.0, (scene.frame_current - scene.frame_start + 1) / frames)

    def _completed(self, scene: Any, _depsgraph: Any = None) -> None:
        self._finished = self._finished or self._is_ours(scene)

    def _stopped(self, scene: Any, _depsgraph: Any = None) -> None:
        if self._is_ours(scene):
            self._finished = self.cancelled = True

    def _close(self) -> None:
        self._stack.close()
        self.at_end()

    def _take_over(self) -> None:
        part, path = self._part, self.film.path
        if self.cancelled:
            part.unlink(missing_ok=True)
            return
        if not part.is_file() or part.stat().st_size == 0:
            raise AnimatorError(
                f"Blender wrote no film for strip '{self.film.strip.name}'.",
                f"Check that you may write to {path.parent}, and that this Blender has FFmpeg.",
            )
        part.replace(path)
        self.said = f"Filmed '{self.film.strip.name}': {path}"
