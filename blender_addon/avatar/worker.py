# SPDX-License-Identifier: GPL-3.0-or-later
"""The avatar's worker: a Python of its own, with torch, beside the one that listens to speech."""

from __future__ import annotations

import atexit
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .. import interpreters, jobs, preferences
from ..engine import Engine
from ..places import avatar_python, log_path, worker_environment
from ..problems import AnimatorError
from ..worker_choice import WorkerChoice
from ..worker_kinds import AVATAR

# Renders of a shot go on over night.
LONG_SECONDS = 86_400.0
SHORT_SECONDS = 600.0
MAKE_IT = "Run `python3 install.py avatar` in Mien's folder, which makes one"
NEED = interpreters.Need(
    packages=("numpy", "torch", "numba", "scipy", "PIL", "OpenEXR", "av", "mediapipe"),
    purpose="The avatar's Python",
    otherwise="Then choose it in Preferences > Add-ons > Mien.",
    install=f"{MAKE_IT}, or install the packages with pip install '.[avatar]'.",
)
STAGES = {
    "reading": "Reading",
    "rendering": "Rendering",
    "writing": "Writing",
    "tracking": "Following the face",
    "fitting": "Fitting the face",
}
_running: list[Engine] = []


def chosen_python() -> str:
    """Path of the Python that renders avatars.

    Raises:
        AnimatorError: none is chosen, and none lies where `install.py avatar` makes it.
    """
    path = preferences.avatar_python() or avatar_python()
    if not path:
        raise AnimatorError(
            "Avatars need a Python of their own (with torch), and none is chosen.",
            f"{MAKE_IT}; then choose it in Preferences > Add-ons > Mien.",
        )
    if not Path(path).is_file():
        raise AnimatorError(
            f"The avatar's Python '{path}' is not there.",
            f"{MAKE_IT}; or choose another in Preferences > Add-ons > Mien.",
        )
    return path


def why_not() -> str:
    """Why avatars cannot be rendered on this computer, or empty; quick enough for every redraw."""
    try:
        chosen_python()
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    return ""


def examined() -> interpreters.Interpreter:
    """The avatar's Python, asked now; takes seconds, since torch is loaded.

    Raises:
        AnimatorError: the worker cannot run in it.
    """
    path = chosen_python()
    return interpreters.examine(path, worker_environment(path), NEED)


def engine() -> Engine:
    """The warm worker of this session, made at first use and stopped by `stop`.

    Raises:
        AnimatorError: there is no Python for it.
    """
    choice = WorkerChoice(Path(), chosen_python(), preferences.chosen().threads)
    if _running and not _running[0].busy and _running[0].choice != choice:
        stop()
    if not _running:
        _running.append(Engine(choice, log_path("avatar"), AVATAR))
        atexit.register(stop)
    return _running[0]


def wake() -> None:
    """Start the worker before it is asked, so that the first picture does not wait until it is ready.

    Why it cannot be started is told with the first request.
    """
    with contextlib.suppress(AnimatorError):
        engine().start()


def launch(request: dict[str, Any], use: Callable[[dict[str, Any]], str], folder: Path) -> jobs.Job:
    """Hand a request to the worker; see `jobs.launch`.

    Raises:
        AnimatorError: there is no Python for it, or it is at work.
    """
    return jobs.launch(engine, lambda: request, use, folder, STAGES)


def stop() -> None:
    """End the worker: at unregister and at exit. Its job must have been abandoned before."""
    atexit.unregister(stop)
    while _running:
        _running.pop().stop()
