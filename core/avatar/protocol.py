# SPDX-License-Identifier: Apache-2.0
"""Protocol 1 between the add-on and the avatar's worker: one JSON object a line, UTF-8.

It is `core.protocol`'s, with other requests; ping, cancel, shutdown, progress, error, cancelled and
the end of stdin are the same. One request is worked off after another: whoever wants a preview during
a long render or training starts a second worker. The greeting::

    {"type": "hello", "worker": "avatar", "protocol": 1, "version": "0.1.0", "pid": n}

It comes at once, before torch is loaded. Paths are absolute. Matrices are 16 numbers, row by row; they
and the camera's pixels are those of `core.avatar.camera`. Every request has "id" and may have
"deadline_seconds" (default 600, a day for render, track and train).

To the worker, with what may be left out and its default after the `|`::

    {"type": "avatar_versions"}
    {"type": "avatar_papers",  "avatar": path}
    {"type": "avatar_preview", "avatar": path, "out_path": "a.npy", "values": [52 numbers],
     "head_to_root": [16 numbers],
     "camera": {"width": w, "height": h, "focal_x": p, "focal_y": p, "centre_x": p, "centre_y": p,
                "root_to_camera": [16 numbers]}}
    {"type": "avatar_render",  "avatar": path, "shot": "shot.npz", "out_path": "folder/take_####.exr",
     "normals": false |, "look": null |, "plate": null | "anna.mientrack", "first_frame": 1 |}
    {"type": "avatar_ply",     "avatar": path, "out_path": "a.ply", "values": null | [52 numbers],
     "head_to_root": null | [16 numbers]}
    {"type": "avatar_capture", "film": path, "out_path": "take.npz", "start_seconds": 0.0 |,
     "duration_seconds": null |}
    {"type": "avatar_track",   "films": [path, ...], "out_path": "anna.mientrack"}
    {"type": "avatar_train",   "track": "anna.mientrack", "out_path": "anna.mienavatar",
     "consent": {"person": text, "given_by": text, "statement": text, "date": "2026-05-03",
                 "uses": text, "contact": "" |},
     "options": {"steps": n, "gaussians": n, "size": pixels, "device": "auto", ...} |}

From the worker::

    {"type": "avatar_versions_result", "id": i, "python": v, "packages": {"torch": v, "numba": v, ...},
     "missing": [package, ...], "cuda": "NVIDIA ..." or null}
    {"type": "avatar_papers_result",  "id": i, "papers": {...}}
    {"type": "avatar_preview_result", "id": i, "path": "a.npy", "seconds": s}
    {"type": "avatar_render_result",  "id": i, "path": "folder/take_####.exr", "first_frame": n,
     "frames": F, "seconds": s, "notes": [sentence, ...]}
    {"type": "avatar_ply_result",     "id": i, "path": p, "gaussians": n}
    {"type": "avatar_capture_result", "id": i, "path": "take.npz", "frames": T, "seconds": s,
     "notes": [sentence, ...]}
    {"type": "avatar_track_result",   "id": i, "path": folder, "frames": T, "notes": [sentence, ...]}
    {"type": "avatar_train_result",   "id": i, "path": p, "notes": [sentence, ...]}
    {"type": "progress", "id": i, "fraction": 0.4, "stage": "rendering", "frame": 17}

`frame` of a progress line is the scene's number of the frame just written, in a render alone.

*Preview*: one frame; the .npy is (height, width, 4) float32, top row first, sRGB-coded colour
multiplied by alpha (`core.avatar.model.Frame.rgba`). The avatar stays loaded between requests, so the
second preview takes a fraction of the first's time.

*Render*: `shot` is a file of `core.avatar.shot`, which the add-on writes with the same module. The
`#`s of `out_path` become the frame's number with at least as many digits; the ending chooses the kind:
.exr (multilayer: colour, depth, normals) or .png. Frames are written one by one and stay when the
render is called off; those that would come out the same are kept. `look` is the name of a film whose hair
and light are worn, one of the papers' "looks". With a `plate` the frames lie over that film, at its
camera and size; its first picture lies under `first_frame`.

*Capture*: film to curves; the result is a performance as `core.curves` reads it, at the film's frames
a second, its time 0 at `start_seconds`.

*Train*: `consent` is `core.avatar.consent.Consent`; `options` are the fields of
`core.avatar.train.options.Options` and size, most_pictures and device of `core.avatar.train.run.Wish`.
It goes on from its checkpoint in the folder NAME.training beside `out_path`, where a run of the same
films and options was called off or killed; there also lies preview.png, made anew from time to time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import MienError
from ..face.arkit import ARKIT_NAMES
from ..messages import DEFAULT_DEADLINE_SECONDS, Request, bad_request, number_field, text_field
from .camera import Camera, Matrix
from .consent import Consent, consent_from_json
from .model import Pose

PROTOCOL = 1
LONG_DEADLINE_SECONDS = 86_400.0
LARGEST_SIDE_PIXELS = 16_384


@dataclass(frozen=True)
class VersionsRequest(Request):
    """Which packages are there, and is there a graphics card."""


@dataclass(frozen=True)
class AvatarRequest(Request):
    """A request about an avatar.

    Attributes:
        avatar: its file.
    """

    avatar: Path


@dataclass(frozen=True)
class PapersRequest(AvatarRequest):
    """Who an avatar is of, and what made it."""


@dataclass(frozen=True, eq=False)
class PreviewRequest(AvatarRequest):
    """One frame for the viewport.

    Attributes:
        out_path: where the .npy goes.
        pose: what the avatar does.
        camera: from where it is seen.
    """

    out_path: Path
    pose: Pose
    camera: Camera


@dataclass(frozen=True)
class RenderRequest(AvatarRequest):
    """Frames to files.

    Attributes:
        shot: a file of `core.avatar.shot`.
        out_path: with # for the frame's number.
        normals: write them too.
        look: whose hair and light are worn; None for the first, or the plate's.
        plate: a tracked film to lie under the frames, or None.
        first_frame: the frame over the plate's first picture.
    """

    shot: Path
    out_path: Path
    normals: bool
    look: str | None
    plate: Path | None
    first_frame: int


@dataclass(frozen=True, eq=False)
class PlyRequest(AvatarRequest):
    """An avatar's Gaussians for other tools.

    Attributes:
        out_path: where the .ply goes.
        pose: None for the person at rest.
    """

    out_path: Path
    pose: Pose | None


@dataclass(frozen=True)
class CaptureRequest(Request):
    """A film to curves.

    Attributes:
        film: any film of one face.
        out_path: where the performance goes.
        start_seconds, duration_seconds: the range; None for the rest of the film.
    """

    film: Path
    out_path: Path
    start_seconds: float
    duration_seconds: float | None


@dataclass(frozen=True)
class TrackRequest(Request):
    """Films of one person to what a training needs.

    Attributes:
        films: with one camera.
        out_path: the folder that is made.
    """

    films: tuple[Path, ...]
    out_path: Path


@dataclass(frozen=True, eq=False)
class TrainRequest(Request):
    """A tracked film to an avatar.

    Attributes:
        track: the folder of a TrackRequest.
        out_path: where the avatar goes.
        consent: who the person is and what was agreed to.
        options: numbers of the training that differ from their defaults.
    """

    track: Path
    out_path: Path
    consent: Consent
    options: Mapping[str, Any]


def _versions(message: Mapping[str, Any]) -> Request:
    return VersionsRequest(**_common(message))


def _papers(message: Mapping[str, Any]) -> Request:
    return PapersRequest(**_common(message), avatar=_path(message, "avatar"))


def _preview(message: Mapping[str, Any]) -> Request:
    pose = _pose(message)
    if pose is None:
        raise bad_request('The request has no "values".')
    return PreviewRequest(
        **_common(message),
        avatar=_path(message, "avatar"),
        out_path=_path(message, "out_path"),
        pose=pose,
        camera=_camera(message.get("camera")),
    )


def _render(message: Mapping[str, Any]) -> Request:
    return RenderRequest(
        **_common(message, LONG_DEADLINE_SECONDS),
        avatar=_path(message, "avatar"),
        shot=_path(message, "shot"),
        out_path=_path(message, "out_path"),
        normals=_flag(message, "normals"),
        look=None if message.get("look") is None else text_field(message, "look"),
        plate=None if message.get("plate") is None else _path(message, "plate"),
        first_frame=round(number_field(message, "first_frame", 1.0)),
    )


def _ply(message: Mapping[str, Any]) -> Request:
    return PlyRequest(
        **_common(message),
        avatar=_path(message, "avatar"),
        out_path=_path(message, "out_path"),
        pose=_pose(message),
    )


def _capture(message: Mapping[str, Any]) -> Request:
    duration = message.get("duration_seconds")
    return CaptureRequest(
        **_common(message, LONG_DEADLINE_SECONDS),
        film=_path(message, "film"),
        out_path=_path(message, "out_path"),
        start_seconds=number_field(message, "start_seconds", 0.0),
        duration_seconds=None if duration is None else number_field(message, "duration_seconds", 0),
    )


def _track(message: Mapping[str, Any]) -> Request:
    films = message.get("films")
    if not isinstance(films, list) or not films:
        raise bad_request(f'The request\'s "films" are {films!r:.40}, not a list of paths.')
    return TrackRequest(
        **_common(message, LONG_DEADLINE_SECONDS),
        films=tuple(_path({"films": film}, "films") for film in films),
        out_path=_path(message, "out_path"),
    )


def _train(message: Mapping[str, Any]) -> Request:
    return TrainRequest(
        **_common(message, LONG_DEADLINE_SECONDS),
        track=_path(message, "track"),
        out_path=_path(message, "out_path"),
        consent=_consent(_object(message, "consent")),
        options=_object(message, "options"),
    )


KINDS: Mapping[str, Callable[[Mapping[str, Any]], Request]] = {
    "avatar_versions": _versions,
    "avatar_papers": _papers,
    "avatar_preview": _preview,
    "avatar_render": _render,
    "avatar_ply": _ply,
    "avatar_capture": _capture,
    "avatar_track": _track,
    "avatar_train": _train,
}
"""How each type of request is read; they raise MienError ``bad_request``, naming the field."""


def _common(
    message: Mapping[str, Any], deadline_seconds: float = DEFAULT_DEADLINE_SECONDS
) -> dict[str, Any]:
    """The fields of Request."""
    deadline = number_field(message, "deadline_seconds", deadline_seconds)
    return {"id": str(message["id"]), "deadline_seconds": deadline}


def _path(message: Mapping[str, Any], key: str) -> Path:
    return Path(text_field(message, key))


def _flag(message: Mapping[str, Any], key: str) -> bool:
    value = message.get(key, False)
    if not isinstance(value, bool):
        raise bad_request(f'The request\'s "{key}" is {value!r:.40}, neither true nor false.')
    return value


def _object(message: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = message.get(key, {})
    if not isinstance(value, dict):
        raise bad_request(f'The request\'s "{key}" is {value!r:.40}, not an object.')
    return value


def _consent(fields: Mapping[str, Any]) -> Consent:
    try:
        return consent_from_json(fields)
    except ValueError as error:
        raise MienError(
            "consent_missing",
            f"There is no whole consent of the person: {error}.",
            "Say who the person is, who agreed, in which words, when and to which uses.",
        ) from error


def _pose(message: Mapping[str, Any]) -> Pose | None:
    """The pose in a message, or None where it has none."""
    if message.get("values") is None:
        return None
    values = _numbers(message["values"], "values", len(ARKIT_NAMES))
    head = _rigid(message.get("head_to_root"), "head_to_root")
    return Pose(values.astype(np.float32), head)


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
