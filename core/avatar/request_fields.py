# SPDX-License-Identifier: Apache-2.0
"""Fields of requests to the avatar's worker, read and checked; MienError ``bad_request`` names what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import MienError
from ..face.arkit import ARKIT_NAMES
from ..messages import DEFAULT_DEADLINE_SECONDS, bad_request, number_field, text_field
from .camera import Camera, Matrix
from .consent import Consent, consent_from_json
from .model import Pose
from .requests import FilmView

LARGEST_SIDE_PIXELS = 16_384


def common_fields(
    message: Mapping[str, Any], deadline_seconds: float = DEFAULT_DEADLINE_SECONDS
) -> dict[str, Any]:
    """The fields of Request."""
    deadline = number_field(message, "deadline_seconds", deadline_seconds)
    return {"id": str(message["id"]), "deadline_seconds": deadline}


def path_field(message: Mapping[str, Any], key: str) -> Path:
    """A path."""
    return Path(text_field(message, key))


def flag_field(message: Mapping[str, Any], key: str) -> bool:
    """True or false; false where it is left out."""
    value = message.get(key, False)
    if not isinstance(value, bool):
        raise bad_request(f'The request\'s "{key}" is {value!r:.40}, neither true nor false.')
    return value


def object_field(message: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A JSON object; an empty one where it is left out."""
    value = message.get(key, {})
    if not isinstance(value, dict):
        raise bad_request(f'The request\'s "{key}" is {value!r:.40}, not an object.')
    return value


def consent_field(fields: Mapping[str, Any]) -> Consent:
    """Who the person is and what was agreed to, from the object that a message holds.

    Raises:
        MienError: ``consent_missing``.
    """
    try:
        return consent_from_json(fields)
    except ValueError as error:
        raise MienError(
            "consent_missing",
            f"There is no whole consent of the person: {error}.",
            "Say who the person is, who agreed, in which words, when and to which uses.",
        ) from error


def pose_field(message: Mapping[str, Any]) -> Pose | None:
    """The pose in a message, or None where it has none."""
    if message.get("values") is None:
        return None
    values = _numbers(message["values"], "values", len(ARKIT_NAMES))
    head = _rigid(message.get("head_to_root"), "head_to_root")
    return Pose(values.astype(np.float32), head)


def look_field(message: Mapping[str, Any]) -> str | None:
    """The name of a look, or None where none is asked for."""
    return None if message.get("look") is None else text_field(message, "look")


def device_field(message: Mapping[str, Any]) -> str:
    """The name of a device; whether there is one is for `core.avatar.device` to say."""
    return text_field({"device": "auto", **message}, "device")


def view_field(message: Mapping[str, Any]) -> Camera | FilmView:
    """From where an avatar is seen: a camera, or that of a tracked film."""
    if message.get("film_view") is None:
        return _camera(message.get("camera"))
    fields = object_field(message, "film_view")
    side = round(number_field(fields, "longest_side", 0.0))
    if not 1 <= side <= LARGEST_SIDE_PIXELS:
        raise bad_request(f"The request's film view has {side} pixels.")
    return FilmView(path_field(fields, "plate"), number_field(fields, "seconds", 0.0), side)


def _camera(fields: object) -> Camera:
    if not isinstance(fields, Mapping):
        raise bad_request('The request has no "camera" object.')
    width, height = (round(number_field(fields, side, 0.0)) for side in ("width", "height"))
    if max(width, height) > LARGEST_SIDE_PIXELS:
        raise bad_request(f"The request's camera has {width} x {height} pixels.")
    focal_x, focal_y, centre_x, centre_y = (
        number_field(fields, name, 0.0) for name in ("focal_x", "focal_y", "centre_x", "centre_y")
    )
    matrix = _rigid(fields.get("root_to_camera"), "root_to_camera")
    try:
        return Camera(width, height, focal_x, focal_y, centre_x, centre_y, matrix)
    except ValueError as error:
        raise bad_request(f"The request's camera is none ({error}).") from error


def _rigid(numbers: object, key: str) -> Matrix:
    matrix = _numbers(numbers, key, 16).reshape(4, 4)
    turn = matrix[:3, :3]
    if not np.allclose(turn @ turn.T, np.eye(3), atol=1e-4):
        raise bad_request(f'The request\'s "{key}" does more than turn and shift.')
    return matrix


def _numbers(numbers: object, key: str, count: int) -> Matrix:
    if not isinstance(numbers, Sequence) or len(numbers) != count:
        raise bad_request(f'The request\'s "{key}" is {numbers!r:.40}, not {count} numbers.')
    return np.array([number_field({key: number}, key, 0.0) for number in numbers])
