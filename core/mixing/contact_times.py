# SPDX-License-Identifier: Apache-2.0
"""When contacts claim which frames: which they hold, how far the others are off, how far a shape has come.

A frame stands for the time it is shown. Where frames are short that is a moment; at 12 a second it
is as long as a phone, so a contact holds the frame nearest to its middle and leaves the others to
the vowels, or "bababa" would be one closure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..easing import ease

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ..curves import Span

    Seconds = NDArray[np.float64]
    Frames = NDArray[np.bool_]

# Filmed lips arrive this much after the sound changes.
LATE_SECONDS = 0.01
# Frames up to twice as long are moments; of longer ones only those count that lie deeper in a contact.
MOMENT_SECONDS = 0.012
# Frames whose distances differ by less are equally near: rounding must not choose one.
TIE_SECONDS = 1e-6
# Frames of 22 to 31 a second are often shot on twos: of two held ones a dropped one leaves one.
PAIR_STEP_SECONDS = (1 / 31, 1 / 22)
# A second frame is held only this near to the contact, so that quick vowels keep theirs.
PAIR_REACH_SECONDS = 0.022


@dataclass(frozen=True, eq=False)
class ContactTimes:
    """Where each frame is among the contacts of one name; each (T,).

    Attributes:
        held: frames that a contact claims; at least one for each contact in the range.
        early: frames in a long contact, before the part of it that is held.
        before: seconds to the next held part; 0 where held, infinite after the last.
        after: seconds since the end of the last contact; 0 where held, infinite before the first.
    """

    held: Frames
    early: Frames
    before: Seconds
    after: Seconds


def contact_times(
    time_seconds: Seconds,
    contacts: Sequence[Span],
    name: str,
    longest_seconds: float = math.inf,
) -> ContactTimes:
    """Find the frames (T,) of the contacts of one name that lie in the time range.

    Args:
        time_seconds: (T,) increasing.
        contacts: spans of any names.
        name: those to read.
        longest_seconds: of a longer contact only this much before its end is held.
    """
    step = float(np.median(np.diff(time_seconds))) if len(time_seconds) > 1 else 1.0
    first, last = time_seconds[0] - step / 2, time_seconds[-1] + step / 2
    spans = [
        (span.start_seconds, span.end_seconds)
        for span in contacts
        if span.label == name and span.end_seconds >= first and span.start_seconds <= last
    ]
    held, early = np.zeros((2, len(time_seconds)), bool)
    if not spans:
        never = np.full(len(time_seconds), np.inf)
        return ContactTimes(held, early, never, never)
    starts, ends = np.array(spans).T
    starts = np.maximum(starts, ends - longest_seconds)
    middles = (starts + ends) / 2
    starts = np.minimum(starts + LATE_SECONDS, ends)
    trim = max(step / 2 - MOMENT_SECONDS, 0.0)
    starts, ends = np.minimum(starts + trim, middles), np.maximum(ends - trim, middles)
    for (begin, stop), start, end, middle in zip(spans, starts, ends, middles, strict=True):
        early[slice(*np.searchsorted(time_seconds, (begin, start)))] = True
        frames = np.arange(*np.searchsorted(time_seconds, (start, end)))
        if len(frames) < 2:
            frames = _nearest(time_seconds, middle)
        if len(frames) < 2 and PAIR_STEP_SECONDS[0] <= step <= PAIR_STEP_SECONDS[1]:
            frames = _paired(time_seconds, frames[0], middle, (begin, stop))
        held[frames] = True
    before = _seconds_to_next(time_seconds, np.sort(starts))
    after = _seconds_to_next(-time_seconds[::-1], np.sort(-ends))[::-1]
    return ContactTimes(
        held, early & ~held, np.where(held, 0.0, before), np.where(held, 0.0, after)
    )


@dataclass(frozen=True)
class Swell:
    """How a shape comes and goes around a contact, seconds.

    Attributes:
        lead: from where it starts to the contact's start.
        rise: from there until it is whole.
        lag: from the contact's end to where half of it is gone.
        fall: from whole to gone.
    """

    lead: float
    rise: float
    lag: float
    fall: float

    def at(self, time_seconds: Seconds, start: float, end: float) -> Seconds:
        """(T,) 0..1 around one contact."""
        come = ease((time_seconds - start + self.lead) / self.rise)
        gone = ease((time_seconds - end - self.lag) / self.fall + 0.5)
        return np.minimum(come, 1.0 - gone)


def swelling(time_seconds: Seconds, contacts: Sequence[Span], name: str, swell: Swell) -> Seconds:
    """(T,) 0..1 how far the shape of the contacts of one name has come.

    The frame nearest to a contact's middle shows what the middle shows, as far off as it may be.
    """
    weights = np.zeros(len(time_seconds))
    for span in contacts:
        start, end = span.start_seconds, span.end_seconds
        if span.label != name or end < time_seconds[0] or start > time_seconds[-1]:
            continue
        reach = (start - swell.lead, end + swell.lag + swell.fall / 2)
        near = slice(*np.searchsorted(time_seconds, reach))
        weights[near] = np.maximum(weights[near], swell.at(time_seconds[near], start, end))
        middle = (start + end) / 2
        at_middle = swell.at(np.array([middle]), start, end)
        frame = _nearest(time_seconds, middle)
        weights[frame] = np.maximum(weights[frame], at_middle)
    return weights


def _seconds_to_next(time_seconds: Seconds, moments: Seconds) -> Seconds:
    """(T,) from each frame to the first of the sorted moments at or after it."""
    upcoming = np.append(moments, np.inf)
    return np.asarray(upcoming[np.searchsorted(moments, time_seconds)] - time_seconds)


def _nearest(time_seconds: Seconds, moment: float) -> NDArray[np.intp]:
    """(1,) the frame nearest to a moment, the earlier one of two; found without reading all (T,)."""
    right = min(int(np.searchsorted(time_seconds, moment)), len(time_seconds) - 1)
    left = max(right - 1, 0)
    further = (moment - time_seconds[left]) - (time_seconds[right] - moment)
    nearer = left if further <= TIE_SECONDS else right
    return np.array([nearer])


def _paired(
    time_seconds: Seconds, frame: int, middle: float, span: tuple[float, float]
) -> NDArray[np.intp]:
    """A frame and its neighbour across the middle, where the contact reaches that one too."""
    other = frame + (1 if time_seconds[frame] <= middle else -1)
    if not 0 <= other < len(time_seconds):
        return np.array([frame])
    off = max(span[0] - time_seconds[other], time_seconds[other] - span[1])
    return np.array([frame, other] if off <= PAIR_REACH_SECONDS else [frame])
