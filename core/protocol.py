# SPDX-License-Identifier: Apache-2.0
"""Protocol 4 between the add-on and the worker: one JSON object a line, UTF-8.

To the worker::

    {"type": "performance", "id": "7", "audio": {"path": p, "start_seconds": 0.0,
     "duration_seconds": null, "name": "strip"}, "direction": {...}, "fps": 24.0,
     "text": null, "research": null, "out_path": "take.npz", "deadline_seconds": 600,
     "session": null, "window": null, "phones": null, "phone_stretches": null, "words": null}
    {"type": "emotion", "id": "8", "audio": {...}, "research": null, "deadline_seconds": 600}
    {"type": "cancel", "id": "7"}    {"type": "ping"}    {"type": "shutdown"}

From the worker::

    {"type": "hello", "protocol": 4, "version": "0.1.0", "pid": n, "models": {name: sha256}}
    {"type": "progress", "id": "7", "fraction": 0.4, "stage": "listening"}
    {"type": "result", "id": "7", "path": p, "frames": T, "first_frame": n, "seconds": s,
     "contacts": K, "notes": [sentence, ...]}
    {"type": "emotion_result", "id": "8", "track": {"time_seconds": [...], "intensity": [...],
     "weights": {"happy": [...], ...}}, "confidence": [...], "utterance": {"happy": p, ...},
     "arousal": a, "valence": v, "utterance_confidence": c, "speech": true, "seconds": s}
    {"type": "error", "id": "7", "code": c, "message": m, "advice": a, "log": path or null}
    {"type": "cancelled", "id": "7"}    {"type": "pong"}

Stages are reading, listening, lips, expression, mixing, saving; of an emotion request reading,
listening, feeling. An error that belongs to no request has the id null. The end of stdin ends the
worker. `text` is what the sound says, in English, or null where the lips follow the sound alone.

`session` is a name that the sender chooses: what was heard is kept under it, and a later request of the
same name, sound and range is not listened to again. The worker drops sessions when its memory for them
is full; a request then takes longer and is answered all the same. `window` is [start, end] in seconds of
the range: only the frames in it are made, as they are in the whole take to about a thousandth;
`first_frame` says where they begin, 0 without a window. `phones` are [[label, start, end], ...] in
ARPAbet without stress, all that is spoken, in the place of the heard ones; with `phone_stretches`,
[[start, end], ...], they are all that is spoken there, and elsewhere what is heard stays. `words` are
[[word, start, end], ...], each spoken in its time by its pronunciation; phones of stretches go on top of
them. All are in seconds of the range and in order.

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

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .messages import DEFAULT_DEADLINE_SECONDS, Request, bad_request, number_field, text_field

if TYPE_CHECKING:
    from .corrections import Corrections
    from .direction import Direction

PROTOCOL = 4


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
class Job(Request):
    """What every request about a sound has.

    Attributes:
        sound: what is listened to.
        research: folder of the research model of emotion, or None for the default model.
    """

    sound: SoundRange
    research: Path | None


@dataclass(frozen=True)
class PerformanceJob(Job):
    """One performance request.

    Attributes:
        direction: what the animator asks for.
        fps: frames per second of the result.
        text: what the range of the sound says, or None.
        out_path: where the .npz goes.
        session: name under which what is heard is kept, or None.
        window_seconds: (start, end) of the frames that are wanted, or None for all.
        corrections: phones and words that were put right by hand.
    """

    direction: Direction
    fps: float
    text: str | None
    out_path: Path
    session: str | None
    window_seconds: tuple[float, float] | None
    corrections: Corrections


@dataclass(frozen=True)
class EmotionJob(Job):
    """One request for the emotion heard in a voice."""


def parse_job(message: Mapping[str, Any]) -> PerformanceJob:
    """Read a performance request.

    Raises:
        MienError: ``bad_request``, ``bad_direction``, ``bad_phones`` or ``bad_words``, naming the
            field.
        ImportError: when numpy is not there.
    """
    from .corrections import read_corrections  # noqa: PLC0415 - as the next
    from .direction import Direction  # noqa: PLC0415 - the greeting goes out before numpy loads

    text = message.get("text")
    if not (text is None or isinstance(text, str)):
        raise bad_request(f'The request\'s "text" is {text!r:.40}, not a line of text.')
    return PerformanceJob(
        **_common(message),
        direction=Direction.from_json(message.get("direction", {})),
        fps=number_field(message, "fps", 24.0),
        text=text,
        out_path=Path(text_field(message, "out_path")),
        session=_session(message.get("session")),
        window_seconds=_window(message.get("window")),
        corrections=read_corrections(
            message.get("phones"), message.get("words"), message.get("phone_stretches")
        ),
    )


def parse_emotion_job(message: Mapping[str, Any]) -> EmotionJob:
    """Read a request for the emotion in a voice.

    Raises:
        MienError: ``bad_request``, naming the field.
    """
    return EmotionJob(**_common(message))


def _common(message: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of Job."""
    research = None if message.get("research") is None else Path(text_field(message, "research"))
    return {
        "id": str(message["id"]),
        "sound": _sound(message.get("audio")),
        "research": research,
        "deadline_seconds": number_field(message, "deadline_seconds", DEFAULT_DEADLINE_SECONDS),
    }


def _session(name: object) -> str | None:
    if name is None or (isinstance(name, str) and name):
        return name
    raise bad_request(f'The request\'s "session" is {name!r:.40}, not a name.')


def _window(window: object) -> tuple[float, float] | None:
    if window is None:
        return None
    if not isinstance(window, list) or len(window) != 2:
        raise bad_request(
            f'The request\'s "window" is {window!r:.40}, not [start, end] in seconds.'
        )
    ends = {"start of the window": window[0], "end of the window": window[1]}
    start, end = (number_field(ends, name, 0.0) for name in ends)
    if start > end:
        raise bad_request(
            f'The request\'s "window" ends at {end:g} s, before its start at {start:g} s.'
        )
    return start, end


def _sound(audio: object) -> SoundRange:
    if not isinstance(audio, Mapping):
        raise bad_request('The request has no "audio" object.')
    duration = audio.get("duration_seconds")
    name = audio.get("name")
    return SoundRange(
        path=Path(text_field(audio, "path")),
        start_seconds=number_field(audio, "start_seconds", 0.0),
        duration_seconds=None if duration is None else number_field(audio, "duration_seconds", 0.0),
        name=None if name is None else str(name),
    )
