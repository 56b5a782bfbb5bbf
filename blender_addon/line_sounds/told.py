# SPDX-License-Identifier: GPL-3.0-or-later
"""What was corrected, in words: "moved AH 3 frames later"."""

from __future__ import annotations

from collections.abc import Sequence

from .clock import Clock
from .phones import shown
from .spans import SAME_SECONDS, Span
from .tiles import Edits

MOST_TOLD = 4


def told(changes: Sequence[str]) -> str:
    """A sentence's worth of changes; of many only the first few."""
    named = ", ".join(changes[:MOST_TOLD])
    more = len(changes) - MOST_TOLD
    return f"{named} and {more} more" if more > 0 else named


def phone_changes(tiles: Sequence[Span], edits: Edits, clock: Clock) -> list[str]:
    """Each edit of phones as a phrase, in order of time."""
    changes: list[tuple[float, str]] = []
    for number, second in edits.moved.items():
        at = tiles[number].start if number < len(tiles) else tiles[-1].end
        if abs(second - at) > SAME_SECONDS:
            changes.append((at, f"moved {_boundary(tiles, number)} {_by(second - at, clock)}"))
    for number, label in edits.renamed.items():
        tile = tiles[number]
        changes.append((tile.start, f"{shown(tile.label)} became {shown(label)}"))
    changes += [(tiles[n].start, f"removed {shown(tiles[n].label)}") for n in edits.deleted]
    changes += [(second, f"added {shown(label)}") for label, second in edits.added]
    return [phrase for _, phrase in sorted(changes, key=lambda change: change[0])]


def word_change(before: str, after: str) -> str:
    """A typed word as a phrase."""
    if not before:
        return f"put '{after}'"
    return f"'{before}' became '{after}'" if before != after else f"moved '{after}'"


def _boundary(tiles: Sequence[Span], number: int) -> str:
    if number >= len(tiles):
        return f"the end of {shown(tiles[-1].label)}"
    if shown(tiles[number].label) == "-" and number > 0:
        return f"the end of {shown(tiles[number - 1].label)}"
    return shown(tiles[number].label)


def _by(seconds: float, clock: Clock) -> str:
    frames = seconds * clock.rate
    count = round(abs(frames), 1)
    amount = f"{count:.0f}" if count == int(count) else f"{count:.1f}"
    unit = "frame" if amount == "1" else "frames"
    return f"{amount} {unit} {'later' if frames > 0 else 'earlier'}"
