# SPDX-License-Identifier: GPL-3.0-or-later
"""Timeline markers that show the sounds of a line, and what the animator did to them.

Markers of Mien carry `marker.mien`: whose they are, what they stand for, and where they were put.
(Custom properties of markers ended with Blender 5.0, registered ones work in 4.2 to 5.2 and are
copied with a duplicated marker.) A marker without it is the animator's and is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .. import compat
from . import phones, stored
from .clock import Clock
from .spans import SHORTEST_SECONDS, Span
from .stored import LineSounds
from .tiles import tiled

PHONE, WORD, CONTACT = "PHONE", "WORD", "CONTACT"
KINDS = (PHONE, WORD, CONTACT)
WORD_SIGN = "|"
# A contact reads "lips[" ... "]lips".
CONTACT_NAMES = {
    "bilabial": "lips",
    "labiodental": "teeth",
    "rounding": "round",
    "tongue_tip": "tongue",
}


@dataclass(frozen=True)
class Mark:
    """What a marker stands for: boundary `number` of the line's tiles (or word, or contact)."""

    kind: str
    number: int
    second: float
    name: str


def marks_of(sounds: LineSounds, kinds: Iterable[str]) -> tuple[Mark, ...]:
    """The markers that show a line. With phones shown, a word's name stands at its first phone."""
    marks: list[Mark] = []
    beginnings: dict[int, Span] = {}
    if PHONE in kinds:
        tiles = tiled(sounds.phones)
        beginnings = words_begun(tiles, sounds.words) if WORD in kinds else {}
        for number, tile in enumerate(tiles):
            word = beginnings.get(number)
            sign = f"{WORD_SIGN}{word.label} " if word else ""
            marks.append(Mark(PHONE, number, tile.start, sign + phones.shown(tile.label)))
        if tiles:
            marks.append(Mark(PHONE, len(tiles), tiles[-1].end, phones.PAUSE_SHOWN))
    if WORD in kinds:
        for number, word in enumerate(sounds.words):
            if word not in beginnings.values():
                marks.append(Mark(WORD, number, word.start, WORD_SIGN + word.label))
    if CONTACT in kinds:
        for number, contact in enumerate(sounds.contacts):
            name = CONTACT_NAMES.get(contact.label, contact.label)
            marks.append(Mark(CONTACT, 2 * number, contact.start, f"{name}["))
            marks.append(Mark(CONTACT, 2 * number + 1, contact.end, f"]{name}"))
    return tuple(marks)


def words_begun(tiles: Sequence[Span], words: Sequence[Span]) -> dict[int, Span]:
    """Number of a tile -> the word that begins with it."""
    begun: dict[int, Span] = {}
    for word in words:
        inside = (n for n, tile in enumerate(tiles) if word.start <= tile.middle < word.end)
        first = next((n for n in inside if tiles[n].label != phones.PAUSE), None)
        if first is not None:
            begun.setdefault(first, word)
    return begun


def show(
    scene: Any, strip: Any, kinds: Iterable[str], clock: Clock, *, applied: bool = False
) -> int:
    """Put the markers of a strip's sounds where the strip plays them now; returns how many.

    Markers that are there already are brought up to date. One that the animator has dragged or renamed
    keeps that until it is `applied`, as long as its sound is there.
    """
    _sign(scene, strip)
    touched = [marker for marker in own(scene, strip) if not applied and _is_touched(marker)]
    pending = [_Pending.of(marker) for marker in touched]
    hide(scene, strip)
    marks = marks_of(stored.shown(strip.mien.sounds), kinds)
    for mark in marks:
        frame = clock.frame_at(mark.second)
        marker = scene.timeline_markers.new(mark.name, frame=frame)
        note = marker.mien
        note.strip, note.kind, note.number = strip.name, mark.kind, mark.number
        # Blender cuts names at 63 bytes, so the name is read back.
        note.second, note.frame, note.shown_name = mark.second, frame, marker.name
        for edit in pending:
            edit.carry_over(marker)
    strip.mien.sounds.markers_shown = " ".join(kinds)
    return len(marks)


def refresh(scene: Any, strip: Any, clock: Clock, *, applied: bool = False) -> None:
    """`show` again after the strip's sounds changed, if they are shown."""
    if own(scene, strip):
        kinds = strip.mien.sounds.markers_shown.split()
        show(scene, strip, kinds, clock, applied=applied)


def hide(scene: Any, strip: Any) -> int:
    """Take a strip's markers away; returns how many there were."""
    gone = own(scene, strip)
    for marker in gone:
        scene.timeline_markers.remove(marker)
    return len(gone)


def own(scene: Any, strip: Any) -> list[Any]:
    """Mien's markers of a strip, under its name of now or the one that it had when it was shown."""
    _sign(scene, strip)
    return [marker for marker in scene.timeline_markers if marker.mien.strip == strip.name]


def _sign(scene: Any, strip: Any) -> None:
    """Markers name their strip. A renamed strip takes its markers along, a copied one starts anew."""
    line = strip.mien.sounds
    if line.markers_of == strip.name:
        return
    if line.markers_of and all(s.name != line.markers_of for s in compat.all_strips(scene)):
        for marker in scene.timeline_markers:
            if marker.mien.strip == line.markers_of:
                marker.mien.strip = strip.name
    line.markers_of = strip.name


def _is_touched(marker: Any) -> bool:
    return marker.frame != marker.mien.frame or marker.name != marker.mien.shown_name


@dataclass(frozen=True)
class _Pending:
    """What the animator did to a marker and has not applied yet."""

    kind: str
    second: float
    shown_name: str
    shift: int
    name: str

    @classmethod
    def of(cls, marker: Any) -> _Pending:
        note = marker.mien
        shift = marker.frame - note.frame
        return cls(note.kind, note.second, note.shown_name, shift, marker.name)

    def carry_over(self, marker: Any) -> None:
        """Do it to the marker that now stands for the same sound."""
        note = marker.mien
        near = abs(note.second - self.second) < SHORTEST_SECONDS
        if near and (note.kind, note.shown_name) == (self.kind, self.shown_name):
            marker.frame, marker.name = note.frame + self.shift, self.name
