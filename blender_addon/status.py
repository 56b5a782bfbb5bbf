# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel tells: the job's progress, the last problem in words, the last success."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import apply
from .jobs import Job
from .problems import AnimatorError

STAGES = {
    "starting": "Starting the worker",
    "reading": "Reading the sound",
    "listening": "Listening",
    "feeling": "Hearing the emotion",
    "lips": "Finding the lips",
    "expression": "Finding the expression",
    "mixing": "Mixing",
    "saving": "Saving",
}


def started(context: Any) -> None:
    """A job has begun."""
    status = context.window_manager.mien
    status.cancel_asked = False
    status.fraction, status.stage = 0.0, STAGES["starting"]
    status.problem = status.advice = status.log = status.done = ""


def progressed(context: Any, job: Job) -> None:
    """A job has moved on."""
    status = context.window_manager.mien
    titles = {**STAGES, **getattr(job, "titles", {})}
    status.fraction, status.stage = job.fraction, titles.get(job.stage, job.stage)


def failed(context: Any, problem: AnimatorError) -> None:
    """A job has failed, or could not begin."""
    status = context.window_manager.mien
    status.done = ""
    status.problem, status.advice, status.log = problem.message, problem.advice, problem.log


def refused(operator: Any, context: Any, problem: AnimatorError) -> set[str]:
    """An operator cannot do what it was asked for: said in the panel and by the operator."""
    failed(context, problem)
    operator.report({"ERROR"}, str(problem))
    return {"CANCELLED"}


def ended(context: Any, text: str) -> None:
    """A job has ended well, or was cancelled."""
    status = context.window_manager.mien
    status.problem = status.advice = status.log = ""
    status.done = text


def summary(strip_name: str, report: apply.Report, notes: Sequence[str] = ()) -> str:
    """A sentence about a finished take, and those about its text."""
    text = (
        f"Keyed '{strip_name}' on frames {report.first_frame} to {report.last_frame}, "
        f"{report.keys} keys on {report.curves} channels"
    )
    if report.on_top:
        text += f"; your own keys stay on top: {apply.shortened(report.on_top)}"
    if report.left_alone:
        text += f"; left to your own animation: {apply.shortened(report.left_alone)}"
    if report.blocked:
        names = apply.shortened([name for name, _ in report.blocked])
        text += f"; not keyed: {names} ({report.blocked[0][1]})"
    if report.held_back:
        text += f"; {report.held_back}"
    return " ".join([text + "." + _kept(report.kept), *notes])


def cleared(count: int, kept: tuple[str, ...]) -> str:
    """One sentence about takes removed."""
    return f"Removed {count} take{'' if count == 1 else 's'}." + _kept(kept)


def _kept(names: tuple[str, ...]) -> str:
    """Where the animator finds a take that they had edited or protected; empty when there is none."""
    return f" Your former take is kept as Action '{names[0]}'." if names else ""


def redraw(context: Any) -> None:
    """Let every panel that may show Mien draw again."""
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in {"VIEW_3D", "SEQUENCE_EDITOR"}:
                area.tag_redraw()
