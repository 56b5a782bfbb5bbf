# SPDX-License-Identifier: Apache-2.0
"""Models that hear each clip once: seventeen directions of one sound need its features and pitch once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from core.performance import Models
    from core.speech.encoder import SpeechEncoder
    from core.speech.prosody import Curve, PitchTracker, Samples


class RememberedEncoder:
    """The speech encoder with its answers kept, by the sound's bytes."""

    def __init__(self, encoder: SpeechEncoder) -> None:
        self._encoder = encoder
        self._kept: dict[bytes, NDArray[np.float32]] = {}

    def encode(
        self, samples: Samples, on_progress: Callable[[float], None] | None = None
    ) -> NDArray[np.float32]:
        """What the encoder answers."""
        key = samples.tobytes()
        if key not in self._kept:
            self._kept[key] = self._encoder.encode(samples, on_progress)
        return self._kept[key]


class RememberedPitch:
    """The pitch tracker with its answers kept, by the sound's bytes."""

    def __init__(self, pitch: PitchTracker) -> None:
        self._pitch = pitch
        self._kept: dict[bytes, tuple[Curve, Curve]] = {}

    def track(
        self, samples: Samples, gain: float, on_progress: Callable[[float], None] | None = None
    ) -> tuple[Curve, Curve]:
        """What the tracker answers; the gain is the sound's own."""
        key = samples.tobytes()
        if key not in self._kept:
            self._kept[key] = self._pitch.track(samples, gain, on_progress)
        return self._kept[key]


def hearing_once(models: Models) -> Models:
    """The same models, which listen to no sound twice."""
    return replace(
        models,
        encoder=cast("SpeechEncoder", RememberedEncoder(models.encoder)),
        pitch=cast("PitchTracker", RememberedPitch(models.pitch)),
    )
