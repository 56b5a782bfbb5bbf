# SPDX-License-Identifier: GPL-3.0-or-later
"""What the animator knows better than the ear: phones and words at their times.

Only what was changed is kept and sent, so that the lips elsewhere stay as they were heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .phones import PAUSE
from .spans import Span, inside, ordered, overlaid, overlaps, same, without
from .tiles import spoken


@dataclass(frozen=True)
class Corrections:
    """Phones (pauses are phones here) and words, each in order of time and without overlap."""

    phones: tuple[Span, ...] = ()
    words: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.phones or self.words)

    def with_phones(self, changed: Sequence[Span]) -> Corrections:
        """Phones that take the place of earlier corrections at their times."""
        return Corrections(overlaid(self.phones, changed), self.words)

    def with_word(self, word: Span) -> Corrections:
        """A word that takes the place of phones and words at its time."""
        return Corrections(ordered(without(self.phones, word)), overlaid(self.words, [word]))

    def reset(self, start: float, end: float) -> Corrections:
        """Without those that act between two seconds."""
        gone = Span("", start, end)
        return Corrections(
            tuple(span for span in self.phones if not overlaps(span, gone)),
            tuple(span for span in self.words if not overlaps(span, gone)),
        )

    def between(self, start: float, end: float) -> Corrections:
        """Those of a range: phones cut at its borders, words only where they are whole."""
        whole = tuple(w for w in self.words if w.start >= start - 1e-3 and w.end <= end + 1e-3)
        return Corrections(inside(self.phones, start, end), inside(whole, start, end))


def changed_phones(before: Sequence[Span], after: Sequence[Span]) -> tuple[Span, ...]:
    """What has to be said to make the tiles `before` into the tiles `after`.

    Phones that are new, moved or renamed; and pauses where there was a phone.
    """
    old = {(round(tile.start, 3), tile.label): tile for tile in before}

    def is_new(tile: Span) -> bool:
        known = old.get((round(tile.start, 3), tile.label))
        return known is None or not same(known, tile)

    phones = [tile for tile in spoken(after) if is_new(tile)]
    silenced = list(spoken(before))
    for tile in spoken(after):
        silenced = without(silenced, tile)
    return ordered([*phones, *(Span(PAUSE, s.start, s.end) for s in silenced)])


def corrected(heard: Iterable[Span], corrections: Corrections) -> tuple[Span, ...]:
    """The phones as they will be spoken, as far as that is known before the worker has spoken them."""
    return spoken(overlaid(heard, corrections.phones))


def corrected_words(heard: Iterable[Span], corrections: Corrections) -> tuple[Span, ...]:
    """The words as they will be spoken."""
    return overlaid(heard, corrections.words)
