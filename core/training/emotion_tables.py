# SPDX-License-Identifier: Apache-2.0
"""Rows the emotion recogniser learns from: whole clips and windows of them, with their labels."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from ..speech.emotion import STEP_SECONDS, WINDOW_SECONDS
from ..speech.emotion_features import describe
from .emotion_clips import read_clips

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ..speech.spoken_content import SpokenContent

# A row needs this much voice, or nothing can be learned from it.
SHORTEST_VOICE_SECONDS = 0.15
# Windows of training clips lie this far apart: neighbours are nearly the same.
WINDOW_STEP_SECONDS = 2 * STEP_SECONDS
WHOLE, WINDOW = 0, 1


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one or more corpora; every field has one entry a row.

    Attributes:
        melody: (R, melody columns) of `core.speech.emotion_features`.
        encoder: (R, ENCODER_SIZE).
        voiced_seconds: (R,).
        emotion: (R,) names.
        speaker: (R,) corpus and speaker.
        strength: (R,) of the acting; RAVDESS alone has it.
        text: (R,) what is said.
        clip: (R,) number within its corpus.
        copy: (R,) 0 is the sound as it is.
        kind: (R,) WHOLE or WINDOW.
    """

    melody: NDArray[np.float32]
    encoder: NDArray[np.float32]
    voiced_seconds: NDArray[np.float64]
    emotion: NDArray[np.str_]
    speaker: NDArray[np.str_]
    strength: NDArray[np.str_]
    text: NDArray[np.str_]
    clip: NDArray[np.int64]
    copy: NDArray[np.int64]
    kind: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.clip)

    def where(self, mask: NDArray[np.bool_]) -> Rows:
        """The marked rows."""
        return Rows(*(getattr(self, entry.name)[mask] for entry in fields(self)))


def read_rows(
    work: Path, corpus: str, content: SpokenContent, *, with_windows: bool = True
) -> Rows:
    """All copies of a corpus that `prepare_emotion` wrote into `work`."""
    paths = sorted(work.glob(f"{corpus}_[0-9]*.npz"))
    if not paths:
        raise FileNotFoundError(f"no {corpus}_*.npz in {work}: run prepare_emotion first")
    return join([_file_rows(path, corpus, content, with_windows=with_windows) for path in paths])


def join(parts: list[Rows]) -> Rows:
    """Rows of several corpora, one after the other."""
    return Rows(
        *(np.concatenate([getattr(part, entry.name) for part in parts]) for entry in fields(Rows))
    )


def _file_rows(path: Path, corpus: str, content: SpokenContent, *, with_windows: bool) -> Rows:
    copy = int(path.stem.rpartition("_")[2])
    parts = []
    for number, clip in enumerate(read_clips(path)):
        features = content.without_phones(clip.features)
        labels = (clip.emotion, f"{corpus} {clip.speaker}", clip.strength, clip.text)
        spans = [(WHOLE, np.zeros(1), clip.seconds)]
        if with_windows and clip.seconds > WINDOW_SECONDS:
            starts = np.arange(0.0, clip.seconds - WINDOW_SECONDS + 1e-6, WINDOW_STEP_SECONDS)
            spans.append((WINDOW, starts, WINDOW_SECONDS))
        for kind, starts, seconds in spans:
            described = describe(features, clip.prosody, starts, seconds)
            count = len(starts)
            parts.append(
                Rows(
                    described.melody,
                    described.encoder,
                    described.voiced_seconds,
                    *(np.full(count, label) for label in labels),
                    *(np.full(count, value) for value in (number, copy, kind)),
                )
            )
    rows = join(parts)
    return rows.where(rows.voiced_seconds >= SHORTEST_VOICE_SECONDS)
