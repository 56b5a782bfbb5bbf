# SPDX-License-Identifier: Apache-2.0
"""Mien on the benchmark's clips: the product's own road, `core.performance.perform`."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from benchmarks.lip_clips import VISEME_OF, Clip
from benchmarks.lip_measures import lip_points, measures
from benchmarks.lip_systems import FPS, Answer
from core.direction import Direction
from core.face.arkit import ARKIT_NAMES
from core.motion.lips import LipDecoder
from core.motion.mouths import mouth_spans
from core.performance import Models, perform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.curves import Performance, Span

RATE_HZ = 16_000


@dataclass(frozen=True)
class Mien:
    """The product with its models, at the animator's default settings.

    Attributes:
        models: everything loaded.
        left_out: folder with one decoder for each Emo-DB speaker that never heard him (made by
            `core.training.train_contacts`), used for that speaker's clips.
        left_out_dataset: the set whose speakers it holds.
        layer: ``lips`` or ``mix``.
        direction: what the animator asks for.
        tell_text: whether the clip's text is given, where it is known.
    """

    models: Models
    left_out: Path | None = None
    left_out_dataset: str = ""
    layer: str = "lips"
    direction: Direction = field(default_factory=Direction)
    tell_text: bool = False

    def answer(self, clip: Clip) -> Answer:
        """The mouth for a clip."""
        models = self._models_for(clip)
        began = time.process_time()
        performance = perform(
            clip.audio,
            self.direction,
            FPS,
            models=models,
            start_seconds=clip.start_seconds,
            duration_seconds=clip.duration_seconds,
            text=clip.text if self.tell_text else None,
        )
        return self._answer(performance, time.process_time() - began)

    def answer_samples(self, samples: NDArray[np.float32], clip: Clip) -> Answer:
        """The mouth for other samples (16 kHz) in a clip's place, such as the clip with noise."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "clip.wav"
            soundfile.write(path, samples, RATE_HZ, subtype="FLOAT")
            whole = replace(clip, audio=path, start_seconds=0.0, duration_seconds=None)
            return self.answer(whole)

    def _models_for(self, clip: Clip) -> Models:
        if self.left_out is None or clip.dataset != self.left_out_dataset:
            return self.models
        return replace(self.models, lip_decoder=_decoder(self.left_out / clip.speaker))

    def _answer(self, performance: Performance, spent: float) -> Answer:
        lips = self.layer == "lips"
        landmarks = performance.landmarks_lips if lips else performance.landmarks_mix
        values = performance.lips if lips else performance.values
        mouths = mouth_spans(performance.phones, float(performance.time_seconds[-1]))
        gaps = self.models.face.lip_gaps(values[:, : len(ARKIT_NAMES)])
        return Answer(
            times=performance.time_seconds,
            curves=measures(landmarks),
            visemes=_visemes(performance.phones),
            mouths=tuple((s.label, s.start_seconds, s.end_seconds) for s in mouths),
            contacts=tuple((s.label, s.start_seconds, s.end_seconds) for s in performance.contacts),
            lip_points=lip_points(landmarks),
            lip_gap=gaps.max(axis=1).astype(np.float64) * 1e3,
            spent_seconds=spent,
        )


@cache
def _decoder(folder: Path) -> LipDecoder:
    return LipDecoder(folder)


def _visemes(phones: tuple[Span, ...]) -> tuple[tuple[str, float, float], ...]:
    return tuple((VISEME_OF[p.label], p.start_seconds, p.end_seconds) for p in phones)
