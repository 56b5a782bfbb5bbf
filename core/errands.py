# SPDX-License-Identifier: Apache-2.0
"""What the worker does for each kind of request, with its progress, deadline and calling off."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from .errors import Cancelled, MienError
from .protocol import Job, PerformanceJob

if TYPE_CHECKING:
    from .desk import Desk
    from .loaded import Models
    from .sessions import Sessions

logger = logging.getLogger("mien.worker")

_PROGRESS_INTERVAL_SECONDS = 0.05


def work_off(desk: Desk, job: Job, models: Models) -> dict[str, Any]:
    """One request, from the sound to its answer: the message that ends it.

    Raises:
        MienError: from the run, or ``deadline``.
        Cancelled: when the request is called off or the worker closes.
    """
    logger.info("job %s: %s", job.id, job.sound.path)
    started = time.monotonic()
    report = _Reporter(desk, job, started + job.deadline_seconds)
    report(0.0, "reading")
    if isinstance(job, PerformanceJob):
        answer = _perform(job, models, report, desk.sessions)
    else:
        answer = _suggest(job, models, report)
    logger.info("job %s: done in %.2f s", job.id, time.monotonic() - started)
    return answer


def _perform(
    job: PerformanceJob, models: Models, report: _Reporter, sessions: Sessions
) -> dict[str, Any]:
    """One performance, or some frames of it, written to its file."""
    from .acting import check_rate  # noqa: PLC0415 - loaded by now, with the models
    from .curves import save_performance  # noqa: PLC0415
    from .hearing import Heard, hear  # noqa: PLC0415
    from .kept import Kept  # noqa: PLC0415
    from .performance import perform_heard  # noqa: PLC0415
    from .text.spoken_text import read_text  # noqa: PLC0415

    def told(fraction: float, stage: str) -> None:
        report(0.97 * fraction, stage)

    def listen() -> Heard:
        sound = job.sound
        return hear(
            sound.path,
            models,
            told,
            start_seconds=sound.start_seconds,
            duration_seconds=sound.duration_seconds,
            name=sound.name,
        )

    # What needs no listening is refused before it.
    check_rate(job.fps)
    if job.text and job.text.strip():
        read_text(job.text, models.folder)
    if job.session is None:
        heard, kept = listen(), Kept(0)
    else:
        session = sessions.open(job.session, job.sound, listen)
        heard, kept = session.heard, session.kept
    performance = perform_heard(
        heard,
        job.direction,
        job.fps,
        models,
        told,
        window_seconds=job.window_seconds,
        text=job.text,
        corrections=job.corrections,
        research_folder=job.research,
        kept=kept,
    )
    sessions.trim()
    report(0.97, "saving")
    save_performance(performance, job.out_path)
    return {
        "type": "result",
        "id": job.id,
        "path": str(job.out_path),
        "frames": performance.frames,
        "first_frame": int(performance.meta.get("window", {}).get("first_frame", 0)),
        "seconds": float(performance.meta["audio"]["duration_seconds"]),
        "contacts": len(performance.contacts),
        "notes": list(performance.meta.get("text", {}).get("notes", ())),
    }


def _suggest(job: Job, models: Models, report: _Reporter) -> dict[str, Any]:
    """The emotion heard in a voice."""
    from .voice_suggestion import suggest_emotion  # noqa: PLC0415 - loaded by now, with the models

    suggestion = suggest_emotion(
        job.sound.path,
        on_progress=report,
        start_seconds=job.sound.start_seconds,
        duration_seconds=job.sound.duration_seconds,
        name=job.sound.name,
        research_folder=job.research,
        models=models,
    )
    return {"type": "emotion_result", "id": job.id, **suggestion.to_json()}


class _Reporter:
    """Progress of one job: sends lines, and stops the run that is called off or out of time."""

    def __init__(self, desk: Desk, job: Job, deadline: float) -> None:
        self._desk, self._job, self._deadline = desk, job, deadline
        self._stage, self._sent = "", 0.0

    def __call__(self, fraction: float, stage: str) -> None:
        now = time.monotonic()
        if self._desk.closing.is_set() or self._job.id in self._desk.cancelled:
            raise Cancelled
        if now > self._deadline:
            raise MienError(
                "deadline",
                f"The request took longer than {self._job.deadline_seconds:g} s.",
                "Cut the strip into shorter parts, or close other programs.",
            )
        if stage != self._stage or now - self._sent >= _PROGRESS_INTERVAL_SECONDS:
            self._stage, self._sent = stage, now
            line = {"type": "progress", "id": self._job.id, "fraction": round(fraction, 4)}
            self._desk.send({**line, "stage": stage})
