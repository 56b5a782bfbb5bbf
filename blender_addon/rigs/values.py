# SPDX-License-Identifier: GPL-3.0-or-later
"""Links and a performance's columns -> what each target does over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .links import MAXIMUM, TRANSFORM, Link


@dataclass(frozen=True)
class TargetValues:
    """One target over time.

    Attributes:
        owner, kind, target, index, stepped, low, high, rest: as in its links.
        sources: the columns that move it, in the order of its links.
        values: (T,) of a shape key or a property, between low and high; None for a transform.
        location, rotation, scale: (T, 3) of a transform, what is added to its rest (see Pose);
            None for the others. Parts that no link moves are zeros.
    """

    owner: Any
    kind: str
    target: str
    index: int
    stepped: bool
    low: float
    high: float
    rest: float
    sources: tuple[str, ...]
    values: np.ndarray | None = None
    location: np.ndarray | None = None
    rotation: np.ndarray | None = None
    scale: np.ndarray | None = None


def target_values(links: Iterable[Link], columns: Mapping[str, np.ndarray]) -> list[TargetValues]:
    """Each target's values, in the order in which the targets first appear among `links`.

    Args:
        links: all links of a target must be among them, or it lacks what the others add.
        columns: source -> (T,), all of one length; a source that is missing counts as 0.

    Where links combine by maximum, the one farthest from rest counts; of a transform, for each
    number of its pose.
    """
    count = len(next(iter(columns.values()), ()))
    groups: dict[tuple[Any, ...], list[Link]] = {}
    for link in links:
        groups.setdefault((link.owner, link.kind, link.target, link.index), []).append(link)
    return [_of_target(group, columns, count) for group in groups.values()]


def _of_target(group: list[Link], columns: Mapping[str, np.ndarray], count: int) -> TargetValues:
    first = group[0]
    driven = np.zeros((len(group), count), np.float32)
    for row, link in zip(driven, group, strict=True):
        column = columns.get(link.source)
        if column is not None:
            np.multiply(column, np.float32(link.weight * link.gain), out=row, casting="same_kind")
    together = _farthest if first.combine == MAXIMUM else _summed
    fields: dict[str, Any] = {}
    if first.kind == TRANSFORM:
        for part in ("location", "rotation", "scale"):
            poses = np.array([getattr(link.pose, part) for link in group], np.float32)
            fields[part] = np.stack(
                [together(driven * poses[:, axis, None]) for axis in range(3)], axis=1
            )
    else:
        fields["values"] = np.clip(first.rest + together(driven), first.low, first.high)
    return TargetValues(
        first.owner,
        first.kind,
        first.target,
        first.index,
        first.stepped,
        first.low,
        first.high,
        first.rest,
        tuple(dict.fromkeys(link.source for link in group)),
        **fields,
    )


def _summed(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows.sum(axis=0))


def _farthest(rows: np.ndarray) -> np.ndarray:
    """(T,) of (links, T): the value farthest from 0, with its sign."""
    if len(rows) == 1:
        return np.asarray(rows[0])
    return np.asarray(rows[np.abs(rows).argmax(axis=0), np.arange(rows.shape[1])])
