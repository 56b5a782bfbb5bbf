# SPDX-License-Identifier: Apache-2.0
"""What the worker does for each kind of request, with its progress, deadline and calling off."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from .protocol import Job, PerformanceJob
from .reporter import Reporter

if TYPE_CHECKING:
    from .desk import Desk
    from .loaded import Models
    from .sessions import Sessions

logger = logging.getLogger("mien.worker")

OUT_OF_TIME = "Cut the strip into shorter parts, or close other programs."


def work_off(desk: Desk, job: Job, models: Models, sessions: Sessions) -> dict[str, Any]:
    """One request, from the sound to its answer: the message that ends it.

    Raises:
        MienError: from the run, or ``deadline``.
        Cancelled: when the request is called off or the worker closes.
    """
    logger.info("job %s: %s", job.id, job.sound.path)
    started = time.monotonic()
    report = Reporter(desk, job, OUT_OF_TIME)
    report(0.0, "reading")
    if isinstance(job, PerformanceJob):
        answer = _perform(job, models, report, sessions)
    else:
        answer = _suggest(job, models, report)
    logger.info("job %s: done in %.2f s", job.id, time.monotonic() - started)
    return answer


def _perform(
    job: PerformanceJob, models: Models, report: Reporter, sessions: Sessions
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


def _suggest(job: Job, models: Models, report: Reporter) -> dict[str, Any]:
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
