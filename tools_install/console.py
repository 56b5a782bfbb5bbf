# SPDX-License-Identifier: Apache-2.0
"""What the person at the keyboard sees: steps with their seconds, and problems in one line."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

LOG_FOLDER = Path("build") / "logs"


class Problem(Exception):  # noqa: N818 - it is what the person has, not an error of the program
    """Something the person can put right; its text is one line: what happened and what to do."""


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Print a step when it begins, and how many seconds it took when it is done."""
    print(f"* {title} ...", flush=True)
    started = time.monotonic()
    yield
    print(f"  done in {time.monotonic() - started:.1f} s", flush=True)


def explain_os_error(error: OSError) -> str:
    """One line for trouble with files."""
    where = error.filename or "a file"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"no permission to write {where}: Mien's folder, and --out if you give one, must be where you may write"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no space left while writing {where}: free some space and run the same line again"
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return (
            f"{where} is a file where a folder is needed: move it away and run the same line again"
        )
    if error.errno == errno.ENOENT:
        return f"{where} cannot be made or found: there is no such place"
    return f"{error.strerror or error} ({where})"


def clean_environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """Environment variables for our own Python: nothing of the caller's packages leaks in."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP")
    }
    # Offline, pip's own five tries take half a minute to say so.
    return {"PIP_RETRIES": "3", **kept, "PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1", **(extra or {})}


def run_logged(
    root: Path, name: str, command: Sequence[str], extra: dict[str, str] | None = None
) -> tuple[int, Path]:
    """Run a command with its output in build/logs/<name>.log; returns the exit code and the log's path."""
    log = root / LOG_FOLDER / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as stream:
        stream.write((" ".join(command) + "\n").encode())
        stream.flush()
        done = subprocess.run(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=clean_environment(extra),
            cwd=root,
            check=False,
        )
    return done.returncode, log


def log_tail(log: Path, lines: int = 5) -> str:
    """The last lines of a log that are not empty."""
    text = [
        line
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines()
        if line.strip()
    ]
    return "\n".join(text[-lines:])
