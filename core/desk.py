# SPDX-License-Identifier: Apache-2.0
"""What a worker's two threads share."""

from __future__ import annotations

import io
import json
import queue
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .messages import Request

MOST_WAITING = 64
LOOK_SECONDS = 0.02


@dataclass(frozen=True, eq=False)
class Desk:
    """The line out, the requests that wait, and what was called off."""

    out: io.TextIOWrapper
    log: Path | None
    waiting: queue.Queue[Request | None] = field(default_factory=lambda: queue.Queue(MOST_WAITING))
    known: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    closing: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def is_asked_within(self, seconds: float) -> bool:
        """Wait for a request, or the end, for so long; False where neither has come."""
        end = time.monotonic() + seconds
        while self.waiting.empty() and not self.closing.is_set():
            if time.monotonic() >= end:
                return False
            time.sleep(LOOK_SECONDS)
        return True

    def take(self, kind: type[Request]) -> Request | None:
        """The first request of a kind that waits, out of its turn; None where none does."""
        with self.waiting.mutex:
            lined_up = self.waiting.queue
            found = next((each for each in lined_up if isinstance(each, kind)), None)
            if found is not None:
                lined_up.remove(found)
        return found

    def send(self, message: Mapping[str, Any]) -> None:
        """Write one line; a reader that has gone ends the worker.

        Other letters than ASCII go out escaped: a path may hold bytes that are no UTF-8.
        """
        line = json.dumps(message) + "\n"
        try:
            with self.lock:
                self.out.write(line)
                self.out.flush()
        except (OSError, ValueError):
            self.closing.set()
