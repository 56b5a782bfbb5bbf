# SPDX-License-Identifier: Apache-2.0
"""The product itself as a further row: its own decoders, taught on far more, on the same clips."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.dual_decoder_data import Lessons
from benchmarks.dual_decoder_feelings import FPS
from benchmarks.dual_decoder_systems import Shown
from core.direction import Direction
from core.motion.lips import LipDecoder
from core.motion.prototypes import MOVED_EMOTIONS
from core.performance import Models, perform

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.face.model import FaceModel

NAME = "Mien itself"


@dataclass(frozen=True, eq=False)
class Product:
    """Mien at its default settings.

    Attributes:
        models: everything loaded.
        data: folder that the clips' files are named from.
        left_out: folder with a lip decoder for each Emo-DB speaker that never heard him; None if it
            is not there, and then those rows know the speakers.
        face: the canonical head.
    """

    models: Models
    data: Path
    left_out: Path | None
    face: FaceModel

    def show(
        self, lessons: Lessons, number: int, activation: NDArray[np.float64], take: int
    ) -> Shown:
        """See `dual_decoder_systems.System.show`; its lips are shut wherever they are shown."""
        models = self.models
        speaker = str(lessons.speakers[number])
        if self.left_out is not None and not lessons.filmed[number]:
            models = replace(models, lip_decoder=_decoder(self.left_out / speaker))
        intensity = float(activation.sum())
        pairs = zip(MOVED_EMOTIONS, activation, strict=True)
        asked = {emotion: float(w) / intensity for emotion, w in pairs if w}
        performance = perform(
            self.data / str(lessons.audio[number]),
            Direction(emotion=asked or "neutral", intensity=intensity if asked else 1.0, seed=take),
            FPS,
            models=models,
        )
        rows = lessons.frames(number)
        count = rows.stop - rows.start
        values = performance.values[:count]
        values = np.pad(values, ((0, count - len(values)), (0, 0)), mode="edge")
        return Shown(values, values, performance.contacts)


@cache
def _decoder(folder: Path) -> LipDecoder:
    return LipDecoder(folder)
