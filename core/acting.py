# SPDX-License-Identifier: Apache-2.0
"""The second half of the road: what was heard and a direction become a Performance, or some frames of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .curves import Performance, Seconds, Span
from .direction import EMOTION_NAMES, Direction
from .errors import MienError
from .kept import Kept
from .loaded import Models, recogniser
from .mixing.mixture import mix_face
from .motion.activation import asked_activation
from .motion.expression import express
from .motion.phrasing import STEP_SECONDS, time_steps
from .mouth_layer import MouthLayer, mouth_layer
from .performance_meta import (
    correction_entry,
    likeness_entry,
    meta,
    residual_entry,
    text_entry,
    voice_entry,
    window_entry,
)
from .progress import Report, road_part
from .voice_suggestion import track_from_voice
from .window import EXPRESSION_SECONDS, Window

if TYPE_CHECKING:
    from .hearing import Heard, Spoken
    from .mixing.landmark_database import LandmarkDatabase
    from .speech.emotion import VoiceEmotion
    from .track_columns import Column

# 30 minutes at 120 frames a second, both ends counted: about 0.7 GB of curves.
_MOST_FRAMES = 216_001


def act(
    heard: Heard,
    spoken: Spoken,
    direction: Direction,
    window: Window,
    models: Models,
    *,
    report: Report,
    text: str | None = None,
    research_folder: Path | str | None = None,
    likeness: tuple[Path | str | None, LandmarkDatabase | None, float] = (None, None, 0.0),
    kept: Kept | None = None,
) -> Performance:
    """Make the performance of what was heard, or the frames of it that lie in a window.

    The frames of a window are those of the whole performance, to about a thousandth of a channel:
    what lies far from it is not looked at (`core.window`). Nothing else depends on it, no noise
    and no blink.

    Args:
        heard: of the sound.
        spoken: what the lips do, at the direction's articulation.
        direction: what the animator asks for.
        window: frames of the take that are made.
        models: expression decoder, head and recogniser of emotion are used.
        report: called with 0..1 and the stage's name; it may raise Cancelled.
        text: as it was written, for the meta.
        research_folder: of the research model of emotion, or None for the default one.
        likeness: file of a face to be like, its landmarks, and how far (0..1) to go toward them.
        kept: what was made of this sound before.

    Raises:
        MienError: from the research model.
    """
    kept = kept or Kept(0)
    time_seconds = frame_times(heard.duration_seconds, window.fps)
    voice = _voice(heard, direction, models, research_folder, kept)
    expressing = road_part(report, "expression")
    expressing(0.0)
    expression = express(
        heard.prosody,
        heard.features,
        voice,
        direction,
        _activation(heard, voice, direction, kept),
        duration_seconds=heard.duration_seconds,
        time_seconds=time_seconds,
        decoder=models.expression,
        on_progress=expressing,
        window=None if window.is_whole else window,
        kept=kept,
    )
    around = window.own if window.is_whole else window.around(EXPRESSION_SECONDS)
    own = slice(window.first - around.start, window.stop - around.start)
    database_path, database, share = likeness
    mixture = mix_face(
        spoken.track,
        time_seconds[around],
        direction,
        expression.values,
        models.face,
        database=database,
        likeness=share,
        on_progress=road_part(report, "mixing"),
        own=None if window.is_whole else own,
        kept=kept,
    )
    mouths = (
        _mouths(spoken, heard, time_seconds, window.fps, kept)
        .shown(direction.lip_strength)
        .part(window.own)
    )
    times = time_seconds[window.own]
    performance = Performance(
        time_seconds=times,
        values=mixture.values,
        lips=mixture.lips,
        expression=expression.values[own],
        landmarks_mix=mixture.landmarks_mix,
        landmarks_lips=mixture.landmarks_lips,
        landmarks_expression=mixture.landmarks_expression,
        phones=_around(spoken.track.phones, times, is_whole=window.is_whole),
        contacts=_around(spoken.track.contacts, times, is_whole=window.is_whole),
        emotion_names=EMOTION_NAMES,
        emotion=expression.emotion[own],
        meta={
            **meta(direction, window.fps, models, heard.audio),
            "residual_metres": residual_entry(mixture.residual_metres),
            **voice_entry(voice, direction, research_folder),
            **text_entry(text, spoken.told),
            **correction_entry(spoken.corrections),
            **likeness_entry(database_path, share),
            **window_entry(window),
        },
        words=_around(spoken.words, times, is_whole=window.is_whole),
        visemes=mouths.visemes,
        mouths=mouths.mouths,
    )
    road_part(report, "mixing")(1.0)
    return performance


def check_rate(fps: float) -> None:
    """Refuse what is no frame rate.

    Raises:
        MienError: ``bad_fps``.
    """
    if not math.isfinite(fps) or fps <= 0.0:
        raise MienError(
            "bad_fps", f"The frame rate is {fps}.", "Give a number of frames a second above 0."
        )


def frame_times(duration_seconds: float, fps: float) -> Seconds:
    """(T,) times of the frames of a clip; the last lies at or just before its end.

    Raises:
        MienError: ``bad_fps``, when there are too many.
    """
    # 1e-6 frames: a duration that is a whole number of frames, but for rounding, keeps its last one.
    length = duration_seconds * fps + 1e-6
    if length >= _MOST_FRAMES:
        raise MienError(
            "bad_fps",
            f"{duration_seconds:.0f} s at {fps:g} frames a second are {length:.0f} frames; "
            f"one performance may have {_MOST_FRAMES}.",
            "Lower the frame rate or cut the strip into parts.",
        )
    return np.arange(math.floor(length) + 1, dtype=np.float64) / fps


def _voice(
    heard: Heard,
    direction: Direction,
    models: Models,
    research_folder: Path | str | None,
    kept: Kept,
) -> VoiceEmotion | None:
    """Effort and emotion in the voice; None where the direction makes nothing of them."""
    # Effort is the same by both models.
    folder = research_folder if direction.voice_emotion > 0.0 else None
    if direction.voice_emotion == 0.0 and direction.voice_effort == 0.0:
        return None
    return kept.once(
        "voice",
        folder,
        lambda: recogniser(models, folder).hear(heard.features, heard.prosody),
    )


def _activation(
    heard: Heard, voice: VoiceEmotion | None, direction: Direction, kept: Kept
) -> Column:
    """What shall be felt, on the time base of the expression; (F, 8)."""
    base = np.arange(time_steps(heard.duration_seconds)) * STEP_SECONDS
    suggested = None
    # Where nobody speaks nothing is heard, and what is asked for counts alone.
    if voice is not None and direction.voice_emotion > 0.0 and heard.prosody.has_speech:
        suggested = kept.once(
            "suggested",
            voice,
            lambda: track_from_voice(voice, heard.prosody, heard.duration_seconds)[0],
        )
    return asked_activation(direction, suggested, base)


def _around(spans: tuple[Span, ...], times: Seconds, *, is_whole: bool) -> tuple[Span, ...]:
    """All spans, or those that meet the frames of a window."""
    if is_whole:
        return spans
    start, end = float(times[0]), float(times[-1])
    return tuple(span for span in spans if span.end_seconds >= start and span.start_seconds <= end)


def _mouths(
    spoken: Spoken, heard: Heard, time_seconds: Seconds, fps: float, kept: Kept
) -> MouthLayer:
    """Visemes and mouths of all frames."""
    return kept.once(
        "mouths",
        (spoken, fps),
        lambda: mouth_layer(spoken.track.phones, time_seconds, heard.duration_seconds, fps),
    )
