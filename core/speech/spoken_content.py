# SPDX-License-Identifier: Apache-2.0
"""Take out of the speech features what tells of place and words, so that the manner is left.

Whisper adds its positions to what it hears, and they stay in the features: the mean feature of plain
speech lies 0.8 of a feature's spread away in a window's first 20 ms, 0.3 after a second, 0.2 later.
For the words that is nothing; for a mood, averaged over seconds, it is as much as the mood. So the mean
of plain speech at each place of a window is taken away.

And the features are mostly phones. A second and a half holds a dozen of them, whose mean would be taken
for a mood; so the mean feature of each phone in plain speech is taken away, as surely as the phone is
heard.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from .encoder import WINDOW_FRAMES, window_starts, window_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# 40 s at once: the phones of half an hour would take 14 MB, its features 140 MB more.
_BLOCK_FRAMES = 2000


@dataclass(frozen=True, eq=False)
class SpokenContent:
    """What plain speech is like at each place and in each phone.

    Attributes:
        places: (600, 384) mean feature at each frame of the encoder's window.
        phone_weights: (384, P) and
        phone_bias: (P,) of the logits of phones, from features without their places.
        phone_means: (P, 384) mean feature of each phone, without places.
    """

    places: Floats
    phone_weights: Floats
    phone_bias: Floats
    phone_means: Floats

    def without(self, features: Floats) -> Floats:
        """Features of a whole clip without places and phones; (N, 384) -> (N, 384) around 0."""
        result = without_places(features, self.places)
        # In place: the features of ten minutes take 46 MB.
        return self._take_phones(result, result)

    def with_phones(self) -> SpokenContent:
        """The same, but it leaves phones in the features."""
        return replace(self, phone_means=np.zeros_like(self.phone_means))

    def without_phones(self, features: Floats) -> Floats:
        """Features without their places -> without their phones too; (N, 384) -> (N, 384)."""
        return self._take_phones(features, np.empty_like(features))

    def _take_phones(self, features: Floats, result: Floats) -> Floats:
        for start in range(0, len(features), _BLOCK_FRAMES):
            part = features[start : start + _BLOCK_FRAMES]
            logits = part @ self.phone_weights + self.phone_bias
            chances = np.exp(logits - logits.max(axis=1, keepdims=True))
            chances /= chances.sum(axis=1, keepdims=True)
            result[start : start + _BLOCK_FRAMES] = part - chances @ self.phone_means
        return result


def without_places(features: Floats, places: Floats) -> Floats:
    """Features of a whole clip without the mean of their places.

    Args:
        features: (N, 384) of `core.speech.encoder.SpeechEncoder.encode`, from the clip's start.
        places: (WINDOW_FRAMES, 384), see `SpokenContent`.

    Returns:
        (N, 384) float32, around 0 for plain speech.
    """
    result = features.astype(np.float32)
    frames = len(features)
    for start in window_starts(frames):
        count = min(WINDOW_FRAMES, frames - start)
        weights = window_weights(count, start == 0, start + count == frames)
        result[start : start + count] -= weights[:, None] * places[:count]
    return result
