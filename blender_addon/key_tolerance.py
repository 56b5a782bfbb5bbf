# SPDX-License-Identifier: GPL-3.0-or-later
"""How far keyed curves may lie from the performance."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .keys.visible import visible_tolerances

TRAVELS = Path(__file__).parent / "keys" / "travels.json"
FULL = "jawOpen"


@dataclass(frozen=True)
class Tolerance:
    """A share of each curve's span.

    Attributes:
        share: of a channel that moves the face as far as the jaw does; of all where not `by_sight`.
        by_sight: channels that move the face less may miss more of their range, up to three times
            as much: to the eye it is the same or less.
    """

    share: float = 0.01
    by_sight: bool = False

    def of(self, sources: Iterable[str]) -> float:
        """The share for a curve that these columns of a performance move."""
        if not self.by_sight:
            return self.share
        wider = _wider()
        return self.share * min((wider.get(source, 1.0) for source in sources), default=1.0)


@functools.cache
def _wider() -> dict[str, float]:
    """Channel -> how many times as far it may miss."""
    travels = json.loads(TRAVELS.read_text(encoding="utf-8"))["travels_metres"]
    factors = visible_tolerances(np.array(list(travels.values())), 1.0, full_travel=travels[FULL])
    return dict(zip(travels, factors.tolist(), strict=True))
