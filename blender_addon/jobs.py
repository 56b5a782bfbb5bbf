# SPDX-License-Identifier: GPL-3.0-or-later
"""One take from click to keys: gather what is needed, ask the worker, key its answer.

Blender's data may be renamed, undone or deleted while the worker thinks, so a job keeps names and
numbers and looks its objects up again at the end; their session uids outlive renaming and undo.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from . import apply, compat, sounds, strips
from .engine import Engine
from .places import core_folder, log_path
from .problems import AnimatorError

DEADLINE_SECONDS = 600
STRENGTHS = (
    "lip_strength",
    "articulation",
    "firmness",
    "brow_strength",
    "eye_strength",
    "mouth_emotion_strength",
    "head_strength",
    "blink_strength",
)


@dataclass(frozen=True)
class Order:
    """What to speak and where to key it."""

    strip_name: str
    heard: strips.StripMap
    target_uid: int
    target_name: str
    head_uid: int | None
    request: dict[str, Any]
    folder: Path


@dataclass(eq=False)
class Job:
    """A running order: how far it is, and its outcome. `at_end` is called once, however it ends.

    `notes` are the worker's words about the text, a sentence each.
    """

    order: Order
    engine: Engine
    fraction: float = 0.0
    stage: str = "starting"
    report: apply.Report | None = None
    notes: tuple[str, ...] = ()
    cancelled: bool = False
    at_end: Callable[[], None] = lambda: None
    _finished: bool = field(default=False, repr=False)

    def poll(self) -> bool:
        """Take in the worker's news; True when the job has ended (keyed or cancelled).

        Raises:
            AnimatorError: the job has failed; the scene is unchanged.
        """
        try:
            for message in self.engine.poll():
                self._take_in(message)
        except BaseException:
            self._finish()
            raise
        return self._finished

    def cancel(self) -> None:
        """Ask the worker to stop; `poll` tells when it has."""
        self.engine.cancel()

    def abandon(self) -> None:
        """Drop the job at once, with its worker: its file or the add-on is being closed."""
        self.engine.stop()
        self._finish()

    def _take_in(self, message: dict[str, Any]) -> None:
        if message["type"] == "progress":
            self.fraction, self.stage = float(message["fraction"]), str(message["stage"])
        elif message["type"] == "cancelled":
            self.cancelled = True
            self._finish()
        elif message["type"] == "result":
            self.report = _key(self.order, Path(message["path"]))
            self.notes = tuple(str(note) for note in message["notes"])
            self._finish()

    def _finish(self) -> None:
        if self._finished:
            return
        self._finished = True
        _jobs.remove(self)
        shutil.rmtree(self.order.folder, ignore_errors=True)
        self.at_end()


def start(context: Any) -> Job:
    """Gather an order from the scene's settings and hand it to the worker.

    Raises:
        AnimatorError: something is missing; nothing has been changed.
    """
    settings = context.scene.mien
    scene = compat.sequencer_scene(context)
    strip = strips.find_strip(scene, settings.strip_name)
    _check_one_clock(scene, context.scene)
    apply.check_target(settings.target, settings.head_target)
    _check_in_a_scene(settings.target, settings.head_target)
    heard = strips.map_strip(scene, strip)
    folder = _temporary_folder()
    try:
        audio, heard = sounds.readable_sound(scene, strip, heard, folder)
        order = Order(
            strip.name,
            heard,
            settings.target.session_uid,
            settings.target.name,
            settings.head_target.session_uid if settings.head_target else None,
            _request(settings, strip, heard, audio, folder / "performance.npz"),
            folder,
        )
        worker = engine()
        worker.submit(order.request)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    job = Job(order, worker)
    _jobs.append(job)
    return job


def direction(settings: Any) -> dict[str, Any]:
    """The worker's direction; rounded, since Blender keeps 0.8 as 0.800000011920929.

    Where no head is keyed it stays still, so that the eyes do not turn against it.
    """
    numbers = {name: round(getattr(settings, name), 6) for name in ("intensity", *STRENGTHS)}
    if settings.head_target is None:
        numbers["head_strength"] = 0.0
    return {"emotion": settings.emotion, "seed": settings.seed, **numbers}


def _request(
    settings: Any, strip: Any, heard: strips.StripMap, audio: Path, out_path: Path
) -> dict[str, Any]:
    return {
        "audio": {
            "path": str(audio),
            "start_seconds": heard.start_seconds,
            "duration_seconds": heard.duration_seconds,
            "name": strip.name,
        },
        "direction": direction(settings),
        "fps": heard.grid_fps,
        "text": strips.text_of(strip),
        "out_path": str(out_path),
        "deadline_seconds": DEADLINE_SECONDS,
    }


def _check_one_clock(sequencer: Any, scene: Any) -> None:
    if sequencer == scene or strips.scene_fps(sequencer) == strips.scene_fps(scene):
        return
    raise AnimatorError(
        f"The sequencer's scene '{sequencer.name}' and scene '{scene.name}' have different "
        "frame rates.",
        "Give both the same frame rate in Properties > Output.",
    )


def _check_in_a_scene(*objects: Any) -> None:
    """A deleted object lives on, out of sight, as long as the panel's settings name it."""
    for chosen in objects:
        if chosen is not None and not chosen.users_collection:
            raise AnimatorError(
                f"Object '{chosen.name}' was deleted: it is in no collection.",
                "Choose another object in the Mien panel, or link it to a collection again.",
            )


def _key(order: Order, performance: Path) -> apply.Report:
    columns, lips = apply.read_columns(performance, order.strip_name)
    target = _find_object(order.target_uid)
    if target is None:
        raise AnimatorError(
            f"Mesh '{order.target_name}' was deleted before its take was ready.",
            "Choose a face and generate again.",
        )
    head = None if order.head_uid is None else _find_object(order.head_uid)
    if order.head_uid is not None and head is None:
        raise AnimatorError(
            "The head object was deleted before its take was ready.",
            "Choose a head, or none, and generate again.",
        )
    return apply.key_take(order.strip_name, order.heard, columns, target, head, lips=lips)


def _find_object(uid: int) -> Any:
    return next((found for found in bpy.data.objects if found.session_uid == uid), None)


def _temporary_folder() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="mien-", dir=bpy.app.tempdir or None))
    except OSError as error:
        raise AnimatorError(
            f"Mien cannot make its temporary folder: {error}",
            "Choose another folder in Preferences > File Paths > Temporary Files.",
        ) from error


_running: list[Engine] = []
_jobs: list[Job] = []


def engine() -> Engine:
    """The warm worker of this session, made at first use and stopped by `stop_engine`."""
    if not _running:
        _running.append(Engine(core_folder() / "models", log_path()))
        atexit.register(stop_engine)
    return _running[0]


def is_running() -> bool:
    """True while a take is being made."""
    return bool(_jobs)


def stop_engine() -> None:
    """End the worker and what it works on: at unregister and at exit."""
    atexit.unregister(stop_engine)
    while _jobs:
        _jobs[0].abandon()
    while _running:
        _running.pop().stop()
