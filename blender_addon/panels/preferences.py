# SPDX-License-Identifier: GPL-3.0-or-later
"""Mien's part of Blender's preferences: worker, models, avatars, log and report, the research model."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from ..places import avatar_python
from ..worker_choice import automatic_threads

LICENCE = (
    "The research model hears emotions better, but was trained on recordings under CC BY-NC-SA 4.0 "
    "(RAVDESS): not for commercial work. What it suggests, and takes that listen to the voice with "
    "it, come under that limit. It is not part of the extension: download it apart, and choose its "
    "folder here."
)
# As many as the preferences' window shows at its first size.
LINE_CHARACTERS = 74


def draw_preferences(layout: Any, context: Any, preferences: Any, log: Path) -> None:
    """Draw the preferences, top to bottom.

    Args:
        layout: Blender's.
        context: Blender's.
        preferences: the add-on's MienPreferences.
        log: the worker's log.
    """
    found = context.window_manager.mien_found
    column = layout.column()
    column.use_property_split = True
    _draw_worker(column, preferences, found)
    column.separator()
    _draw_models(column, preferences, found)
    column.separator()
    _draw_avatar(column, preferences, found)
    column.separator()
    _draw_help(column, log)
    column.separator()
    _draw_research(column, preferences)


def _draw_worker(layout: Any, preferences: Any, found: Any) -> None:
    layout.prop(preferences, "interpreter", placeholder="Blender's own")
    layout.prop(preferences, "threads")
    if not preferences.threads:
        _words(layout, f"Automatic: {automatic_threads()} here", "BLANK1")
    layout.operator("mien.check_python", icon="VIEWZOOM")
    _words(layout, found.python, "CHECKMARK")
    _words(layout, found.python_fault, "ERROR")


def _draw_models(layout: Any, preferences: Any, found: Any) -> None:
    layout.prop(preferences, "models_folder", placeholder="Those that come with Mien")
    layout.operator("mien.check_models", icon="VIEWZOOM")
    _words(layout, found.models_fault, "ERROR")
    _words(layout, found.models, "CHECKMARK")


def _draw_avatar(layout: Any, preferences: Any, found: Any) -> None:
    layout.prop(preferences, "avatar_python", placeholder=avatar_python() or "None: no avatars")
    layout.operator("mien.check_avatar_python", icon="VIEWZOOM")
    _words(layout, found.avatar, "CHECKMARK")
    _words(layout, found.avatar_fault, "ERROR")


def _draw_help(layout: Any, log: Path) -> None:
    row = layout.row(align=True)
    row.operator("wm.path_open", text="Open Log", icon="TEXT").filepath = str(log)
    row.operator("wm.path_open", text="Log Folder", icon="FILE_FOLDER").filepath = str(log.parent)
    row.operator("mien.copy_report", icon="COPYDOWN")


def _draw_research(layout: Any, preferences: Any) -> None:
    layout.prop(preferences, "use_research")
    _words(layout, LICENCE, "INFO")
    row = layout.row()
    row.enabled = preferences.use_research
    row.prop(preferences, "research_folder")


def _words(layout: Any, text: str, icon: str) -> None:
    """Wrapped lines of a text, an icon before each of its own lines; nothing for an empty one."""
    column = layout.column(align=True)
    for paragraph in text.splitlines():
        for number, line in enumerate(textwrap.wrap(paragraph, LINE_CHARACTERS)):
            column.label(text=line, icon=icon if number == 0 else "BLANK1")
