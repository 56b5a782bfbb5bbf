# SPDX-License-Identifier: GPL-3.0-or-later
"""Mien's worker: start it, ask it, read its answers, stop it.

All happens in `poll`, called from a timer or a loop. The process stays warm between requests.

Beside the request of a job there may be a quiet one, the preview's: the newest takes the place of the
one before, a job's calls it off, and what becomes of it is told by `quiet_news` alone.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from .problems import AnimatorError
from .worker_choice import WorkerChoice
from .worker_kinds import SPEECH, WorkerKind
from .worker_process import WorkerProcess, last_line

GREETING_SECONDS = 60.0  # a cold start on a slow disk behind a virus scanner
GRACE_SECONDS = 15.0  # on top of a request's own deadline, before the worker is ended
CANCEL_SECONDS = 5.0


class Engine:
    """One worker process, the request it is working on, and a quiet one beside it.

    Args:
        choice: which Python, models and threads.
        log_path: the worker's log, named in every error.
        kind: which worker.
    """

    def __init__(self, choice: WorkerChoice, log_path: Path, kind: WorkerKind = SPEECH) -> None:
        self.choice = choice
        self.kind = kind
        self.log_path = log_path
        self._process: WorkerProcess | None = None
        self._greeted = False
        self._request: dict[str, Any] | None = None
        self._deadline = 0.0
        self._count = 0
        self._cancelling = False
        self._news: list[dict[str, Any]] = []
        self._problem_met: AnimatorError | None = None
        self._quiet: dict[str, Any] | None = None
        self._quiet_deadline = 0.0
        self._quiet_news: list[dict[str, Any]] = []

    @property
    def busy(self) -> bool:
        """True while a job's request waits for its answer."""
        return self._request is not None

    @property
    def busy_with(self) -> str:
        """Type of the job's request that waits for its answer, or empty text."""
        return str(self._request["type"]) if self._request else ""

    @property
    def quiet_id(self) -> str | None:
        """Id of the quiet request that waits for its answer, or None."""
        return str(self._quiet["id"]) if self._quiet else None

    @property
    def process_id(self) -> int | None:
        """Process number of the worker, or None when none runs."""
        return self._process.process_id if self._process else None

    def start(self) -> None:
        """Start the worker where none runs; it gets ready for what it will be asked.

        A request that the last one died over is lost: `poll` tells.

        Raises:
            AnimatorError: it cannot be started.
        """
        if self.process_id is not None:
            return
        try:
            self._died()
        except AnimatorError as problem:
            self._problem_met = problem
        try:
            self._process = WorkerProcess(self.choice, self.log_path, self.kind)
        except OSError as error:
            raise self._problem(
                f"{self.kind.name} cannot be started: {error}",
                "Check that Blender's Python and the folder for logs can be used.",
            ) from error

    def submit(self, request: dict[str, Any]) -> None:
        """Ask for one performance; `request` is of its protocol, without its id.

        Raises:
            AnimatorError: another request is under way, or the worker cannot be started.
        """
        if self.busy:
            raise AnimatorError("Mien is already working.", "Wait for it, or press Cancel.")
        self.start()
        self.call_off_quiet()
        self._count += 1
        self._cancelling = False
        self._news, self._problem_met = [], None
        self._request = {**request, "id": str(self._count)}
        if self._greeted:
            self._send_request()
        else:
            self._deadline = time.monotonic() + GREETING_SECONDS

    def poll(self) -> list[dict[str, Any]]:
        """Messages about the request since the last call, in order; never blocks.

        A result, or that it was cancelled, ends the request.

        Raises:
            AnimatorError: the request failed, the worker died, or a deadline passed.
        """
        self._read()
        problem, self._problem_met = self._problem_met, None
        if problem is not None:
            raise problem
        news, self._news = self._news, []
        if self.busy and time.monotonic() > self._deadline:
            return [*news, *self._out_of_time()]
        return news

    def ask_quietly(self, request: dict[str, Any]) -> str:
        """Ask beside a job; an earlier quiet request is called off. Returns the new one's id.

        Raises:
            AnimatorError: the worker cannot be started.
        """
        self.call_off_quiet()
        self.start()
        self._count += 1
        self._quiet = {**request, "id": str(self._count)}
        if self._greeted:
            self._send_quiet()
        else:
            self._quiet_deadline = time.monotonic() + GREETING_SECONDS
        return str(self._count)

    def call_off_quiet(self) -> None:
        """Drop the quiet request; nothing more is told of it but that it was cancelled."""
        if self._quiet is None:
            return
        if self._greeted:
            self._send({"type": "cancel", "id": self._quiet["id"]})
        self._quiet_news.append({"type": "cancelled", "id": self._quiet["id"]})
        self._quiet = None

    def quiet_news(self) -> list[dict[str, Any]]:
        """Messages about quiet requests since the last call; never blocks and never raises.

        Beside the worker's own there is `{"type": "lost", "id": ...}`, where the worker ended.
        """
        self._read()
        if self._quiet is not None and time.monotonic() > self._quiet_deadline and not self.busy:
            self._kill()
        news, self._quiet_news = self._quiet_news, []
        return news

    def _read(self) -> None:
        """Take in the lines that have come."""
        for line in self._process.lines() if self._process else ():
            try:
                message = self._understand(line)
            except AnimatorError as problem:
                self._problem_met = problem
                continue
            if message is not None:
                self._news.append(message)

    def cancel(self) -> None:
        """Ask the worker to drop the request; `poll` ends it the hard way if it does not."""
        if self._request is None:
            return
        if not self._greeted:
            self._deadline = 0.0
        else:
            self._send({"type": "cancel", "id": self._request["id"]})
            self._deadline = time.monotonic() + CANCEL_SECONDS
        self._cancelling = True

    def stop(self) -> None:
        """End the worker: politely, then not."""
        if self._process is not None:
            self._process.stop()
        self._kill()

    def _kill(self) -> int | None:
        """End the worker at once and forget the request; returns its exit code, if one ran."""
        process, self._process = self._process, None
        if self._quiet is not None:
            self._quiet_news.append({"type": "lost", "id": self._quiet["id"]})
        self._request, self._quiet, self._greeted = None, None, False
        return process.kill() if process else None

    def _understand(self, line: bytes | None) -> dict[str, Any] | None:
        """Handle one line; return it if it is news about the request."""
        if line is None:
            self._died()
            return None
        try:
            message = json.loads(line)
            kind = message["type"]
        except (ValueError, TypeError, KeyError) as error:
            self._kill()
            raise self._problem(
                f"{self.kind.name} sent something that is not its protocol: {line[:80]!r}",
                f"{self.kind.again}; if it stays so, reinstall Mien.",
            ) from error
        if kind == "hello":
            self._greet(message)
            return None
        if self._quiet is not None and message.get("id", "") == self._quiet["id"]:
            self._quiet_news.append(dict(message))
            if kind == "error" or _is_last(kind):
                self._quiet = None
            return None
        # An error without an id is about a request that could not be read.
        concerns = {None, self._request["id"]} if self._request else set()
        if message.get("id", "") not in concerns:
            return None
        if kind == "error":
            self._request = None
            raise self._problem(str(message["message"]), str(message["advice"]))
        if _is_last(kind):
            self._request = None
        return dict(message)

    def _greet(self, message: dict[str, Any]) -> None:
        if message.get("protocol") != self.kind.protocol:
            self._kill()
            raise self._problem(
                f"{self.kind.name} speaks protocol {message.get('protocol')}, "
                f"this add-on speaks {self.kind.protocol}.",
                "Reinstall Mien and restart Blender.",
            )
        self._greeted = True
        # One that was called off before is not asked: `poll` ends it.
        if self._request is not None and not self._cancelling:
            self._send_request()
        if self._quiet is not None:
            self._send_quiet()

    def _send_quiet(self) -> None:
        request = self._quiet or {}
        self._quiet_deadline = time.monotonic() + float(request["deadline_seconds"]) + GRACE_SECONDS
        self._send(request)

    def _send_request(self) -> None:
        request = self._request or {}
        self._deadline = time.monotonic() + float(request["deadline_seconds"]) + GRACE_SECONDS
        self._send(request)

    def _send(self, message: dict[str, Any]) -> None:
        if self._process is not None:
            self._process.send(message)

    def _died(self) -> None:
        """The worker has ended; that is a problem only while it should be working."""
        waiting, greeted = self.busy, self._greeted
        code = self._process.exit_code() if self._process else None
        self._kill()
        if not waiting:
            return
        if greeted:
            raise self._problem(
                f"{self.kind.name} ended in the middle of its work (exit code {code}). "
                "The scene is unchanged.",
                f"{self.kind.again}; a new worker will be started.",
            )
        raise self._problem(
            f"{self.kind.name} could not start (exit code {code}): {last_line(self.log_path)}",
            "Reinstall Mien if it stays so.",
        )

    def _out_of_time(self) -> list[dict[str, Any]]:
        request = self._request or {}
        greeted = self._greeted
        self._kill()
        if self._cancelling:
            return [{"type": "cancelled", "id": request["id"]}]
        if greeted:
            raise self._problem(
                f"{self.kind.name} took too long and was ended.", self.kind.too_long
            )
        raise self._problem(
            f"{self.kind.name} did not answer within {GREETING_SECONDS:.0f} seconds.",
            f"{self.kind.again}; look into the log if it stays so.",
        )

    def _problem(self, message: str, advice: str) -> AnimatorError:
        return AnimatorError(message, advice, str(self.log_path))


def _is_last(kind: str) -> bool:
    """Whether a message of this type is the last one about its request."""
    return kind == "cancelled" or kind.endswith("result")
