# SPDX-License-Identifier: Apache-2.0
"""Phones -> the 15 visemes of Oculus LipSync and VRM, as spans or as curves for blend shapes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..curves import Span
from ..easing import ease
from ..viseme_labels import VISEME_LABELS
from .closure_frames import closure_frames
from .phones import SILENCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Seconds = NDArray[np.float64]

TABLE_PATH = Path(__file__).with_name("visemes.json")
VISEME_NAMES: tuple[str, ...] = VISEME_LABELS
"""Columns of `viseme_curves`, in the order of Oculus LipSync; ``sil`` is the mouth at rest."""

CLOSED = frozenset({"PP", "FF"})
VOWELS = frozenset({"aa", "E", "I", "O", "U"})
# Between phones less than this apart the mouth goes on from one to the other.
BRIDGED_SECONDS = 0.12
# Longest cross-fade from one viseme to the next; lips shut and part faster, and do so outside the
# closure, so that it is whole.
FADE_SECONDS, CLOSING_FADE_SECONDS = 0.12, 0.07
# No fade is shorter than one frame of 24 a second, however short the phone: it would be a jerk.
SHORTEST_FADE_SECONDS = 0.042
# Into a rest and out of it.
REST_FADE_SECONDS = 0.2
# How far a consonant leans on a vowel beside it.
REACH_SECONDS = 0.25


def viseme_spans(phones: Sequence[Span], duration_seconds: float) -> tuple[Span, ...]:
    """What each phone looks like, without gaps from 0 to the end of the sound.

    Diphthongs are two visemes; neighbours of one name are joined; pauses are ``sil``.

    Args:
        phones: ARPAbet spans in order, of a LipTrack or a Performance.
        duration_seconds: of the sound.
    """
    return joined(filled(split(phones, table()["visemes"]), duration_seconds, SILENCE))


def viseme_curves(phones: Sequence[Span], time_seconds: Seconds) -> Floats:
    """Weights of the visemes at any frame rate: (T, 15) of VISEME_NAMES, 0..1, sum 1.

    Visemes cross-fade; consonants of the tongue leave a share of the mouth to the vowels beside
    them; lips that shut (PP, FF) have the mouth for themselves, and at least one frame of each is
    shut whatever the frame rate, unless more of them meet than there are frames around them
    (`closure_frames`).

    Args:
        phones: ARPAbet spans in order.
        time_seconds: (T,) uniform, increasing.
    """
    if not len(time_seconds):
        return np.zeros((0, len(VISEME_NAMES)), np.float32)
    step = float(time_seconds[1] - time_seconds[0]) if len(time_seconds) > 1 else 0.0
    spans = viseme_spans(phones, float(time_seconds[-1]) + step)
    # The first viseme has been there for long, and nothing follows the last.
    begun = _Fade(float(time_seconds[0]) - 1.0, 1.0)
    kept = _Fade(float(time_seconds[-1]) + 1.0, 1.0)
    fades = [begun, *(_fade(*pair) for pair in itertools.pairwise(spans)), kept]
    curves = np.zeros((len(time_seconds), len(VISEME_NAMES)))
    for number, (come, gone) in enumerate(itertools.pairwise(fades)):
        near = slice(*np.searchsorted(time_seconds, (come.start, gone.end)))
        times = time_seconds[near]
        share = np.maximum(come.at(times) - gone.at(times), 0.0)
        for name, weight in _mouth(spans, number, times):
            curves[near, VISEME_NAMES.index(name)] += share * weight
    closures = [span for span in spans if span.label in CLOSED]
    for span, frame in zip(closures, closure_frames(closures, time_seconds), strict=True):
        if frame is not None:
            curves[frame] = 0.0
            curves[frame, VISEME_NAMES.index(span.label)] = 1.0
    return np.asarray(curves / curves.sum(axis=1, keepdims=True), np.float32)


@cache
def table() -> dict[str, Any]:
    """visemes.json: what phones look like."""
    return dict(json.loads(TABLE_PATH.read_text(encoding="utf-8")))


def split(phones: Sequence[Span], shapes: dict[str, list[tuple[str, float]]]) -> list[Span]:
    """Phones as shapes, a phone that changes its shape in its parts."""
    found = []
    for phone in phones:
        start, length = phone.start_seconds, phone.end_seconds - phone.start_seconds
        for label, share in shapes[phone.label]:
            end = min(start + share * length, phone.end_seconds)
            found.append(Span(label, start, end, phone.confidence))
            start = end
    return found


def filled(spans: Sequence[Span], duration_seconds: float, rest: str) -> list[Span]:
    """Spans without gaps: short ones are bridged from their middle, long ones are `rest`."""
    found: list[Span] = []
    at = 0.0
    for number, span in enumerate(spans):
        start = max(span.start_seconds, at)
        if start - at > BRIDGED_SECONDS or (not number and start > at):
            found.append(Span(rest, at, start))
        elif found and start > at:
            middle = (at + start) / 2.0
            found[-1] = Span(found[-1].label, found[-1].start_seconds, middle, found[-1].confidence)
            start = middle
        if span.end_seconds > start:
            found.append(Span(span.label, start, span.end_seconds, span.confidence))
            at = span.end_seconds
    if duration_seconds > at or not found:
        found.append(Span(rest, at, max(duration_seconds, at)))
    return found


def joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Neighbours of one name become one span."""
    found: list[Span] = []
    for span in spans:
        if found and found[-1].label == span.label:
            confidence = max(found[-1].confidence, span.confidence)
            last = found.pop()
            found.append(Span(span.label, last.start_seconds, span.end_seconds, confidence))
        else:
            found.append(span)
    return tuple(found)


