# SPDX-License-Identifier: Apache-2.0
"""What the avatar's worker does for each kind of request, with its progress, deadline and calling off."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..curves import save_performance
from ..door import answer_one
from ..face.model import load_face_model
from ..messages import bad_request
from ..reporter import Reporter
from ..whole_file import whole_file
from .avatar_file import read_papers
from .frame_files import FrameFiles
from .looks import worn_look
from .requests import (
    CaptureRequest,
    FilmView,
    PapersRequest,
    PlyRequest,
    PreviewRequest,
    RenderRequest,
    TrackRequest,
    TrainRequest,
    VersionsRequest,
)
from .shelf import Shelf
from .shot import load_shot
from .warm_up import STEPS

if TYPE_CHECKING:
    from ..desk import Desk
    from ..door import Told
    from ..messages import Request
    from .camera import Camera
    from .train.run import Wish

logger = logging.getLogger("mien.worker")

Errand = Callable[[Any, Reporter], dict[str, Any]]

OUT_OF_TIME = "Ask for fewer or smaller pictures at once, or close other programs."
# Whoever started the worker for a request sends it as soon as it is greeted; getting ready would only keep
# such a request waiting where it draws nothing.
AT_ONCE_SECONDS = 1.0
# Options of a training that are not numbers of its own.
WISHES = ("size", "most_pictures", "device")
# Distribution -> what is imported.
PACKAGES = {
    "torch": "torch",
    "numba": "numba",
    "scipy": "scipy",
    "pillow": "PIL",
    "OpenEXR": "OpenEXR",
    "av": "av",
    "mediapipe": "mediapipe",
}
# Draws on CUDA; without it the card is not used.
OPTIONAL_PACKAGES = {"gsplat": "gsplat"}


class Clerk:
    """Works off requests; the main thread's alone.

    Args:
        desk: where requests wait and progress goes out.
        told: what the animator is told of an error that is none of Mien's own.
    """

    def __init__(self, desk: Desk, told: Told) -> None:
        self._desk, self._told = desk, told
        self._shelf = Shelf()
        self._errands: Mapping[type[Request], Errand] = {
            VersionsRequest: _versions,
            PapersRequest: _papers,
            PreviewRequest: self._preview,
            RenderRequest: self._render,
            PlyRequest: self._ply,
            CaptureRequest: _capture,
            TrackRequest: _track,
            TrainRequest: _train,
        }

    def answer(self, request: Request) -> dict[str, Any]:
        """The message that ends a request.

        Raises:
            MienError: from the errand, or ``deadline``.
            Cancelled: when the request is called off or the worker closes.
            ImportError: a package is not there.
        """
        logger.info("job %s: %s", request.id, type(request).__name__)
        started = time.monotonic()
        report = Reporter(self._desk, request, OUT_OF_TIME)
        answer = self._errands[type(request)](request, report)
        logger.info("job %s: done in %.2f s", request.id, time.monotonic() - started)
        return {**answer, "id": request.id}

    def warm_up(self) -> None:
        """Get ready to draw, until the first request comes.

        Raises:
            MienError: of a step; whoever asks for a picture meets it again.
            ImportError: likewise.
        """
        if self._desk.is_asked_within(AT_ONCE_SECONDS):
            return
        started = time.monotonic()
        for step in STEPS:
            step()
            logger.info("%s: after %.2f s", step.__name__, time.monotonic() - started)
            if self._desk.is_asked_within(0.0):
                return

    def _preview(self, request: PreviewRequest, report: Reporter) -> dict[str, Any]:
        from .render_frame import render_frame  # noqa: PLC0415 - the greeting goes before torch loads

        report(0.0, "drawing")
        started = time.monotonic()
        camera, film = self._seen(request.view)
        look = worn_look(self._shelf.avatar(request.avatar), request.look, film)
        poser = self._shelf.poser(request.avatar, look, request.device)
        frame = render_frame(poser, request.pose, camera, depth=False)
        with whole_file(request.out_path, "The preview") as partial, partial.open("wb") as file:
            np.save(file, frame.rgba, allow_pickle=False)
        seconds = round(time.monotonic() - started, 3)
        return {
            "type": "avatar_preview_result",
            "path": str(request.out_path),
            "seconds": seconds,
        }

    def _answer_a_preview(self) -> None:
        """Between two frames of a render that may take hours, whoever works on is shown the avatar."""
        request = self._desk.take(PreviewRequest)
        if request is not None:
            answer_one(self._desk, request, self.answer, self._told)

    def _seen(self, view: Camera | FilmView) -> tuple[Camera, str | None]:
        """The camera of a view, and the name of the film that it is of."""
        if not isinstance(view, FilmView):
            return view, None
        plate = self._shelf.plate(view.plate)
        return plate.view(view.seconds, view.longest_side), plate.name

    def _render(self, request: RenderRequest, report: Reporter) -> dict[str, Any]:
        from .device import choose_device  # noqa: PLC0415 - as above
        from .plate_film import open_plate  # noqa: PLC0415
        from .render_files import render_files  # noqa: PLC0415

        report(0.0, "reading")
        choice = choose_device(request.device)
        avatar, shot = self._shelf.avatar(request.avatar), load_shot(request.shot)
        plate = None if request.plate is None else open_plate(request.plate)
        report(0.0, "rendering")
        started = time.monotonic()

        def tell(share: float, frame: int) -> None:
            report(share, "rendering", frame=frame)
            self._answer_a_preview()

        done = render_files(
            avatar,
            shot,
            FrameFiles(request.out_path),
            plate=plate,
            first_frame=request.first_frame,
            look=request.look,
            device=request.device,
            normals=request.normals,
            tell=tell,
        )
        notes = [f"It was drawn on {choice.words}"] if choice.idle_card else []
        if done.kept:
            notes.append(
                f"{len(done.kept)} frames were there already, made of the same, and are kept."
            )
        return {
            "type": "avatar_render_result",
            "path": str(request.out_path),
            "first_frame": int(shot.frame[0]),
            "frames": shot.frames,
            "seconds": round(time.monotonic() - started, 3),
            "notes": notes,
        }

    def _ply(self, request: PlyRequest, report: Reporter) -> dict[str, Any]:
        from .ply import export_ply  # noqa: PLC0415 - as above

        report(0.0, "writing")
        avatar = self._shelf.avatar(request.avatar)
        count = export_ply(request.out_path, avatar, request.pose, look=request.look)
        return {
            "type": "avatar_ply_result",
            "path": str(request.out_path),
            "gaussians": count,
        }


def _versions(_request: VersionsRequest, _report: Reporter) -> dict[str, Any]:
    known = {**PACKAGES, **OPTIONAL_PACKAGES}
    there = [name for name, module in known.items() if importlib.util.find_spec(module)]
    return {
        "type": "avatar_versions_result",
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in there},
        "missing": [name for name in PACKAGES if name not in there],
        "cuda": _graphics_card() if "torch" in there else None,
    }


def _graphics_card() -> str | None:
    import torch  # noqa: PLC0415 - the greeting goes out before it loads

    return torch.cuda.get_device_name() if torch.cuda.is_available() else None


def _papers(request: PapersRequest, _report: Reporter) -> dict[str, Any]:
    return {"type": "avatar_papers_result", "papers": read_papers(request.avatar)}


def _capture(request: CaptureRequest, report: Reporter) -> dict[str, Any]:
    from .track.capture import capture  # noqa: PLC0415 - needs the avatar's packages
    from .track.faces import Span  # noqa: PLC0415

    length = request.duration_seconds
    stop = float("inf") if length is None else request.start_seconds + length
    span = Span(request.start_seconds, stop)
    performance = capture(request.film, None, load_face_model(), report, span=span)
    report(1.0, "saving")
    save_performance(performance, request.out_path)
    return {
        "type": "avatar_capture_result",
        "path": str(request.out_path),
        "frames": performance.frames,
        "seconds": float(performance.meta["film"]["duration_seconds"]),
        "notes": list(performance.meta["film"]["notes"]),
    }


def _track(request: TrackRequest, report: Reporter) -> dict[str, Any]:
    from .track.track_films import track_films  # noqa: PLC0415 - needs the avatar's packages

    told = track_films(request.films, request.out_path, load_face_model(), report)
    return {
        "type": "avatar_track_result",
        "path": str(request.out_path),
        "frames": told["pictures"],
        "notes": [f"{note['message']} {note['advice']}" for note in told["notes"]],
    }


def _train(request: TrainRequest, report: Reporter) -> dict[str, Any]:
    from .train.run import train  # noqa: PLC0415 - needs the avatar's packages

    notes = train(_wish(request), report)
    return {"type": "avatar_train_result", "path": str(request.out_path), "notes": list(notes)}


def _wish(request: TrainRequest) -> Wish:
    """What a training is asked for, from JSON data whose names and kinds are checked."""
    from .train.run import Wish  # noqa: PLC0415

    standard = Wish(request.track, request.out_path, request.consent)
    of_wish: dict[str, Any] = {}
    of_options: dict[str, Any] = {}
    for name, value in request.options.items():
        place, holder = (of_wish, standard) if name in WISHES else (of_options, standard.options)
        known = type(getattr(holder, name, None))
        if type(value) is not known and (known, type(value)) != (float, int):
            raise bad_request(f'The training has no option "{name}" that can be {value!r:.40}.')
        place[name] = value
    return replace(standard, **of_wish, options=replace(standard.options, **of_options))
