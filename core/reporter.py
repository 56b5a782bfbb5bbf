# SPDX-License-Identifier: Apache-2.0
"""Progress of one request, and the way to stop it: called off, out of time, or the worker closes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .errors import Cancelled, MienError

if TYPE_CHECKING:
    from .desk import Desk
    from .messages import Request

_INTERVAL_SECONDS = 0.05


class Reporter:
    """Sends progress lines, and stops the run that is called off or out of time.

    Args:
        desk: where the lines go out, and where it stands what was called off.
        request: its deadline counts from now.
        advice: what to do when the deadline has passed.
    """

    def __init__(self, desk: Desk, request: Request, advice: str) -> None:
        self._desk, self._request, self._advice = desk, request, advice
        self._deadline = time.monotonic() + request.deadline_seconds
        self._stage, self._sent = "", 0.0

    def __call__(self, fraction: float, stage: str, **news: Any) -> None:  # noqa: ANN401 - JSON data
        """Tell 0..1 and the stage, with more fields of the line in `news`.

        Raises:
            Cancelled: the request was called off, or the worker closes.
            MienError: ``deadline``.
        """
        now = time.monotonic()
        if self._desk.closing.is_set() or self._request.id in self._desk.cancelled:
            raise Cancelled
        if now > self._deadline:
            raise MienError(
                "deadline",
                f"The request took longer than {self._request.deadline_seconds:g} s.",
                self._advice,
            )
        if stage != self._stage or now - self._sent >= _INTERVAL_SECONDS:
            self._stage, self._sent = stage, now
            line = {"type": "progress", "id": self._request.id, "fraction": round(fraction, 4)}
            self._desk.send({**line, "stage": stage, **news})
