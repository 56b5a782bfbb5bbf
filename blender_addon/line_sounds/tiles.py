# SPDX-License-Identifier: GPL-3.0-or-later
"""A line as tiles: phones with the pauses between them, each beginning where the one before ends.

So a line has one boundary more than it has tiles, and each boundary can be dragged, each tile
renamed, deleted or split, without a hole or an overlap coming about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ..problems import AnimatorError
from .phones import PAUSE, shown
from .spans import SAME_SECONDS, SHORTEST_SECONDS, Span, ordered

# Length of a phone that is put where there is none, after the last one.
NEW_SECONDS = 0.1


@dataclass(frozen=True)
class Edits:
    """What an animator did to tiles, by their number.

    Attributes:
        moved: number of a boundary (that many tiles lie before it) -> its new second.
        renamed: number of a tile -> its new label.
        deleted: numbers of tiles whose time goes to the tile before them.
        added: label and first second of new tiles, each up to the next boundary.
    """

    moved: Mapping[int, float] = field(default_factory=dict)
    renamed: Mapping[int, str] = field(default_factory=dict)
    deleted: frozenset[int] = frozenset()
    added: tuple[tuple[str, float], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was done."""
        return bool(self.moved or self.renamed or self.deleted or self.added)


def tiled(phones: Iterable[Span]) -> tuple[Span, ...]:
    """Phones in order of time, with pauses where there is none."""
    tiles: list[Span] = []
    for phone in phones:
        end = tiles[-1].end if tiles else phone.start
        if phone.start - end > SAME_SECONDS:
            tiles.append(Span(PAUSE, end, phone.start))
            end = phone.start
        if phone.end - end > SAME_SECONDS:
            tiles.append(replace(phone, start=end))
    return tuple(tiles)


def spoken(tiles: Iterable[Span]) -> tuple[Span, ...]:
    """Tiles without the pauses."""
    return tuple(tile for tile in tiles if tile.label != PAUSE)


def edited(tiles: Sequence[Span], edits: Edits) -> tuple[Span, ...]:
    """`tiles` after all `edits`, which are numbered as the tiles were before.

    A dragged boundary stays where the animator put it; the ones beside it that were not dragged make
    room, so that each phone keeps its shortest length. Pauses may vanish.

    Raises:
        AnimatorError: two boundaries were dragged past each other.
    """
    bounds = _moved(tiles, edits.moved)
    labels = [edits.renamed.get(number, tile.label) for number, tile in enumerate(tiles)]
    kept: list[Span] = []
    for number, label in enumerate(labels):
        start, end = bounds[number], bounds[number + 1]
        if number not in edits.deleted:
            kept.append(Span(label, start, end))
        elif kept:
            kept[-1] = replace(kept[-1], end=end)
    for label, start in sorted(edits.added, key=lambda new: new[1]):
        kept = _with_new(kept, label, start)
    return tiled(spoken(kept))


def _moved(tiles: Sequence[Span], moved: Mapping[int, float]) -> list[float]:
    bounds = [tile.start for tile in tiles] + [tile.end for tile in tiles[-1:]]
    if not moved:
        return bounds
    _check_order(tiles, moved)
    least = [0.0 if t.label == PAUSE else min(t.seconds, SHORTEST_SECONDS) for t in tiles]
    for number, second in moved.items():
        bounds[number] = max(second, 0.0)
    for number in sorted(moved):
        before = number - 1
        while before >= 0 and before not in moved:
            bounds[before] = min(bounds[before], bounds[before + 1] - least[before])
            before -= 1
    bounds[0] = max(bounds[0], 0.0)
    for number, shortest in enumerate(least):
        bounds[number + 1] = max(bounds[number + 1], bounds[number] + shortest)
    return bounds


def _check_order(tiles: Sequence[Span], moved: Mapping[int, float]) -> None:
    numbers = sorted(moved)
    for one, other in pairwise(numbers):
        if moved[other] < moved[one] - SAME_SECONDS:
            raise AnimatorError(
                f"{_begins(tiles, other)} was dragged to before {_begins(tiles, one)}: sounds keep "
                "their order.",
                "Drag it back, or rename the sounds instead.",
            )


def _begins(tiles: Sequence[Span], number: int) -> str:
    if number >= len(tiles):
        return "The end of the line"
    return f"'{shown(tiles[number].label)}'"


def _with_new(tiles: Sequence[Span], label: str, start: float) -> list[Span]:
    """A new tile from `start` to the next boundary; after the last one it has its own length."""
    held = next((tile for tile in tiles if tile.start <= start < tile.end), None)
    if held is None:
        after = [tile.start for tile in tiles if tile.start > start]
        end = min([start + NEW_SECONDS, *after])
        return list(ordered([*tiles, Span(label, start, end)]))
    first = min(max(start, held.start + SHORTEST_SECONDS), held.end - SHORTEST_SECONDS)
    if first <= held.start:
        raise AnimatorError(
            f"'{shown(held.label)}' is too short to be split by '{shown(label)}'.",
            "Drag its end later first, or rename it.",
        )
    halves = [replace(held, end=first), Span(label, first, held.end)]
    return list(ordered([*(tile for tile in tiles if tile is not held), *halves]))
