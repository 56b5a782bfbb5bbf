# SPDX-License-Identifier: Apache-2.0
"""Pairs of the same words by the same actor in the same emotion, acted normally and strongly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Pair:
    """Two takes that differ in the strength of the acting alone."""

    actor: str
    emotion: str
    words: str
    normal: int
    strong: int


def find_pairs(items: Sequence[Item], key: Callable[[Item], tuple[Key, bool]]) -> list[Pair]:
    """Pairs among items.

    Args:
        items: takes.
        key: of a take, ((actor, emotion, words), whether it is strong).
    """
    found: dict[Key, dict[bool, int]] = {}
    for number, item in enumerate(items):
        names, is_strong = key(item)
        found.setdefault(names, {})[is_strong] = number
    return [
        Pair(*names, both[False], both[True])
        for names, both in sorted(found.items())
        if len(both) == 2
    ]
