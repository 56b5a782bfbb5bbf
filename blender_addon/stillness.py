# SPDX-License-Identifier: GPL-3.0-or-later
"""What must let go of the rig while Mien writes to the file: the preview says so here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

_holders: list[Callable[[], AbstractContextManager[None]]] = []


def add(pause: Callable[[], AbstractContextManager[None]]) -> None:
    """From now on `pause` is entered around whatever writes to a rig."""
    if pause not in _holders:
        _holders.append(pause)


def remove(pause: Callable[[], AbstractContextManager[None]]) -> None:
    """Undo `add`."""
    if pause in _holders:
        _holders.remove(pause)


@contextmanager
def still() -> Iterator[None]:
    """The file is as it is without a preview until the block ends; use it around every write to a rig."""
    with ExitStack() as stack:
        for pause in tuple(_holders):
            stack.enter_context(pause())
        yield
