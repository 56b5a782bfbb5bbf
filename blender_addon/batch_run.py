# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a batch, one after the other; one that fails does not stop the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from . import cast, character, compat, defaults, dialogue, jobs, performing, status, strips
from .batch import Line
from .for_one_take import settings_for_one_take
from .problems import AnimatorError

DONE, FAILED, LEFT = "done", "failed", "not done"
# The panel has room for a few; the report has all.
FAILURES_TOLD = 5


@dataclass(frozen=True)
class Outcome:
    """What became of a line, in words."""

    line: Line
    state: str
    words: str


@dataclass(eq=False)
class Run:
    """A batch under way. It is asked and stopped as a job is (jobs.Job); `start` makes it."""

    context: Any
    lines: Sequence[Line]
    scene_uid: int
    outcomes: list[Outcome] = field(default_factory=list)
    said: str = ""
    cancelled: bool = False
    at_end: Callable[[], None] = lambda: None
    _job: jobs.Job | None = None
    _polling: bool = False
    _stopping: bool = False
    _ended: bool = False

    @property
    def fraction(self) -> float:
        """How far the whole batch is, 0 to 1."""
        share = self._job.fraction if self._job else 0.0
        return min(1.0, (len(self.outcomes) + share) / max(1, len(self.lines)))

    @property
    def stage(self) -> str:
        """Which line is worked at, and what is done with it."""
        number = min(len(self.outcomes) + 1, len(self.lines))
        stage = self._job.stage if self._job else "starting"
        return f"{number} of {len(self.lines)}: {status.STAGES.get(stage, stage)}"

    @property
    def failures(self) -> list[Outcome]:
        """Lines that failed."""
        return [outcome for outcome in self.outcomes if outcome.state == FAILED]

    def poll(self) -> bool:
        """Go on; True when all lines are done, or the animator has stopped them."""
        if self._ended:
            return True
        self._polling = True
        try:
            self._go_on()
            self.start_next()
        finally:
            self._polling = False
        if self._job is None:
            self._sum_up()
            self._end()
        return self._ended

    def cancel(self) -> None:
        """Stop with the present line; what is done stays."""
        self._stopping = True
        if self._job is not None:
            self._job.cancel()

    def abandon(self) -> None:
        """Drop everything at once: the file or the add-on is being closed."""
        if self._job is not None:
            self._job.abandon()
        self._end()

    def start_next(self) -> None:
        """Start the next line that can be; without a pause, so that nobody else asks the worker."""
        while self._job is None and not self._stopping and len(self.outcomes) < len(self.lines):
            line = self.lines[len(self.outcomes)]
            try:
                self._job = _begin(self.context, line, self.scene_uid)
                self._job.at_end = self._line_ended
            except AnimatorError as problem:
                self.outcomes.append(Outcome(line, FAILED, str(problem)))

    def _go_on(self) -> None:
        job = self._job
        if job is None:
            return
        line = self.lines[len(self.outcomes)]
        try:
            if not job.poll():
                return
        except AnimatorError as problem:
            self.outcomes.append(Outcome(line, FAILED, str(problem)))
        else:
            # A line that was ready before the worker heard of the stop is done all the same.
            if not job.cancelled:
                self.outcomes.append(Outcome(line, DONE, job.said))
        self._job = None

    def _line_ended(self) -> None:
        """The add-on ends all jobs when it is disabled, without asking the batch."""
        if not self._polling:
            self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self.at_end()

    def _sum_up(self) -> None:
        left = self.lines[len(self.outcomes) :]
        done = sum(outcome.state == DONE for outcome in self.outcomes)
        self.outcomes += [Outcome(line, LEFT, "Stopped before it.") for line in left]
        # Takes that are made need their undo step, so a batch that has some counts as finished.
        self.cancelled = bool(left) and done == 0 and not self.failures
        self.said = _summary(self, done, len(left))


def start(context: Any, lines: Sequence[Line]) -> Run:
    """Begin with the first line.

    Raises:
        AnimatorError: there is none.
    """
    if not lines:
        raise AnimatorError(
            "There is no line to make.",
            "Add sound strips, or choose another way to share them out.",
        )
    run = Run(context, lines, context.scene.session_uid)
    run.start_next()
    return run


def _begin(context: Any, line: Line, scene_uid: int) -> jobs.Job:
    if line.problem:
        raise AnimatorError(line.problem + ".")
    if context.scene.session_uid != scene_uid:
        raise AnimatorError("Another scene was shown when its turn came.", "Run the batch again.")
    everyone = cast.everyone(context.scene)
    settings = everyone[line.place]
    choice = defaults.fill(context, settings, line.strip_name)
    character.check_character(choice.face, choice.head)
    if line.text is not None:
        spoken = strips.find_strip(compat.sequencer_scene(context), line.strip_name).mien
        spoken.text, spoken.use_text = line.text, True
    with ExitStack() as stack:
        stack.enter_context(settings_for_one_take(settings, line.asked))
        if line.looks_at >= 0:
            stack.enter_context(dialogue.looking_at(settings, everyone[line.looks_at]))
        return performing.start(context, settings, line.strip_name)


def _summary(run: Run, done: int, left: int) -> str:
    parts = [f"{done} of {len(run.lines)} takes made"]
    if left:
        parts.append(f"stopped before {left}")
    if run.failures:
        told = [f"{each.line.strip_name} ({each.words})" for each in run.failures[:FAILURES_TOLD]]
        more = len(run.failures) - FAILURES_TOLD
        parts.append("failed: " + "; ".join(told) + (f"; and {more} more" if more > 0 else ""))
    return ". ".join(parts) + ("." if not parts[-1].endswith(".") else "")


def write_report(run: Run, path: str) -> None:
    """What became of each line, as JSON, for whoever runs the farm.

    Raises:
        AnimatorError: it cannot be written.
    """
    scene = run.context.scene
    everyone = cast.everyone(scene)
    lines = [
        {
            "strip": each.line.strip_name,
            "character": cast.label(everyone[each.line.place]) if each.line.place >= 0 else "",
            "listens": each.line.listens_to >= 0,
            "state": each.state,
            "words": each.words,
        }
        for each in run.outcomes
    ]
    file = Path(bpy.path.abspath(path))
    try:
        text = json.dumps({"said": run.said, "lines": lines}, indent=1, ensure_ascii=False)
        file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise AnimatorError(f"The report {file} cannot be written: {error}.") from error
