# SPDX-License-Identifier: GPL-3.0-or-later
"""A take's sources onto a character's rig at one moment, by the one small function `Writer.write`.

What is shown is what would be keyed: both go through `rigs.values` and `spots`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from . import layers, spots, takes
from .preview_places import ShapeKeys, Values, read_path, shape_key_of
from .rigs.links import Link
from .rigs.values import target_values

_SPANS = dict.fromkeys(layers.PARTS, 1.0)


class Writer:
    """A character's rig, ready to be written to; what the animator animates is left to them.

    A row holds all numbers that are driven, at one moment.

    Args:
        links: of the character.
    """

    def __init__(self, links: Iterable[Link]) -> None:
        self.links = tuple(links)
        self.left_alone: list[str] = []
        paths_of = layers.paths_of(self.links)
        # Data-block -> path -> value without the preview, of all that is driven or left alone.
        self._present = {
            datablock: {path: read_path(datablock, path) for path in sorted(paths)}
            for datablock, paths in paths_of.items()
        }
        # And without Mien: a head that an earlier take has turned would be turned from there.
        self._rest = {
            datablock: {**self._present[datablock], **takes.remember(datablock, paths)["values"]}
            for datablock, paths in paths_of.items()
        }
        self._taken = {
            datablock: takes.paths_of_others(datablock) | takes.paths_on_top(datablock)
            for datablock in self._rest
        }
        self._keys: dict[Any, ShapeKeys] = {}
        self._values: dict[tuple[Any, str], Values] = {}
        stepped: list[bool] = []
        for numbers in self._numbers({"": np.zeros(1, np.float32)}):
            for column in range(numbers.values.shape[1]):
                self._add(numbers, numbers.first_index + column, len(stepped))
                stepped.append(numbers.stepped)
        self.stepped = np.array(stepped, np.bool_)

    @property
    def covered(self) -> dict[Any, dict[str, Any]]:
        """Data-block -> path -> value without the preview, of all that is written to."""
        found: dict[Any, dict[str, Any]] = {}
        for datablock, paths in self._present.items():
            own = {p: v for p, v in paths.items() if p not in self._taken[datablock]}
            if own:
                found[datablock] = own
        return found

    def rows(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """(T, W) what is shown while the sources are `columns`, (T,) each; none of them is at rest."""
        count = len(next(iter(columns.values())))
        parts = [numbers.values for numbers in self._numbers(columns)]
        return np.concatenate([np.zeros((count, 0), np.float32), *parts], axis=1, dtype=np.float32)

    def resting_row(self) -> np.ndarray:
        """(W,) the face at rest: what `rows` gives where every source is 0."""
        return self.rows({"": np.zeros(1, np.float32)})[0]

    def write(self, row: np.ndarray) -> None:
        """Show a row (W,) on the rig."""
        for place in (*self._keys.values(), *self._values.values()):
            place.write(row)

    def _numbers(self, columns: Mapping[str, np.ndarray]) -> Iterator[spots.Numbers]:
        for values in target_values(self.links, columns):
            datablock, _ = spots.place(values.kind, values.owner, values.target)
            yield from spots.numbers(values, self._rest[datablock], _SPANS)

    def _add(self, numbers: spots.Numbers, index: int, number: int) -> None:
        datablock, path = numbers.datablock, numbers.path
        key_name = shape_key_of(path) if datablock.id_type == "KEY" else None
        if path in self._taken[datablock]:
            label = key_name or f"{datablock.name}'s {path}"
            if label not in self.left_alone:
                self.left_alone.append(label)
        elif key_name is not None:
            keys = self._keys.setdefault(datablock, ShapeKeys(datablock))
            keys.rows.append(datablock.key_blocks.find(key_name))
            keys.numbers.append(number)
        else:
            at = (datablock, path)
            if at not in self._values:
                self._values[at] = Values(datablock, path, self._rest[datablock][path])
            self._values[at].columns[index] = number
