# SPDX-License-Identifier: Apache-2.0
"""Phones -> the nine mouths that Rhubarb and Preston Blair draw: A to H, and X at rest.

Drawn mouths switch; what is on the screen for less than two frames flickers. So mouths shorter than
70 ms go to their neighbours, but a closure (A, G) stays and is lengthened, and a vowel between two
closures stays.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..curves import Span
from .closure_frames import closure_frames
from .visemes import filled, joined, split, table

MOUTH_NAMES = ("A", "B", "C", "D", "E", "F", "G", "H", "X")
REST = "X"
CLOSURES = frozenset({"A", "G"})
SHORTEST_SECONDS = 0.07
# A closure needs one frame of 24 a second; it takes the time before it, as lips do.
SHORTEST_CLOSURE_SECONDS = 0.045
# The tongue of an L shows only if it stays up.
SHORTEST_TONGUE_SECONDS = 0.07


def mouth_spans(
    phones: Sequence[Span],
    duration_seconds: float,
    shortest_seconds: float = SHORTEST_SECONDS,
) -> tuple[Span, ...]:
    """The mouths of a line, without gaps from 0 to the end of the sound.

    Args:
        phones: ARPAbet spans in order, of a LipTrack or a Performance.
        duration_seconds: of the sound.
        shortest_seconds: how long a mouth stays that is no closure; two frames of the film.
    """
    shapes = filled(split(phones, table()["mouths"]), duration_seconds, REST)
    spans = list(joined(_transparent(_tongues(shapes))))
    return tuple(_without_flicker(_lengthened(spans), shortest_seconds))


def mouths_on_frames(spans: Sequence[Span], fps: float, frames: int) -> list[str]:
    """The mouth of each frame; frame i is at i / fps.

    No closure falls between two frames, and none takes the only frame of another, unless more of
    them meet than there are frames around them (`closure_frames`).
    """
    found = [REST] * frames
    at = 0
    for frame in range(frames):
        while at + 1 < len(spans) and spans[at].end_seconds <= frame / fps:
            at += 1
        found[frame] = spans[at].label if spans else REST
    closures = [span for span in spans if span.label in CLOSURES]
    shown = closure_frames(closures, np.arange(frames) / fps)
    for span, shown_at in zip(closures, shown, strict=True):
        if shown_at is not None:
            found[shown_at] = span.label
    return found


def _tongues(spans: Sequence[Span]) -> list[Span]:
    """A short L is like other consonants of the tongue."""
    return [
        replace(span, label="B")
        if span.label == "H" and span.end_seconds - span.start_seconds < SHORTEST_TONGUE_SECONDS
        else span
        for span in spans
    ]


def _transparent(spans: Sequence[Span]) -> list[Span]:
    """Sounds made behind the lips take the mouth that follows, or at the end the one before."""
    found: list[Span] = []
    following = ""
    for span in reversed(spans):
        label = span.label or (following if following not in {*CLOSURES, REST} else "")
        found.append(replace(span, label=label))
        following = label or following
    found.reverse()
    before = "B"
    for number, span in enumerate(found):
        if not span.label:
            found[number] = replace(span, label=before)
        before = found[number].label if found[number].label not in {*CLOSURES, REST} else "B"
    return found


def _lengthened(spans: list[Span]) -> list[Span]:
    """Closures last at least one frame; they begin earlier, in the time of what is before them."""
    found = list(spans)
    for number in range(1, len(found)):
        span, before = found[number], found[number - 1]
        missing = SHORTEST_CLOSURE_SECONDS - (span.end_seconds - span.start_seconds)
        if span.label in CLOSURES and missing > 0.0:
            spare = (before.end_seconds - before.start_seconds) / 2.0
            start = span.start_seconds - min(missing, spare)
            found[number - 1] = replace(before, end_seconds=start)
            found[number] = replace(span, start_seconds=start)
    return found


def _without_flicker(spans: Sequence[Span], shortest_seconds: float) -> list[Span]:
    """Spans without those that are too short and may go, the shortest of them first.

    What goes changes only its neighbours, so the spans wait in a heap and know who is beside them:
    an hour of speech hardly costs more a second than a line.
    """
    row = dict(enumerate(spans))
    before, after = ({n: n + step for n in row} for step in (-1, 1))
    waiting: list[tuple[float, int]] = []

    def offer(number: int) -> None:
        if number in row and (length := _seconds(row[number])) < shortest_seconds - 1e-9:
            heapq.heappush(waiting, (length, number))

    for number in row:
        offer(number)
    while waiting:
        length, number = heapq.heappop(waiting)
        if number not in row or _seconds(row[number]) != length:
            continue
        left, right = before[number], after[number]
        around = (row.get(left), row.get(right))
        if around == (None, None) or _is_kept(row[number], *around):
            continue
        row.update(_named((left, right), _given_away(row.pop(number), *around)))
        if left in row and right in row and row[left].label == row[right].label:
            (row[left],) = joined([row[left], row.pop(right)])
            right = after[right]
        after[left], before[right] = right, left
        offer(left)
        offer(right)
    return list(row.values())


def _seconds(span: Span) -> float:
    return span.end_seconds - span.start_seconds


def _is_kept(span: Span, before: Span | None, after: Span | None) -> bool:
    """Closures, and all that parts two closures."""
    parts = [beside is not None and beside.label in CLOSURES for beside in (before, after)]
    return span.label in CLOSURES or all(parts)


def _given_away(
    span: Span, before: Span | None, after: Span | None
) -> tuple[Span | None, Span | None]:
    """A span's neighbours with its time: it goes to those that are no closures, if any."""
    if before is None or (before.label in CLOSURES and after is not None):
        split_at = span.start_seconds
    elif after is None or after.label in CLOSURES:
        split_at = span.end_seconds
    else:
        # An open mouth neither shrinks for a consonant nor grows over a pause.
        split_at = (span.start_seconds + span.end_seconds) / 2.0
    return (
        replace(before, end_seconds=split_at) if before is not None else None,
        replace(after, start_seconds=split_at) if after is not None else None,
    )


def _named(numbers: Sequence[int], spans: Sequence[Span | None]) -> dict[int, Span]:
    return {n: span for n, span in zip(numbers, spans, strict=True) if span is not None}
