# SPDX-License-Identifier: GPL-3.0-or-later
"""The avatar in a corner of the 3D view, small and in step with the rig; nothing of it is in the file.

`pump`, called by a timer (scripts call it themselves), looks at what the picture depends on, takes in
the worker's answer and asks for the next one: one picture at a time, always the newest. The worker
keeps the avatar, so that a change shows within a fraction of a second.
"""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from .. import jobs
from ..engine import Engine
from ..problems import AnimatorError
from ..strips import scene_fps
from . import attaching, preview_drawing, rendering, sampling, sitter, worker
from .lens import Picture, pinhole

WAITING_SECONDS, IDLE_SECONDS = 0.02, 0.1
# Beside nothing, and between a render's frames, a picture is drawn; for all else it waits.
RENDER = "avatar_render"
MEANWHILE = ("", RENDER)
# A worker that is lost so often in a row is not asked again.
MOST_LOST = 3


@dataclass(eq=False)
class Preview:
    """A running preview.

    Attributes:
        scene_uid: session uid of the scene.
        folder: for the worker's answers.
        engine: the worker that was asked last.
        asked: id of the request that is under way.
        asked_for: what it is of; shown_for: what is shown.
        since: when what was asked for last began to differ from what is shown.
        picture: (H, W, 4) float32, top row first, sRGB-coded, multiplied by alpha.
        latency_seconds: from a change to its showing.
        waits_for: type of the request that the worker is busy with, where a picture waits for its end.
        lost: how often in a row the worker was lost.
        problem: what keeps it from showing.
        failed_for: what could not be had; it is not asked for again.
    """

    scene_uid: int
    folder: Path
    engine: Engine | None = None
    asked: str | None = None
    asked_for: str = ""
    shown_for: str = ""
    since: float = 0.0
    picture: np.ndarray | None = None
    latency_seconds: float | None = None
    waits_for: str = ""
    lost: int = 0
    problem: str = ""
    failed_for: str = ""

    @property
    def is_between_frames(self) -> bool:
        """Whether its pictures come between those of a render."""
        return self.engine is not None and self.engine.busy_with == RENDER


_current: list[Preview] = []


def start(context: Any) -> None:
    """Show the avatar of the context's scene from the next `pump` on.

    Raises:
        AnimatorError: no avatar is attached, its file is none, or there is no Python for it.
    """
    stop()
    scene = context.scene
    holder = attaching.needed_holder(scene)
    attaching.papers_of(holder)
    worker.chosen_python()
    sitter.cameras_of(scene)
    _current.append(Preview(scene.session_uid, jobs.temporary_folder()))
    preview_drawing.start(lambda: _current[0].picture if _current else None)


def go_on_by_timer() -> None:
    """Let Blender's timer pump until `stop`; one timer, however often it is asked for."""
    if not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=WAITING_SECONDS, persistent=True)


def stop() -> None:
    """End the preview, if one runs."""
    if not _current:
        return
    preview = _current.pop()
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    preview_drawing.stop()
    if preview.engine is not None:
        preview.engine.call_off_quiet()
        preview.engine.quiet_news()
    shutil.rmtree(preview.folder, ignore_errors=True)


def is_on() -> bool:
    """Whether a preview runs."""
    return bool(_current)


def current() -> Preview | None:
    """The running preview, to be looked at."""
    return _current[0] if _current else None


def pump() -> bool:
    """Go on; True while an answer is on its way."""
    if not _current:
        return False
    preview = _current[0]
    scene = next((each for each in bpy.data.scenes if each.session_uid == preview.scene_uid), None)
    if scene is None or attaching.holder_of(scene) is None:
        stop()
        return False
    try:
        _take_in(preview)
        _ask(preview, scene)
    except AnimatorError as problem:
        preview.problem = str(problem)
    return preview.asked is not None


def tick() -> float | None:
    """For Blender's timer: seconds until the next turn, None at the end."""
    if not _current:
        return None
    try:
        waiting = pump()
    except ReferenceError:
        # Blender's data was made anew by undo; the next turn finds it.
        return IDLE_SECONDS
    except BaseException:
        stop()
        raise
    return WAITING_SECONDS if waiting else IDLE_SECONDS


