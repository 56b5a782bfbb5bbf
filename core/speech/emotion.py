# SPDX-License-Identifier: Apache-2.0
"""Emotion heard in the voice: in windows of a second and a half, and in the whole clip."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..direction import EMOTION_NAMES
from .emotion_features import describe
from .emotion_model import NEUTRAL, load_emotion_model, voice_share
from .prosody import FRAME_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from .prosody import Prosody

Curve = npt.NDArray[np.float64]

WINDOW_SECONDS = 1.5
STEP_SECONDS = 0.25
# A whole clip is heard in stretches of at most this length, as the clips the model learned from.
LONGEST_STRETCH_SECONDS = 4.0
# Arousal and valence of each emotion.
CIRCUMPLEX = {
    "neutral": (0.0, 0.0),
    "happy": (0.6, 0.8),
    "sad": (-0.5, -0.7),
    "angry": (0.8, -0.6),
    "fearful": (0.7, -0.6),
    "disgusted": (0.2, -0.7),
    "surprised": (0.7, 0.2),
    "contempt": (0.0, -0.5),
    "calm": (-0.6, 0.3),
}


@dataclass(frozen=True, eq=False)
class VoiceEmotion:
    """What the voice of a clip tells.

    Attributes:
        time_seconds: (W,) centres of the windows, every STEP_SECONDS over the clip.
        probabilities: (W, 9) columns EMOTION_NAMES, rows sum to 1.
        arousal: (W,) -1 (sleepy) .. 1 (aroused).
        valence: (W,) -1 (unpleasant) .. 1 (pleasant).
        confidence: (W,) 0..1, how likely the first answer is right; 0 where nobody speaks.
        effort: (W,) about -1..1, vocal effort; 0 is ordinary speaking. It does not depend on the
            recording's level and is comparable across clips.
        utterance_probabilities: (9,) of the whole clip.
        utterance_arousal: of the whole clip.
        utterance_valence: of the whole clip.
        utterance_confidence: of the whole clip; 0 without speech.
    """

    time_seconds: Curve
    probabilities: Curve
    arousal: Curve
    valence: Curve
    confidence: Curve
    effort: Curve
    utterance_probabilities: Curve
    utterance_arousal: float
    utterance_valence: float
    utterance_confidence: float


class EmotionRecogniser:
    """Hears emotion; loaded once.

    Args:
        models_folder: folder with models.json; None for the default one.
        research_folder: folder of the research model with its own models.json; its answers then
            replace the default model's, and effort stays the default's.

    Raises:
        MienError: from `core.model_files.model_path`.
    """

    def __init__(
        self,
        models_folder: Path | str | None = None,
        research_folder: Path | str | None = None,
    ) -> None:
        self._effort = load_emotion_model(models_folder)
        self._model = load_emotion_model(research_folder) if research_folder else self._effort

    def hear(self, features: npt.NDArray[np.float32], prosody: Prosody) -> VoiceEmotion:
        """Emotion of a clip of any length; the same clip gives the same numbers.

        Args:
            features: (N, 384) of `core.speech.encoder.SpeechEncoder`, 50 Hz.
            prosody: of the same clip.
        """
        features = self._model.content.without(features)
        duration = len(prosody.time_seconds) * FRAME_SECONDS
        time = window_centres(duration)
        windows = describe(features, prosody, time - WINDOW_SECONDS / 2.0, WINDOW_SECONDS)
        probabilities = self._model.probabilities(windows, whole=False)
        effort = self._effort.effort(windows)
        arousal, valence = feeling_plane(probabilities, effort)
        stretch = duration / max(1, math.ceil(duration / LONGEST_STRETCH_SECONDS))
        starts = np.arange(round(duration / stretch)) * stretch
        parts = describe(features, prosody, starts, stretch)
        share = parts.voiced_seconds / max(float(parts.voiced_seconds.sum()), 1e-9)
        whole = share @ self._model.probabilities(parts, whole=True)
        whole[NEUTRAL] += 1.0 - whole.sum()
        whole_arousal, whole_valence = feeling_plane(
            whole[None], share @ self._effort.effort(parts)
        )
        heard = voice_share(parts.voiced_seconds.sum(keepdims=True))
        return VoiceEmotion(
            time_seconds=time,
            probabilities=probabilities,
            arousal=arousal,
            valence=valence,
            confidence=probabilities.max(axis=1) * voice_share(windows.voiced_seconds),
            effort=effort,
            utterance_probabilities=whole,
            utterance_arousal=float(whole_arousal[0]),
            utterance_valence=float(whole_valence[0]),
            utterance_confidence=float(whole.max() * heard[0]),
        )


def feeling_plane(probabilities: Curve, effort: Curve) -> tuple[Curve, Curve]:
    """Arousal and valence, each (W,) -1..1, from probabilities (W, 9) and effort (W,).

    Emotions have their places in the plane (Russell 1980); effort, which is heard more surely than
    any emotion, tells half of the arousal.
    """
    places = np.array([CIRCUMPLEX[name] for name in EMOTION_NAMES])
    plane = probabilities @ places
    arousal = np.clip((plane[:, 0] + effort) / 2.0, -1.0, 1.0)
    return np.asarray(arousal), np.asarray(np.clip(plane[:, 1], -1.0, 1.0))


def window_centres(duration_seconds: float) -> Curve:
    """Every STEP_SECONDS from 0 to the end of the clip; at least one."""
    return np.asarray(np.arange(int(duration_seconds / STEP_SECONDS) + 1) * STEP_SECONDS)
