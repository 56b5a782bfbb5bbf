# SPDX-License-Identifier: GPL-3.0-or-later
"""What the animator did to the markers of a line, read back as edits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..problems import AnimatorError
from . import markers, phones, rows, stored
from .clock import Clock
from .spans import SAME_SECONDS, SHORTEST_SECONDS, Span
from .stored import LineSounds
from .tiles import Edits, tiled


@dataclass(frozen=True)
class MarkerEdits:
    """Edits of tiles; and typed or dragged words, each with the word that it takes the place of."""

    phones: Edits = field(default_factory=Edits)
    words: tuple[tuple[str, Span], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was done."""
        return bool(self.phones) or bool(self.words)


def read(scene: Any, strip: Any, clock: Clock) -> MarkerEdits:
    """What was done to the markers of a strip since they were shown; nothing where there are none.

    A deleted word marker says nothing: its phones are still spoken.

    Raises:
        AnimatorError: a marker is called by the name of no sound.
    """
    sounds = stored.shown(strip.mien.sounds)
    originals, copies = _sorted_out(markers.own(scene, strip))
    of_phones = {n: m for (kind, n), m in originals.items() if kind == markers.PHONE}
    of_words = {n: m for (kind, n), m in originals.items() if kind == markers.WORD}
    edits, typed = _phone_edits(of_phones, sounds, clock)
    added = tuple(
        (_names(copy.name)[1] or phones.PAUSE, clock.second_at(copy.frame)) for copy in copies
    )
    words = [*typed, *_word_edits(of_words, sounds.words, clock)]
    return MarkerEdits(replace(edits, added=added), tuple(words))


def _sorted_out(own: Sequence[Any]) -> tuple[dict[tuple[str, int], Any], list[Any]]:
    """Markers by what they stand for, and duplicates of phones: those are sounds to be added."""
    groups: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for marker in own:
        groups[marker.mien.kind, marker.mien.number].append(marker)
    originals, copies = {}, []
    for key, group in groups.items():
        group.sort(key=lambda m: (abs(m.frame - m.mien.frame), m.name != m.mien.shown_name))
        originals[key] = group[0]
        copies += group[1:] if key[0] == markers.PHONE else []
    return originals, copies


def _phone_edits(
    own: dict[int, Any], sounds: LineSounds, clock: Clock
) -> tuple[Edits, list[tuple[str, Span]]]:
    tiles = tiled(sounds.phones)
    if not own:
        return Edits(), []
    begun = markers.words_begun(tiles, sounds.words)
    moved: dict[int, float] = {}
    renamed: dict[int, str] = {}
    words: list[tuple[str, Span]] = []
    for number, marker in own.items():
        tile = tiles[number] if number < len(tiles) else None
        shift = (marker.frame - marker.mien.frame) / clock.rate
        if shift:
            moved[number] = (tile.start if tile else tiles[-1].end) + shift
        if tile is None or marker.name == marker.mien.shown_name:
            continue
        word, label = _names(marker.name)
        if label and label != tile.label:
            renamed[number] = label
        before = begun.get(number)
        if word and (before is None or word != before.label):
            end = before.end if before else _run_end(sounds, tile)
            start = before.start if before else tile.start
            words.append((before.label if before else "", Span(word, start, end)))
    # The last boundary is an end: deleting its marker deletes no sound.
    deleted = frozenset(range(len(tiles))) - own.keys()
    return Edits(moved, renamed, deleted), words


def _names(written: str) -> tuple[str, str]:
    """Word and phone of a marker's name, each empty where it is not written.

    Raises:
        AnimatorError: what is written is no sound.
    """
    name = written.strip()
    if not name.startswith(markers.WORD_SIGN):
        return "", phones.read(name)
    parts = name.removeprefix(markers.WORD_SIGN).split()
    if len(parts) > 1:
        try:
            return " ".join(parts[:-1]), phones.read(parts[-1])
        except AnimatorError:
            # The last word of several.
            return " ".join(parts), ""
    return " ".join(parts), ""


def _run_end(sounds: LineSounds, tile: Span) -> float:
    """End of the word, or of the run of phones up to a pause, that a tile lies in."""
    found = [
        row
        for row in rows.rows_of(sounds.phones, sounds.words)
        if row.start <= tile.middle < row.end
    ]
    return found[0].end if found else tile.end


def _word_edits(own: dict[int, Any], words: Sequence[Span], clock: Clock) -> list[tuple[str, Span]]:
    """Words whose own markers were dragged or renamed; the word before gives way, or follows."""
    edited: dict[int, Span] = {}
    for number, marker in sorted(own.items()):
        word = words[number]
        label = marker.name.strip().removeprefix(markers.WORD_SIGN).strip() or word.label
        start = max(0.0, word.start + (marker.frame - marker.mien.frame) / clock.rate)
        if label == word.label and start == word.start:
            continue
        if start > word.end - SHORTEST_SECONDS:
            raise AnimatorError(
                f"Word '{word.label}' was dragged past its own end.", "Drag its marker back."
            )
        edited[number] = Span(label, start, word.end)
        before = edited.get(number - 1, words[number - 1]) if number else None
        if before and (start < before.end or abs(before.end - word.start) < SAME_SECONDS):
            if start - before.start < SHORTEST_SECONDS:
                raise AnimatorError(
                    f"Word '{word.label}' was dragged over '{before.label}': words keep their order.",
                    "Drag its marker back.",
                )
            if start != before.end:
                edited[number - 1] = replace(before, end=start)
    return [(words[number].label, span) for number, span in sorted(edited.items())]
