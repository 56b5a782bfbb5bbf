# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, said to the animator, and the one way to stop a run."""

from __future__ import annotations


class MienError(Exception):
    """A failure that the animator can understand and mend.

    Args:
        code: short stable word for programs, such as ``audio_missing``.
        message: what happened, to which file, strip or model. One sentence.
        advice: what to do about it. One sentence.
    """

    def __init__(self, code: str, message: str, advice: str) -> None:
        super().__init__(f"{message} {advice}")
        self.code = code
        self.message = message
        self.advice = advice


class Cancelled(Exception):  # noqa: N818 - a wish of the animator, not an error
    """Raised out of a progress callback to stop a run; nothing has been written."""
