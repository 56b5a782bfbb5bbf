# SPDX-License-Identifier: Apache-2.0
"""Work on the pieces of a clip in several threads.

A net's own threads split its sums in other places and so change the last digits of a result; whole
windows side by side, each in one thread, give the same bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


@contextmanager
def side_by_side(
    work: Callable[[Piece], Answer], pieces: Iterable[Piece], threads: int
) -> Iterator[Iterator[Answer]]:
    """The answers to all pieces, in their order; leaving early drops what has not begun.

    Args:
        work: is called once for each piece, from any of the threads.
        pieces: what to work on.
        threads: how many, at least 1.
    """
    pool = ThreadPoolExecutor(threads)
    try:
        yield pool.map(work, pieces)
    finally:
        pool.shutdown(cancel_futures=True)
