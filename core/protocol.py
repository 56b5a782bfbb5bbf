# SPDX-License-Identifier: Apache-2.0
"""Protocol 2 between the add-on and the worker: one JSON object a line, UTF-8.

To the worker::

    {"type": "performance", "id": "7", "audio": {"path": p, "start_seconds": 0.0,
     "duration_seconds": null, "name": "strip"}, "direction": {...}, "fps": 24.0,
     "text": null, "out_path": "take.npz", "deadline_seconds": 600}
    {"type": "cancel", "id": "7"}    {"type": "ping"}    {"type": "shutdown"}

From the worker::

    {"type": "hello", "protocol": 2, "version": "0.1.0", "pid": n, "models": {name: sha256}}
    {"type": "progress", "id": "7", "fraction": 0.4, "stage": "listening"}
    {"type": "result", "id": "7", "path": p, "frames": T, "seconds": s, "contacts": K,
     "notes": [sentence, ...]}
    {"type": "error", "id": "7", "code": c, "message": m, "advice": a, "log": path or null}
    {"type": "cancelled", "id": "7"}    {"type": "pong"}

Stages are reading, listening, lips, expression, mixing, saving. An error that belongs to no request
has the id null. The end of stdin ends the worker. `text` is what the sound says, in English, or null
where the lips follow the sound alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .direction import Direction
from .errors import MienError

PROTOCOL = 2
DEFAULT_DEADLINE_SECONDS = 600.0
# Longest line that is read; a request takes about 1 kB.
LONGEST_LINE_BYTES = 1 << 20
# No time or rate of a strip comes near it, and products of two such numbers stay finite.
_LARGEST_NUMBER = 1e9


@dataclass(frozen=True)
class Job:
    """One performance request.

    Attributes:
        id: the sender's name for it.
        audio_path: sound file.
        start_seconds, duration_seconds: the range; None for the rest of the file.
        name: strip name for messages, or None.
        direction: what the animator asks for.
        fps: frames per second of the result.
        text: what the range of the sound says, or None.
        out_path: where the .npz goes.
        deadline_seconds: how long the job may take from its start.
    """

    id: str
    audio_path: Path
    start_seconds: float
    duration_seconds: float | None
    name: str | None
    direction: Direction
    fps: float
    text: str | None
    out_path: Path
    deadline_seconds: float


def parse_line(line: bytes) -> dict[str, Any]:
    """Read one line as a message.

    Raises:
        MienError: ``bad_request``, when it is no JSON object with a type.
    """
    try:
        message = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _bad(f"A line to the worker is not JSON ({error}).") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise _bad('A line to the worker is not a JSON object with a "type".')
    return message


def parse_job(message: Mapping[str, Any]) -> Job:
    """Read a performance request.

    Raises:
        MienError: ``bad_request`` or ``bad_direction``, naming the field.
    """
    audio = message.get("audio")
    if not isinstance(audio, Mapping):
        raise _bad('The request has no "audio" object.')
    duration = audio.get("duration_seconds")
    name = audio.get("name")
    text = message.get("text")
    if not (text is None or isinstance(text, str)):
        raise _bad(f'The request\'s "text" is {text!r:.40}, not a line of text.')
    return Job(
        id=str(message["id"]),
        audio_path=Path(_text(audio, "path")),
        start_seconds=_number(audio, "start_seconds", 0.0),
        duration_seconds=None if duration is None else _number(audio, "duration_seconds", 0.0),
        name=None if name is None else str(name),
        direction=Direction.from_json(message.get("direction", {})),
        fps=_number(message, "fps", 24.0),
        text=text,
        out_path=Path(_text(message, "out_path")),
        deadline_seconds=_number(message, "deadline_seconds", DEFAULT_DEADLINE_SECONDS),
    )


def error_message(job_id: str | None, error: MienError, log: Path | None) -> dict[str, Any]:
    """An error line about a job, or about the worker itself when `job_id` is None."""
    return {
        "type": "error",
        "id": job_id,
        "code": error.code,
        "message": error.message,
        "advice": error.advice,
        "log": None if log is None else str(log),
    }


def unexpected(error: Exception) -> MienError:
    """What the animator is told of an error that nobody foresaw."""
    if isinstance(error, MemoryError):
        return MienError(
            "out_of_memory", "The memory of this computer is used up.", "Take a shorter strip."
        )
    return MienError(
        "internal",
        f"The worker met an error it does not know ({type(error).__name__}: {error}).",
        "Please report it with the log.",
    )


def _bad(message: str) -> MienError:
    return MienError("bad_request", message, "The add-on and the worker must be of one version.")


def _text(fields: Mapping[str, Any], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not value or "\0" in value:
        raise _bad(f'The request\'s "{key}" is {value!r}, not a path.')
    return value


def _number(fields: Mapping[str, Any], key: str, default: float) -> float:
    value = fields.get(key, default)
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    if not plain or not -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER:
        raise _bad(f'The request\'s "{key}" is {value!r:.40}, not a number that it can be.')
    return float(value)
