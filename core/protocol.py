# SPDX-License-Identifier: Apache-2.0
"""Protocol 3 between the add-on and the worker: one JSON object a line, UTF-8.

To the worker::

    {"type": "performance", "id": "7", "audio": {"path": p, "start_seconds": 0.0,
     "duration_seconds": null, "name": "strip"}, "direction": {...}, "fps": 24.0,
     "text": null, "research": null, "out_path": "take.npz", "deadline_seconds": 600}
    {"type": "emotion", "id": "8", "audio": {...}, "research": null, "deadline_seconds": 600}
    {"type": "cancel", "id": "7"}    {"type": "ping"}    {"type": "shutdown"}

From the worker::

    {"type": "hello", "protocol": 3, "version": "0.1.0", "pid": n, "models": {name: sha256}}
    {"type": "progress", "id": "7", "fraction": 0.4, "stage": "listening"}
    {"type": "result", "id": "7", "path": p, "frames": T, "seconds": s, "contacts": K,
     "notes": [sentence, ...]}
    {"type": "emotion_result", "id": "8", "track": {"time_seconds": [...], "intensity": [...],
     "weights": {"happy": [...], ...}}, "confidence": [...], "utterance": {"happy": p, ...},
     "arousal": a, "valence": v, "utterance_confidence": c, "speech": true, "seconds": s}
    {"type": "error", "id": "7", "code": c, "message": m, "advice": a, "log": path or null}
    {"type": "cancelled", "id": "7"}    {"type": "pong"}

Stages are reading, listening, lips, expression, mixing, saving; of an emotion request reading,
listening, feeling. An error that belongs to no request has the id null. The end of stdin ends the
worker. `text` is what the sound says, in English, or null where the lips follow the sound alone.

`direction` holds the fields of `core.direction.Direction`; fields that are left out keep their
default. Two of them are over time and null where they are not used, times in seconds from the start
of the asked range, each after the one before, numbers between keys on straight lines::

    "emotion_track": {"time_seconds": [0.0, 2.5], "intensity": [1.0, 0.6],
                      "weights": {"happy": [1.0, 0.0], "sad": [0.0, 0.5]}}
    "gaze_track": {"time_seconds": [0.0, 1.0], "pitch": [0.0, 0.1], "yaw": [0.2, 0.2]}  (radians)

An emotion track takes the place of `emotion`, and `intensity` multiplies the track's own: whoever
samples an animated intensity into a track sends `intensity` 1. Emotions that are left out of
`weights` are 0, what is missing to 1 is neutral.

`research` is the folder of the research model of emotion in the voice, or null for the default one.
`track` of an emotion_result is an emotion_track as above, a few keys, to be edited; `confidence` has
one number 0..1 for each of its keys; `utterance` has a probability for each of the nine emotions
over the whole range; arousal and valence are -1..1. Where nobody speaks, `speech` is false, the
track one neutral key and the confidence 0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import MienError

if TYPE_CHECKING:
    from .direction import Direction

PROTOCOL = 3
DEFAULT_DEADLINE_SECONDS = 600.0
# Longest line that is read. A request takes about 2 kB; tracks with a key on each of 54,000 frames and
# nine emotions in full precision take 14 MB.
LONGEST_LINE_BYTES = 1 << 25
# No time or rate of a strip comes near it, and products of two such numbers stay finite.
_LARGEST_NUMBER = 1e9


@dataclass(frozen=True)
class SoundRange:
    """The part of a sound file that a request is about.

    Attributes:
        path: sound file.
        start_seconds, duration_seconds: the range; None for the rest of the file.
        name: strip name for messages, or None.
    """

    path: Path
    start_seconds: float
    duration_seconds: float | None
    name: str | None


@dataclass(frozen=True)
class Job:
    """What every request of work has.

    Attributes:
        id: the sender's name for it.
        sound: what is listened to.
        research: folder of the research model of emotion, or None for the default model.
        deadline_seconds: how long the job may take from its start.
    """

    id: str
    sound: SoundRange
    research: Path | None
    deadline_seconds: float


@dataclass(frozen=True)
class PerformanceJob(Job):
    """One performance request.

    Attributes:
        direction: what the animator asks for.
        fps: frames per second of the result.
        text: what the range of the sound says, or None.
        out_path: where the .npz goes.
    """

    direction: Direction
    fps: float
    text: str | None
    out_path: Path


@dataclass(frozen=True)
class EmotionJob(Job):
    """One request for the emotion heard in a voice."""


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


def parse_job(message: Mapping[str, Any]) -> PerformanceJob:
    """Read a performance request.

    Raises:
        MienError: ``bad_request`` or ``bad_direction``, naming the field.
        ImportError: when numpy is not there.
    """
    from .direction import Direction  # noqa: PLC0415 - the greeting goes out before numpy loads

    text = message.get("text")
    if not (text is None or isinstance(text, str)):
        raise _bad(f'The request\'s "text" is {text!r:.40}, not a line of text.')
    return PerformanceJob(
        **_common(message),
        direction=Direction.from_json(message.get("direction", {})),
        fps=_number(message, "fps", 24.0),
        text=text,
        out_path=Path(_text(message, "out_path")),
    )


def parse_emotion_job(message: Mapping[str, Any]) -> EmotionJob:
    """Read a request for the emotion in a voice.

    Raises:
        MienError: ``bad_request``, naming the field.
    """
    return EmotionJob(**_common(message))


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


def _common(message: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of Job."""
    research = None if message.get("research") is None else Path(_text(message, "research"))
    return {
        "id": str(message["id"]),
        "sound": _sound(message.get("audio")),
        "research": research,
        "deadline_seconds": _number(message, "deadline_seconds", DEFAULT_DEADLINE_SECONDS),
    }


def _sound(audio: object) -> SoundRange:
    if not isinstance(audio, Mapping):
        raise _bad('The request has no "audio" object.')
    duration = audio.get("duration_seconds")
    name = audio.get("name")
    return SoundRange(
        path=Path(_text(audio, "path")),
        start_seconds=_number(audio, "start_seconds", 0.0),
        duration_seconds=None if duration is None else _number(audio, "duration_seconds", 0.0),
        name=None if name is None else str(name),
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
