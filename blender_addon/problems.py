# SPDX-License-Identifier: GPL-3.0-or-later
"""What went wrong, in words for the animator."""

from __future__ import annotations


class AnimatorError(Exception):
    """A fault the animator can act on.

    `message` says what happened and to which strip, mesh or file; `advice` says what to do;
    `log` names the worker's log file, or is empty when the worker had no part in it.
    """

    def __init__(self, message: str, advice: str = "", log: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.log = log

    def __str__(self) -> str:
        """The whole text, as it is reported."""
        log = f"Log: {self.log}" if self.log else ""
        return " ".join(part for part in (self.message, self.advice, log) if part)
