# SPDX-License-Identifier: Apache-2.0
"""What rigs without ARKit keys are moved by: visemes as weights, and one drawn mouth a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .mixing.lip_layer import strengthened
from .motion.mouths import REST, SHORTEST_SECONDS, mouth_spans, mouths_on_frames
from .motion.phones import SILENCE
from .motion.visemes import VISEME_NAMES, viseme_curves

if TYPE_CHECKING:
    from .curves import Floats, Seconds, Span

# Two frames on the screen are the least that is seen as a mouth.
SHORTEST_FRAMES = 2.0
_REST = VISEME_NAMES.index(SILENCE)


@dataclass(frozen=True, eq=False)
class MouthLayer:
    """Mouths over time.

    Attributes:
        visemes: (T, 15) weights of VISEME_NAMES, 0..1.
        mouths: (T,) names of core.motion.mouths, A to H and X.
    """

    visemes: Floats
    mouths: npt.NDArray[np.str_]

    def shown(self, lip_strength: float) -> MouthLayer:
        """The same spoken with a strength 0..2: below 1 in proportion, above 1 fuller, 0 at rest.

        Rest is what the others leave of 1. Drawn mouths have no strength: they are there or, at 0, not.
        """
        if lip_strength == 1.0:
            return self
        visemes = strengthened(self.visemes, lip_strength)
        visemes[:, _REST] = 0.0
        visemes[:, _REST] = np.maximum(1.0 - visemes.sum(axis=1), 0.0)
        mouths = self.mouths if lip_strength > 0.0 else np.full_like(self.mouths, REST)
        return replace(self, visemes=visemes, mouths=mouths)

    def part(self, frames: slice) -> MouthLayer:
        """The same of some frames."""
        return MouthLayer(self.visemes[frames], self.mouths[frames])


def mouth_layer(
    phones: Sequence[Span], time_seconds: Seconds, duration_seconds: float, fps: float
) -> MouthLayer:
    """Visemes and drawn mouths of a line at full strength.

    Args:
        phones: ARPAbet spans in order.
        time_seconds: (T,) of the frames, i / fps.
        duration_seconds: of the sound.
        fps: frames a second.
    """
    shortest = max(SHORTEST_SECONDS, SHORTEST_FRAMES / fps - 1e-6)
    spans = mouth_spans(phones, duration_seconds, shortest)
    names = mouths_on_frames(spans, fps, len(time_seconds))
    return MouthLayer(viseme_curves(phones, time_seconds), np.array(names, dtype="<U1"))
