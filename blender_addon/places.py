# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things lie: the inference core, the packages it needs, the worker's log."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from pathlib import Path

import bpy

from .interpreters import PACKAGES
from .problems import AnimatorError

LOGS_KEPT = 5
AVATAR_ENVIRONMENT = ".venv-avatar"


def core_folder() -> Path:
    """The folder that contains `core`: the extension itself, or in a source tree its parent.

    Only other processes import core from there. Within Blender it has no one name: in the zip it lies in the
    extension's package, in a source tree beside it, and as plain `core` it would be found only by a change of
    Blender's import path, which extensions may not make and on which other add-ons have a `core` of their
    own. The few rules that both sides need stand on both (avatar/lens.py, head_turn.py, papers.py,
    shot_file.py), and tests hold them together.
    """
    here = Path(__file__).resolve().parent
    return here if (here / "core").is_dir() else here.parent


def worker_environment(interpreter: str = "") -> dict[str, str]:
    """Environment in which the worker's Python finds core and the packages that inference needs.

    Args:
        interpreter: a Python of the animator's choice, which has packages of its own; empty for
            Blender's, which finds those of the extension.

    Raises:
        AnimatorError: it is for Blender's Python, and a package is not installed there.
    """
    folders = [str(core_folder())]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    }
    if not interpreter:
        folders += _package_folders()
        environment["PYTHONNOUSERSITE"] = "1"
    environment["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(folders))
    environment["PYTHONUTF8"] = "1"
    return environment


def _package_folders() -> list[str]:
    """Where the packages lie: extensions' wheels are in a folder that only Blender has on its path."""
    folders = []
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise AnimatorError(
                f"The Python of this Blender lacks the package '{name}'.",
                "Install Mien from its extension zip, which brings its packages along.",
            )
        folder = Path(spec.origin).parent
        folders.append(str(folder.parent if folder.name == name else folder))
    return folders


def avatar_python() -> str:
    """The Python that `install.py avatar` makes beside a source tree; empty where there is none."""
    folder = core_folder() / AVATAR_ENVIRONMENT
    program = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return str(program) if program.is_file() else ""


def log_path(worker: str = "worker") -> Path:
    """This Blender's log of a worker, in the extension's user folder (else a temporary one)."""
    try:
        folder = Path(bpy.utils.extension_path_user(__package__, path="logs", create=True))
        for old in sorted(folder.glob(f"{worker}-*.log"), key=_changed)[:-LOGS_KEPT]:
            old.unlink(missing_ok=True)
        path = folder / f"{worker}-{os.getpid()}.log"
        path.touch()
    except (OSError, ValueError):
        path = Path(bpy.app.tempdir or tempfile.gettempdir()) / f"mien-{worker}-{os.getpid()}.log"
    return path


def _changed(path: Path) -> float:
    return path.stat().st_mtime
