# SPDX-License-Identifier: Apache-2.0
"""The recogniser's file: one linear map from a window's statistics to emotions, and one to effort."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..direction import EMOTION_NAMES
from ..model_files import model_path
from .emotion_features import Described
from .spoken_content import SpokenContent

Table = npt.NDArray[np.float64]

MODEL_NAME = "emotion_recogniser"
NEUTRAL = EMOTION_NAMES.index("neutral")
# With less voice than this an answer counts in proportion, and the rest is neutral.
ENOUGH_VOICE_SECONDS = 0.4


@dataclass(frozen=True, eq=False)
class EmotionModel:
    """What `core.training.train_emotion` learned.

    Attributes:
        columns: (K,) places of its answers among EMOTION_NAMES.
        weights: (D, K) of a window's statistics: melody first, then the encoder's.
        bias: (K,).
        temperatures: what logits are divided by so that probabilities hold: of windows and of whole
            clips.
        content: what is taken out of the features before they are described.
        effort_weights: (melody columns,).
        effort_bias: effort of no statistics.
    """

    columns: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]
    bias: Table
    temperatures: tuple[float, float]
    content: SpokenContent
    effort_weights: Table
    effort_bias: float

    def probabilities(self, described: Described, *, whole: bool) -> Table:
        """(W, 9) of EMOTION_NAMES; rows sum to 1, and lean to neutral where little voice is heard."""
        table = np.concatenate((described.melody, described.encoder), axis=1)
        logits = table[:, : len(self.weights)] @ self.weights + self.bias
        logits = logits / self.temperatures[int(whole)]
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        share = voice_share(described.voiced_seconds)[:, None]
        result = np.zeros((len(table), len(EMOTION_NAMES)))
        result[:, self.columns] = chances * share
        result[:, NEUTRAL] += 1.0 - share[:, 0]
        return result

    def effort(self, described: Described) -> Table:
        """(W,) vocal effort, drawn to 0 where little voice is heard."""
        raw = described.melody @ self.effort_weights + self.effort_bias
        return np.asarray(np.clip(raw, -1.5, 1.5) * voice_share(described.voiced_seconds))


def voice_share(voiced_seconds: Table) -> Table:
    """How much of an answer counts, 0..1, after so much voice."""
    return np.minimum(voiced_seconds / ENOUGH_VOICE_SECONDS, 1.0)


def load_emotion_model(folder: Path | str | None) -> EmotionModel:
    """Read the recogniser of a models folder.

    Raises:
        MienError: from `core.model_files.model_path`.
    """
    with np.load(model_path(folder, MODEL_NAME)) as file:
        return EmotionModel(
            columns=np.array([EMOTION_NAMES.index(str(name)) for name in file["classes"]]),
            weights=file["weights"],
            bias=file["bias"].astype(np.float64),
            temperatures=(float(file["temperatures"][0]), float(file["temperatures"][1])),
            content=SpokenContent(
                *(
                    file[name].astype(np.float32)
                    for name in ("places", "phone_weights", "phone_bias", "phone_means")
                )
            ),
            effort_weights=file["effort_weights"].astype(np.float64),
            effort_bias=float(file["effort_bias"]),
        )
