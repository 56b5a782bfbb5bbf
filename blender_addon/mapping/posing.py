# SPDX-License-Identifier: GPL-3.0-or-later
"""A rig posed by sources, to look at: what was there is remembered, and put back to the bit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .. import spots
from ..rigs.links import TRANSFORM, Link
from ..rigs.sources import GAZE_ANGLES, HEAD_ANGLES
from ..rigs.values import target_values
from . import snapshot

# Data-block, RNA path, its value: a number, or a tuple of them.
Remembered = list[tuple[Any, str, Any]]
# Spans say how closely curves must be kept; nothing is reduced here.
_WHOLE = {"location": 1.0, "rotation": 1.0, "scale": 1.0}
# How far an angle goes in a test; other sources go to 1.
TEST_RADIANS = 0.35


def strength(source: str) -> float:
    """What a source is at its fullest in a test: 1, or an angle in radians."""
    return TEST_RADIANS if source in (*HEAD_ANGLES, *GAZE_ANGLES) else 1.0


def usable(links: Iterable[Link]) -> tuple[tuple[Link, ...], tuple[str, ...]]:
    """Links whose target is there, and the names of the targets that are not."""
    there, gone = [], []
    for link in links:
        try:
            spots.place(link.kind, link.owner, link.target)
            there.append(link)
        except ValueError:
            gone.append(link.target)
    return tuple(there), tuple(dict.fromkeys(gone))


def remember(links: Iterable[Link]) -> Remembered:
    """The present values of all that these links can move."""
    found: dict[tuple[Any, str], Any] = {}
    for link in links:
        datablock, path = spots.place(link.kind, link.owner, link.target)
        paths = (
            spots.transform_paths(datablock, path).values() if link.kind == TRANSFORM else [path]
        )
        for each in paths:
            value = datablock.path_resolve(each)
            found[datablock, each] = tuple(value) if hasattr(value, "__len__") else value
    return [(datablock, path, value) for (datablock, path), value in found.items()]


def put_back(remembered: Remembered) -> None:
    """Give back what `remember` read."""
    for datablock, path, value in remembered:
        if isinstance(value, tuple):
            _put_array(datablock, path, value)
        else:
            snapshot.put_property(datablock, path, -1, value)
        datablock.update_tag()


def pose(links: Iterable[Link], sources: Mapping[str, float], rest: Remembered) -> None:
    """Pose a rig as these sources do, all others at 0, from what `remember` read.

    Sliders and shape keys go from their own rest, bones and objects from where they stand.
    """
    columns = {name: np.array([value], np.float32) for name, value in sources.items()}
    resting: dict[Any, dict[str, Any]] = {}
    for datablock, path, value in rest:
        resting.setdefault(datablock, {})[path] = value
    for values in target_values(links, columns):
        datablock, _ = spots.place(values.kind, values.owner, values.target)
        for numbers in spots.numbers(values, resting[datablock], _WHOLE):
            _put_numbers(
                datablock, numbers.path, numbers.values[0], values.index, resting[datablock]
            )
        datablock.update_tag()


def _put_numbers(
    datablock: Any, path: str, row: Any, index: int, resting: Mapping[str, Any]
) -> None:
    if index >= 0:
        snapshot.put_property(datablock, path, index, float(row[0]))
    elif isinstance(resting[path], tuple):
        _put_array(datablock, path, tuple(map(float, row)))
    else:
        snapshot.put_property(datablock, path, -1, float(row[0]))


def _put_array(datablock: Any, path: str, value: tuple[Any, ...]) -> None:
    array = datablock.path_resolve(path)
    for i, number in enumerate(value):
        array[i] = number


def pulse(fraction: float) -> float:
    """0 to 1 and back, softly, while `fraction` goes from 0 to 1."""
    return float(0.5 - 0.5 * np.cos(2.0 * np.pi * fraction))


def sources_of(links: Iterable[Link]) -> tuple[str, ...]:
    """The sources that move something, in the order of their links."""
    return tuple(dict.fromkeys(link.source for link in links if link.weight * link.gain))