def _take_in(preview: Preview) -> None:
    for message in preview.engine.quiet_news() if preview.engine else ():
        if message.get("id") != preview.asked or message["type"] == "progress":
            continue
        preview.asked = None
        if message["type"] == "avatar_preview_result":
            _show(preview, Path(message["path"]))
        elif message["type"] == "lost":
            preview.lost += 1
            if preview.lost >= MOST_LOST:
                preview.problem = "The avatar's worker ended again and again. Look into its log."
        elif message["type"] == "error":
            preview.problem = f"{message['message']} {message['advice']}".strip()
            preview.failed_for = preview.asked_for


def _show(preview: Preview, path: Path) -> None:
    try:
        picture = np.load(path, allow_pickle=False)
        path.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        raise AnimatorError(
            f"The preview cannot be read ({error}).", "Press Preview again."
        ) from error
    preview.picture = np.asarray(picture, np.float32)
    preview.shown_for = preview.asked_for
    preview.latency_seconds = time.monotonic() - preview.since
    preview.problem, preview.lost = "", 0
    preview_drawing.redraw()


def _ask(preview: Preview, scene: Any) -> None:
    """Ask for the picture of this moment, where another one is shown."""
    preview.waits_for = ""
    wanted, request = _wanted(scene)
    if wanted == preview.shown_for:
        # Whatever kept another picture from being shown is wanted no longer.
        preview.problem = ""
    if wanted in (preview.shown_for, preview.failed_for):
        return
    if preview.asked is not None or preview.lost >= MOST_LOST:
        return
    try:
        preview.engine = worker.engine()
        if preview.engine.busy_with not in MEANWHILE:
            preview.waits_for = preview.engine.busy_with
            return
        preview.since = time.monotonic()
        preview.asked_for = wanted
        preview.asked = preview.engine.ask_quietly(
            {**request, "out_path": str(preview.folder / "preview.npy")}
        )
    except AnimatorError:
        # A Python that cannot be started is not started again at every tick.
        preview.failed_for = wanted
        raise


def _wanted(scene: Any) -> tuple[str, dict[str, Any]]:
    """What the picture of this moment depends on, as text, and the request for it."""
    holder = attaching.needed_holder(scene)
    sat = sitter.sitter(scene, holder)
    found = sat.columns(sat.now())
    heads = sitter.heads_of(found)
    film = rendering.film_under(scene)
    view = _film_view(scene, film) if film else _camera_view(scene, sat, heads)
    request = {
        "type": "avatar_preview",
        "avatar": str(attaching.carried_file(holder).resolve()),
        "values": [round(float(value), 5) for value in sampling.values_of(found)[0]],
        "head_to_root": [round(float(value), 6) for value in heads[0].ravel()],
        "look": rendering.look(scene),
        **view,
        "deadline_seconds": worker.SHORT_SECONDS,
    }
    return json.dumps(request), request


def _camera_view(scene: Any, sat: sitter.Sitter, heads: np.ndarray) -> dict[str, Any]:
    """What a request says of the scene's camera."""
    camera = scene.camera or sitter.cameras_of(scene)[0]
    roots = sat.roots(np.array([sat.place.matrix_world]), heads)
    view = sampling.views(sat, roots, np.array([camera.matrix_world]))[0]
    picture = small(sitter.picture_of(scene), scene.mien_avatar.preview_size)
    (focal_x, focal_y), (centre_x, centre_y) = pinhole(picture, sitter.lens_of(camera))
    return {
        "camera": {
            "width": picture.width,
            "height": picture.height,
            "focal_x": focal_x,
            "focal_y": focal_y,
            "centre_x": centre_x,
            "centre_y": centre_y,
            "root_to_camera": [round(float(value), 6) for value in view.ravel()],
        }
    }


def _film_view(scene: Any, film: Path) -> dict[str, Any]:
    """What a request says of the film that the frames lie over, whose camera then holds."""
    first = rendering.taken(scene).first
    return {
        "film_view": {
            "plate": str(film),
            "seconds": (scene.frame_current_final - first) / scene_fps(scene),
            "longest_side": scene.mien_avatar.preview_size,
        }
    }


def small(picture: Picture, longest: int) -> Picture:
    """The same picture with a longer side of so many pixels, in square ones."""
    width = picture.width * picture.aspect_x
    height = picture.height * picture.aspect_y
    factor = longest / max(width, height)
    return Picture(max(1, round(width * factor)), max(1, round(height * factor)))