@dataclass(frozen=True)
class _Fade:
    """A cross-fade: half done at `centre`, `width` seconds long."""

    centre: float
    width: float

    @property
    def start(self) -> float:
        return self.centre - self.width / 2.0

    @property
    def end(self) -> float:
        return self.centre + self.width / 2.0

    def at(self, times: Seconds) -> NDArray[np.float64]:
        """(T,) 0 before it, 1 after it."""
        return np.asarray(ease((times - self.centre) / self.width + 0.5), np.float64)


def _fade(before: Span, after: Span) -> _Fade:
    """From one viseme to the next."""
    lengths = [span.end_seconds - span.start_seconds for span in (before, after)]
    longest = REST_FADE_SECONDS if SILENCE in {before.label, after.label} else FADE_SECONDS
    centre = after.start_seconds
    if after.label in CLOSED and before.label not in CLOSED:
        width = max(min(CLOSING_FADE_SECONDS, 0.5 * lengths[0]), SHORTEST_FADE_SECONDS)
        centre -= width / 2.0
    elif before.label in CLOSED and after.label not in CLOSED:
        width = max(min(CLOSING_FADE_SECONDS, 0.5 * lengths[1]), SHORTEST_FADE_SECONDS)
        centre += width / 2.0
    else:
        width = max(min(longest, *lengths), SHORTEST_FADE_SECONDS)
    return _Fade(centre, width)


def _mouth(
    spans: Sequence[Span], number: int, times: Seconds
) -> list[tuple[str, float | NDArray[np.float64]]]:
    """A span's own viseme, and the vowels that it leans on, with their weights."""
    span = spans[number]
    own = float(table()["dominance"][span.label])
    before = _vowel((spans[at] for at in range(number - 1, -1, -1)), span.start_seconds)
    after = _vowel((spans[at] for at in range(number + 1, len(spans))), span.end_seconds)
    if own >= 1.0 or not (before or after):
        return [(span.label, 1.0)]
    length = max(span.end_seconds - span.start_seconds, 1e-6)
    gone = ease((times - span.start_seconds) / length).astype(np.float64)
    return [
        (span.label, own),
        (before or after, (1.0 - own) * (1.0 - gone)),
        (after or before, (1.0 - own) * gone),
    ]


def _vowel(spans: Iterable[Span], from_seconds: float) -> str:
    """The nearest vowel in reach with no closure and no pause before it; else nothing."""
    for span in spans:
        near = min(abs(span.start_seconds - from_seconds), abs(span.end_seconds - from_seconds))
        if near > REACH_SECONDS or span.label in CLOSED or span.label == SILENCE:
            return ""
        if span.label in VOWELS:
            return span.label
    return ""
