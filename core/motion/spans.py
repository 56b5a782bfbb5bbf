# SPDX-License-Identifier: Apache-2.0
"""Curves of probability -> stretches of time: contacts by two thresholds, phones by the best path."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

import numpy as np

from ..curves import Span
from ..runs import runs_of_one, runs_of_true
from .phones import SILENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SMALLEST_PROBABILITY = 1e-4
# A contact beside a rival is a slip of the rival's edge where it is this much less certain.
NEIGHBOUR_SECONDS, FAINT_SHARE = 0.03, 0.4


def threshold_spans(
    label: str,
    curve: Floats,
    frame_seconds: float,
    *,
    enter: float,
    leave: float,
    shortest_seconds: float,
) -> list[Span]:
    """Stretches that reach `enter`, found by `leave` and bounded at half their own height.

    Args:
        label: name of the spans.
        curve: (T,) probabilities; frame i is at i * frame_seconds.
        frame_seconds: distance of frames.
        enter: probability that opens a span; keeps flicker out.
        leave: lower probability that ends it; joins a curve that only dips.
        shortest_seconds: shorter stretches are left out.
    """
    spans = []
    for first, stop in runs_of_true(curve >= leave):
        peak = float(curve[first:stop].max())
        level = max(leave, peak / 2.0)
        high = first + np.flatnonzero(curve[first:stop] >= level)
        start = _crossing(curve, int(high[0]) - 1, level) * frame_seconds
        end = _crossing(curve, int(high[-1]), level) * frame_seconds
        if peak >= enter and end - start >= shortest_seconds:
            spans.append(Span(label, max(start, 0.0), end, peak))
    return spans


def without_rivals(spans: Sequence[Span], rivals: tuple[str, str]) -> list[Span]:
    """Spans without the less certain one of two that cannot both be.

    Args:
        spans: in any order.
        rivals: two labels. Where a span of one covers half of the shorter of both, one of them goes;
            where they are neighbours, one goes that is faint beside the other.
    """
    first, second = ([s for s in spans if s.label == label] for label in rivals)
    beaten = set()
    for one, other in _near(first, second):
        shared = min(one.end_seconds, other.end_seconds) - max(
            one.start_seconds, other.start_seconds
        )
        shorter = min(s.end_seconds - s.start_seconds for s in (one, other))
        weak, strong = sorted((one, other), key=lambda s: s.confidence)
        faint = weak.confidence < FAINT_SHARE * strong.confidence
        if shared > shorter / 2.0 or (faint and shared > -NEIGHBOUR_SECONDS):
            beaten.add(weak)
    return [s for s in spans if s not in beaten]


def _near(first: Sequence[Span], second: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Pairs that may be neighbours; half an hour has tens of millions of others."""
    ordered = sorted(second, key=lambda s: s.start_seconds)
    starts = [s.start_seconds for s in ordered]
    longest = max((s.end_seconds - s.start_seconds for s in ordered), default=0.0)
    for one in first:
        low = bisect.bisect_left(starts, one.start_seconds - longest - NEIGHBOUR_SECONDS)
        high = bisect.bisect_right(starts, one.end_seconds + NEIGHBOUR_SECONDS)
        for other in ordered[low:high]:
            yield one, other


def _crossing(curve: Floats, frame: int, level: float) -> float:
    """Where between `frame` and `frame` + 1 the curve crosses the level, in frames."""
    if frame < 0:
        return 0.0
    if frame + 1 >= len(curve):
        return float(frame) + 0.5
    low, high = float(curve[frame]), float(curve[frame + 1])
    return frame + (level - low) / (high - low)


def best_path(probabilities: Floats, switch_cost: float) -> NDArray[np.int64]:
    """Most probable row of labels where every change of label costs `switch_cost` (in nats).

    Args:
        probabilities: (T, L).
        switch_cost: large values keep labels longer.

    Returns:
        (T,) label numbers.
    """
    scores = np.log(np.maximum(probabilities, SMALLEST_PROBABILITY))
    count, labels = scores.shape
    came_from = np.zeros((count, labels), np.int16)
    own = np.arange(labels, dtype=np.int16)
    best = scores[0].copy()
    for frame in range(1, count):
        leader = int(best.argmax())
        switched = best[leader] - switch_cost
        stays = best >= switched
        came_from[frame] = np.where(stays, own, leader)
        best = np.where(stays, best, switched) + scores[frame]
    path = np.empty(count, np.int64)
    path[-1] = best.argmax()
    for frame in range(count - 1, 0, -1):
        path[frame - 1] = came_from[frame, path[frame]]
    return path


def path_spans(
    path: NDArray[np.int64], probabilities: Floats, names: Sequence[str], frame_seconds: float
) -> list[Span]:
    """Runs of one label as spans; edges lie halfway between frames, confidence is the mean."""
    spans = []
    for first, stop in runs_of_one(path):
        label = int(path[first])
        start = max((first - 0.5) * frame_seconds, 0.0)
        confidence = float(probabilities[first:stop, label].mean())
        spans.append(Span(names[label], start, (stop - 0.5) * frame_seconds, confidence))
    return spans


def with_silences(spans: Sequence[Span], duration_seconds: float) -> list[Span]:
    """Spans in order, with silences where they leave time free."""
    result: list[Span] = []
    at = 0.0
    for span in spans:
        if span.start_seconds > at:
            result.append(Span(SILENCE, at, span.start_seconds))
        result.append(span)
        at = max(at, span.end_seconds)
    if duration_seconds > at:
        result.append(Span(SILENCE, at, duration_seconds))
    return result


def span_curves(spans: Sequence[Span], names: Sequence[str], times: NDArray[np.float64]) -> Floats:
    """(T, len(names)) 1 where a span of that name is, else 0."""
    curves = np.zeros((len(times), len(names)), np.float32)
    for span in spans:
        first, stop = np.searchsorted(times, (span.start_seconds, span.end_seconds))
        curves[first:stop, names.index(span.label)] = 1.0
    return curves
