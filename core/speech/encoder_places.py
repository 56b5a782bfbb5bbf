# SPDX-License-Identifier: Apache-2.0
"""Take out of the speech features what only tells where in its window the encoder heard a sound.

Whisper adds its positions to what it hears, and they stay in the features: the mean feature of plain
speech lies 0.8 of a feature's spread away in a window's first 20 ms, 0.3 after a second, 0.2 later.
For the words that is nothing; for a mood, averaged over seconds, it is as much as the mood. So the
mean of plain speech at each place of a window is taken away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .encoder import WINDOW_FRAMES, window_starts, window_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray


def without_places(
    features: NDArray[np.float32], places: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Features of a whole clip without the mean of their places.

    Args:
        features: (N, 384) of `core.speech.encoder.SpeechEncoder.encode`, from the clip's start.
        places: (WINDOW_FRAMES, 384) mean feature of plain speech at each frame of a window.

    Returns:
        (N, 384), around 0 for plain speech.
    """
    result = features.astype(np.float32)
    frames = len(features)
    for start in window_starts(frames):
        count = min(WINDOW_FRAMES, frames - start)
        weights = window_weights(count, start == 0, start + count == frames)
        result[start : start + count] -= weights[:, None] * places[:count]
    return result
