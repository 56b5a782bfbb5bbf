# SPDX-License-Identifier: Apache-2.0
"""Do the lips shut where labels say so, and only there?

Two views. *Seen*: a closure is made when some frame inside the labelled stretch has its gap under a
tenth of that speaker's range (1st to 99th percentile over all his clips); an open vowel is falsely
closed when any frame does it, 20 ms at its edges left out. *Named*: stretches that the system calls
bilabial, labiodental, round or tongue tip against labelled ones: recall, precision, and how far
their edges lie apart. Frames are at 60 a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lip_statistics import Figure, figure, median_figure, ratio
from core.runs import runs_of_true

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.lip_clips import Clip, Stretch
    from benchmarks.lip_systems import Answer

    Floats = NDArray[np.float64]

BILABIAL = "bilabial"
CLOSED_SHARE = 0.1
VOWEL_EDGE_SECONDS = 0.02
# Shorter labels hold no frame of their own, or are too short to be sure of.
SHORTEST_SECONDS = 0.025
# A named contact that lies this near a labelled one is its neighbour misjudged by an edge, not false.
NEAR_SECONDS = 0.03
Pair = tuple["Clip", "Answer"]


def shut_frames(pairs: Sequence[Pair]) -> dict[str, NDArray[np.bool_]]:
    """Which frames of each clip are shut, by the range of its speaker."""
    gaps: dict[str, list[Floats]] = {}
    for clip, answer in pairs:
        gaps.setdefault(clip.speaker, []).append(gap(answer))
    limits = {}
    for speaker, curves in gaps.items():
        low, high = np.quantile(np.concatenate(curves), [0.01, 0.99])
        limits[speaker] = low + CLOSED_SHARE * (high - low)
    return {clip.key: gap(answer) <= limits[clip.speaker] for clip, answer in pairs}


def gap(answer: Answer) -> Floats:
    """What has to close: the lips' widest gap, or the opening of a system without a head."""
    return answer.lip_gap if answer.lip_gap is not None else answer.curves["opening"]


def seen_recall(pairs: Sequence[Pair]) -> Figure:
    """Share of labelled closures that show."""
    shut = shut_frames(pairs)
    rows = []
    for clip, answer in pairs:
        spans = long_enough(clip.contacts, BILABIAL)
        made = [_any(shut[clip.key], answer.times, a, b) for _, a, b in spans]
        rows.append((float(sum(made)), float(len(made))))
    return figure(rows, ratio, [clip.speaker for clip, _ in pairs])


def false_closures(pairs: Sequence[Pair]) -> Figure:
    """Share of open vowels in which the lips shut."""
    shut = shut_frames(pairs)
    rows = []
    for clip, answer in pairs:
        false = [
            _any(shut[clip.key], answer.times, a + VOWEL_EDGE_SECONDS, b - VOWEL_EDGE_SECONDS)
            for _, a, b in clip.open_vowels
            if b - a >= SHORTEST_SECONDS + 2 * VOWEL_EDGE_SECONDS
        ]
        rows.append((float(sum(false)), float(len(false))))
    return figure(rows, ratio, [clip.speaker for clip, _ in pairs])


def seen_timing(pairs: Sequence[Pair]) -> Figure:
    """Median distance in seconds of the edges of shut runs from the closures they meet."""
    shut = shut_frames(pairs)
    errors: list[float] = []
    for clip, answer in pairs:
        runs = [(BILABIAL, a, b) for a, b in _runs(shut[clip.key], answer.times)]
        errors += edge_errors(long_enough(clip.contacts, BILABIAL), runs)
    return median_figure(errors)


def named_recall(pairs: Sequence[Pair], kind: str) -> Figure:
    """Share of labelled gestures that a named stretch of the same kind overlaps."""
    rows, speakers = [], []
    for clip, answer in pairs:
        if kind in clip.contact_kinds and answer.contacts is not None:
            labelled = long_enough(clip.contacts, kind)
            found = [s for s in answer.contacts if s[0] == kind]
            rows.append((float(sum(_meets(s, found) for s in labelled)), float(len(labelled))))
            speakers.append(clip.speaker)
    return figure(rows, ratio, speakers)


def named_precision(pairs: Sequence[Pair], kind: str) -> Figure:
    """Share of named stretches within the labelled time that meet a labelled gesture, or nearly."""
    rows, speakers = [], []
    for clip, answer in pairs:
        if kind in clip.contact_kinds and clip.sounds and answer.contacts is not None:
            start, end = clip.sounds[0].start, clip.sounds[-1].end
            found = [s for s in answer.contacts if s[0] == kind and s[1] >= start and s[2] <= end]
            own = [s for s in clip.contacts if s[0] == kind]
            right = sum(_meets(s, own, NEAR_SECONDS) for s in found)
            rows.append((float(right), float(len(found))))
            speakers.append(clip.speaker)
    return figure(rows, ratio, speakers)


def named_timing(pairs: Sequence[Pair], kind: str) -> Figure:
    """Median distance in seconds of onsets and releases of named stretches from labelled ones."""
    errors: list[float] = []
    for clip, answer in pairs:
        if kind in clip.contact_kinds and answer.contacts is not None:
            found = [s for s in answer.contacts if s[0] == kind]
            errors += edge_errors(long_enough(clip.contacts, kind), found)
    return median_figure(errors)


def long_enough(contacts: Sequence[Stretch], kind: str) -> list[Stretch]:
    """The gestures of one kind that are long enough to be sure of."""
    return [s for s in contacts if s[0] == kind and s[2] - s[1] >= SHORTEST_SECONDS]


def edge_errors(labelled: Sequence[Stretch], found: Sequence[Stretch]) -> list[float]:
    """How far both edges of found stretches lie from the labelled ones that they overlap most.

    Of several found stretches that overlap one label, that with the longest overlap counts.
    """
    errors = []
    for _, start, end in labelled:
        overlaps = [(min(b, end) - max(a, start), a, b) for _, a, b in found]
        longest, first, last = max(overlaps, default=(0.0, 0.0, 0.0))
        if longest > 0.0:
            errors += [abs(first - start), abs(last - end)]
    return errors


def _meets(stretch: Stretch, others: Sequence[Stretch], near: float = 0.0) -> bool:
    return any(a < stretch[2] + near and b > stretch[1] - near for _, a, b in others)


def _any(shut: NDArray[np.bool_], times: Floats, start: float, end: float) -> bool:
    return bool(shut[(times >= start) & (times <= end)].any())


def _runs(shut: NDArray[np.bool_], times: Floats) -> list[tuple[float, float]]:
    """Start and end seconds of runs of shut frames; edges halfway to the neighbours."""
    step = float(times[1] - times[0]) if len(times) > 1 else 0.0
    return [
        (float(times[first]) - step / 2, float(times[stop - 1]) + step / 2)
        for first, stop in runs_of_true(shut)
    ]
