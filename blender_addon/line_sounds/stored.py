# SPDX-License-Identifier: GPL-3.0-or-later
"""What a strip keeps of its sounds, on `strip.mien.sounds`: as text, in seconds of its sound file.

So it is saved and undone with the file, each copy of a strip has its own, and moving, trimming or
retiming the strip leaves it right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..problems import AnimatorError
from . import corrections, rows, spans
from .clock import Clock
from .corrections import Corrections
from .spans import Span
from .tiles import tiled


@dataclass(frozen=True)
class LineSounds:
    """What the last take of a strip spoke: phones, words of its text, contacts of the lips."""

    phones: tuple[Span, ...] = ()
    words: tuple[Span, ...] = ()
    contacts: tuple[Span, ...] = ()


def heard(line: Any) -> LineSounds:
    """What the last take of a strip spoke; nothing before its first take."""
    return LineSounds(
        spans.decode(line.heard_phones),
        spans.decode(line.heard_words),
        spans.decode(line.heard_contacts),
    )


def corrections_of(line: Any) -> Corrections:
    """What the animator corrected in a strip."""
    return Corrections(spans.decode(line.corrected_phones), spans.decode(line.corrected_words))


def shown(line: Any) -> LineSounds:
    """What is to be seen: what was heard, with the corrections in it.

    The phones of a word that was not spoken yet are not known, and those that it replaces are gone.
    """
    last, own = heard(line), corrections_of(line)
    phones = list(last.phones)
    for word in own.words:
        if not any(spans.same(word, said) for said in last.words):
            phones = spans.without(phones, word)
    return LineSounds(
        corrections.corrected(phones, own),
        corrections.corrected_words(last.words, own),
        last.contacts,
    )


def tiles_of(line: Any) -> tuple[Span, ...]:
    """The phones of a strip as they are seen, with pauses between them."""
    return tiled(shown(line).phones)


def keep_corrections(line: Any, own: Corrections, *, spoken: bool) -> None:
    """Store corrections; `spoken` says that the face speaks them already."""
    line.corrected_phones = spans.encode(own.phones)
    line.corrected_words = spans.encode(own.words)
    line.pending = not spoken
    rows.rebuild(line, shown(line))


def keep_heard(line: Any, sounds: LineSounds) -> None:
    """Store what a take of the strip spoke."""
    line.heard_phones = spans.encode(sounds.phones)
    line.heard_words = spans.encode(sounds.words)
    line.heard_contacts = spans.encode(sounds.contacts)
    rows.rebuild(line, shown(line))


def keep_place(line: Any, strip: Any, now: Clock, retiming: str) -> None:
    """Store which sound was heard, and at which speed the strip played it (clock.when_drawn)."""
    line.file = _file_of(strip)
    line.rate, line.mixed, line.retiming = now.rate, now.mixed, retiming


def forget(line: Any) -> None:
    """As before the strip's first take, but for corrections."""
    keep_heard(line, LineSounds())
    line.file, line.rate, line.retiming = "", 0.0, ""


def is_of_other_sound(strip: Any) -> bool:
    """Whether what is kept was heard in another file than the strip plays now."""
    return strip.mien.sounds.file not in {"", _file_of(strip)}


def check_heard(strip: Any) -> None:
    """Refuse a strip that has no take yet.

    Raises:
        AnimatorError: nothing was heard in it.
    """
    if not strip.mien.sounds.rows:
        raise AnimatorError(
            f"No sounds are known of strip '{strip.name}'.",
            "Press Generate once: its sounds are heard with its first take.",
        )
    check_sound(strip)


def check_sound(strip: Any) -> None:
    """Refuse what was heard in another sound.

    Raises:
        AnimatorError: the strip's sound was replaced since.
    """
    if is_of_other_sound(strip):
        raise AnimatorError(
            f"The sounds of strip '{strip.name}' were corrected in {strip.mien.sounds.file}, and it "
            f"plays {_file_of(strip)} now.",
            "Press Reset All under Sounds and Generate again, or choose the former file.",
        )


def _file_of(strip: Any) -> str:
    """The name alone: folders move, and paths may be relative."""
    return str(strip.sound.filepath).replace("\\", "/").rsplit("/", 1)[-1]
