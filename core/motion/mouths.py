# SPDX-License-Identifier: Apache-2.0
"""Phones -> the nine mouths that Rhubarb and Preston Blair draw: A to H, and X at rest.

Drawn mouths switch; what is on the screen for less than two frames flickers. So mouths shorter than
70 ms go to their neighbours, but a closure (A, G) stays and is lengthened, and a vowel between two
closures stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..curves import Span
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
    spans = _lengthened(spans)
    while (number := _flicker(spans, shortest_seconds)) is not None:
        spans = list(joined(_given_away(spans, number)))
    return tuple(spans)


def mouths_on_frames(spans: Sequence[Span], fps: float, frames: int) -> list[str]:
    """The mouth of each frame; frame i is at i / fps, and no closure falls between two frames."""
    found = [REST] * frames
    at = 0
    for frame in range(frames):
        while at + 1 < len(spans) and spans[at].end_seconds <= frame / fps:
            at += 1
        found[frame] = spans[at].label if spans else REST
    for span in spans:
        middle = round((span.start_seconds + span.end_seconds) / 2.0 * fps)
        inside = range(_ceil(span.start_seconds * fps), _ceil(span.end_seconds * fps))
        if span.label in CLOSURES and not inside and middle < frames:
            found[middle] = span.label
    return found


def _ceil(value: float) -> int:
    return -int(-value // 1)


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


def _flicker(spans: Sequence[Span], shortest_seconds: float) -> int | None:
    """The shortest mouth that is too short and may go; None if all may stay."""
    found = [
        (span.end_seconds - span.start_seconds, number)
        for number, span in enumerate(spans)
        if span.end_seconds - span.start_seconds < shortest_seconds - 1e-9
        and len(spans) > 1
        and not _is_kept(spans, number)
    ]
    return min(found)[1] if found else None


def _is_kept(spans: Sequence[Span], number: int) -> bool:
    """Closures, and all that parts two closures."""
    if spans[number].label in CLOSURES:
        return True
    around = [spans[at].label for at in (number - 1, number + 1) if 0 <= at < len(spans)]
    return len(around) == 2 and all(label in CLOSURES for label in around)


def _given_away(spans: list[Span], number: int) -> list[Span]:
    """The spans with one of them gone to its neighbours: to those that are no closures, if any."""
    span = spans[number]
    before = spans[number - 1] if number else None
    after = spans[number + 1] if number + 1 < len(spans) else None
    if before is None or (before.label in CLOSURES and after is not None):
        split_at = span.start_seconds
    elif after is None or after.label in CLOSURES:
        split_at = span.end_seconds
    else:
        # An open mouth neither shrinks for a consonant nor grows over a pause.
        split_at = (span.start_seconds + span.end_seconds) / 2.0
    found = [*spans[:number], *spans[number + 1 :]]
    if before is not None:
        found[number - 1] = replace(before, end_seconds=split_at)
    if after is not None:
        found[number if before is not None else 0] = replace(after, start_seconds=split_at)
    return found
