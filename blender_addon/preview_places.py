# SPDX-License-Identifier: GPL-3.0-or-later
"""Places on Blender's data that the preview writes to: read, and set from plain numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# The last step of an RNA path that ends in a custom property.
_KEY_STEP = re.compile(
    r"""^(?P<holder>.*)\[(?P<quote>["'])(?P<key>(?:\\.|(?!(?P=quote)).)*)(?P=quote)\]$"""
)
_SHAPE_KEY = re.compile(r"""^key_blocks\["(?P<name>(?:\\.|[^"\\])*)"\]\.value$""")


def read_path(datablock: Any, path: str) -> Any:
    """A value as plain data: a number, or a list of numbers."""
    value = datablock.path_resolve(path)
    return list(value) if hasattr(value, "__len__") else value


def write_path(datablock: Any, path: str, value: Any) -> None:
    """Set a value by its RNA path; what is gone by now needs nothing."""
    step = _KEY_STEP.match(path)
    holder, _, name = (step["holder"], "", "") if step else path.rpartition(".")
    try:
        owner = datablock.path_resolve(holder) if holder else datablock
        if step:
            owner[unescaped(step["key"])] = value
        else:
            setattr(owner, name, value)
    except (ValueError, KeyError, AttributeError, TypeError):
        return


def shape_key_of(path: str) -> str | None:
    """Name of the shape key whose value a path from a Key data-block is, or None."""
    match = _SHAPE_KEY.match(path)
    return unescaped(match["name"]) if match else None


def unescaped(name: str) -> str:
    """A name as it is, from one between quotes in a path."""
    return re.sub(r"\\(.)", r"\1", name)


@dataclass(eq=False)
class ShapeKeys:
    """The driven shape keys of one Key data-block.

    Attributes:
        key: the data-block.
        rows: places of the driven keys among its key blocks.
        numbers: which numbers of a row they show.
    """

    key: Any
    rows: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def write(self, row: np.ndarray) -> None:
        """Show a row; all keys go in one call, but those of a library one by one: it takes no other."""
        blocks = self.key.key_blocks
        if not self.key.is_editable:
            for at, value in zip(self.rows, row[self.numbers].tolist(), strict=True):
                blocks[at].value = value
            return
        every = np.empty(len(blocks), np.float32)
        blocks.foreach_get("value", every)
        every[self.rows] = row[self.numbers]
        blocks.foreach_set("value", every)
        self.key.update_tag()  # 4.2 does not see foreach_set


@dataclass(eq=False)
class Values:
    """The driven numbers of one property.

    Attributes:
        datablock, path: where it is.
        resting: its value, or values, without the preview.
        columns: index in the property (0 of a single number) -> which number of a row it shows.
    """

    datablock: Any
    path: str
    resting: Any
    columns: dict[int, int] = field(default_factory=dict)

    def write(self, row: np.ndarray) -> None:
        """Show a row, in the property's own type."""
        if isinstance(self.resting, list):
            value: Any = list(self.resting)
            for index, number in self.columns.items():
                value[index] = _typed(float(row[number]), self.resting[index])
        else:
            value = _typed(float(row[self.columns[0]]), self.resting)
        write_path(self.datablock, self.path, value)
        self.datablock.update_tag()


def _typed(value: float, own: Any) -> Any:
    if isinstance(own, bool):
        return value > 0.5
    return round(value) if isinstance(own, int) else value
