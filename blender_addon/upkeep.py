# SPDX-License-Identifier: GPL-3.0-or-later
"""What the buttons in the preferences do: check the worker's Python, check the models, write the report."""

from __future__ import annotations

import platform
import sys
import tomllib
from pathlib import Path
from typing import Any

import bpy

from . import compat, interpreters, model_list, support_report
from .avatar import worker as avatar_worker
from .places import core_folder, log_path, worker_environment
from .preferences import research_folder, worker_choice
from .problems import AnimatorError


def examined() -> interpreters.Interpreter:
    """The worker's Python, asked now.

    Raises:
        AnimatorError: the worker cannot run in it.
    """
    interpreter = worker_choice().interpreter
    return interpreters.examine(interpreter or sys.executable, worker_environment(interpreter))


def checked_models() -> tuple[model_list.Verdict, ...]:
    """Every model of the worker's folder, and of the research model's where that is switched on.

    Raises:
        AnimatorError: a folder has no list of models.
    """
    research = research_folder()
    more = model_list.check(Path(research)) if research else ()
    return model_list.check(worker_choice().models_folder) + more


def report(context: Any) -> str:
    """The text that *Copy Report* copies."""
    status = context.window_manager.mien
    return support_report.written(
        support_report.Facts(
            versions={
                "Mien": mien_version(),
                "Blender": compat.blender_version(),
                "System": platform.platform(),
                "Worker": _worker_words(),
                "Threads": str(worker_choice().threads),
                "Avatar's Python": _avatar_words(),
            },
            models_folder=worker_choice().models_folder,
            problem=f"{status.problem} {status.advice}".strip(),
            logs={"the worker's": log_path(), "the avatar's": log_path("avatar")},
            known_folders=_known_folders(),
        )
    )


def mien_version() -> str:
    """The version that the extension's manifest names."""
    manifest = Path(__file__).resolve().parent / "blender_manifest.toml"
    return str(tomllib.loads(manifest.read_text(encoding="utf-8"))["version"])


def _worker_words() -> str:
    try:
        python = examined()
    except AnimatorError as problem:
        return problem.message
    own = "Blender's own" if not worker_choice().interpreter else "chosen"
    return f"{own}, {python.words()}"


def _avatar_words() -> str:
    """Takes seconds, since torch is loaded."""
    try:
        python = avatar_worker.examined()
    except AnimatorError as problem:
        return problem.message
    return f"{python.path}, {python.words()}"


def _known_folders() -> dict[str, str]:
    """Folders whose place says nothing of use, by the names that stand for them."""
    return {
        str(core_folder()): "<Mien>",
        str(Path(bpy.app.binary_path).parent) if bpy.app.binary_path else "": "<Blender>",
        sys.prefix: "<Python>",
        str(Path.home()): "~",
    }
