# SPDX-License-Identifier: Apache-2.0
"""The worker process: requests in on stdin, answers out on stdout (core.protocol).

    python -m core.worker [--models DIR] [--log FILE] [--threads N]

One thread reads lines, so that a cancel or a ping is heard during a run; the main thread works off
the requests one after another.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from . import __version__
from .desk import MOST_WAITING, Desk
from .errands import work_off
from .errors import Cancelled, MienError
from .model_files import model_hashes
from .protocol import (
    LONGEST_LINE_BYTES,
    PROTOCOL,
    error_message,
    parse_emotion_job,
    parse_job,
    parse_line,
    unexpected,
)

if TYPE_CHECKING:
    from .loaded import Models

logger = logging.getLogger("mien.worker")

# A run notices its cancelling within one window of a net (0.2 s) or one step over the whole sound (1.7 s
# at half an hour, on one core); beyond this the process is ended.
_EXIT_PATIENCE_SECONDS = 5.0


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the worker until stdin ends or a shutdown arrives; then the process ends with code 0."""
    parser = argparse.ArgumentParser(prog="python -m core.worker", description=__doc__)
    parser.add_argument("--models", type=Path, default=None, help="folder with models.json")
    parser.add_argument("--log", type=Path, default=None, help="file for the log; else stderr")
    parser.add_argument(
        "--threads", type=int, default=1, help="pieces of a clip heard side by side (default 1)"
    )
    options = parser.parse_args(arguments)
    out = _claim_stdout()
    log = _start_log(options.log)
    # Ctrl-C in Blender's terminal is meant for Blender, whose end closes stdin here.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    desk = Desk(out, options.models, log, options.threads)
    desk.send(_hello(options.models))
    threading.Thread(target=_read_lines, args=(desk,), name="reader", daemon=True).start()
    _work(desk)
    desk.finished.set()
    logging.shutdown()
    # The reader may hang in a read whose lock Python's own way out would stumble over.
    os._exit(0)


def _claim_stdout() -> io.TextIOWrapper:
    """Keep the real stdout for the protocol; whatever a library prints goes to stderr."""
    kept = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return io.TextIOWrapper(
        os.fdopen(kept, "wb", buffering=0), encoding="utf-8", newline="\n", write_through=True
    )


def _start_log(path: Path | None) -> Path | None:
    """Log to `path` if it can be written, else to stderr; returns where the log is."""
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if path is not None:
        with contextlib.suppress(OSError):
            handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    is_file = isinstance(handler, logging.FileHandler)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return path if is_file else None


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


def _read_lines(desk: Desk) -> None:
    """The reader thread: answers at once what needs no work, queues the rest."""
    stdin = sys.stdin.buffer
    while not desk.closing.is_set():
        line = stdin.readline(LONGEST_LINE_BYTES)
        if not line:
            break
        if len(line) == LONGEST_LINE_BYTES and not line.endswith(b"\n"):
            _skip_rest(stdin)
            line = b"(too long)"
        if line.strip():
            _take_line(desk, line)
    desk.closing.set()
    with contextlib.suppress(queue.Full):
        desk.waiting.put_nowait(None)
    if not desk.finished.wait(_EXIT_PATIENCE_SECONDS):
        os._exit(0)


def _skip_rest(stdin: Any) -> None:  # noqa: ANN401 - BufferedReader or what replaces it in a host
    while True:
        piece = stdin.readline(LONGEST_LINE_BYTES)
        if not piece or piece.endswith(b"\n"):
            return


def _take_line(desk: Desk, line: bytes) -> None:
    job_id = None
    try:
        message = parse_line(line)
        kind = message["type"]
        job_id = str(message["id"]) if message.get("id") is not None else None
        if kind == "ping":
            desk.send({"type": "pong"})
        elif kind == "shutdown":
            desk.closing.set()
        elif kind == "cancel":
            if job_id in desk.known:
                desk.cancelled.add(str(job_id))
        elif kind in {"performance", "emotion"}:
            _queue_job(desk, message, job_id)
        else:
            raise MienError(
                "bad_request",
                f'The worker knows no request "{kind}".',
                "The add-on and the worker must be of one version.",
            )
    except MienError as error:
        desk.send(error_message(job_id, error, desk.log))
    except ImportError as error:
        logger.exception("cannot import")
        desk.send(error_message(job_id, _incomplete(error), desk.log))
    except Exception as error:  # the reader must go on hearing: cancels and the end come through it
        logger.exception("line not understood")
        desk.send(error_message(job_id, unexpected(error), desk.log))


def _queue_job(desk: Desk, message: Mapping[str, Any], job_id: str | None) -> None:
    if job_id is None or job_id in desk.known:
        raise MienError(
            "bad_request",
            f'A request needs an "id" of its own, not {job_id!r}.',
            "The add-on and the worker must be of one version.",
        )
    is_performance = message["type"] == "performance"
    job = parse_job(message) if is_performance else parse_emotion_job(message)
    # A cancel that met the last moment of an earlier job of this id is not meant for this one.
    desk.cancelled.discard(job_id)
    desk.known.add(job_id)
    try:
        desk.waiting.put_nowait(job)
    except queue.Full:
        desk.known.discard(job_id)
        raise MienError(
            "busy", f"{MOST_WAITING} requests wait already.", "Try again when some are done."
        ) from None


def _work(desk: Desk) -> None:
    """The main thread's loop; models are loaded while the first request is still on its way."""
    models: Models | None = None
    try:
        models = _load_models(desk)
    except Exception as error:  # told with the first request, which loads them again
        logger.info("models: %s", error)
    while not desk.closing.is_set():
        job = desk.waiting.get()
        if job is None:
            return
        try:
            models = models or _load_models(desk)
            answer = work_off(desk, job, models)
        except Cancelled:
            answer = {"type": "cancelled", "id": job.id}
        except MienError as error:
            logger.info("job %s: %s: %s", job.id, error.code, error.message)
            answer = error_message(job.id, error, desk.log)
        except Exception as error:
            logger.exception("job %s failed", job.id)
            answer = error_message(job.id, unexpected(error), desk.log)
        # Forgotten before the answer goes out: whoever has read it may use the id again at once.
        desk.known.discard(job.id)
        desk.cancelled.discard(job.id)
        desk.send(answer)


def _load_models(desk: Desk) -> Models:
    try:
        from .loaded import load_models  # noqa: PLC0415 - the greeting goes out before numpy loads
    except ImportError as error:
        logger.exception("cannot import")
        raise _incomplete(error) from error
    return load_models(desk.models_folder, desk.threads)


def _incomplete(error: ImportError) -> MienError:
    return MienError(
        "incomplete_install",
        f"The worker's Python at {sys.executable} lacks a package ({error}).",
        "Install Mien again, or choose another Python in its preferences.",
    )


if __name__ == "__main__":
    main()
