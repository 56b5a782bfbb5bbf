# SPDX-License-Identifier: Apache-2.0
"""Phones and words that were put right by hand: what they may be, and the phones that follow from them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .curves import Span
from .errors import MienError
from .motion.phones import PHONES, SILENCE
from .text.placed_word import place_word, ways_to_say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .text.pronunciation import Lexicon

    Floats = NDArray[np.float32]

# Times that differ by less are the same: they have been through JSON and an animator's fields.
SAME_SECONDS = 1e-4
# A marker on the frame after the last may stand so far behind the end of the sound.
SLACK_SECONDS = 0.1
_PHONES, _WORDS = "phone", "word"


@dataclass(frozen=True)
class Corrections:
    """What was put right by hand, in seconds of the range.

    Attributes:
        phones: all that is spoken, ARPAbet, in order; they take the place of the heard ones. None:
            those stay.
        words: words with their times, in order. Each is spoken in its span, by its pronunciation laid
            over the sound; phones beside them stay.
        stretches: (start, end) of the times that `phones` are about; elsewhere the heard ones stay, or
            those of `words`. None: all of the range.
    """

    phones: tuple[Span, ...] | None = None
    words: tuple[Span, ...] = ()
    stretches: tuple[tuple[float, float], ...] | None = None

    def __bool__(self) -> bool:
        return self.phones is not None or bool(self.words)


def read_corrections(phones: object, words: object, stretches: object = None) -> Corrections:
    """Corrections from JSON lists of [label, start, end]; None for none.

    Args:
        phones: with their times.
        words: with their times.
        stretches: [start, end] of the times that the phones are about; None for all of the range.

    Raises:
        MienError: ``bad_phones`` or ``bad_words``, naming the entry.
    """
    told = None if phones is None else _spans(phones, _PHONES)
    for span in told or ():
        if span.label not in PHONES or span.label == SILENCE:
            raise _bad(
                _PHONES,
                f'"{span.label}" at {span.start_seconds:.2f} s is no phone.',
                f"Use ARPAbet without stress ({', '.join(PHONES[1:6])}, ...); leave a gap for silence.",
            )
    said = () if words is None else _spans(words, _WORDS)
    if stretches is None:
        return Corrections(told, said)
    return Corrections(told or (), said, _stretches(stretches))


def in_range(corrections: Corrections, duration_seconds: float) -> None:
    """Refuse what lies behind the end of the sound.

    Raises:
        MienError: ``bad_phones`` or ``bad_words``.
    """
    for kind, spans in ((_PHONES, corrections.phones or ()), (_WORDS, corrections.words)):
        for span in spans:
            if span.end_seconds > duration_seconds + SLACK_SECONDS:
                raise _bad(
                    kind,
                    f'The {kind} "{span.label}" ends at {span.end_seconds:.2f} s, '
                    f"behind the end of the sound at {duration_seconds:.2f} s.",
                    "Times count from the start of the strip's sound.",
                )


def corrected_phones(
    base: Sequence[Span], corrections: Corrections, probabilities: Floats, lexicon: Lexicon
) -> tuple[Span, ...]:
    """All phones in order, with what was put right.

    A word whose given phones say it already keeps them: their edges may have been moved by hand. Phones
    that are about stretches only go on top of all words.

    Args:
        base: phones of the sound or of its text.
        corrections: what was put right.
        probabilities: (T, 40) of PHONES, frame i at i * 0.02 s.
        lexicon: how words are spoken.

    Raises:
        MienError: ``text_empty`` or ``text_language``, for a word that is none.
    """
    given = corrections.phones is not None and corrections.stretches is None
    told = list(_recognised(corrections.phones or (), base) if given else base)
    for word in corrections.words:
        inside = [span for span in told if _holds(word, span)]
        if given and tuple(span.label for span in inside) in ways_to_say(word.label, lexicon):
            continue
        told = replaced(told, word, place_word(word, probabilities, lexicon))
    for start, end in corrections.stretches or ():
        stretch = Span("", start, end)
        inside = [span for span in corrections.phones or () if _holds(stretch, span)]
        told = replaced(told, stretch, inside)
    return tuple(told)


def corrected_words(base: Sequence[Span], corrections: Corrections) -> tuple[Span, ...]:
    """The words of the text with those that were put right."""
    words = list(base)
    for word in corrections.words:
        words = replaced(words, word, (word,))
    return tuple(words)


def replaced(spans: Sequence[Span], stretch: Span, new: Sequence[Span]) -> list[Span]:
    """Spans with those in a stretch taken out, those beside it cut at its ends, and new ones put in."""
    start, end = stretch.start_seconds, stretch.end_seconds
    kept = []
    for span in spans:
        if _holds(stretch, span):
            continue
        middle = (span.start_seconds + span.end_seconds) / 2.0
        if middle < start:
            kept.append(replace(span, end_seconds=min(span.end_seconds, start)))
        else:
            kept.append(replace(span, start_seconds=max(span.start_seconds, end)))
    return sorted([*kept, *new], key=lambda span: span.start_seconds)


def _holds(stretch: Span, span: Span) -> bool:
    middle = (span.start_seconds + span.end_seconds) / 2.0
    return stretch.start_seconds <= middle < stretch.end_seconds


def _recognised(told: Sequence[Span], base: Sequence[Span]) -> list[Span]:
    """Told phones, those that are heard so as they are heard, with their confidence."""
    known = {(span.label, round(span.start_seconds / SAME_SECONDS)): span for span in base}
    found = []
    for span in told:
        at = round(span.start_seconds / SAME_SECONDS)
        near = [
            known[span.label, each] for each in (at - 1, at, at + 1) if (span.label, each) in known
        ]
        same = [each for each in near if abs(each.end_seconds - span.end_seconds) <= SAME_SECONDS]
        found.append(same[0] if same else span)
    return found


def _stretches(entries: object) -> tuple[tuple[float, float], ...]:
    """Times in order, checked as those of phones are."""
    if not isinstance(entries, list) or not all(isinstance(each, list) for each in entries):
        raise _bad(_PHONES, "The phone stretches are no list.", "Send [start, end] in seconds.")
    spans = _spans([["stretch", *each] for each in entries], _PHONES)
    return tuple((span.start_seconds, span.end_seconds) for span in spans)


def _spans(entries: object, kind: str) -> tuple[Span, ...]:
    if not isinstance(entries, list):
        raise _bad(kind, f"The {kind}s are no list.", "Send [label, start, end], times in seconds.")
    spans = [_span(entry, kind) for entry in entries]
    for before, after in itertools.pairwise(spans):
        if after.start_seconds < before.start_seconds:
            raise _bad(
                kind,
                f'"{after.label}" at {after.start_seconds:.2f} s comes after "{before.label}" at '
                f"{before.start_seconds:.2f} s.",
                f"Give {kind}s in the order of their starts.",
            )
        if after.start_seconds < before.end_seconds - SAME_SECONDS:
            raise _bad(
                kind,
                f'"{before.label}" and "{after.label}" overlap at {after.start_seconds:.2f} s.',
                f"End one {kind} before the next begins.",
            )
    return tuple(spans)


def _span(entry: object, kind: str) -> Span:
    if (
        isinstance(entry, list)
        and len(entry) == 3
        and isinstance(entry[0], str)
        and entry[0].strip()
    ):
        label, times = entry[0].strip(), entry[1:]
        numbers = all(isinstance(t, int | float) and not isinstance(t, bool) for t in times)
        if numbers and all(math.isfinite(t) for t in times):
            start, end = map(float, times)
            if 0.0 <= start < end:
                return Span(label, start, end)
            raise _bad(
                kind,
                f'The {kind} "{label}" goes from {start:.2f} to {end:.2f} s.',
                "It must begin at 0 s or later and end after its start.",
            )
    raise _bad(
        kind,
        f"{entry!r:.60} is no {kind} with its times.",
        "Send [label, start, end], times in seconds.",
    )


def _bad(kind: str, message: str, advice: str) -> MienError:
    return MienError(f"bad_{kind}s", message, advice)
