# SPDX-License-Identifier: Apache-2.0
"""The main road: a sound and a direction become a Performance."""

from __future__ import annotations

from pathlib import Path

from .acting import act, check_rate, frame_times
from .corrections import Corrections
from .curves import Performance
from .direction import Direction
from .hearing import Heard, hear, speak
from .kept import Kept
from .loaded import Models, load_models
from .mixing.landmark_database import face_to_be_like
from .progress import Report
from .text.spoken_text import read_text
from .window import EXPRESSION_SECONDS, SHUT_SECONDS, window_of

__all__ = ["Models", "load_models", "perform", "perform_heard"]


def perform(
    audio_path: Path | str,
    direction: Direction,
    fps: float,
    models_folder: Path | str | None = None,
    on_progress: Report | None = None,
    *,
    start_seconds: float = 0.0,
    duration_seconds: float | None = None,
    name: str | None = None,
    text: str | None = None,
    corrections: Corrections | None = None,
    research_folder: Path | str | None = None,
    landmark_database: Path | str | None = None,
    likeness: float = 0.0,
    models: Models | None = None,
) -> Performance:
    """Make the performance of a range of a sound file: hear it, then act it.

    The same arguments and models give the same bytes.

    Args:
        audio_path: any file that `core.speech.audio.load_speech` reads.
        direction: what the animator asks for.
        fps: frames per second of the result; frame i is the face at i / fps of the range, and the
            last frame lies at or just before the end of the sound.
        models_folder: where the models lie, unless `models` is given.
        on_progress: called with 0..1 and the stage's name; it may raise Cancelled.
        start_seconds: start of the range in the file.
        duration_seconds: its length; None for the rest of the file.
        name: name of the strip, for messages.
        text: what the range says, in English; its phones are then spoken instead of those that are
            heard. None or blanks: the lips follow the sound alone.
        corrections: phones and words that were put right by hand, on top of either.
        research_folder: folder of the research model of emotion in the voice, or None for the
            default one; it is heard only where `direction.voice_emotion` asks for it.
        landmark_database: file of a face to be like (`core.mixing.landmark_database`), or None.
        likeness: 0..1, how far the mix is pulled toward that face; 0 leaves it out.
        models: models that are loaded already.

    Raises:
        MienError: from reading the sound, loading the models, a text that is not what is heard, a
            correction outside the sound, a face to be like that is missing or no face, or an `fps`
            that is no rate.
    """
    report = on_progress or (lambda _fraction, _stage: None)
    check_rate(fps)
    face_to_be_like(landmark_database, likeness)
    loaded = models or load_models(models_folder)
    if text and text.strip():
        read_text(text, loaded.folder)
    heard = hear(
        audio_path,
        loaded,
        report,
        start_seconds=start_seconds,
        duration_seconds=duration_seconds,
        name=name,
    )
    return perform_heard(
        heard,
        direction,
        fps,
        loaded,
        report,
        text=text,
        corrections=corrections,
        research_folder=research_folder,
        landmark_database=landmark_database,
        likeness=likeness,
    )


def perform_heard(
    heard: Heard,
    direction: Direction,
    fps: float,
    models: Models,
    report: Report,
    *,
    window_seconds: tuple[float, float] | None = None,
    text: str | None = None,
    corrections: Corrections | None = None,
    research_folder: Path | str | None = None,
    landmark_database: Path | str | None = None,
    likeness: float = 0.0,
    kept: Kept | None = None,
) -> Performance:
    """Make the performance of a sound that was heard before, or the frames of it in a window.

    Args:
        heard: of the sound.
        direction: as of `perform`.
        fps: likewise.
        models: all of them.
        report: called with 0..1 and the stage's name; it may raise Cancelled.
        window_seconds: (start, end) from the start of the range; None: all of it.
        text: as of `perform`.
        corrections: likewise.
        research_folder: likewise.
        landmark_database: likewise.
        likeness: likewise.
        kept: what was made of this sound before; the same `kept` must not serve another sound.

    Raises:
        MienError: as `perform`, and ``bad_window``.
    """
    check_rate(fps)
    database = face_to_be_like(landmark_database, likeness)
    words = read_text(text, models.folder) if text and text.strip() else None
    time = frame_times(heard.duration_seconds, fps)
    window = window_of(window_seconds, len(time), fps)
    near = None
    if not window.is_whole:
        reach = EXPRESSION_SECONDS + SHUT_SECONDS
        near = (time[window.first] - reach, time[window.stop - 1] + reach)
    spoken = speak(
        heard,
        models,
        direction.articulation,
        report,
        words=words,
        corrections=corrections,
        near_seconds=near,
        kept=kept,
    )
    return act(
        heard,
        spoken,
        direction,
        window,
        models,
        report=report,
        text=text,
        research_folder=research_folder,
        likeness=(landmark_database, database, likeness),
        kept=kept,
    )
