# SPDX-License-Identifier: GPL-3.0-or-later
"""One job from click to result: the strip's sound made ready, the worker asked, its answer used.

Blender's data may be renamed, undone or deleted while the worker thinks, so a job keeps names and
numbers, and what it writes to is looked up again at the end; session uids outlive renaming and undo.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from . import compat, interpreters, preferences, sounds, stillness, strips
from .engine import Engine
from .places import log_path, worker_environment
from .problems import AnimatorError

DEADLINE_SECONDS = 600


@dataclass(frozen=True)
class Sound:
    """The sound of one strip as the worker can read it, and a folder for what the job makes."""

    strip_name: str
    heard: strips.StripMap
    path: Path
    folder: Path

    def request(self) -> dict[str, Any]:
        """What every request to the worker says."""
        return {
            "audio": {
                "path": str(self.path),
                "start_seconds": self.heard.start_seconds,
                "duration_seconds": self.heard.duration_seconds,
                "name": self.strip_name,
            },
            "research": preferences.research_folder(),
            # What is heard in this file is kept, so that a new direction is not listened to again.
            "session": str(self.path),
            "deadline_seconds": DEADLINE_SECONDS,
        }


@dataclass(eq=False)
class Job:
    """A running job: how far it is, and its outcome. `at_end` is called once, however it ends.

    `use` writes the worker's result into the file and returns a sentence to say about it, which
    is then `said`. What lies in `folder` goes with the job. `titles` are names of stages for the panel
    that differ from the usual ones.
    """

    folder: Path
    engine: Engine
    use: Callable[[dict[str, Any]], str]
    titles: Mapping[str, str] = field(default_factory=dict)
    fraction: float = 0.0
    stage: str = "starting"
    said: str = ""
    cancelled: bool = False
    at_end: Callable[[], None] = lambda: None
    _finished: bool = field(default=False, repr=False)

    def poll(self) -> bool:
        """Take in the worker's news; True when the job has ended (result used, or cancelled).

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
        else:
            with stillness.still():
                self.said = self.use(message)
            self._finish()

    def _finish(self) -> None:
        if self._finished:
            return
        self._finished = True
        _jobs.remove(self)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.at_end()


def begin(
    context: Any,
    settings: Any,
    request_of: Callable[[Any, Sound], dict[str, Any]],
    use: Callable[[Sound, dict[str, Any]], str],
    *,
    strip_name: str = "",
) -> Job:
    """Make a strip's sound ready and hand a request about it to the worker.

    Args:
        context: Blender's.
        settings: of the character that shall speak (cast.py).
        strip_name: the strip; where it is empty, the one that the settings name.
        request_of: the request, from the strip and its sound.
        use: what to do with the worker's result; returns a sentence about it.

    Raises:
        AnimatorError: something is missing; nothing has been changed.
    """
    scene = compat.sequencer_scene(context)
    strip = strips.find_strip(scene, strip_name or settings.strip_name)
    sound = ready_sound(scene, strip, settings.id_data)
    return launch(
        engine, lambda: request_of(strip, sound), lambda message: use(sound, message), sound.folder
    )


def launch(
    worker: Callable[[], Engine],
    request_of: Callable[[], dict[str, Any]],
    use: Callable[[dict[str, Any]], str],
    folder: Path,
    titles: Mapping[str, str] | None = None,
) -> Job:
    """Hand a request to a worker.

    Args:
        worker: gives the worker; the only one of its kind, made where there is none.
        request_of: gives the request.
        use: what to do with the worker's result; returns a sentence about it.
        folder: where the job's files lie; it goes with the job.
        titles: names of its stages for the panel.

    Raises:
        AnimatorError: something is missing; nothing has been changed, and the folder is gone.
    """
    try:
        asked = worker()
        asked.submit(request_of())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    job = Job(folder, asked, use, titles or {})
    _jobs.append(job)
    return job


def ready_sound(sequencer: Any, strip: Any, scene: Any) -> Sound:
    """A strip's sound, in a file that the worker can read; whoever asks removes its folder.

    Args:
        sequencer: the scene whose strip it is.
        strip: a sound strip.
        scene: of the character that shall speak.

    Raises:
        AnimatorError: the sound cannot be used; nothing is left behind.
    """
    _check_one_clock(sequencer, scene)
    heard = strips.map_strip(sequencer, strip)
    folder = temporary_folder()
    try:
        path, heard = sounds.readable_sound(sequencer, strip, heard, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Sound(strip.name, heard, path, folder)


def _check_one_clock(sequencer: Any, scene: Any) -> None:
    if sequencer == scene or strips.scene_fps(sequencer) == strips.scene_fps(scene):
        return
    raise AnimatorError(
        f"The sequencer's scene '{sequencer.name}' and scene '{scene.name}' have different "
        "frame rates.",
        "Give both the same frame rate in Properties > Output.",
    )


def temporary_folder() -> Path:
    """A new folder for what a job makes.

    Raises:
        AnimatorError: it cannot be made.
    """
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
    """The warm worker of this session, made at first use and stopped by `stop_engine`.

    Where the preferences have changed what it runs with, it is ended and another takes its place,
    but never in the middle of its work.

    Raises:
        AnimatorError: the Python that the animator has chosen cannot run it.
    """
    choice = preferences.worker_choice()
    if _running and not _running[0].busy and _running[0].choice != choice:
        stop_engine()
    if not _running:
        if choice.interpreter:
            interpreters.examine(choice.interpreter, worker_environment(choice.interpreter))
        _running.append(Engine(choice, log_path()))
        atexit.register(stop_engine)
    return _running[0]


def abandon_all() -> None:
    """Drop every job at once."""
    while _jobs:
        _jobs[0].abandon()


def is_running() -> bool:
    """True while a job runs."""
    return bool(_jobs)


def stop_engine() -> None:
    """End the worker and what any worker works on: at unregister and at exit."""
    atexit.unregister(stop_engine)
    abandon_all()
    while _running:
        _running.pop().stop()
