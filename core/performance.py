# SPDX-License-Identifier: Apache-2.0
"""The main road: a sound and a direction become a Performance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .curves import Floats, Performance, Seconds
from .direction import EMOTION_NAMES, Direction
from .errors import MienError
from .loaded import Models, load_models, recogniser
from .mixing.landmark_database import face_to_be_like
from .mixing.lip_layer import silent
from .mixing.mixture import mix_face
from .motion.activation import asked_activation
from .motion.expression import express
from .motion.phrasing import STEP_SECONDS, time_steps
from .performance_meta import (
    audio_entry,
    likeness_entry,
    meta,
    residual_entry,
    text_entry,
    voice_entry,
)
from .progress import Part, Report, stage_part, within
from .speech.audio import Speech, load_speech
from .speech.prosody import Prosody, measure_prosody
from .text.align import TextTimes, align_words
from .text.pronunciation import load_lexicon
from .text.spoken_text import read_text
from .voice_suggestion import track_from_voice

if TYPE_CHECKING:
    from .motion.lips import LipTrack
    from .speech.emotion import VoiceEmotion
    from .text.words import Word
    from .track_columns import Column

__all__ = ["Models", "load_models", "perform"]

# Share of the whole run at which each stage ends, measured on a minute of speech.
_STAGE_ENDS = {
    "reading": 0.02,
    "listening": 0.70,
    "lips": 0.75,
    "expression": 0.87,
    "mixing": 1.0,
}
# Where a text is given, the share of the lips' stage at which its sounds are heard; then it is found.
_HEARD_END = 0.5
# 30 minutes at 120 frames a second, both ends counted: about 0.7 GB of curves.
_MOST_FRAMES = 216_001


@dataclass(frozen=True, eq=False)
class _Heard:
    """What was heard in the speech.

    Attributes:
        track: what the lips do.
        prosody: how the voice goes.
        features: (N, 384) of the speech encoder, 50 Hz.
        told: where the words of the text lie; None without a text.
        duration_seconds: length of the clip.
    """

    track: LipTrack
    prosody: Prosody
    features: Floats
    told: TextTimes | None
    duration_seconds: float


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
    research_folder: Path | str | None = None,
    landmark_database: Path | str | None = None,
    likeness: float = 0.0,
    models: Models | None = None,
) -> Performance:
    """Make the performance of a range of a sound file.

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
        research_folder: folder of the research model of emotion in the voice, or None for the
            default one; it is heard only where `direction.voice_emotion` asks for it.
        landmark_database: file of a face to be like (`core.mixing.landmark_database`), or None.
        likeness: 0..1, how far the mix is pulled toward that face; 0 leaves it out.
        models: models that are loaded already.

    Raises:
        MienError: from reading the sound, loading the models, a text that is not what is heard, a
            face to be like that is missing or no face, or an `fps` that is no rate.
    """
    report = on_progress or (lambda _fraction, _stage: None)
    _check_rate(fps)
    database = face_to_be_like(landmark_database, likeness)
    loaded = models or load_models(models_folder)
    words = read_text(text, loaded.folder) if text and text.strip() else None
    speech = load_speech(
        audio_path, start_seconds, duration_seconds, name=name, on_progress=_part(report, "reading")
    )
    time = _frame_times(speech.duration_seconds, fps)
    heard = _listen(speech, loaded, direction.articulation, words, report)
    audio = audio_entry(speech, audio_path, start_seconds)
    # Ten minutes of sound take 38 MB, their features 46: each is let go where it has been used.
    del speech
    voice = _voice(heard, direction, loaded, research_folder)
    expressing = _part(report, "expression")
    expressing(0.0)
    expression = express(
        heard.prosody,
        heard.features,
        voice,
        direction,
        _activation(heard, voice, direction),
        duration_seconds=heard.duration_seconds,
        time_seconds=time,
        decoder=loaded.expression,
        on_progress=expressing,
    )
    track, told = heard.track, heard.told
    del heard
    mixture = mix_face(
        track,
        time,
        direction,
        expression.values,
        loaded.face,
        database=database,
        likeness=likeness,
        on_progress=_part(report, "mixing"),
    )
    performance = Performance(
        time_seconds=time,
        values=mixture.values,
        lips=mixture.lips,
        expression=expression.values,
        landmarks_mix=mixture.landmarks_mix,
        landmarks_lips=mixture.landmarks_lips,
        landmarks_expression=mixture.landmarks_expression,
        phones=track.phones,
        contacts=track.contacts,
        emotion_names=EMOTION_NAMES,
        emotion=expression.emotion,
        meta={
            **meta(direction, fps, loaded, audio),
            "residual_metres": residual_entry(mixture.residual_metres),
            **voice_entry(voice, direction, research_folder),
            **text_entry(text, told),
            **likeness_entry(landmark_database, likeness),
        },
        words=told.words if told else (),
    )
    _part(report, "mixing")(1.0)
    return performance


def _check_rate(fps: float) -> None:
    if not math.isfinite(fps) or fps <= 0.0:
        raise MienError(
            "bad_fps", f"The frame rate is {fps}.", "Give a number of frames a second above 0."
        )


def _frame_times(duration_seconds: float, fps: float) -> Seconds:
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


def _listen(
    speech: Speech,
    models: Models,
    articulation: float,
    words: Sequence[Word] | None,
    report: Report,
) -> _Heard:
    listening = _part(report, "listening")
    prosody = measure_prosody(speech.samples, models.pitch, within(listening, 0.0, 0.3))
    features = models.encoder.encode(speech.samples, within(listening, 0.3, 1.0))
    # The network's 0 is natural, and -1 and 1 are its ends.
    manner = articulation - 1.0
    told = None
    lips = _part(report, "lips")
    curves = models.lip_decoder.curves(
        features, manner, within(lips, 0.0, 1.0 if words is None else _HEARD_END)
    )
    if words is not None:
        lexicon = load_lexicon(models.folder)
        told = align_words(curves[1], words, lexicon, within(lips, _HEARD_END, 1.0))
    track = models.lip_decoder.track(
        curves,
        phones=told.phones if told else None,
        unknown_seconds=told.unknown_seconds if told else (),
    )
    if told is None and not prosody.has_speech:
        # Decoders guess at words in digital silence and in steady noise; nobody speaks them.
        track = replace(silent(track), phones=())
    return _Heard(track, prosody, features, told, speech.duration_seconds)


def _voice(
    heard: _Heard, direction: Direction, models: Models, research_folder: Path | str | None
) -> VoiceEmotion | None:
    """Effort and emotion in the voice; None where the direction makes nothing of them."""
    if direction.voice_emotion > 0.0:
        return recogniser(models, research_folder).hear(heard.features, heard.prosody)
    # Effort is the same by both models.
    return (
        models.emotion.hear(heard.features, heard.prosody) if direction.voice_effort > 0.0 else None
    )


def _activation(heard: _Heard, voice: VoiceEmotion | None, direction: Direction) -> Column:
    """What shall be felt, on the time base of the expression; (F, 8)."""
    base = np.arange(time_steps(heard.duration_seconds)) * STEP_SECONDS
    suggested = None
    # Where nobody speaks nothing is heard, and what is asked for counts alone.
    if voice is not None and direction.voice_emotion > 0.0 and heard.prosody.has_speech:
        suggested, _ = track_from_voice(voice, heard.prosody, heard.duration_seconds)
    return asked_activation(direction, suggested, base)


def _part(report: Report, stage: str) -> Part:
    return stage_part(report, _STAGE_ENDS, stage)
