# SPDX-License-Identifier: Apache-2.0
"""The worker process: speech in, performances out (core.protocol).

python -m core.worker [--models DIR] [--log FILE] [--threads N]
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from . import __version__
from .door import open_desk, serve
from .errands import work_off
from .errors import MienError
from .model_files import model_hashes
from .protocol import PROTOCOL, Job, parse_emotion_job, parse_job
from .sessions import Sessions

if TYPE_CHECKING:
    from .desk import Desk
    from .loaded import Models
    from .messages import Request

logger = logging.getLogger("mien.worker")

KINDS = {"performance": parse_job, "emotion": parse_emotion_job}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the worker until stdin ends or a shutdown arrives; then the process ends with code 0."""
    parser = argparse.ArgumentParser(prog="python -m core.worker", description=__doc__)
    parser.add_argument("--models", type=Path, default=None, help="folder with models.json")
    parser.add_argument("--log", type=Path, default=None, help="file for the log; else stderr")
    parser.add_argument(
        "--threads", type=int, default=1, help="pieces of a clip heard side by side (default 1)"
    )
    options = parser.parse_args(arguments)
    desk = open_desk(options.log)
    desk.send(_hello(options.models))
    clerk = _Clerk(desk, options.models, options.threads)
    serve(desk, KINDS, clerk.answer, _unexpected, clerk.models)


def _hello(models_folder: Path | None) -> dict[str, Any]:
    models: dict[str, str] = {}
    # A missing folder is told with the request that needs it, where the animator sees it.
    with contextlib.suppress(MienError):
        models = model_hashes(models_folder)
    return {
        "type": "hello",
        "protocol": PROTOCOL,
        "version": __version__,
        "pid": os.getpid(),
        "models": models,
    }


class _Clerk:
    """Works off requests with models that are loaded once; the main thread's alone."""

    def __init__(self, desk: Desk, folder: Path | None, threads: int) -> None:
        self._desk, self._folder, self._threads = desk, folder, threads
        self._sessions = Sessions()
        self._models: Models | None = None

    def models(self) -> Models:
        """Load them, or give them again."""
        if self._models is None:
            from .loaded import load_models  # noqa: PLC0415 - the greeting goes before numpy loads

            self._models = load_models(self._folder, self._threads)
        return self._models

    def answer(self, request: Request) -> dict[str, Any]:
        """The message that ends a request."""
        assert isinstance(request, Job)
        return work_off(self._desk, request, self.models(), self._sessions)


def _unexpected(error: BaseException) -> MienError:
    """What the animator is told of an error that is none of Mien's own."""
    if isinstance(error, ImportError):
        return MienError(
            "incomplete_install",
            f"The worker's Python at {sys.executable} lacks a package ({error}).",
            "Install Mien again, or choose another Python in its preferences.",
        )
    if isinstance(error, MemoryError):
        return MienError(
            "out_of_memory", "The memory of this computer is used up.", "Take a shorter strip."
        )
    return MienError(
        "internal",
        f"The worker met an error it does not know ({type(error).__name__}: {error}).",
        "Please report it with the log.",
    )


if __name__ == "__main__":
    main()
