# SPDX-License-Identifier: Apache-2.0
"""Which frame shows each closure of the lips, where frames are few and closures short."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ..curves import Span

    Seconds = NDArray[np.float64]
    Chain = tuple[int | None, "Chain"] | None
    # The last frame taken, closures without frame, seconds off, and the frames from the last on.
    Way = tuple[int, int, float, Chain]

# How many frames before and after a closure that lies between two of them may show it.
REACH_FRAMES = 2


def closure_frames(spans: Sequence[Span], time_seconds: Seconds) -> list[int | None]:
    """A frame for each closure, no two the same, in the order of the closures.

    A closure is shown by a frame that lies in it; one that lies between two frames by the nearer, or
    by the next that is free among the two before it and the two after it. As many closures as
    possible are shown, and these as near as possible: None is left where more closures meet than
    there are such frames.

    Args:
        spans: closures in order.
        time_seconds: (T,) of the frames, increasing.
    """
    wishes = [_wishes(span, time_seconds) for span in spans]
    lowest = [min(frames, default=len(time_seconds)) for frames, _ in wishes]
    lowest = list(itertools.accumulate(reversed(lowest), min))[::-1]
    ways: list[Way] = [(-1, 0, 0.0, None)]
    for (frames, prices), low in zip(wishes, lowest, strict=True):
        # Frames that nobody wishes for any more do not tell ways apart.
        skipped: list[Way] = [
            (max(last, low - 1), missed + 1, off, (None, chain))
            for last, missed, off, chain in ways
        ]
        taken: list[Way] = [
            (frame, missed, off + price, (frame, chain))
            for last, missed, off, chain in ways
            for frame, price in zip(frames, prices, strict=True)
            if frame > last
        ]
        ways = []
        for way in sorted(skipped + taken, key=lambda way: (way[1], way[2], way[0])):
            if not ways or way[0] < ways[-1][0]:
                ways.append(way)
    chain = ways[0][3]
    found = []
    while chain is not None:
        frame, chain = chain
        found.append(frame)
    return found[::-1]


def _wishes(span: Span, times: Seconds) -> tuple[range, list[float]]:
    """Frames that may show a closure, and how many seconds each lies off its middle."""
    first, stop = (int(np.searchsorted(times, at)) for at in (span.start_seconds, span.end_seconds))
    if first == stop:
        first, stop = max(first - REACH_FRAMES, 0), min(first + REACH_FRAMES, len(times))
    middle = (span.start_seconds + span.end_seconds) / 2.0
    return range(first, stop), np.abs(times[first:stop] - middle).tolist()
