# SPDX-License-Identifier: GPL-3.0-or-later
"""Words, phones and contacts of a line as coloured boxes: where they stand, not how they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from . import phones, spans
from .corrections import Corrections, corrected, corrected_words
from .spans import Span, overlaps

Colour = tuple[float, float, float, float]

# Rows from top to bottom, in pixels at 100 % resolution scale.
WORD_ROW, PHONE_ROW, CONTACT_ROW = (0, 16), (16, 32), (32, 37)
HEIGHT = 37
# Narrower boxes are drawn as one with the next, so that a far view stays cheap.
NARROWEST = 1.5

WORD: Colour = (0.36, 0.36, 0.42, 0.9)
VOWEL: Colour = (0.25, 0.42, 0.30, 0.9)
CONSONANT: Colour = (0.26, 0.30, 0.40, 0.9)
# Corrected by the animator.
CORRECTED: Colour = (0.62, 0.48, 0.14, 0.95)
CONTACTS: dict[str, Colour] = {
    "bilabial": (0.86, 0.30, 0.30, 0.95),
    "labiodental": (0.92, 0.58, 0.24, 0.95),
    "rounding": (0.35, 0.58, 0.92, 0.95),
    "tongue_tip": (0.45, 0.78, 0.70, 0.95),
}


@dataclass(frozen=True)
class Box:
    """A box in pixels: left and right of the region, top and bottom below the line's own top."""

    left: float
    right: float
    top: float
    bottom: float
    colour: Colour
    text: str = ""


@dataclass(frozen=True)
class Kept:
    """What a strip keeps, as text: `boxes` reads each text once."""

    phones: str
    words: str
    contacts: str
    corrected_phones: str
    corrected_words: str


def boxes(kept: Kept, to_x: Callable[[float], float], width: float, scale: float) -> list[Box]:
    """The boxes that are in sight.

    Args:
        kept: what the strip keeps.
        to_x: a second of the sound -> pixels from the region's left.
        width: of the region, in pixels.
        scale: of the interface; 1 is 100 %.
    """
    found = []
    for top, bottom, shown in _rows(kept):
        row: list[Box] = []
        for span, colour, text in shown:
            left, right = to_x(span.start), to_x(span.end)
            if right < 0 or left > width:
                continue
            if row and right - row[-1].left < NARROWEST:
                continue
            row.append(Box(left, right, top * scale, bottom * scale, colour, text))
        found += row
    return found


@lru_cache(maxsize=64)
def _rows(kept: Kept) -> tuple[tuple[int, int, tuple[tuple[Span, Colour, str], ...]], ...]:
    own = Corrections(spans.decode(kept.corrected_phones), spans.decode(kept.corrected_words))
    spoken = corrected(spans.decode(kept.phones), own)
    said = corrected_words(spans.decode(kept.words), own)
    return (
        (*WORD_ROW, tuple((w, _tint(w, WORD, own.words), w.label) for w in said)),
        (*PHONE_ROW, tuple((p, _phone_tint(p, own.phones), phones.shown(p.label)) for p in spoken)),
        (
            *CONTACT_ROW,
            tuple((c, CONTACTS.get(c.label, CONSONANT), "") for c in spans.decode(kept.contacts)),
        ),
    )


def _phone_tint(phone: Span, corrections: Sequence[Span]) -> Colour:
    plain = VOWEL if phone.label in phones.VOWELS else CONSONANT
    return _tint(phone, plain, corrections)


def _tint(span: Span, plain: Colour, corrections: Sequence[Span]) -> Colour:
    return CORRECTED if any(overlaps(span, own) for own in corrections) else plain
