# SPDX-License-Identifier: Apache-2.0
"""The door of a worker process: requests in on stdin, answers out on stdout, a line each.

One thread reads lines, so that a cancel or a ping is heard during a run; the main thread works off
the requests one after another.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from .desk import MOST_WAITING, Desk
from .errors import Cancelled, MienError
from .messages import LONGEST_LINE_BYTES, Request, bad_request, error_message, parse_line

logger = logging.getLogger("mien.worker")

Parse = Callable[[Mapping[str, Any]], Request]
Told = Callable[[BaseException], MienError]

# A run notices its cancelling within one window of a net (0.2 s), one picture, or one step over the
# whole sound (1.7 s at half an hour, on one core); beyond this the process is ended.
_EXIT_PATIENCE_SECONDS = 5.0


def open_desk(log: Path | None) -> Desk:
    """Take stdout for the protocol and start the log in a file, or on stderr where that fails."""
    out = _claim_stdout()
    # Ctrl-C in Blender's terminal is meant for Blender, whose end closes stdin here.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return Desk(out, _start_log(log))


def serve(
    desk: Desk,
    kinds: Mapping[str, Parse],
    answer: Callable[[Request], dict[str, Any]],
    told: Told,
    prepare: Callable[[], object] = lambda: None,
) -> NoReturn:
    """Answer requests until stdin ends or a shutdown arrives; then the process ends with code 0.

    Args:
        desk: opened before the greeting went out.
        kinds: reads a request, by its type; on the reader's thread.
        answer: works it off and gives the message that ends it; on the main thread.
        told: what the animator is told of any other error than a MienError.
        prepare: done while the first request is still on its way; what it raises is logged.
    """
    reader = threading.Thread(target=_read_lines, args=(desk, kinds, told), daemon=True)
    reader.start()
    try:
        prepare()
    except Exception as error:  # told with the first request, which needs it again
        logger.info("not prepared: %s", error)
    while not desk.closing.is_set():
        request = desk.waiting.get()
        if request is None:
            break
        answer_one(desk, request, answer, told)
    desk.finished.set()
    logging.shutdown()
    # The reader may hang in a read whose lock Python's own way out would stumble over.
    os._exit(0)


def answer_one(
    desk: Desk, request: Request, answer: Callable[[Request], dict[str, Any]], told: Told
) -> None:
    """Work a request off and send the message that ends it; see `serve`."""
    message = _worked_off(desk, request, answer, told)
    # Forgotten before the answer goes out: whoever has read it may use the id again at once.
    desk.known.discard(request.id)
    desk.cancelled.discard(request.id)
    desk.send(message)


def _worked_off(
    desk: Desk, request: Request, answer: Callable[[Request], dict[str, Any]], told: Told
) -> dict[str, Any]:
    try:
        return answer(request)
    except Cancelled:
        return {"type": "cancelled", "id": request.id}
    except MienError as error:
        logger.info("job %s: %s: %s", request.id, error.code, error.message)
        return error_message(request.id, error, desk.log)
    except Exception as error:
        logger.exception("job %s failed", request.id)
        return error_message(request.id, told(error), desk.log)


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


def _read_lines(desk: Desk, kinds: Mapping[str, Parse], told: Told) -> None:
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
            _take_line(desk, kinds, told, line)
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


def _take_line(desk: Desk, kinds: Mapping[str, Parse], told: Told, line: bytes) -> None:
    request_id = None
    try:
        message = parse_line(line)
        kind = message["type"]
        request_id = str(message["id"]) if message.get("id") is not None else None
        if kind == "ping":
            desk.send({"type": "pong"})
        elif kind == "shutdown":
            desk.closing.set()
        elif kind == "cancel":
            if request_id in desk.known:
                desk.cancelled.add(str(request_id))
        elif kind in kinds:
            _queue_request(desk, kinds[kind], message, request_id)
        else:
            raise bad_request(f'The worker knows no request "{kind}".')
    except MienError as error:
        desk.send(error_message(request_id, error, desk.log))
    except Exception as error:  # the reader must go on hearing: cancels and the end come through it
        logger.exception("line not understood")
        desk.send(error_message(request_id, told(error), desk.log))


def _queue_request(
    desk: Desk, parse: Parse, message: Mapping[str, Any], request_id: str | None
) -> None:
    if request_id is None or request_id in desk.known:
        raise bad_request(f'A request needs an "id" of its own, not {request_id!r}.')
    request = parse(message)
    # A cancel that met the last moment of an earlier request of this id is not meant for this one.
    desk.cancelled.discard(request_id)
    desk.known.add(request_id)
    try:
        desk.waiting.put_nowait(request)
    except queue.Full:
        desk.known.discard(request_id)
        raise MienError(
            "busy", f"{MOST_WAITING} requests wait already.", "Try again when some are done."
        ) from None
