# SPDX-License-Identifier: Apache-2.0
"""From voice: the emotion heard in a sound as a few keys that an animator can edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .direction import EMOTION_NAMES
from .emotion_track import EmotionTrack
from .loaded import Models, load_models, recogniser
from .motion.phrasing import find_phrasing
from .progress import Report, stage_part, within
from .speech.audio import load_speech
from .speech.emotion_keys import suggest_track
from .speech.prosody import measure_prosody

if TYPE_CHECKING:
    from .speech.emotion import VoiceEmotion
    from .speech.prosody import Prosody
    from .track_columns import Column

# Share of the whole run at which each stage ends, measured on a minute of speech.
_STAGE_ENDS = {"reading": 0.05, "listening": 0.97, "feeling": 1.0}


@dataclass(frozen=True, eq=False)
class Suggestion:
    """What a voice seems to feel.

    Attributes:
        track: emotion over the asked range, about one or two keys a phrase.
        confidence: (K,) 0..1, of each key.
        utterance: probability of each of EMOTION_NAMES over the whole range; sum 1.
        arousal: -1 (sleepy) to 1 (aroused), of the whole range.
        valence: -1 (unpleasant) to 1 (pleasant).
        utterance_confidence: 0..1, how likely the most probable emotion is right.
        speech: whether anybody speaks.
        duration_seconds: length of the range.
    """

    track: EmotionTrack
    confidence: Column
    utterance: Mapping[str, float]
    arousal: float
    valence: float
    utterance_confidence: float
    speech: bool
    duration_seconds: float

    def to_json(self) -> dict[str, Any]:
        """As the protocol's ``emotion_result`` has it, without type and id."""
        return {
            "track": self.track.to_json(),
            "confidence": self.confidence.tolist(),
            "utterance": dict(self.utterance),
            "arousal": self.arousal,
            "valence": self.valence,
            "utterance_confidence": self.utterance_confidence,
            "speech": self.speech,
            "seconds": self.duration_seconds,
        }


def suggest_emotion(
    audio_path: Path | str,
    models_folder: Path | str | None = None,
    on_progress: Report | None = None,
    *,
    start_seconds: float = 0.0,
    duration_seconds: float | None = None,
    name: str | None = None,
    research_folder: Path | str | None = None,
    models: Models | None = None,
) -> Suggestion:
    """Suggest an emotion track for a range of a sound file.

    Args:
        audio_path: any file that `core.speech.audio.load_speech` reads.
        models_folder: where the models lie, unless `models` is given.
        on_progress: called with 0..1 and the stage's name; it may raise Cancelled.
        start_seconds: start of the range in the file.
        duration_seconds: its length; None for the rest of the file.
        name: name of the strip, for messages.
        research_folder: folder of the research model, or None for the default one.
        models: models that are loaded already.

    Raises:
        MienError: from reading the sound or loading the models.
    """
    report = on_progress or (lambda _fraction, _stage: None)
    loaded = models or load_models(models_folder)
    hearing = recogniser(loaded, research_folder)
    reading = stage_part(report, _STAGE_ENDS, "reading")
    speech = load_speech(
        audio_path, start_seconds, duration_seconds, name=name, on_progress=reading
    )
    listening = stage_part(report, _STAGE_ENDS, "listening")
    prosody = measure_prosody(speech.samples, loaded.pitch, within(listening, 0.0, 0.3))
    features = loaded.encoder.encode(speech.samples, within(listening, 0.3, 1.0))
    stage_part(report, _STAGE_ENDS, "feeling")(0.0)
    voice = hearing.hear(features, prosody)
    track, confidence = track_from_voice(voice, prosody, speech.duration_seconds)
    report(1.0, "feeling")
    heard = zip(EMOTION_NAMES, voice.utterance_probabilities, strict=True)
    return Suggestion(
        track=track,
        confidence=confidence,
        utterance={emotion: float(probability) for emotion, probability in heard},
        arousal=float(voice.utterance_arousal),
        valence=float(voice.utterance_valence),
        utterance_confidence=float(voice.utterance_confidence),
        speech=prosody.has_speech,
        duration_seconds=speech.duration_seconds,
    )


def track_from_voice(
    voice: VoiceEmotion, prosody: Prosody, duration_seconds: float
) -> tuple[EmotionTrack, Column]:
    """The heard emotion as keys at the clip's phrases, and how sure each is, (K,) 0..1."""
    phrasing = find_phrasing(prosody, duration_seconds)
    return suggest_track(voice, phrasing.phrase_starts, phrasing.phrase_ends, duration_seconds)
