# SPDX-License-Identifier: Apache-2.0
"""Protocol 1 between the add-on and the avatar's worker: one JSON object a line, UTF-8.

It is `core.protocol`'s, with other requests; ping, cancel, shutdown, progress, error, cancelled and
the end of stdin are the same. One request is worked off after another; a preview alone is drawn between
two frames of a render. The greeting::

    {"type": "hello", "worker": "avatar", "protocol": 1, "version": "0.1.0", "pid": n}

It comes at once, before torch is loaded. Paths are absolute. Matrices are 16 numbers, row by row; they
and the camera's pixels are those of `core.avatar.camera`. Every request has "id" and may have
"deadline_seconds" (default 600, a day for render, track and train).

To the worker, with what may be left out and its default after the `|`::

    {"type": "avatar_versions"}
    {"type": "avatar_papers",  "avatar": path}
    {"type": "avatar_preview", "avatar": path, "out_path": "a.npy", "values": [52 numbers],
     "head_to_root": [16 numbers], "look": null |, "device": "auto" |,
     "camera": {"width": w, "height": h, "focal_x": p, "focal_y": p, "centre_x": p, "centre_y": p,
                "root_to_camera": [16 numbers]}
     or "film_view": {"plate": "anna.mientrack", "seconds": s, "longest_side": pixels}}
    {"type": "avatar_render",  "avatar": path, "shot": "shot.npz", "out_path": "folder/take_####.exr",
     "normals": false |, "look": null |, "plate": null | "anna.mientrack", "first_frame": 1 |,
     "device": "auto" |}
    {"type": "avatar_ply",     "avatar": path, "out_path": "a.ply", "values": null | [52 numbers],
     "head_to_root": null | [16 numbers], "look": null |}
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
second preview takes a fraction of the first's time. With a `film_view` in place of the camera it is seen
as a render over that film sees it so many seconds after the film's first picture, without the film.

*Render*: `shot` is a file of `core.avatar.shot`, which the add-on writes with the same module. The
`#`s of `out_path` become the frame's number with at least as many digits; the ending chooses the kind:
.exr (multilayer: colour, depth, normals) or .png. Frames are written one by one and stay when the
render is called off; those that would come out the same are kept. With a `plate` the frames lie over that film, at its
camera and size; its first picture lies under `first_frame`.

`look`, of a preview, a render and a .ply, is the name of a film whose hair and light are worn, one of the
papers' "looks"; without one it is that of the film that the avatar lies over, else the first. `device`, of a
preview and a render, is "auto", "cpu" or "cuda"; a note of the render says why a card that is there stood idle.

*Capture*: film to curves; the result is a performance as `core.curves` reads it, at the film's frames
a second, its time 0 at `start_seconds`.

*Train*: `consent` is `core.avatar.consent.Consent`; `options` are the fields of
`core.avatar.train.options.Options` and size, most_pictures and device of `core.avatar.train.run.Wish`.
It goes on from its checkpoint in the folder NAME.training beside `out_path`, where a run of the same
films and options was called off or killed; there also lies preview.png, made anew from time to time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..messages import Request, bad_request, number_field
from .request_fields import (
    common_fields,
    consent_field,
    device_field,
    flag_field,
    look_field,
    object_field,
    path_field,
    pose_field,
    view_field,
)
from .requests import (
    CaptureRequest,
    PapersRequest,
    PlyRequest,
    PreviewRequest,
    RenderRequest,
    TrackRequest,
    TrainRequest,
    VersionsRequest,
)

PROTOCOL = 1
LONG_DEADLINE_SECONDS = 86_400.0


def _versions(message: Mapping[str, Any]) -> Request:
    return VersionsRequest(**common_fields(message))


def _papers(message: Mapping[str, Any]) -> Request:
    return PapersRequest(**common_fields(message), avatar=path_field(message, "avatar"))


def _preview(message: Mapping[str, Any]) -> Request:
    pose = pose_field(message)
    if pose is None:
        raise bad_request('The request has no "values".')
    return PreviewRequest(
        **common_fields(message),
        avatar=path_field(message, "avatar"),
        out_path=path_field(message, "out_path"),
        pose=pose,
        view=view_field(message),
        look=look_field(message),
        device=device_field(message),
    )


def _render(message: Mapping[str, Any]) -> Request:
    return RenderRequest(
        **common_fields(message, LONG_DEADLINE_SECONDS),
        avatar=path_field(message, "avatar"),
        shot=path_field(message, "shot"),
        out_path=path_field(message, "out_path"),
        normals=flag_field(message, "normals"),
        look=look_field(message),
        plate=None if message.get("plate") is None else path_field(message, "plate"),
        first_frame=round(number_field(message, "first_frame", 1.0)),
        device=device_field(message),
    )


def _ply(message: Mapping[str, Any]) -> Request:
    return PlyRequest(
        **common_fields(message),
        avatar=path_field(message, "avatar"),
        out_path=path_field(message, "out_path"),
        pose=pose_field(message),
        look=look_field(message),
    )


def _capture(message: Mapping[str, Any]) -> Request:
    duration = message.get("duration_seconds")
    return CaptureRequest(
        **common_fields(message, LONG_DEADLINE_SECONDS),
        film=path_field(message, "film"),
        out_path=path_field(message, "out_path"),
        start_seconds=number_field(message, "start_seconds", 0.0),
        duration_seconds=None if duration is None else number_field(message, "duration_seconds", 0),
    )


def _track(message: Mapping[str, Any]) -> Request:
    films = message.get("films")
    if not isinstance(films, list) or not films:
        raise bad_request(f'The request\'s "films" are {films!r:.40}, not a list of paths.')
    return TrackRequest(
        **common_fields(message, LONG_DEADLINE_SECONDS),
        films=tuple(path_field({"films": film}, "films") for film in films),
        out_path=path_field(message, "out_path"),
    )


def _train(message: Mapping[str, Any]) -> Request:
    return TrainRequest(
        **common_fields(message, LONG_DEADLINE_SECONDS),
        track=path_field(message, "track"),
        out_path=path_field(message, "out_path"),
        consent=consent_field(object_field(message, "consent")),
        options=object_field(message, "options"),
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
