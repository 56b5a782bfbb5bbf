# SPDX-License-Identifier: Apache-2.0
"""What one run made and a later run of the same sound may use again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

Made = TypeVar("Made")

# A span, a number or a word: Python's own overhead, roughly.
_SMALL_BYTES = 200
_MANY = 64


class Kept:
    """A small memory of values by kind and key; of each kind the least recently used go first.

    A value must follow from its kind and key alone, so that using it again changes no byte.

    Args:
        most_each: how many of each kind are kept; 0 keeps nothing.
    """

    def __init__(self, most_each: int = 4) -> None:
        self._most = most_each
        self._values: dict[str, OrderedDict[Hashable, Any]] = {}

    def once(self, kind: str, key: Hashable, make: Callable[[], Made], times: int = 1) -> Made:
        """The value that is kept, or else a new one, kept from now on.

        Args:
            kind: name of what is made.
            key: all that it depends on, beside the sound.
            make: makes it; what it raises is raised and nothing is kept.
            times: how many times as many of this kind are kept, for small ones.
        """
        found = self.find(kind, key)
        if found is not None:
            return found  # type: ignore[no-any-return]
        made = make()
        self.keep(kind, key, made, times)
        return made

    def keep(self, kind: str, key: Hashable, value: object, times: int = 1) -> None:
        """Keep a value that is made already."""
        if not self._most:
            return
        values = self._values.setdefault(kind, OrderedDict())
        values[key] = value
        while len(values) > self._most * times:
            values.popitem(last=False)

    def find(self, kind: str, key: Hashable) -> Any | None:  # noqa: ANN401 - of any type
        """The value that is kept, or None."""
        values = self._values.get(kind)
        if values is None or key not in values:
            return None
        values.move_to_end(key)
        return values[key]

    @property
    def bytes(self) -> int:
        """About how much memory all values take."""
        return size_bytes(list(self._values.values()))


def size_bytes(value: object) -> int:
    """About how much memory a value takes: arrays as they are, small things by a guess."""
    # Arrays, without loading numpy before the worker's greeting.
    own = getattr(value, "nbytes", None)
    if isinstance(own, int):
        return own
    if isinstance(value, dict):
        return sum(size_bytes(each) for each in value.values())
    if isinstance(value, (list, tuple)):
        if len(value) > _MANY:
            # Thousands of phones, one like another.
            return len(value) * size_bytes(value[0])
        return sum(size_bytes(each) for each in value)
    if is_dataclass(value):
        parts = [getattr(value, each.name) for each in fields(value)]
        return _SMALL_BYTES + sum(
            size_bytes(each) for each in parts if not isinstance(each, (int, float, str))
        )
    return _SMALL_BYTES
