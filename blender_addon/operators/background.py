# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators have in common that let the worker work while Blender stays usable."""

from __future__ import annotations

import time
from typing import Any

import bpy

from .. import jobs, status
from ..problems import AnimatorError

TIMER_SECONDS = 0.1
BLOCKING_STEP_SECONDS = 0.01


class BackgroundOperator:
    """Starts a job, shows its progress, and says how it ended. Subclasses say which, by `begin`."""

    said_if_cancelled = "Cancelled; nothing was changed."
    _job: jobs.Job | None = None

    def begin(self, context: Any) -> jobs.Job:
        """Start the job, or what is asked and stopped like one. Raises AnimatorError."""
        raise NotImplementedError

    def finished(self, context: Any) -> None:
        """The job has ended well, and was not cancelled. May raise AnimatorError to say otherwise."""

    def invoke(self, context: Any, event: Any) -> set[str]:
        """In a window: start, then go on by timer so that Blender stays usable."""
        if bpy.app.background:
            return self.execute(context)
        if not self._start(context):
            return {"CANCELLED"}
        manager = context.window_manager
        timer = manager.event_timer_add(TIMER_SECONDS, window=context.window)
        self._job.at_end = lambda: bpy.context.window_manager.event_timer_remove(timer)
        manager.modal_handler_add(self)
        status.redraw(context)
        return {"RUNNING_MODAL"}

    def execute(self, context: Any) -> set[str]:
        """From scripts and without a window: run to the end before returning."""
        if not self._start(context):
            return {"CANCELLED"}
        while True:
            result = self._step(context)
            if result is not None:
                return result
            time.sleep(BLOCKING_STEP_SECONDS)

    def modal(self, context: Any, event: Any) -> set[str]:
        """Take in the worker's news; Esc or the panel's button cancels."""
        asked = context.window_manager.mien.cancel_asked
        if (event.type == "ESC" and event.value == "PRESS") or asked:
            context.window_manager.mien.cancel_asked = False
            self._job.cancel()
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        result = self._step(context)
        status.redraw(context)
        return {"PASS_THROUGH"} if result is None else result

    def cancel(self, context: Any) -> None:
        """Blender ends the operator itself: it is closing or loads another file."""
        if self._job is not None:
            self._job.abandon()
        status.ended(context, "")

    def _start(self, context: Any) -> bool:
        try:
            self._job = self.begin(context)
        except AnimatorError as problem:
            self._fail(context, problem)
            return False
        status.started(context)
        return True

    def _step(self, context: Any) -> set[str] | None:
        try:
            if not self._job.poll():
                status.progressed(context, self._job)
                return None
        except AnimatorError as problem:
            self._fail(context, problem)
            return {"CANCELLED"}
        if self._job.cancelled:
            status.ended(context, self.said_if_cancelled)
            return {"CANCELLED"}
        try:
            self.finished(context)
        except AnimatorError as problem:
            # What the job has written stays, so it is an undo step; scripts get the error raised.
            self._fail(context, problem)
            return {"FINISHED"}
        status.ended(context, self._job.said)
        self.report({"INFO"}, self._job.said)
        return {"FINISHED"}

    def _fail(self, context: Any, problem: AnimatorError) -> None:
        """The panel offers the log; a message in a window has one line, so it goes without."""
        status.failed(context, problem)
        in_window = not bpy.app.background
        text = f"{problem.message} {problem.advice}" if in_window else str(problem)
        self.report({"ERROR"}, text)
