# SPDX-License-Identifier: Apache-2.0
"""Emotion heard in the voice: in windows of a second and a half, and in the whole clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..direction import EMOTION_NAMES
from .effort import vocal_effort

if TYPE_CHECKING:
    from pathlib import Path

    from .prosody import Prosody

Curve = npt.NDArray[np.float64]

WINDOW_SECONDS = 1.5
STEP_SECONDS = 0.25


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
        threads: CPU threads.
        research_folder: folder of the research model, or None for the default model.
    """

    def __init__(
        self,
        models_folder: Path | str | None = None,
        threads: int = 1,
        research_folder: Path | str | None = None,
    ) -> None:
        del models_folder, threads, research_folder

    def hear(self, features: npt.NDArray[np.float32], prosody: Prosody) -> VoiceEmotion:
        """Emotion of a clip of any length.

        Args:
            features: (N, 384) of `core.speech.encoder.SpeechEncoder`, 50 Hz.
            prosody: of the same clip.
        """
        del features
        time = window_centres(float(prosody.time_seconds[-1]))
        effort = vocal_effort(prosody, time, WINDOW_SECONDS)
        speech = np.interp(time, prosody.time_seconds, prosody.speech)
        arousal = np.tanh(1.5 * effort)
        weights = {"neutral": 1.0 - np.abs(arousal), "angry": 0.5 * arousal, "happy": 0.5 * arousal}
        weights["sad"] = weights["calm"] = -0.5 * arousal
        raw = np.zeros((len(time), len(EMOTION_NAMES)))
        for number, name in enumerate(EMOTION_NAMES):
            raw[:, number] = np.maximum(weights.get(name, np.zeros(len(time))), 0.0) + 0.02
        raw /= raw.sum(axis=1, keepdims=True)
        share = speech + 1e-6
        whole = (raw * share[:, None]).sum(axis=0) / share.sum()
        return VoiceEmotion(
            time_seconds=time,
            probabilities=raw,
            arousal=arousal,
            valence=np.zeros(len(time)),
            confidence=0.3 * speech,
            effort=effort,
            utterance_probabilities=whole,
            utterance_arousal=float((arousal * share).sum() / share.sum()),
            utterance_valence=0.0,
            utterance_confidence=0.3 * float(prosody.has_speech),
        )


def window_centres(duration_seconds: float) -> Curve:
    """Every STEP_SECONDS from 0 to the end of the clip; at least one."""
    return np.arange(int(duration_seconds / STEP_SECONDS) + 1) * STEP_SECONDS
