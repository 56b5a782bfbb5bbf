# SPDX-License-Identifier: GPL-3.0-or-later
"""Stretches of time with a name, in seconds of the sound file, and their text in the .blend file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

# The worker hears 50 times a second, so no phone is shorter.
SHORTEST_SECONDS = 0.02
# Times that differ by less are equal: a hundredth of the shortest phone.
SAME_SECONDS = 0.0002
# Hundredths of a millisecond: the worker takes times within a tenth as its own. 60 s have 20 kB.
_DIGITS = 5


@dataclass(frozen=True)
class Span:
    """A phone, a word or a contact: its name and its time in seconds of the sound file."""

    label: str
    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Length."""
        return self.end - self.start

    @property
    def middle(self) -> float:
        """The second halfway."""
        return 0.5 * (self.start + self.end)


def encode(spans: Iterable[Span]) -> str:
    """Compact text; empty for none."""
    rows = [[span.label, round(span.start, _DIGITS), round(span.end, _DIGITS)] for span in spans]
    return json.dumps(rows, separators=(",", ":"), ensure_ascii=False) if rows else ""


def decode(text: str) -> tuple[Span, ...]:
    """What `encode` wrote."""
    return tuple(Span(str(label), start, end) for label, start, end in json.loads(text or "[]"))


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share time that can be heard."""
    return min(one.end, other.end) - max(one.start, other.start) > SAME_SECONDS


def same(one: Span, other: Span) -> bool:
    """Equal but for rounding."""
    near = max(abs(one.start - other.start), abs(one.end - other.end)) < SAME_SECONDS
    return near and one.label == other.label


def without(spans: Iterable[Span], gone: Span) -> list[Span]:
    """`spans` with the time of `gone` cut out; what is then shorter than a phone goes as well."""
    kept = []
    for span in spans:
        if not overlaps(span, gone):
            kept.append(span)
            continue
        pieces = (
            replace(span, end=min(span.end, gone.start)),
            replace(span, start=max(span.start, gone.end)),
        )
        kept += [piece for piece in pieces if piece.seconds >= SHORTEST_SECONDS - SAME_SECONDS]
    return kept


def overlaid(under: Iterable[Span], over: Sequence[Span]) -> tuple[Span, ...]:
    """`under` with `over` in its place wherever they meet, in order of time."""
    kept = list(under)
    for span in over:
        kept = without(kept, span)
    return ordered([*kept, *over])


def ordered(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order of time."""
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def inside(spans: Iterable[Span], start: float, end: float) -> tuple[Span, ...]:
    """The parts of `spans` between two seconds; parts too short to be heard are left out."""
    cut = [
        replace(span, start=max(span.start, start), end=min(span.end, end))
        for span in spans
        if span.start < end and span.end > start
    ]
    return tuple(span for span in cut if span.seconds >= SHORTEST_SECONDS - SAME_SECONDS)
