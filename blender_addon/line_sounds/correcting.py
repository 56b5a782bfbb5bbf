# SPDX-License-Identifier: GPL-3.0-or-later
"""Corrections put on a strip: each function checks everything first, stores, and says what it did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..problems import AnimatorError
from . import clock, marker_edits, markers, phones, stored, told
from .corrections import Corrections, changed_phones
from .spans import SHORTEST_SECONDS, Span
from .tiles import Edits, edited

LONGEST_WORD = 60


def correct_phones(scene: Any, strip: Any, edits: Edits) -> list[str]:
    """Do `edits` to the phones of a strip; returns what changed, in words.

    Raises:
        AnimatorError: the strip has no take, or the edits cross each other; nothing has been changed.
    """
    stored.check_heard(strip)
    now = clock.of_strip(scene, strip)
    own, changes = _with_phones(stored.corrections_of(strip.mien.sounds), strip, edits, now)
    _keep(scene, strip, own, now)
    return changes


def correct_word(scene: Any, strip: Any, word: str, start: float, end: float) -> list[str]:
    """Let a word be spoken between two seconds of the sound file; returns what changed, in words.

    Raises:
        AnimatorError: no word, no time, or a strip without a take; nothing has been changed.
    """
    stored.check_heard(strip)
    span = checked_word(word, start, end)
    now = clock.of_strip(scene, strip)
    before = _words_at(strip, span)
    _keep(scene, strip, stored.corrections_of(strip.mien.sounds).with_word(span), now)
    return [told.word_change(before, span.label)]


def correct_by_markers(scene: Any, strip: Any) -> tuple[Corrections, list[str]]:
    """What the corrections of a strip become by what was done to its markers; stores nothing.

    Raises:
        AnimatorError: a marker has the name of no sound, or they were dragged past each other.
    """
    now = clock.of_strip(scene, strip)
    read = marker_edits.read(scene, strip, now)
    own = stored.corrections_of(strip.mien.sounds)
    changes: list[str] = []
    if read.phones:
        own, changes = _with_phones(own, strip, read.phones, now)
    for before, span in read.words:
        checked = checked_word(span.label, span.start, span.end)
        own = own.with_word(checked)
        changes.append(told.word_change(before, checked.label))
    return own, changes


def reset(scene: Any, strip: Any, start: float, end: float) -> int:
    """Take back the corrections between two seconds; returns how many there were."""
    own = stored.corrections_of(strip.mien.sounds)
    left = own.reset(start, end)
    gone = len(own.phones) + len(own.words) - len(left.phones) - len(left.words)
    if gone:
        _keep(scene, strip, left, clock.of_strip(scene, strip))
    return gone


def reset_all(scene: Any, strip: Any) -> int:
    """Take back all corrections, and forget what was heard in another sound; returns how many."""
    line = strip.mien.sounds
    own = stored.corrections_of(line)
    if stored.is_of_other_sound(strip):
        stored.forget(line)
    _keep(scene, strip, Corrections(), clock.of_strip(scene, strip))
    if not own:
        line.pending = False
    return len(own.phones) + len(own.words)


def checked_word(word: str, start: float, end: float) -> Span:
    """A word and its time, if it can be sent.

    Raises:
        AnimatorError: it has no letter, is too long, or has no time.
    """
    text = " ".join(word.split())
    if not any(letter.isalpha() for letter in text):
        raise AnimatorError(f"'{text}' is no word.", "Type an English word, written as it sounds.")
    if len(text) > LONGEST_WORD:
        raise AnimatorError(
            f"'{text[:20]} ...' is too long for one place.", "Type the words one by one."
        )
    if end - start < SHORTEST_SECONDS:
        raise AnimatorError(f"There is no time for the word '{text}'.", "Give it at least a frame.")
    return Span(text, max(0.0, start), end)


def _with_phones(
    own: Corrections, strip: Any, edits: Edits, now: clock.Clock
) -> tuple[Corrections, list[str]]:
    tiles: Sequence[Span] = stored.tiles_of(strip.mien.sounds)
    after = edited(tiles, edits)
    for label in edits.renamed.values():
        phones.read(label)
    return own.with_phones(changed_phones(tiles, after)), told.phone_changes(tiles, edits, now)


def _words_at(strip: Any, span: Span) -> str:
    words = stored.shown(strip.mien.sounds).words
    return " ".join(word.label for word in words if span.start <= word.middle < span.end)


def _keep(scene: Any, strip: Any, own: Corrections, now: clock.Clock) -> None:
    stored.keep_corrections(strip.mien.sounds, own, spoken=False)
    markers.refresh(scene, strip, now)
