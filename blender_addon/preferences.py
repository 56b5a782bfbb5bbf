# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's preferences: what the worker runs with, and the research model, off unless chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from .found_words import tell_avatar, tell_models, tell_python
from .panels.preferences import draw_preferences
from .places import core_folder, log_path
from .problems import AnimatorError
from .worker_choice import WorkerChoice, automatic_threads

MOST_THREADS = 64


def _forget_python(_preferences: Any, context: Any) -> None:
    tell_python(context)


def _forget_models(_preferences: Any, context: Any) -> None:
    tell_models(context)


def _forget_avatar(_preferences: Any, context: Any) -> None:
    tell_avatar(context)


class MienPreferences(bpy.types.AddonPreferences):
    """Edit > Preferences > Add-ons > Mien."""

    bl_idname = __package__

    interpreter: StringProperty(
        name="Python",
        description="Program of a Python, 3.11 or newer, that the worker runs in. It needs the "
        "packages numpy, soundfile, soxr and onnxruntime. Empty: Blender's own Python with the "
        "packages that come with Mien",
        subtype="FILE_PATH",
        update=_forget_python,
    )
    threads: IntProperty(
        name="Threads",
        description="How many processor threads the worker's nets use, 1 to 64. 0: half of this "
        "computer's cores, at least 1 and at most 4. It changes how long a take takes, not the take",
        min=0,
        max=MOST_THREADS,
    )
    models_folder: StringProperty(
        name="Models",
        description="Folder with the models and their list, models.json. Empty: those that come "
        "with Mien",
        subtype="DIR_PATH",
        update=_forget_models,
    )
    avatar_python: StringProperty(
        name="Avatar's Python",
        description="Program of a Python that renders avatars: 3.11 or newer with Mien's avatar "
        "packages (torch and others), as `python3 install.py avatar` makes it. Empty: the one beside "
        "Mien's source folder, if Mien runs from there",
        subtype="FILE_PATH",
        update=_forget_avatar,
    )
    use_research: BoolProperty(
        name="Research Model (Non-Commercial)",
        description="Hear emotion in voices with the research model, which is not for commercial "
        "work. Off: with the model that comes with Mien, which is free to use",
    )
    research_folder: StringProperty(
        name="Folder",
        description="Folder that holds the research model, its card and its list with hashes",
        subtype="DIR_PATH",
    )

    def draw(self, context: Any) -> None:
        """Draw everything, top to bottom."""
        draw_preferences(self.layout, context, self, log_path())


def chosen() -> MienPreferences:
    """The preferences of this Blender."""
    return bpy.context.preferences.addons[__package__].preferences


def worker_choice() -> WorkerChoice:
    """What the worker is to run with. Whether it can is found out when it is started."""
    preferences = chosen()
    folder = preferences.models_folder
    return WorkerChoice(
        models_folder=_absolute(folder) if folder else core_folder() / "models",
        interpreter=str(_absolute(preferences.interpreter)) if preferences.interpreter else "",
        threads=preferences.threads or automatic_threads(),
    )


def avatar_python() -> str:
    """The Python that the animator has chosen for avatars; empty where none is."""
    path = chosen().avatar_python
    return str(_absolute(path)) if path else ""


def research_folder() -> str | None:
    """The research model's folder where the animator has switched it on, else None.

    Raises:
        AnimatorError: it is switched on without a folder that holds models.
    """
    preferences = chosen()
    if not preferences.use_research:
        return None
    folder = _absolute(preferences.research_folder) if preferences.research_folder else None
    if folder is None or not (folder / "models.json").is_file():
        raise AnimatorError(
            "The research model is switched on, but its folder "
            + (f"'{folder}' holds no models.json." if folder else "is not chosen."),
            "Choose it in Preferences > Add-ons > Mien, or switch the research model off.",
        )
    return str(folder)


def _absolute(path: str) -> Path:
    """A path as the animator wrote it: `//` begins at the file, `~` at home."""
    return Path(bpy.path.abspath(path)).expanduser()


def register() -> None:
    """Register the preferences."""
    bpy.utils.register_class(MienPreferences)


def unregister() -> None:
    """Undo `register`."""
    bpy.utils.unregister_class(MienPreferences)
