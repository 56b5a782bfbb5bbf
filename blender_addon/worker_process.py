# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker's process: started, written to, listened to, ended; what the lines say is `engine`'s.

The worker is a Python, Blender's own unless another is chosen, running one of `worker_kinds`. A reader
thread does nothing but put its lines into a queue, so that nobody waits for them.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from .places import core_folder, worker_environment
from .worker_choice import WorkerChoice
from .worker_kinds import WorkerKind

STOP_SECONDS = 2.0
# A worker that floods its output must not fill Blender's memory: it waits once this many lines lie
# unread, and a line longer than any message is cut, so that it is refused.
LINES_WAITING = 4096
LINES_AT_ONCE = 256
LINE_BYTES = 1 << 20


class WorkerProcess:
    """A process that speaks JSON lines on its standard input and output.

    Args:
        choice: which Python, models and threads.
        log_path: for what it says on its standard error, too.
        kind: which worker.

    Raises:
        OSError: it cannot be started.
        AnimatorError: it is for Blender's Python, and that lacks a package.
    """

    def __init__(self, choice: WorkerChoice, log_path: Path, kind: WorkerKind) -> None:
        with log_path.open("ab") as log:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                _command(choice, log_path, kind),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=core_folder(),
                env=worker_environment(choice.interpreter),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        self._lines: queue.Queue[bytes | None] = queue.Queue(LINES_WAITING)
        self._left = threading.Event()
        threading.Thread(
            target=_read_lines,
            args=(self._process.stdout, self._lines, self._left),
            name="Mien reader",
            daemon=True,
        ).start()

    @property
    def process_id(self) -> int | None:
        """Its number, or None when it has ended."""
        return self._process.pid if self._process.poll() is None else None

    def lines(self) -> Iterator[bytes | None]:
        """Lines that have come, not too many at once; None where its output has ended. Never blocks."""
        for _ in range(LINES_AT_ONCE):
            try:
                yield self._lines.get_nowait()
            except queue.Empty:
                return

    def send(self, message: Mapping[str, Any]) -> None:
        """Write one message; one that has gone says so by the end of its lines."""
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            return

    def stop(self) -> int:
        """End it: politely, then not. Returns its exit code."""
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(b'{"type": "shutdown"}\n')
            self._process.stdin.close()
        return self.exit_code()

    def exit_code(self) -> int:
        """Its exit code; it may need a moment to be gone, and is ended where that is too long."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        return self.kill()

    def kill(self) -> int:
        """End it at once and leave its lines unread; returns its exit code."""
        self._left.set()
        if self._process.poll() is None:
            self._process.kill()
        return self._process.wait()


def _command(choice: WorkerChoice, log_path: Path, kind: WorkerKind) -> list[str]:
    command = [choice.interpreter or sys.executable, "-u", "-m", kind.module]
    if kind.loads_models:
        command += ["--models", str(choice.models_folder)]
    return [*command, "--log", str(log_path), "--threads", str(choice.threads)]


def last_line(log: Path) -> str:
    """What a worker has said last in its log, or why nobody knows."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return "its log cannot be read"
    return lines[-1] if lines else "it left no message"


def _read_lines(stream: IO[bytes], lines: queue.Queue[bytes | None], left: threading.Event) -> None:
    """Reader thread: it touches the queue and nothing of Blender's. None marks the end.

    `left` says that nobody will take lines from the queue any more.
    """
    try:
        while line := stream.readline(LINE_BYTES):
            _put(line, lines, left)
    except (OSError, ValueError):
        pass
    _put(None, lines, left)


def _put(line: bytes | None, lines: queue.Queue[bytes | None], left: threading.Event) -> None:
    while not left.is_set():
        try:
            lines.put(line, timeout=0.1)
        except queue.Full:
            continue
        return
