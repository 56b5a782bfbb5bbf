# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the panel's list: a word each, or a run of phones between two pauses without a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .spans import Span

# A breath is longer, the closure of a stop shorter.
PAUSE_SECONDS = 0.15


def rows_of(phones: Sequence[Span], words: Sequence[Span]) -> tuple[Span, ...]:
    """Words, and where there are phones outside of words, their runs with an empty label."""
    free = [phone for phone in phones if _word_at(words, phone.middle) is None]
    runs: list[Span] = []
    for phone in free:
        last = runs[-1] if runs else None
        if last is None or _parts(last, phone, words):
            runs.append(Span("", phone.start, phone.end))
        else:
            runs[-1] = Span("", last.start, phone.end)
    return tuple(sorted([*words, *runs], key=lambda row: row.start))


def rebuild(line: Any, sounds: Any) -> None:
    """Write the rows for the panel's list from what the strip keeps; the chosen row stays chosen."""
    found = rows_of(sounds.phones, sounds.words)
    while len(line.rows) > len(found):
        line.rows.remove(len(line.rows) - 1)
    while len(line.rows) < len(found):
        line.rows.add()
    for row, span in zip(line.rows, found, strict=True):
        # By key, so that what is typed into a row is told from what is written here.
        row["word"] = span.label
        row.start_seconds, row.end_seconds = span.start, span.end
    line.row = min(line.row, max(0, len(found) - 1))


def _parts(run: Span, phone: Span, words: Sequence[Span]) -> bool:
    """Whether a pause or a word lies between a run and the next phone."""
    if phone.start - run.end >= PAUSE_SECONDS:
        return True
    return any(run.end - 1e-3 <= word.middle <= phone.start + 1e-3 for word in words)


def _word_at(words: Sequence[Span], second: float) -> Span | None:
    return next((word for word in words if word.start <= second < word.end), None)
