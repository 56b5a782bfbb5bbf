# SPDX-License-Identifier: Apache-2.0
"""What a Performance tells of how it was made: its `meta`, as plain JSON data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import __version__
from .direction import EMOTION_NAMES, Direction
from .model_files import model_hashes

if TYPE_CHECKING:
    from .corrections import Corrections
    from .curves import Floats
    from .loaded import Models
    from .speech.audio import Speech
    from .speech.emotion import VoiceEmotion
    from .text.align import TextTimes
    from .window import Window


def meta(direction: Direction, fps: float, models: Models, audio: dict[str, Any]) -> dict[str, Any]:
    """Versions, direction, models and source."""
    return {
        "mien": __version__,
        "fps": float(fps),
        "seed": direction.seed,
        "direction": direction.to_json(),
        "models": models.sha256,
        "audio": audio,
    }


def audio_entry(speech: Speech, audio_path: Path | str, start_seconds: float) -> dict[str, Any]:
    """Where the sound came from and what was read of it."""
    return {
        "path": str(audio_path),
        "start_seconds": float(start_seconds),
        "duration_seconds": speech.duration_seconds,
        "rate_hz": speech.source_rate_hz,
        "channels": speech.source_channels,
        "notes": list(speech.notes),
    }


def residual_entry(residual_metres: Floats) -> dict[str, float]:
    """How far the landmarks of `values` lie from those that the mixture asks for."""
    return {
        "mean": float(residual_metres.mean()),
        "percentile_95": float(np.percentile(residual_metres, 95)),
        "max": float(residual_metres.max()),
    }


def voice_entry(
    voice: VoiceEmotion | None, direction: Direction, research_folder: Path | str | None
) -> dict[str, Any]:
    """What was heard of feeling, where the direction asks for it."""
    if voice is None or direction.voice_emotion == 0.0:
        return {}
    heard = zip(EMOTION_NAMES, voice.utterance_probabilities, strict=True)
    return {
        "voice": {
            "utterance": {name: float(probability) for name, probability in heard},
            "confidence": float(voice.utterance_confidence),
            "research_models": model_hashes(research_folder) if research_folder else {},
        }
    }


def text_entry(text: str | None, told: TextTimes | None) -> dict[str, Any]:
    """The text and what could not be found of it, where one was given."""
    return {} if told is None else {"text": {"written": text, "notes": list(told.notes)}}


def correction_entry(corrections: Corrections) -> dict[str, Any]:
    """Phones and words that were put right by hand, where any were."""
    if not corrections:
        return {}
    listed = {
        name: [[span.label, span.start_seconds, span.end_seconds] for span in spans]
        for name, spans in (("phones", corrections.phones), ("words", corrections.words))
        if spans is not None
    }
    return {"corrections": listed}


def window_entry(window: Window) -> dict[str, Any]:
    """Which frames of the whole take these are, where they are not all."""
    if window.is_whole:
        return {}
    return {"window": {"first_frame": window.first, "frames_of_take": window.total}}


def likeness_entry(database: Path | str | None, likeness: float) -> dict[str, Any]:
    """The face that the take was made like, where one was asked for."""
    if database is None or likeness == 0.0:
        return {}
    return {"likeness": {"database": str(database), "share": float(likeness)}}
