# SPDX-License-Identifier: Apache-2.0
"""The frames of a take that are asked for, and how far around them its parts must be made.

Filters and the take's network look around; what they see from further away than these margins is less
than a thousandth of a channel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .errors import MienError

# A jaw that feels follows its last ten seconds (`displacement.opened_wider`, 0.1 Hz: 2e-3 of what lies
# further away counts, of at most 0.14 of a channel).
EXPRESSION_SECONDS = 8.0
# The take is drawn so far around; beyond, its last values are held. They reach the window through that
# jaw alone: 8 % of their 13 %, of at most 0.14 of a channel.
TAKE_SECONDS = 3.0
# A window longer than the first is no look at a moment; drawing a take of the second takes 0.4 s.
LOOK_SECONDS, BEARABLE_SECONDS = 2.0, 240.0
# Contacts are shut at the frames nearest to them, which must be there to be found.
SHUT_SECONDS = 1.0


@dataclass(frozen=True)
class Window:
    """Frames of a take.

    Attributes:
        first, stop: frames asked for, at least one.
        total: frames of the whole take.
        fps: frames a second.
    """

    first: int
    stop: int
    total: int
    fps: float

    @property
    def is_whole(self) -> bool:
        """True where all frames are asked for."""
        return self.stop - self.first == self.total

    @property
    def looks_ahead(self) -> bool:
        """True where somebody fills a take of bearable length, and will ask for the rest of it."""
        is_filling = self.stop - self.first > LOOK_SECONDS * self.fps
        return is_filling and self.total <= BEARABLE_SECONDS * self.fps

    @property
    def own(self) -> slice:
        """The frames asked for."""
        return slice(self.first, self.stop)

    def around(self, seconds: float) -> slice:
        """The frames asked for and those up to so many seconds from them."""
        reach = math.ceil(seconds * self.fps)
        return slice(max(self.first - reach, 0), min(self.stop + reach, self.total))


def window_of(seconds: tuple[float, float] | None, total: int, fps: float) -> Window:
    """Frames of the take that lie in a stretch (both ends counted); all of them without one.

    Raises:
        MienError: ``bad_window``, when no frame lies in it.
    """
    if seconds is None:
        return Window(0, total, total, fps)
    # As in counting frames: rounding must not lose the one at an end.
    first = max(math.ceil(seconds[0] * fps - 1e-6), 0)
    stop = min(math.floor(seconds[1] * fps + 1e-6) + 1, total)
    if first >= stop:
        raise MienError(
            "bad_window",
            f"No frame of the take lies between {seconds[0]:.3f} and {seconds[1]:.3f} s.",
            "Ask for a stretch inside the strip.",
        )
    return Window(first, stop, total, fps)
