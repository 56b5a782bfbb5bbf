# SPDX-License-Identifier: Apache-2.0
"""Programs side by side, so many at a time, each with a log of its own; none outlives who asked for it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .console import LOG_FOLDER, clean_environment

LOOK_SECONDS = 0.2
NEWS_SECONDS = 60.0
# What a program that is told to end may take for it, before it is killed.
GRACE_SECONDS = 10.0


@dataclass(frozen=True)
class Program:
    """What to run, and the name of its log."""

    name: str
    log_name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class News:
    """How a program stands: what it has said so far is in `log`; `code` is None while it runs."""

    name: str
    log: Path
    seconds: float
    code: int | None = None


class Running:
    """A program that was started, with its words in build/logs/<log_name>.log."""

    def __init__(self, root: Path, program: Program, variables: dict[str, str]) -> None:
        """On POSIX it heads a process group of its own, so that what it starts can be ended with it."""
        self.name = program.name
        self.log = root / LOG_FOLDER / f"{program.log_name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.since = self.told = time.monotonic()
        with self.log.open("wb") as stream:
            self.process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=clean_environment(variables),
                cwd=root,
                start_new_session=True,
            )

    def news(self) -> News:
        """How it stands now."""
        self.told = time.monotonic()
        return News(self.name, self.log, self.told - self.since, self.process.poll())

    def is_news_due(self) -> bool:
        """Whether it has ended, or nothing was told of it for a while."""
        return self.process.poll() is not None or time.monotonic() - self.told > NEWS_SECONDS

    def send(self, number: signal.Signals) -> None:
        """Signal it and all that it started; Windows knows no groups, and ends the program alone."""
        if os.name == "nt":
            self.process.terminate()
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def side_by_side(
    root: Path, programs: Sequence[Program], lanes: int, variables: dict[str, str]
) -> Iterator[News]:
    """Run programs in `root`, in this order and at most `lanes` at once; tells of starts, ends, and each minute.

    Whoever stops asking (an error, Ctrl+C, a polite kill) ends those that still run, with all that they started.
    """
    waiting = list(programs)
    running: list[Running] = []
    try:
        while waiting or running:
            while waiting and len(running) < lanes:
                started = Running(root, waiting.pop(0), variables)
                running.append(started)
                yield News(started.name, started.log, 0.0)
            for each in [each for each in running if each.is_news_due()]:
                news = each.news()
                if news.code is not None:
                    running.remove(each)
                yield news
            time.sleep(LOOK_SECONDS)
    finally:
        end(running)


def end(running: Sequence[Running]) -> None:
    """Ask all to end, wait for a moment, and kill what is left of them."""
    for each in running:
        each.send(signal.SIGTERM)
    patience = time.monotonic() + GRACE_SECONDS
    for each in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            each.process.wait(max(0.0, patience - time.monotonic()))
        if os.name != "nt":
            each.send(signal.SIGKILL)
        each.process.wait()
