# SPDX-License-Identifier: Apache-2.0
"""Every clip of RAVDESS as the road hears it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.speech.audio import load_speech
from core.speech.emotion import EmotionRecogniser, VoiceEmotion
from core.speech.encoder import SpeechEncoder
from core.speech.prosody import PitchTracker, measure_prosody
from core.training.emotion_clips import RAVDESS_EMOTIONS

WOMEN_ARE_EVEN = 2


@dataclass(frozen=True, eq=False)
class Heard:
    """One clip.

    Attributes:
        path: its file.
        emotion: what is acted.
        is_strong: whether it is acted strongly.
        words: statement and repetition.
        actor: two digits; even numbers are women.
        voice: what is heard.
        median_pitch_hz: of the clip.
    """

    path: Path
    emotion: str
    is_strong: bool
    words: str
    actor: str
    voice: VoiceEmotion
    median_pitch_hz: float

    @property
    def is_woman(self) -> bool:
        """By RAVDESS's numbering."""
        return int(self.actor) % WOMEN_ARE_EVEN == 0


def hear_ravdess(folder: Path, models_folder: Path | None = None) -> list[Heard]:
    """All clips of a folder of 03-01-emotion-intensity-statement-repetition-actor.flac."""
    encoder, tracker = SpeechEncoder(models_folder), PitchTracker(models_folder)
    recogniser = EmotionRecogniser(models_folder)
    clips = []
    for path in sorted(folder.glob("03-01-*.*")):
        _, _, emotion, strength, statement, repetition, actor = path.stem.split("-")
        samples = load_speech(path).samples
        prosody = measure_prosody(samples, tracker)
        voice = recogniser.hear(encoder.encode(samples), prosody)
        clips.append(
            Heard(
                path,
                RAVDESS_EMOTIONS[emotion],
                strength == "02",
                f"{statement}-{repetition}",
                actor,
                voice,
                prosody.median_pitch_hz,
            )
        )
    return clips
