# SPDX-License-Identifier: Apache-2.0
"""The main road: a sound and a direction become a Performance."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import __version__
from .curves import Floats, Performance, Seconds
from .direction import EMOTION_NAMES, Direction
from .errors import MienError
from .face.model import FaceModel, load_face_model
from .mixing.lip_layer import silent
from .mixing.mixture import mix_face
from .model_files import default_models_folder, model_hashes
from .motion.expression import express
from .motion.phrasing import time_steps
from .motion.prototypes import MOVED_EMOTIONS
from .speech.audio import Speech, load_speech
from .speech.prosody import PitchTracker, Prosody, measure_prosody
from .text.align import TextTimes, align_words
from .text.pronunciation import load_lexicon
from .text.spoken_text import read_text

if TYPE_CHECKING:
    from .motion.expression_decoder import ExpressionDecoder
    from .motion.lips import LipDecoder, LipTrack
    from .speech.encoder import SpeechEncoder
    from .text.words import Word

Report = Callable[[float, str], None]

# Share of the whole run at which each stage ends, measured on a minute of speech.
_STAGE_ENDS = {
    "reading": 0.04,
    "listening": 0.60,
    "lips": 0.75,
    "expression": 0.85,
    "mixing": 1.0,
}
# Where a text is given, the share of the lips' stage at which its sounds are heard; then it is found.
_HEARD_END = 0.5
# 30 minutes at 120 frames a second, both ends counted: about 0.7 GB of curves.
_MOST_FRAMES = 216_001


@dataclass(frozen=True, eq=False)
class Models:
    """Everything that inference loads, loaded once and used for many performances."""

    encoder: SpeechEncoder
    lip_decoder: LipDecoder
    pitch: PitchTracker
    expression: ExpressionDecoder
    face: FaceModel
    sha256: dict[str, str]
    folder: Path


def load_models(models_folder: Path | str | None = None, threads: int = 1) -> Models:
    """Load and check all models.

    Args:
        models_folder: folder with models.json; None for the one beside this package.
        threads: threads of each net.

    Raises:
        MienError: naming the model file that is missing or changed.
    """
    from .motion.expression_decoder import ExpressionDecoder  # noqa: PLC0415 - as the others
    from .motion.lips import LipDecoder  # noqa: PLC0415 - onnxruntime takes 0.1 s to load
    from .speech.encoder import SpeechEncoder  # noqa: PLC0415

    folder = Path(models_folder) if models_folder is not None else default_models_folder()
    return Models(
        encoder=SpeechEncoder(folder, threads),
        lip_decoder=LipDecoder(folder, threads),
        pitch=PitchTracker(folder, threads),
        expression=ExpressionDecoder(folder, threads),
        face=load_face_model(folder),
        sha256=model_hashes(folder),
        folder=folder,
    )


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
        models: models that are loaded already.

    Raises:
        MienError: from reading the sound, loading the models, a text that is not what is heard, or
            an `fps` that is no rate.
    """
    report = on_progress or (lambda _fraction, _stage: None)
    _check_rate(fps)
    loaded = models or load_models(models_folder)
    words = read_text(text, loaded.folder) if text and text.strip() else None
    speech = load_speech(
        audio_path, start_seconds, duration_seconds, name=name, on_progress=_part(report, "reading")
    )
    time = _frame_times(speech.duration_seconds, fps)
    track, prosody, features, told = _listen(speech, loaded, direction.articulation, words, report)
    asked = direction.intensity * np.array([direction.weights[name] for name in MOVED_EMOTIONS])
    expression = express(
        prosody,
        features,
        None,
        direction,
        np.tile(asked, (time_steps(speech.duration_seconds), 1)),
        duration_seconds=speech.duration_seconds,
        time_seconds=time,
        decoder=loaded.expression,
        on_progress=_part(report, "expression"),
    )
    mixture = mix_face(track, time, direction, expression.values, loaded.face)
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
            **_meta(direction, fps, loaded, _audio_entry(speech, audio_path, start_seconds)),
            **({"text": {"written": text, "notes": list(told.notes)}} if told else {}),
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
) -> tuple[LipTrack, Prosody, Floats, TextTimes | None]:
    """Lips, prosody, encoder features, and where the words of the text lie, if there are any."""
    listening = _part(report, "listening")
    prosody = measure_prosody(speech.samples, models.pitch, lambda done: listening(0.3 * done))
    features = models.encoder.encode(speech.samples, lambda done: listening(0.3 + 0.7 * done))
    # The network's 0 is natural, and -1 and 1 are its ends.
    manner = articulation - 1.0
    told = None
    lips = _part(report, "lips")
    curves = models.lip_decoder.curves(
        features, manner, _within(lips, 0.0, 1.0 if words is None else _HEARD_END)
    )
    if words is not None:
        lexicon = load_lexicon(models.folder)
        told = align_words(curves[1], words, lexicon, _within(lips, _HEARD_END, 1.0))
    track = models.lip_decoder.track(
        curves,
        phones=told.phones if told else None,
        unknown_seconds=told.unknown_seconds if told else (),
    )
    if told is None and not prosody.has_speech:
        # Decoders guess at words in digital silence and in steady noise; nobody speaks them.
        track = replace(silent(track), phones=())
    return track, prosody, features, told


def _part(report: Report, stage: str) -> Callable[[float], None]:
    """Progress of one stage as progress of the whole run."""
    stages = list(_STAGE_ENDS)
    end = _STAGE_ENDS[stage]
    position = stages.index(stage)
    start = _STAGE_ENDS[stages[position - 1]] if position else 0.0
    return _within(lambda fraction: report(fraction, stage), start, end)


def _within(report: Callable[[float], None], start: float, end: float) -> Callable[[float], None]:
    """Progress of a part that takes a report from `start` to `end`."""
    return lambda fraction: report(start + (end - start) * fraction)


def _meta(
    direction: Direction, fps: float, models: Models, audio: dict[str, Any]
) -> dict[str, Any]:
    return {
        "mien": __version__,
        "fps": float(fps),
        "seed": direction.seed,
        "direction": direction.to_json(),
        "models": models.sha256,
        "audio": audio,
    }


def _audio_entry(speech: Speech, audio_path: Path | str, start_seconds: float) -> dict[str, Any]:
    return {
        "path": str(audio_path),
        "start_seconds": float(start_seconds),
        "duration_seconds": speech.duration_seconds,
        "rate_hz": speech.source_rate_hz,
        "channels": speech.source_channels,
        "notes": list(speech.notes),
    }
