# SPDX-License-Identifier: Apache-2.0
"""What the messages of every worker have in common: a line is a JSON object, a request has an id."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import MienError

DEFAULT_DEADLINE_SECONDS = 600.0
# Longest line that is read. A request takes about 2 kB; tracks with a key on each of 54,000 frames and
# nine emotions in full precision take 14 MB.
LONGEST_LINE_BYTES = 1 << 25
# No time or rate of a strip comes near it, and products of two such numbers stay finite.
_LARGEST_NUMBER = 1e9


@dataclass(frozen=True)
class Request:
    """What every request of work has.

    Attributes:
        id: the sender's name for it.
        deadline_seconds: how long the work may take from its start.
    """

    id: str
    deadline_seconds: float


def parse_line(line: bytes) -> dict[str, Any]:
    """Read one line as a message.

    Raises:
        MienError: ``bad_request``, when it is no JSON object with a type.
    """
    try:
        message = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise bad_request(f"A line to the worker is not JSON ({error}).") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise bad_request('A line to the worker is not a JSON object with a "type".')
    return message


def error_message(request_id: str | None, error: MienError, log: Path | None) -> dict[str, Any]:
    """An error line about a request, or about the worker itself when `request_id` is None."""
    return {
        "type": "error",
        "id": request_id,
        "code": error.code,
        "message": error.message,
        "advice": error.advice,
        "log": None if log is None else str(log),
    }


def bad_request(message: str) -> MienError:
    """The sender and the worker do not understand each other."""
    return MienError("bad_request", message, "The add-on and the worker must be of one version.")


def text_field(fields: Mapping[str, Any], key: str) -> str:
    """A path or name.

    Raises:
        MienError: ``bad_request``, naming the field.
    """
    value = fields.get(key)
    if not isinstance(value, str) or not value or "\0" in value:
        raise bad_request(f'The request\'s "{key}" is {value!r}, not a path.')
    return value


def number_field(fields: Mapping[str, Any], key: str, default: float) -> float:
    """A number that times, rates and sizes can be.

    Raises:
        MienError: ``bad_request``, naming the field.
    """
    value = fields.get(key, default)
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    if not plain or not -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER:
        raise bad_request(f'The request\'s "{key}" is {value!r:.40}, not a number that it can be.')
    return float(value)
